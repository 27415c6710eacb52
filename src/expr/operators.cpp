#include "expr/operators.h"

#include "base/text.h"
#include "expr/functions/datum_order.h"
#include "expr/functions/exact_sum.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace fineline::expr {

namespace {

bool is_span_or_time(ValueKind kind) {
    return kind == ValueKind::timestamp || kind == ValueKind::duration;
}

/// The bounds beyond which a double no longer fits a count of microseconds.
constexpr double micros_bound = 9.2e18;

Datum duration_of(double micros) {
    if (!(std::abs(micros) < micros_bound)) {
        return {};
    }
    return Datum::of(Duration{static_cast<std::int64_t>(micros)});
}

/// Adds counts of microseconds; false if they overflow.
bool add_micros(std::int64_t a, std::int64_t b, std::int64_t& sum) {
    return !__builtin_add_overflow(a, b, &sum);
}

Datum calculate_numbers(ArithmeticOp op, double left, double right) {
    switch (op) {
        case ArithmeticOp::add: return functions::finite(left + right);
        case ArithmeticOp::subtract: return functions::finite(left - right);
        case ArithmeticOp::multiply: return functions::finite(left * right);
        case ArithmeticOp::divide: return functions::finite(left / right);
    }
    return {};
}

Datum add_spans(const Datum& left, const Datum& right, bool subtract) {
    const bool left_time = left.kind() == ValueKind::timestamp;
    const bool right_time = right.kind() == ValueKind::timestamp;
    const auto micros = [](const Datum& datum) {
        return datum.kind() == ValueKind::timestamp ? datum.timestamp().time_since_epoch().count()
                                                    : datum.duration().count();
    };
    std::int64_t sum = 0;
    if (!add_micros(micros(left), subtract ? -micros(right) : micros(right), sum)) {
        return {};
    }
    if (left_time && right_time) {
        return subtract ? Datum::of(Duration{sum}) : Datum();
    }
    if (right_time && subtract) {
        return {};
    }
    return left_time || right_time ? Datum::of(Instant{Duration{sum}}) : Datum::of(Duration{sum});
}

Datum scale_spans(ArithmeticOp op, const Datum& left, const Datum& right) {
    const bool left_span = left.kind() == ValueKind::duration;
    const bool right_span = right.kind() == ValueKind::duration;
    const auto micros = [](const Datum& span) {
        return static_cast<double>(span.duration().count());
    };
    if (op == ArithmeticOp::multiply && left_span && right.kind() == ValueKind::number) {
        return duration_of(micros(left) * right.number());
    }
    if (op == ArithmeticOp::multiply && right_span && left.kind() == ValueKind::number) {
        return duration_of(micros(right) * left.number());
    }
    if (op == ArithmeticOp::divide && left_span && right.kind() == ValueKind::number) {
        return duration_of(micros(left) / right.number());
    }
    if (op == ArithmeticOp::divide && left_span && right_span) {
        return functions::finite(micros(left) / micros(right));
    }
    return {};
}

/// Returns the bytes of the code point at the front.
std::size_t code_point_size(std::string_view text) {
    std::size_t size = 1;
    while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80U) {
        ++size;
    }
    return size;
}

bool is_ascii(std::string_view text) {
    return std::all_of(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

char ascii_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

Datum as_timestamp(const Datum& value, const TimeZone& zone) {
    if (value.kind() != ValueKind::string) {
        return value;
    }
    const auto iso = parse_iso_time(value.string());
    return iso ? Datum::of(zone.resolve(*iso)) : Datum();
}

Datum weaker(const Datum& left, const Datum& right) {
    if (left.kind() == ValueKind::withheld || right.kind() == ValueKind::withheld) {
        return Datum::withheld();
    }
    return left.is_missing() || right.is_missing() ? Datum() : left;
}

bool holds(CompareOp op, int order) {
    switch (op) {
        case CompareOp::equal: return order == 0;
        case CompareOp::not_equal: return order != 0;
        case CompareOp::less: return order < 0;
        case CompareOp::less_equal: return order <= 0;
        case CompareOp::greater: return order > 0;
        case CompareOp::greater_equal: return order >= 0;
    }
    return false;
}

Datum compare(CompareOp op, const Datum& left, const Datum& right, const TimeZone& zone) {
    const ValueKind kind = left.kind();
    if (kind != right.kind()) {
        const Datum weak = weaker(left, right);
        if (weak.is_missing() || weak.kind() == ValueKind::withheld) {
            return weak;
        }
        if (kind == ValueKind::timestamp && right.kind() == ValueKind::string) {
            return compare(op, left, as_timestamp(right, zone), zone);
        }
        if (kind == ValueKind::string && right.kind() == ValueKind::timestamp) {
            return compare(op, as_timestamp(left, zone), right, zone);
        }
        return {};
    }
    if (kind == ValueKind::missing || kind == ValueKind::withheld) {
        return left;
    }
    if (op == CompareOp::equal || op == CompareOp::not_equal) {
        return Datum::of((left == right) == (op == CompareOp::equal));
    }
    if (!functions::is_ordered(kind)) {
        return {};
    }
    return Datum::of(holds(op, functions::order_of_same_kind(left, right)));
}

Datum calculate(ArithmeticOp op, const Datum& left, const Datum& right, const TimeZone& zone) {
    const Datum weak = weaker(left, right);
    if (weak.is_missing() || weak.kind() == ValueKind::withheld) {
        return weak;
    }
    if (left.kind() == ValueKind::number && right.kind() == ValueKind::number) {
        return calculate_numbers(op, left.number(), right.number());
    }
    const bool sum = op == ArithmeticOp::add || op == ArithmeticOp::subtract;
    if (!sum) {
        return scale_spans(op, left, right);
    }
    const Datum a = is_span_or_time(right.kind()) ? as_timestamp(left, zone) : left;
    const Datum b = is_span_or_time(left.kind()) ? as_timestamp(right, zone) : right;
    if (!is_span_or_time(a.kind()) || !is_span_or_time(b.kind())) {
        return {};
    }
    return add_spans(a, b, op == ArithmeticOp::subtract);
}

Datum negated(const Datum& condition) {
    return condition.kind() == ValueKind::boolean ? Datum::of(!condition.boolean())
                                                  : as_condition(condition);
}

Datum as_condition(const Datum& value) {
    const bool kept = value.kind() == ValueKind::boolean || value.kind() == ValueKind::withheld;
    return kept ? value : Datum();
}

bool like(std::string_view text, std::string_view pattern) {
    // On a mismatch after a `%`, that `%` takes one code point more; earlier ones need no second
    // look.
    std::string_view text_after_any;
    std::string_view pattern_after_any;
    bool seen_any = false;
    while (!text.empty()) {
        if (!pattern.empty() && pattern.front() == '%') {
            pattern.remove_prefix(1);
            text_after_any = text;
            pattern_after_any = pattern;
            seen_any = true;
        } else if (!pattern.empty() && pattern.front() == '_') {
            text.remove_prefix(code_point_size(text));
            pattern.remove_prefix(1);
        } else if (!pattern.empty() && pattern.front() == text.front()) {
            text.remove_prefix(1);
            pattern.remove_prefix(1);
        } else if (seen_any) {
            text_after_any.remove_prefix(code_point_size(text_after_any));
            text = text_after_any;
            pattern = pattern_after_any;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('%') == std::string_view::npos;
}

bool contains_text(std::string_view text, std::string_view part) {
    if (is_ascii(text) && is_ascii(part)) {
        const auto found =
            std::search(text.begin(), text.end(), part.begin(), part.end(), [](char a, char b) {
                return ascii_lower(a) == ascii_lower(b);
            });
        return found != text.end() || part.empty();
    }
    return lower_case(text).find(lower_case(part)) != std::string::npos;
}

Datum contains(const Datum& array, const Datum& element, const TimeZone& zone) {
    if (array.kind() != ValueKind::list) {
        return compare(CompareOp::equal, array, element, zone);
    }
    Datum found = Datum::of(false);
    ListReader reader(array.list_encoding());
    for (Datum candidate; reader.next(candidate);) {
        const Datum equal = compare(CompareOp::equal, candidate, element, zone);
        if (equal.kind() == ValueKind::boolean && equal.boolean()) {
            return equal;
        }
        found = weaker(found, equal);
    }
    return found;
}

}  // namespace fineline::expr
