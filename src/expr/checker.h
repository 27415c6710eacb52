#pragma once

#include "base/result.h"
#include "expr/check.h"
#include "expr/functions/function.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fineline::expr {

/// What the checker knows of a part's value.
struct Typed {
    StaticType type = StaticType::unknown_type;
    bool calendar = false;             ///< `3 months`: no exact length, legal in few places only
    bool since = false;                ///< since_…(x): may be compared with calendar periods
    const Literal* literal = nullptr;  ///< where the part is one
    SourceSpan at;
};

/// Walks one expression: finds its types, its errors, its warnings and what it reads. The first
/// error is kept; the walk goes on and reports nothing more. One thread at a time.
class Checker {
  public:
    Checker(Use use, const Catalog& catalog) : use_(use), catalog_(catalog) {}

    /// Checks the whole expression and returns the type of its root.
    StaticType run(const Expression& expression);

    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

    [[nodiscard]] std::vector<Warning> take_warnings() { return std::move(warnings_); }

    /// Sorted and distinct.
    [[nodiscard]] Dependencies take_dependencies();

  private:
    void fail(std::string message, SourceSpan at);
    void warn(std::string message, SourceSpan at);

    // Parts (check.cpp).
    Typed visit(const Node& node);
    Typed visit_condition(const Node& node, std::string_view place);
    Typed check(const Literal& literal, const Node& node);
    Typed check(const Now& now, const Node& node);
    Typed check(const Name& name, const Node& node);
    Typed check(const Unary& unary, const Node& node);
    Typed check(const Binary& binary, const Node& node);
    Typed check(const Between& between, const Node& node);
    Typed check(const InList& in, const Node& node);
    Typed check(const IsMissing& test, const Node& node);
    Typed check(const Case& expression, const Node& node);
    Typed check(const Call& call, const Node& node);
    Typed check(const Aggregate& aggregate, const Node& node);
    Typed check(const Did& did, const Node& node);
    Typed check(const Sequence& sequence, const Node& node);
    Typed check(const SegmentRef& segment, const Node& node);
    Typed check(const Population& population, const Node& node);
    Typed check(const Rfm& rfm, const Node& node);
    Typed check(const ConsentRef& consent, const Node& node);
    Typed check(const TraitChange& change, const Node& node);
    Typed check(const HolidayTest& holiday, const Node& node);
    /// Refuses what cannot stand in `where` or over a row of a mapping.
    void refuse_in_where(std::string_view what, std::string_view advice, SourceSpan at);
    void refuse_in_mapping(std::string_view what, SourceSpan at);
    void check_where(const std::optional<Box>& where, const EventSelector& event);

    // Types (check_types.cpp).
    void check_root_type(const Typed& root);
    void check_comparable(const Typed& left, const Typed& right);
    void check_calendar_bound(const Typed& bound, const Typed& compared);
    void refuse_calendar(const Typed& part, std::string_view place);
    void check_text_operand(const Typed& operand, std::string_view op);
    void check_pattern(const Typed& pattern);
    void check_weekday_literal(const Node& field, const Typed& literal);
    Typed check_comparison(const Binary& binary);
    Typed check_text_test(const Binary& binary);
    Typed check_membership(const Binary& binary);
    Typed check_arithmetic(const Binary& binary, SourceSpan at);
    StaticType type_of_sum(const Binary& binary, const Typed& left, const Typed& right);
    StaticType type_of_product(const Binary& binary, const Typed& left, const Typed& right);
    void check_aggregate_shape(const Aggregate& aggregate,
                               const AggregateFunction& function,
                               SourceSpan at);

    // Windows and periods (check_windows.cpp).
    void check_window(const std::optional<Window>& window, SourceSpan at);
    void check_length(const Period& length, std::string_view what, SourceSpan at);
    void check_whole(const Period& period, SourceSpan at);
    void check_ago(const AgoWindow& window, SourceSpan at);
    void check_from_to(const FromToWindow& window, SourceSpan at);
    void check_size(const Period& period, SourceSpan at);

    // Names (check_names.cpp).
    Typed moment_field(std::string_view name);
    void see_event(const EventSelector& event, std::string_view trap);
    void see_property(const EventSelector& event, std::string_view property, SourceSpan at);
    void see_trait(std::string_view name, SourceSpan at);
    void see_account_trait(std::string_view name, SourceSpan at);
    void see_purpose(std::string_view name, SourceSpan at);
    void see_segment(std::string_view name, SourceSpan at);
    void see_holiday(std::string_view name, SourceSpan at);
    [[nodiscard]] std::optional<std::size_t> event_index(std::string_view name) const;

    Use use_;
    const Catalog& catalog_;
    const EventSelector* where_event_ = nullptr;  ///< inside `where`: of which event
    bool in_population_ = false;
    const Node* negated_ = nullptr;  ///< the operand of the `not` just entered
    std::optional<Error> error_;
    std::vector<Warning> warnings_;
    Dependencies reads_;
};

/// Returns the word for a type in messages: "a number".
[[nodiscard]] std::string_view article_and_type(StaticType type);

/// Follows references between stored segments, starting at `name`. Returns "a -> b -> a" for a
/// cycle that can be reached, an empty text for none. Cost: each reachable definition is parsed
/// once.
[[nodiscard]] std::string find_segment_cycle(std::string_view name, const Catalog& catalog);

/// Returns ": did you mean '…'?" or an empty text.
[[nodiscard]] std::string suggestion(std::string_view word, const std::vector<std::string>& known);

}  // namespace fineline::expr
