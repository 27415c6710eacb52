#include "base/instant.h"
#include "expr/checker.h"
#include "expr/regex.h"
#include "expr/words.h"

// Which types go together in comparisons and arithmetic.

namespace fineline::expr {

namespace {

Typed of_type(StaticType type) {
    return {.type = type, .at = {}};
}

bool is_known(const Typed& typed) {
    return typed.type != StaticType::unknown_type;
}

bool is_missing_literal(const Typed& typed) {
    return typed.literal != nullptr && !typed.literal->period && !typed.literal->moment &&
           typed.literal->value.kind() == ValueKind::missing;
}

const std::string* text_literal(const Typed& typed) {
    const bool is_text = typed.literal != nullptr && typed.type == StaticType::string;
    return is_text ? &typed.literal->value.string() : nullptr;
}

/// What to write where the two types were compared.
std::string advice_for(StaticType a, StaticType b) {
    const auto either = [&](StaticType wanted) { return a == wanted || b == wanted; };
    if (either(StaticType::duration) && either(StaticType::number)) {
        return "give the number a unit, as in 45 days";
    }
    if (either(StaticType::timestamp) && either(StaticType::duration)) {
        return "compare with now - 45 days, or use since_last(…)";
    }
    if (either(StaticType::timestamp)) {
        return "compare with date '2024-01-31' or now - 30 days";
    }
    if (either(StaticType::number) && either(StaticType::string)) {
        return "write both as numbers or both in quotes";
    }
    return "they never match";
}

/// Says whether arithmetic can read the part as a timestamp: one, or a text that may be one.
bool may_be_time(const Typed& typed) {
    return typed.type == StaticType::timestamp || typed.type == StaticType::string ||
           typed.type == StaticType::unknown_type;
}

}  // namespace

std::string_view article_and_type(StaticType type) {
    switch (type) {
        case StaticType::unknown_type: return "a value";
        case StaticType::boolean: return "a condition";
        case StaticType::number: return "a number";
        case StaticType::string: return "a text";
        case StaticType::timestamp: return "a timestamp";
        case StaticType::duration: return "a duration";
        case StaticType::list: return "a list";
    }
    return "a value";
}

void Checker::check_root_type(const Typed& root) {
    refuse_calendar(root, "on its own");
    const bool truth = root.type == StaticType::boolean || root.type == StaticType::unknown_type;
    if (use_ == Use::segment && !truth) {
        fail("a segment is true or false, not " + std::string(article_and_type(root.type)) +
                 ": compare it with something, as in … > 3",
             root.at);
    }
    if (use_ == Use::metric && !truth && root.type != StaticType::number) {
        fail("a metric is a number or true or false, not " +
                 std::string(article_and_type(root.type)),
             root.at);
    }
}

void Checker::refuse_calendar(const Typed& part, std::string_view place) {
    if (part.calendar) {
        fail("months and years have no exact length and cannot stand " + std::string(place) +
                 ": compare since_…(x) with them, or write days",
             part.at);
    }
}

void Checker::check_calendar_bound(const Typed& bound, const Typed& compared) {
    if (bound.calendar && !compared.since) {
        refuse_calendar(bound, "in this comparison");
    }
}

void Checker::check_comparable(const Typed& left, const Typed& right) {
    check_calendar_bound(left, right);
    check_calendar_bound(right, left);
    if (!is_known(left) || !is_known(right) || left.type == right.type) {
        return;
    }
    const bool left_is_time = left.type == StaticType::timestamp;
    const Typed& other = left_is_time ? right : left;
    if ((left_is_time || right.type == StaticType::timestamp) && other.type == StaticType::string) {
        const std::string* text = text_literal(other);
        if (text != nullptr && !parse_iso_time(*text)) {
            fail("a timestamp is compared with a text that is no date '" + *text +
                     "': dates are written 2024-01-31",
                 other.at);
        }
        return;
    }
    fail(std::string(article_and_type(left.type)) + " cannot be compared with " +
             std::string(article_and_type(right.type)) + ": " + advice_for(left.type, right.type),
         {left.at.begin, right.at.end});
}

Typed Checker::check_comparison(const Binary& binary) {
    const Typed left = visit(*binary.left);
    const Typed right = visit(*binary.right);
    check_comparable(left, right);
    check_weekday_literal(*binary.left, right);
    check_weekday_literal(*binary.right, left);
    for (const Typed* side : {&left, &right}) {
        if (is_missing_literal(*side)) {
            warn("a comparison with missing is never true: write is missing or is present",
                 side->at);
        }
    }
    return of_type(StaticType::boolean);
}

void Checker::check_weekday_literal(const Node& field, const Typed& literal) {
    const Name* name = std::get_if<Name>(&field.kind);
    const std::string* text = text_literal(literal);
    if (where_event_ == nullptr || name == nullptr || text == nullptr || name->quoted ||
        name->scope != NameScope::bare || name->path != "weekday" || is_weekday_word(*text)) {
        return;
    }
    std::string message = "weekday is never '" + *text + "'";
    const std::string start = text->substr(0, 3);
    message += is_weekday_word(start) ? ": did you mean " + start + "?"
                                      : std::string(": it is one of mon tue wed thu fri sat sun");
    warn(std::move(message), literal.at);
}

Typed Checker::check_text_test(const Binary& binary) {
    const std::string_view op = binary.op == BinaryOp::like      ? "like"
                                : binary.op == BinaryOp::matches ? "matches"
                                                                 : "~";
    const Typed left = visit(*binary.left);
    const Typed right = visit(*binary.right);
    check_text_operand(left, op);
    check_text_operand(right, op);
    if (binary.op == BinaryOp::matches) {
        check_pattern(right);
    }
    return of_type(StaticType::boolean);
}

void Checker::check_text_operand(const Typed& operand, std::string_view op) {
    if (is_known(operand) && operand.type != StaticType::string) {
        fail(
            std::string(op) + " compares texts, not " + std::string(article_and_type(operand.type)),
            operand.at);
    }
}

void Checker::check_pattern(const Typed& pattern) {
    const std::string* text = text_literal(pattern);
    if (text == nullptr) {
        fail("matches takes a pattern in quotes: as in name matches '^A'", pattern.at);
        return;
    }
    if (const auto regex = Regex::compile(*text); !regex) {
        fail(regex.error().message, pattern.at);
    }
}

Typed Checker::check_membership(const Binary& binary) {
    const Typed left = visit(*binary.left);
    const Typed right = visit(*binary.right);
    refuse_calendar(left, "in this comparison");
    refuse_calendar(right, "in this comparison");
    check_comparable(left, right);
    return of_type(StaticType::boolean);
}

Typed Checker::check_arithmetic(const Binary& binary, SourceSpan at) {
    const Typed left = visit(*binary.left);
    const Typed right = visit(*binary.right);
    for (const Typed* side : {&left, &right}) {
        if (side->type == StaticType::boolean || side->type == StaticType::list) {
            fail(std::string(article_and_type(side->type)) +
                     " cannot be calculated with: use case when … then 1 else 0 end",
                 side->at);
        }
    }
    const bool sum = binary.op == BinaryOp::add || binary.op == BinaryOp::subtract;
    if (left.calendar || right.calendar) {
        // Only a timestamp can take them: `now - 3 months`, `3 months + now`.
        const Typed& period = right.calendar ? right : left;
        const Typed& base = right.calendar ? left : right;
        const bool leading = !right.calendar && binary.op == BinaryOp::subtract;
        if (!sum || leading || base.calendar || !may_be_time(base)) {
            refuse_calendar(period, "in this calculation");
        }
        return of_type(StaticType::timestamp);
    }
    const StaticType type =
        sum ? type_of_sum(binary, left, right) : type_of_product(binary, left, right);
    if (error_ && !error_->at) {
        error_->at = at;
    }
    return of_type(type);
}

StaticType Checker::type_of_sum(const Binary& binary, const Typed& left, const Typed& right) {
    const bool add = binary.op == BinaryOp::add;
    const SourceSpan at{left.at.begin, right.at.end};
    const bool left_duration = left.type == StaticType::duration;
    const bool right_duration = right.type == StaticType::duration;
    if (left_duration && right_duration) {
        return StaticType::duration;
    }
    if (left_duration || right_duration) {
        const Typed& other = left_duration ? right : left;
        if (!may_be_time(other)) {
            fail("a number has no unit and a duration has 'number and duration': write 30 days",
                 at);
        } else if (left_duration && !add && is_known(other)) {
            fail("a timestamp cannot be taken from a duration: write the timestamp first", at);
        } else if (const std::string* text = text_literal(other); text && !parse_iso_time(*text)) {
            fail("a text that is no date '" + *text + "': dates are written 2024-01-31", other.at);
        }
        return is_known(other) ? StaticType::timestamp : StaticType::unknown_type;
    }
    if (left.type == StaticType::timestamp || right.type == StaticType::timestamp) {
        const Typed& other = left.type == StaticType::timestamp ? right : left;
        if (add && is_known(other)) {
            fail("nothing but a duration is added to a timestamp: write + 30 days", at);
        } else if (!add && other.type == StaticType::number) {
            fail("a number has no unit: take a duration from the timestamp, as in now - 30 days",
                 at);
        }
        return add || !is_known(left) || !is_known(right) ? StaticType::unknown_type
                                                          : StaticType::duration;
    }
    if (left.type == StaticType::string || right.type == StaticType::string) {
        fail("texts cannot be added or subtracted: compare them as they are", at);
    }
    return is_known(left) && is_known(right) ? StaticType::number : StaticType::unknown_type;
}

StaticType Checker::type_of_product(const Binary& binary, const Typed& left, const Typed& right) {
    const bool multiply = binary.op == BinaryOp::multiply;
    const SourceSpan at{left.at.begin, right.at.end};
    for (const Typed* side : {&left, &right}) {
        if (side->type == StaticType::string || side->type == StaticType::timestamp) {
            fail(std::string(article_and_type(side->type)) + " cannot be multiplied or divided",
                 side->at);
        }
    }
    const bool left_duration = left.type == StaticType::duration;
    const bool right_duration = right.type == StaticType::duration;
    if (left_duration && right_duration) {
        if (multiply) {
            fail("two durations cannot be multiplied: multiply one with a number", at);
        }
        return StaticType::number;
    }
    if (right_duration && !multiply && left.type == StaticType::number) {
        fail("a number cannot be divided by a duration: divide a duration by a duration", at);
    }
    if (left_duration || right_duration) {
        const Typed& other = left_duration ? right : left;
        return is_known(other) ? StaticType::duration : StaticType::unknown_type;
    }
    return is_known(left) && is_known(right) ? StaticType::number : StaticType::unknown_type;
}

}  // namespace fineline::expr
