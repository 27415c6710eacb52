#include "base/text.h"
#include "expr/checker.h"

// What is asked of events, of the population and of a customer's other records.

namespace fineline::expr {

namespace {

Typed of_type(StaticType type) {
    return {.type = type, .at = {}};
}

}  // namespace

Typed Checker::check(const Aggregate& aggregate, const Node& node) {
    const AggregateFunction* function = find_aggregate(aggregate.function);
    if (function == nullptr) {
        fail("unknown function '" + aggregate.function + "'", node.at);
        return {};
    }
    refuse_in_mapping("an aggregate over events '" + aggregate.function + "'", node.at);
    refuse_in_where("an aggregate '" + aggregate.function + "'",
                    "compare it outside of the parentheses",
                    node.at);
    check_aggregate_shape(aggregate, *function, node.at);
    see_event(aggregate.event, {});
    if (aggregate.property) {
        see_property(aggregate.event, *aggregate.property, aggregate.property_at.span);
    }
    check_where(aggregate.where, aggregate.event);
    check_window(aggregate.window, aggregate.window_at.span);
    reads_.clock = reads_.clock || function->drifts;
    return {.type = function->result, .since = function->drifts, .at = {}};
}

void Checker::check_aggregate_shape(const Aggregate& aggregate,
                                    const AggregateFunction& function,
                                    SourceSpan at) {
    const std::string& name = aggregate.function;
    const std::string event = aggregate.event.any ? "any" : aggregate.event.name;
    if (function.property == PropertyNeed::required && !aggregate.property) {
        fail(name + " needs a property of the event '" + event + "': as in " +
                 std::string(function.example),
             aggregate.event.at.span);
    }
    if (function.property == PropertyNeed::never && aggregate.property) {
        fail(name + " takes an event without a property '" + *aggregate.property + "': as in " +
                 std::string(function.example),
             aggregate.property_at.span);
    }
    if (aggregate.numbers.size() != static_cast<std::size_t>(function.numbers)) {
        fail(name + " needs a number after the comma: as in " + std::string(function.example), at);
    }
    for (const double number : aggregate.numbers) {
        // The only function of the table with a number is a quantile.
        if (!(number >= 0 && number <= 1)) {
            fail(name + " takes a share between 0 and 1, not " + number_text(number) + ": as in " +
                     std::string(function.example),
                 at);
        }
    }
    if (function.where_required && !aggregate.where) {
        fail(name + " needs a condition after where: as in " + std::string(function.example), at);
    }
}

Typed Checker::check(const Did& did, const Node& node) {
    refuse_in_mapping("did", node.at);
    refuse_in_where("did", "join it with and outside of the condition", node.at);
    const bool negated = did.negated != (negated_ == &node);
    see_event(did.event, negated ? "did not" : std::string_view());
    check_where(did.where, did.event);
    check_window(did.window, did.window_at.span);
    return of_type(StaticType::boolean);
}

Typed Checker::check(const Sequence& sequence, const Node& node) {
    refuse_in_mapping("a sequence", node.at);
    refuse_in_where("a sequence", "join it with and outside of the condition", node.at);
    for (const Step& step : sequence.steps) {
        see_event(step.event, step.negated ? "no" : std::string_view());
        check_where(step.where, step.event);
        if (step.within) {
            check_whole(*step.within, step.within_at.span);
            check_size(*step.within, step.within_at.span);
        }
        reads_.clock = reads_.clock || step.negated;
    }
    check_window(sequence.window, sequence.window_at.span);
    return of_type(sequence.counting ? StaticType::number : StaticType::boolean);
}

Typed Checker::check(const SegmentRef& segment, const Node& node) {
    refuse_in_mapping("a segment", node.at);
    refuse_in_where(
        "a segment '" + segment.name + "'", "join it with and outside of the condition", node.at);
    see_segment(segment.name, node.at);
    return of_type(StaticType::boolean);
}

Typed Checker::check(const Population& population, const Node& node) {
    refuse_in_mapping("a comparison with other customers", node.at);
    refuse_in_where(
        "a comparison with other customers", "compare it outside of the parentheses", node.at);
    reads_.population = true;
    const bool outer = std::exchange(in_population_, true);
    const Typed operand = visit(*population.operand);
    in_population_ = outer;
    refuse_calendar(operand, "to compare customers by");
    if (operand.type == StaticType::boolean || operand.type == StaticType::string) {
        fail("customers are ranked by numbers and times, not by " +
                 std::string(article_and_type(operand.type)) +
                 ": as in percentile(sum(purchase.amount))",
             operand.at);
    }
    return of_type(StaticType::number);
}

Typed Checker::check(const Rfm& /*rfm*/, const Node& node) {
    refuse_in_mapping("a comparison with other customers", node.at);
    refuse_in_where(
        "a comparison with other customers", "compare it outside of the parentheses", node.at);
    reads_.population = true;
    return of_type(StaticType::number);
}

Typed Checker::check(const ConsentRef& consent, const Node& node) {
    refuse_in_mapping("a consent", node.at);
    see_purpose(consent.purpose, node.at);
    return of_type(StaticType::boolean);
}

Typed Checker::check(const TraitChange& change, const Node& node) {
    const std::string function = change.since ? "since_changed" : "previous";
    refuse_in_mapping("the history of a trait", node.at);
    if (where_event_ != nullptr && change.trait.scope == NameScope::bare) {
        fail("in where a bare name is a property and has no history '" + change.trait.path +
                 "': write " + function + "(customer." + change.trait.path + ")",
             node.at);
    }
    if (change.trait.scope == NameScope::account) {
        see_account_trait(change.trait.path, node.at);
    } else {
        see_trait(change.trait.path, node.at);
    }
    if (!change.since) {
        return {};
    }
    reads_.clock = true;
    return {.type = StaticType::duration, .since = true, .at = {}};
}

Typed Checker::check(const HolidayTest& holiday, const Node& node) {
    if (where_event_ == nullptr) {
        fail(
            "holiday tells of the day of an event and stands only in where 'holiday': write "
            "did e where holiday",
            node.at);
    }
    if (!holiday.name.empty()) {
        see_holiday(holiday.name, node.at);
    }
    return of_type(StaticType::boolean);
}

}  // namespace fineline::expr
