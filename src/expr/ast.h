#pragma once

#include "base/instant.h"
#include "base/result.h"
#include "model/calendar.h"
#include "model/value.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace fineline::expr {

struct Node;

/// Owns a node by value: copies are deep, so a tree is a value.
class Box {
  public:
    explicit Box(Node node);
    Box(const Box& other);
    Box(Box&&) noexcept = default;
    Box& operator=(const Box& other);
    Box& operator=(Box&&) noexcept = default;
    ~Box();

    [[nodiscard]] const Node& operator*() const { return *node_; }

    [[nodiscard]] Node& operator*() { return *node_; }

    const Node* operator->() const { return node_.get(); }

    Node* operator->() { return node_.get(); }

    friend bool operator==(const Box& a, const Box& b);

  private:
    std::unique_ptr<Node> node_;
};

/// Where a part that is no node of its own was written. Never part of equality.
struct Place {
    SourceSpan span{};

    friend bool operator==(const Place&, const Place&) { return true; }
};

/// An amount of a unit as it was written: `30 days`, `1.5 hours`, `3 months`.
struct Period {
    double count = 0;
    TimeUnit unit = TimeUnit::day;

    friend bool operator==(const Period&, const Period&) = default;
};

/// A date or date-time as it was written, without or with an offset; resolved in the zone at
/// evaluation.
struct Moment {
    std::string text;  ///< ISO 8601, canonical form of what was written

    friend bool operator==(const Moment&, const Moment&) = default;
};

// ---- windows
// -------------------------------------------------------------------------------------

struct LastWindow {  ///< last 90 days: (now − p, now]
    Period length;
    friend bool operator==(const LastWindow&, const LastWindow&) = default;
};

struct AgoWindow {  ///< 90 to 30 days ago: (now − from, now − to]
    Period from;
    Period to;
    friend bool operator==(const AgoWindow&, const AgoWindow&) = default;
};

struct SinceWindow {  ///< since 2024-01-01: [that, now]
    Moment begin;
    friend bool operator==(const SinceWindow&, const SinceWindow&) = default;
};

struct BeforeWindow {  ///< before 2024-01-01: (−∞, that) and ≤ now
    Moment end;
    friend bool operator==(const BeforeWindow&, const BeforeWindow&) = default;
};

struct FromToWindow {  ///< from 2024-01-01 to 2024-04-01: [first, second) and ≤ now
    Moment begin;
    Moment end;
    friend bool operator==(const FromToWindow&, const FromToWindow&) = default;
};

struct CalendarWindow {  ///< today (this day), yesterday (last day), this/last week, month,
                         ///< quarter, year
    TimeUnit unit = TimeUnit::day;
    bool previous = false;
    friend bool operator==(const CalendarWindow&, const CalendarWindow&) = default;
};

struct FirstWindow {  ///< first 7 days: [start, start + p) and ≤ now
    Period length;
    friend bool operator==(const FirstWindow&, const FirstWindow&) = default;
};

struct NextWindow {  ///< next 90 days: (now, now + p]; only in a purpose's metric
    Period length;
    friend bool operator==(const NextWindow&, const NextWindow&) = default;
};

using Window = std::variant<LastWindow,
                            AgoWindow,
                            SinceWindow,
                            BeforeWindow,
                            FromToWindow,
                            CalendarWindow,
                            FirstWindow,
                            NextWindow>;

/// An event name, or `any` for all of them (the plain name `any` is written in backticks).
struct EventSelector {
    std::string name;
    bool any = false;
    Place at{};
    friend bool operator==(const EventSelector&, const EventSelector&) = default;
};

// ---- nodes
// ---------------------------------------------------------------------------------------

/// A literal; a duration keeps the period as written, a `date '…'` keeps its moment.
struct Literal {
    Value value;  ///< missing for `missing`; unused where period or moment is set
    std::optional<Period> period;
    std::optional<Moment> moment;
    friend bool operator==(const Literal&, const Literal&) = default;
};

/// The instant of evaluation.
struct Now {
    friend bool operator==(const Now&, const Now&) = default;
};

enum class NameScope : std::uint8_t {
    bare,  ///< outside `where` a trait of the customer; inside a property or a field of the moment
    customer,  ///< customer.x
    account,   ///< account.x
    context,   ///< context.x
};

/// A name as written; what a bare one means follows from where it stands (see CheckedExpression).
struct Name {
    NameScope scope = NameScope::bare;
    std::string path;  ///< address.city
    /// Backticks that matter: a property that would be read as a field of the moment or a weekday,
    /// or a plain name that holds a dot. The printer adds those that the characters of a name ask
    /// for.
    bool quoted = false;
    friend bool operator==(const Name&, const Name&) = default;
};

enum class UnaryOp : std::uint8_t { logical_not, minus };

struct Unary {
    UnaryOp op = UnaryOp::logical_not;
    Box operand;
    friend bool operator==(const Unary&, const Unary&) = default;
};

enum class BinaryOp : std::uint8_t {
    logical_or,
    logical_and,
    equal,
    not_equal,
    less,
    less_equal,
    greater,
    greater_equal,
    like,
    contains_text,  ///< ~ : case-insensitive contains
    matches,
    contains,  ///< array contains element
    in_array,  ///< element in array-valued name
    add,
    subtract,
    multiply,
    divide,
};

struct Binary {
    BinaryOp op = BinaryOp::logical_or;
    Box left;
    Box right;
    friend bool operator==(const Binary&, const Binary&) = default;
};

struct Between {
    Box operand;
    Box low;
    Box high;
    bool negated = false;
    friend bool operator==(const Between&, const Between&) = default;
};

struct InList {
    Box operand;
    std::vector<Node> items;
    bool negated = false;
    friend bool operator==(const InList&, const InList&);
};

struct IsMissing {
    Box operand;
    bool negated = false;  ///< is present
    friend bool operator==(const IsMissing&, const IsMissing&) = default;
};

struct CaseBranch;

struct Case {
    std::vector<CaseBranch> branches;
    std::optional<Box> otherwise;
    friend bool operator==(const Case&, const Case&);
};

/// A scalar function of the table, e.g. round(x), coalesce(a, b).
struct Call {
    std::string function;
    std::vector<Node> arguments;
    friend bool operator==(const Call&, const Call&);
};

/// fn(event[.property] [, numbers…] [where condition] [, window])
struct Aggregate {
    std::string function;
    EventSelector event;
    std::optional<std::string> property;
    std::vector<double> numbers;  ///< quantile(e.p, 0.9)
    std::optional<Box> where;
    std::optional<Window> window;
    Place property_at{};
    Place window_at{};
    friend bool operator==(const Aggregate&, const Aggregate&) = default;
};

/// did e / did not e
struct Did {
    EventSelector event;
    bool negated = false;
    std::optional<Box> where;
    std::optional<Window> window;
    Place window_at{};
    friend bool operator==(const Did&, const Did&) = default;
};

struct Step {
    EventSelector event;
    bool negated = false;  ///< `no`; only the last step
    std::optional<Box> where;
    std::optional<Period> within;
    Place within_at{};
    friend bool operator==(const Step&, const Step&) = default;
};

/// sequence(…) is boolean, sequence_count(…) a number.
struct Sequence {
    bool counting = false;
    std::vector<Step> steps;
    std::optional<Window> window;
    Place window_at{};
    friend bool operator==(const Sequence&, const Sequence&) = default;
};

struct SegmentRef {
    std::string name;
    friend bool operator==(const SegmentRef&, const SegmentRef&) = default;
};

enum class PopulationKind : std::uint8_t { percentile, rank, ntile };

struct Population {
    PopulationKind kind = PopulationKind::percentile;
    int tiles = 0;  ///< of ntile(n, x)
    Box operand;
    friend bool operator==(const Population&, const Population&) = default;
};

enum class RfmField : std::uint8_t { recency, frequency, monetary };

struct Rfm {
    RfmField field = RfmField::recency;
    friend bool operator==(const Rfm&, const Rfm&) = default;
};

/// consents(purpose)
struct ConsentRef {
    std::string purpose;
    friend bool operator==(const ConsentRef&, const ConsentRef&) = default;
};

/// previous(trait) and since_changed(trait); scope is bare/customer or account.
struct TraitChange {
    bool since = false;
    Name trait;
    friend bool operator==(const TraitChange&, const TraitChange&) = default;
};

/// holiday or holiday('christmas'), only in `where`
struct HolidayTest {
    std::string name;
    friend bool operator==(const HolidayTest&, const HolidayTest&) = default;
};

/// One node of the tree with the place it was written at. Equality ignores the place.
struct Node {
    using Kind = std::variant<Literal,
                              Now,
                              Name,
                              Unary,
                              Binary,
                              Between,
                              InList,
                              IsMissing,
                              Case,
                              Call,
                              Aggregate,
                              Did,
                              Sequence,
                              SegmentRef,
                              Population,
                              Rfm,
                              ConsentRef,
                              TraitChange,
                              HolidayTest>;
    Kind kind;
    SourceSpan at;

    friend bool operator==(const Node& a, const Node& b) { return a.kind == b.kind; }
};

struct CaseBranch {
    Node condition;
    Node value;
    friend bool operator==(const CaseBranch&, const CaseBranch&) = default;
};

/// `EXPRESSION on EVENT [where c]`: each such event is an occasion.
struct OccasionSource {
    EventSelector event;
    std::optional<Box> where;
    friend bool operator==(const OccasionSource&, const OccasionSource&) = default;
};

/// A whole expression as parsed.
struct Expression {
    Node root;
    std::optional<OccasionSource> on;
    friend bool operator==(const Expression&, const Expression&) = default;
};

}  // namespace fineline::expr
