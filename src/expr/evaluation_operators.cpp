#include "expr/evaluation.h"
#include "expr/operators.h"

#include <algorithm>

// Logic, comparisons, arithmetic, case and scalar functions over outcomes.

namespace fineline::expr {

namespace {

bool is_moving(const Outcome& outcome) {
    return outcome.slope != 0;
}

std::int64_t micros_of(const Datum& value) {
    return value.kind() == ValueKind::timestamp ? value.timestamp().time_since_epoch().count()
                                                : value.duration().count();
}

/// Returns after how many microseconds a difference that moves by `slope` a microsecond changes its
/// sign (negative, zero, positive) next; −1 if never.
std::int64_t next_sign_change(std::int64_t difference, std::int64_t slope) {
    if (slope < 0) {
        return next_sign_change(-difference, -slope);
    }
    if (difference > 0) {
        return -1;
    }
    return difference == 0 ? 1 : -difference / slope + (-difference % slope == 0 ? 0 : 1);
}

bool is_true(const Datum& value) {
    return value.kind() == ValueKind::boolean && value.boolean();
}

bool is_false(const Datum& value) {
    return value.kind() == ValueKind::boolean && !value.boolean();
}

}  // namespace

void Evaluation::limit_to_minute(Outcome& outcome, const Outcome& operand) const {
    if (tracks() && is_moving(operand)) {
        outcome.limit_cap(shifted(now_, std::chrono::minutes{1}));
    }
}

Outcome Evaluation::evaluate(const BoundNot& node) {
    Outcome outcome = run(*node.operand);
    outcome.value = negated(outcome.value);
    outcome.slope = 0;
    return outcome;
}

Outcome Evaluation::evaluate(const BoundMinus& node) {
    Outcome outcome = run(*node.operand);
    switch (outcome.value.kind()) {
        case ValueKind::number:
            outcome.value = Datum::of(outcome.value.number() == 0 ? 0.0 : -outcome.value.number());
            break;
        case ValueKind::duration:
            outcome.value = Datum::of(-outcome.value.duration());
            outcome.slope = -outcome.slope;
            break;
        case ValueKind::withheld: break;
        case ValueKind::missing:
        case ValueKind::boolean:
        case ValueKind::string:
        case ValueKind::timestamp:
        case ValueKind::list:
            outcome.value = {};
            outcome.slope = 0;
            break;
    }
    return outcome;
}

Outcome Evaluation::evaluate(const BoundJunction& node) {
    // One deciding operand (false for `and`, true for `or`) decides whatever the others are, so the
    // order of evaluation is unobservable. Its answer stands as long as any one deciding operand
    // does.
    Outcome undecided{.value = Datum::of(node.conjunction)};
    Outcome decided;
    bool has_decided = false;
    for (const BoundPtr& operand : node.operands) {
        Outcome outcome = run(*operand);
        outcome.value = as_condition(outcome.value);
        outcome.slope = 0;
        const bool decides = node.conjunction ? is_false(outcome.value) : is_true(outcome.value);
        if (decides && !tracks()) {
            return outcome;
        }
        if (decides && (!has_decided || outcome.sure_until() > decided.sure_until())) {
            decided = outcome;
            has_decided = true;
        }
        undecided.value = weaker(undecided.value, outcome.value);
        undecided.limit(outcome);
    }
    return has_decided ? decided : undecided;
}

Outcome Evaluation::compared(CompareOp op, const Outcome& left, const Outcome& right) {
    Outcome outcome{.value = compare(op, left.value, right.value, written_zone())};
    if (!tracks()) {
        return outcome;
    }
    outcome.limit(left);
    outcome.limit(right);
    const std::int64_t slope = left.slope - right.slope;
    if (slope != 0 && outcome.value.kind() == ValueKind::boolean) {
        const Datum a = as_timestamp(left.value, written_zone());
        const Datum b = as_timestamp(right.value, written_zone());
        std::int64_t difference = 0;
        const bool overflows = __builtin_sub_overflow(micros_of(a), micros_of(b), &difference);
        const std::int64_t wait = overflows ? -1 : next_sign_change(difference, slope);
        if (wait >= 0) {
            outcome.limit_next(shifted(now_, Duration{wait}));
        }
    }
    return outcome;
}

Outcome Evaluation::evaluate(const BoundCompare& node) {
    const Outcome left = run(*node.left);
    return compared(node.op, left, run(*node.right));
}

Outcome Evaluation::evaluate(const BoundCompareMonths& node) {
    const Outcome since = run(*node.since);
    if (since.value.kind() != ValueKind::duration) {
        Outcome outcome = since;
        outcome.value = weaker(since.value, Datum());
        return outcome;
    }
    // The longer ago, the earlier: since ≥ n months is began ≤ now − n months.
    const Instant began = now_ - since.value.duration();
    const BoundPeriod period{.months = node.months, .exact = {}};
    Outcome border{.value = Datum::of(minus(*zone_, now_, period)), .slope = 1};
    if (tracks() && node.months != 0) {
        border.next = months_linear_until(*zone_, now_, node.months);
        border.cap = zone_->start_of(TimeUnit::day, now_, 1);
        limit_by_zone(border);
    }
    Outcome start = since;
    start.value = Datum::of(began);
    start.slope = 0;
    return compared(node.op, border, start);
}

Outcome Evaluation::evaluate(const BoundBetween& node) {
    const Outcome operand = run(*node.operand);
    const Outcome low = compared(CompareOp::greater_equal, operand, run(*node.low));
    if (!tracks() && is_false(low.value)) {
        return {.value = Datum::of(node.negated)};
    }
    const Outcome high = compared(CompareOp::less_equal, operand, run(*node.high));
    Outcome outcome{.value = weaker(low.value, high.value)};
    if (is_false(low.value) || is_false(high.value)) {
        outcome.value = Datum::of(false);
    }
    outcome.limit(low);
    outcome.limit(high);
    if (node.negated) {
        outcome.value = negated(outcome.value);
    }
    return outcome;
}

Outcome Evaluation::evaluate(const BoundIn& node) {
    const Outcome operand = run(*node.operand);
    Outcome outcome{.value = Datum::of(false)};
    outcome.limit(operand);
    bool found = false;
    for (const BoundPtr& item : node.items) {
        const Outcome equal = compared(CompareOp::equal, operand, run(*item));
        outcome.limit(equal);
        found = found || is_true(equal.value);
        if (found && !tracks()) {
            break;
        }
        outcome.value = weaker(outcome.value, equal.value);
    }
    outcome.value = found ? Datum::of(true) : outcome.value;
    if (node.negated) {
        outcome.value = negated(outcome.value);
    }
    return outcome;
}

Outcome Evaluation::evaluate(const BoundTextTest& node) {
    Outcome outcome = run(*node.text);
    const Outcome pattern = run(*node.pattern);
    outcome.limit(pattern);
    outcome.slope = 0;
    const bool texts =
        outcome.value.kind() == ValueKind::string && pattern.value.kind() == ValueKind::string;
    if (!texts) {
        outcome.value = weaker(weaker(outcome.value, pattern.value), Datum());
        return outcome;
    }
    outcome.value = Datum::of(node.op == TextOp::like
                                  ? like(outcome.value.string(), pattern.value.string())
                                  : contains_text(outcome.value.string(), pattern.value.string()));
    return outcome;
}

Outcome Evaluation::evaluate(const BoundMatches& node) {
    Outcome outcome = run(*node.text);
    outcome.slope = 0;
    outcome.value = outcome.value.kind() == ValueKind::string
                        ? Datum::of(node.pattern.found_in(outcome.value.string()))
                        : weaker(outcome.value, Datum());
    return outcome;
}

Outcome Evaluation::evaluate(const BoundContains& node) {
    Outcome outcome = run(*node.array);
    const Outcome element = run(*node.element);
    outcome.limit(element);
    limit_to_minute(outcome, outcome);
    limit_to_minute(outcome, element);
    outcome.value = contains(outcome.value, element.value, written_zone());
    outcome.slope = 0;
    return outcome;
}

Outcome Evaluation::evaluate(const BoundArithmetic& node) {
    const Outcome left = run(*node.left);
    const Outcome right = run(*node.right);
    Outcome outcome{.value = calculate(node.op, left.value, right.value, written_zone())};
    outcome.limit(left);
    outcome.limit(right);
    if (node.op == ArithmeticOp::add) {
        outcome.slope = left.slope + right.slope;
    } else if (node.op == ArithmeticOp::subtract) {
        outcome.slope = left.slope - right.slope;
    } else {
        limit_to_minute(outcome, left);
        limit_to_minute(outcome, right);
    }
    return outcome;
}

Outcome Evaluation::evaluate(const BoundMinusMonths& node) {
    Outcome outcome = run(*node.operand);
    const Datum operand = as_timestamp(outcome.value, written_zone());
    limit_by_zone(outcome);
    if (operand.kind() != ValueKind::timestamp) {
        outcome.value = weaker(outcome.value, Datum());
        outcome.slope = 0;
        return outcome;
    }
    const BoundPeriod period{.months = node.months, .exact = {}};
    outcome.value = Datum::of(minus(*zone_, operand.timestamp(), period));
    if (tracks() && is_moving(outcome)) {
        // Only `now` and what is a fixed span from it moves; it is linear until its own next
        // midnight.
        const Instant linear = months_linear_until(*zone_, operand.timestamp(), node.months);
        const Instant midnight = zone_->start_of(TimeUnit::day, operand.timestamp(), 1);
        outcome.limit_next(shifted(now_, linear - operand.timestamp()));
        outcome.limit_cap(shifted(now_, midnight - operand.timestamp()));
    }
    return outcome;
}

Outcome Evaluation::evaluate(const BoundIsMissing& node) {
    Outcome outcome = run(*node.operand);
    outcome.slope = 0;
    if (outcome.value.kind() != ValueKind::withheld) {
        outcome.value = Datum::of(outcome.value.is_missing() != node.negated);
    }
    return outcome;
}

Outcome Evaluation::evaluate(const BoundCase& node) {
    Outcome conditions;
    for (const BoundCase::Branch& branch : node.branches) {
        Outcome condition = run(*branch.condition);
        conditions.limit(condition);
        if (condition.value.kind() == ValueKind::withheld) {
            conditions.value = condition.value;
            return conditions;
        }
        if (is_true(condition.value)) {
            Outcome chosen = run(*branch.value);
            chosen.limit(conditions);
            return chosen;
        }
    }
    Outcome otherwise = node.otherwise ? run(*node.otherwise) : Outcome{};
    otherwise.limit(conditions);
    return otherwise;
}

Outcome Evaluation::evaluate(const BoundCall& node) {
    // The arguments lie on a stack shared by nested calls, which leave it as they found it.
    const std::size_t base = scratch_.arguments.size();
    Outcome outcome;
    Datum weakest = Datum::of(true);
    for (const BoundPtr& argument : node.arguments) {
        const Outcome value = run(*argument);
        outcome.limit(value);
        limit_to_minute(outcome, value);
        weakest = weaker(weakest, value.value);
        scratch_.arguments.push_back(value.value);
    }
    const bool decided = weakest.kind() != ValueKind::boolean && !node.function->sees_missing;
    const std::span<const Datum> arguments =
        std::span<const Datum>(scratch_.arguments).subspan(base);
    outcome.value = decided ? weakest : node.function->evaluate(arguments, scratch_.string());
    scratch_.arguments.resize(base);
    return outcome;
}

}  // namespace fineline::expr
