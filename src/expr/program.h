#pragma once

#include "expr/evaluate.h"
#include "expr/functions/function.h"
#include "expr/regex.h"

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// The bound tree: what bind() makes of a checked expression and an Evaluation runs. Names are ids
/// of one world (none: a name that world has never seen, so no rows), literals are values.
namespace fineline::expr {

struct BoundNode;
using BoundPtr = std::unique_ptr<const BoundNode>;

/// An amount of time: calendar months, or an exact span; never both.
struct BoundPeriod {
    std::int64_t months = 0;
    Duration exact{};

    [[nodiscard]] bool is_calendar() const { return months != 0; }
};

enum class WindowKind : std::uint8_t { all, ago, since, before, from_to, calendar, first, next };

struct BoundWindow {
    WindowKind kind = WindowKind::all;
    BoundPeriod from;  ///< ago: the farther bound; first and next: the length
    BoundPeriod to;    ///< ago: the nearer bound; zero for `last`
    IsoTime begin{};
    IsoTime end{};
    TimeUnit unit = TimeUnit::day;
    bool previous = false;
    std::optional<TraitId> created_at;  ///< of first
};

/// The events of one name, or of all names.
struct BoundEvents {
    bool any = false;
    std::optional<EventNameId> name;
    std::uint32_t event_count = 0;  ///< event names there were at binding
};

/// A property of those events: one id per event name that has it.
struct BoundProperty {
    bool any = false;
    std::optional<PropertyId> single;
    std::vector<std::optional<PropertyId>> by_event;

    [[nodiscard]] std::optional<PropertyId> of(EventNameId event) const {
        if (!any) {
            return single;
        }
        return event.value() < by_event.size() ? by_event[event.value()] : std::nullopt;
    }
};

enum class MomentField : std::uint8_t { hour, weekday, weekend, day, month, date, time, holiday };

struct BoundConstant {
    Datum value;
    std::unique_ptr<const Value> owner;           ///< what a string points into
    std::unique_ptr<const std::string> encoding;  ///< what a list points into
};

/// `3 months` outside of the places that can take it: has no value of its own.
struct BoundMonths {
    std::int64_t months = 0;
};

struct BoundMoment {
    IsoTime iso;
};

struct BoundNow {};

struct BoundTrait {
    std::optional<TraitId> trait;
};

struct BoundAccountTrait {
    std::optional<AccountTraitId> trait;
};

struct BoundContext {
    std::string name;
    std::optional<MomentField> field;
    BoundProperty property;  ///< of the occasion's event
};

struct BoundPropertyOf {
    BoundProperty property;
};

struct BoundMomentField {
    MomentField field = MomentField::hour;
    std::string holiday;
};

struct BoundNot {
    BoundPtr operand;
};

struct BoundMinus {
    BoundPtr operand;
};

/// `and` or `or` of two or more.
struct BoundJunction {
    bool conjunction = true;
    std::vector<BoundPtr> operands;
};

enum class CompareOp : std::uint8_t { equal, not_equal, less, less_equal, greater, greater_equal };

struct BoundCompare {
    CompareOp op = CompareOp::equal;
    BoundPtr left;
    BoundPtr right;
};

/// since_…(x) op n months: compares the time x began with now − n months.
struct BoundCompareMonths {
    CompareOp op = CompareOp::equal;
    BoundPtr since;
    std::int64_t months = 0;
};

struct BoundBetween {
    BoundPtr operand;
    BoundPtr low;
    BoundPtr high;
    bool negated = false;
};

struct BoundIn {
    BoundPtr operand;
    std::vector<BoundPtr> items;
    bool negated = false;
};

enum class TextOp : std::uint8_t { like, contains_text };

struct BoundTextTest {
    TextOp op = TextOp::like;
    BoundPtr text;
    BoundPtr pattern;
};

struct BoundMatches {
    BoundPtr text;
    Regex pattern;
};

struct BoundContains {
    BoundPtr array;
    BoundPtr element;
};

enum class ArithmeticOp : std::uint8_t { add, subtract, multiply, divide };

struct BoundArithmetic {
    ArithmeticOp op = ArithmeticOp::add;
    BoundPtr left;
    BoundPtr right;
};

/// A timestamp less calendar months (negative: plus).
struct BoundMinusMonths {
    BoundPtr operand;
    std::int64_t months = 0;
};

struct BoundIsMissing {
    BoundPtr operand;
    bool negated = false;
};

struct BoundCase {
    struct Branch {
        BoundPtr condition;
        BoundPtr value;
    };

    std::vector<Branch> branches;
    BoundPtr otherwise;  ///< may be null
};

struct BoundCall {
    const ScalarFunction* function = nullptr;
    std::vector<BoundPtr> arguments;
};

struct BoundAggregate {
    const AggregateFunction* function = nullptr;
    BoundEvents events;
    BoundProperty property;
    bool has_property = false;
    std::vector<double> numbers;
    BoundPtr where;  ///< may be null
    BoundWindow window;
};

struct BoundDid {
    BoundEvents events;
    BoundPtr where;  ///< may be null
    BoundWindow window;
    bool negated = false;
};

struct BoundStep {
    BoundEvents events;
    BoundPtr where;  ///< may be null
    std::optional<BoundPeriod> within;
};

struct BoundSequence {
    bool counting = false;
    std::vector<BoundStep> steps;     ///< those that must happen
    std::optional<BoundStep> absent;  ///< the final `no`
    std::vector<BoundEvents>
        sources;  ///< the distinct events of `steps`; `any` alone if among them
    BoundWindow window;
};

struct BoundSegment {
    std::string name;
    std::shared_ptr<const Program> program;
};

struct BoundPopulation {
    PopulationKind kind = PopulationKind::percentile;
    int tiles = 0;
    std::string text;  ///< the key of its Distribution
    std::shared_ptr<const Program> program;
};

struct BoundConsent {
    std::optional<PurposeId> purpose;
};

struct BoundTraitChange {
    bool since = false;
    bool of_account = false;
    std::optional<TraitId> trait;
    std::optional<AccountTraitId> account_trait;
};

struct BoundNode {
    using Kind = std::variant<BoundConstant,
                              BoundMonths,
                              BoundMoment,
                              BoundNow,
                              BoundTrait,
                              BoundAccountTrait,
                              BoundContext,
                              BoundPropertyOf,
                              BoundMomentField,
                              BoundNot,
                              BoundMinus,
                              BoundJunction,
                              BoundCompare,
                              BoundCompareMonths,
                              BoundBetween,
                              BoundIn,
                              BoundTextTest,
                              BoundMatches,
                              BoundContains,
                              BoundArithmetic,
                              BoundMinusMonths,
                              BoundIsMissing,
                              BoundCase,
                              BoundCall,
                              BoundAggregate,
                              BoundDid,
                              BoundSequence,
                              BoundSegment,
                              BoundPopulation,
                              BoundConsent,
                              BoundTraitChange>;
    Kind kind;
    const Node* source = nullptr;  ///< in the program's own expression
};

struct BoundOccasion {
    BoundEvents events;
    BoundPtr where;  ///< may be null
};

/// Immutable, safe to share.
class Program {
  public:
    explicit Program(Expression written) : expression(std::move(written)) {}

    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;
    Program(Program&&) = delete;
    Program& operator=(Program&&) = delete;
    ~Program() = default;

    Expression expression;  ///< the bound nodes point into it
    BoundPtr root;
    std::optional<BoundOccasion> on;
    std::optional<TraitId> timezone;  ///< the trait that names the customer's zone
    std::uint32_t event_count = 0;    ///< event names there were at binding
};

/// Binds a tree as bind() does; for trees that were built rather than checked.
[[nodiscard]] Result<std::shared_ptr<const Program>> bind_expression(
    const Expression& expression,
    const Symbols& symbols,
    const std::function<Result<CheckedExpression>(std::string_view)>& segment,
    const Settings& settings);

}  // namespace fineline::expr
