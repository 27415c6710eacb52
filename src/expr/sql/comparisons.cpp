#include "expr/sql/printer.h"

#include <array>

// Comparisons: values of different types compare as unknown; JSON values bring their type with the
// row.

namespace fineline::expr::sql {

namespace {

std::string_view symbol(BinaryOp op) {
    switch (op) {
        case BinaryOp::equal: return " = ";
        case BinaryOp::not_equal: return " <> ";
        case BinaryOp::less: return " < ";
        case BinaryOp::less_equal: return " <= ";
        case BinaryOp::greater: return " > ";
        case BinaryOp::greater_equal: return " >= ";
        default: break;
    }
    return " ? ";
}

/// The comparison that holds with the sides exchanged.
BinaryOp mirrored(BinaryOp op) {
    switch (op) {
        case BinaryOp::less: return BinaryOp::greater;
        case BinaryOp::less_equal: return BinaryOp::greater_equal;
        case BinaryOp::greater: return BinaryOp::less;
        case BinaryOp::greater_equal: return BinaryOp::less_equal;
        default: break;
    }
    return op;
}

bool is_equality(BinaryOp op) {
    return op == BinaryOp::equal || op == BinaryOp::not_equal;
}

bool in_months(const Fragment& fragment) {
    return fragment.period &&
           (fragment.period->unit == TimeUnit::month || fragment.period->unit == TimeUnit::year ||
            fragment.period->unit == TimeUnit::quarter);
}

Fragment truth(std::string text) {
    Fragment fragment;
    fragment.text = std::move(text);
    fragment.type = SqlType::boolean;
    fragment.binding = Binding::comparison;
    return fragment;
}

Fragment unknown() {
    return null_fragment(SqlType::boolean);
}

/// How a JSON value must be read to meet a value of that type.
std::optional<ReadAs> reading_for(SqlType type) {
    switch (type) {
        case SqlType::number: return ReadAs::number;
        case SqlType::string: return ReadAs::string;
        case SqlType::boolean: return ReadAs::boolean;
        case SqlType::timestamp: return ReadAs::timestamp;
        case SqlType::missing:
        case SqlType::duration:
        case SqlType::dynamic: break;
    }
    return std::nullopt;
}

}  // namespace

Fragment Printer::compare(BinaryOp op,
                          const Fragment& left,
                          const Fragment& right,
                          const Scope& scope) {
    if (left.type == SqlType::missing || right.type == SqlType::missing) {
        return unknown();
    }
    if (auto by_months = compare_months(op, left, right, scope)) {
        return *std::move(by_months);
    }
    if (left.type == SqlType::dynamic || right.type == SqlType::dynamic) {
        return truth(compare_dynamic(op, left, right));
    }
    const std::string sign(symbol(op));
    if (left.type == right.type) {
        return truth(bound(left, Binding::sum) + sign + bound(right, Binding::sum));
    }
    const bool times = (left.type == SqlType::timestamp && right.type == SqlType::string) ||
                       (left.type == SqlType::string && right.type == SqlType::timestamp);
    return times ? truth(read(left, ReadAs::timestamp) + sign + read(right, ReadAs::timestamp))
                 : unknown();
}

/// since_…(x) op n months is x's time against now − n months.
std::optional<Fragment> Printer::compare_months(BinaryOp op,
                                                const Fragment& left,
                                                const Fragment& right,
                                                const Scope& scope) {
    if (in_months(left) && !in_months(right)) {
        return compare_months(mirrored(op), right, left, scope);
    }
    if (!in_months(right)) {
        return std::nullopt;
    }
    if (left.counted_from.empty()) {
        return fail(
            nullptr,
            "a duration compares with months only as since_…(x): months have no exact length");
    }
    const InstantText bound_at = minus(now_in(scope), *right.period, *scope.from);
    return truth(left.counted_from + std::string(symbol(mirrored(op))) + bound_at.text);
}

std::string Printer::compare_dynamic(BinaryOp op, const Fragment& left, const Fragment& right) {
    const std::string sign(symbol(op));
    const auto as = [&](ReadAs reading) {
        return read(left, reading) + sign + read(right, reading);
    };
    const Fragment& fixed = left.type == SqlType::dynamic ? right : left;
    if (fixed.type == SqlType::dynamic) {
        std::string all = "coalesce(" + as(ReadAs::number) + ", " + as(ReadAs::string) + ", " +
                          as(ReadAs::boolean) + ", " + as(ReadAs::timestamp);
        return all + (is_equality(op) ? ", " + as(ReadAs::list) : "") + ")";
    }
    const auto reading = reading_for(fixed.type);
    if (!reading) {
        return "NULL";
    }
    const bool text = fixed.type == SqlType::string;
    if (!text || (fixed.literal && !parse_iso_time(fixed.literal->string()))) {
        return as(*reading);
    }
    // A stored timestamp meets a text that reads as one.
    const bool dynamic_left = left.type == SqlType::dynamic;
    const std::string stored = read(dynamic_left ? left : right, ReadAs::stored_timestamp);
    const std::string parsed = read(fixed, ReadAs::timestamp);
    return "coalesce(" + as(ReadAs::string) + ", " +
           (dynamic_left ? stored + sign + parsed : parsed + sign + stored) + ")";
}

Fragment Printer::text_test(BinaryOp op, const Fragment& left, const Fragment& right) {
    const std::string text = read(left, ReadAs::string);
    const std::string other = read(right, ReadAs::string);
    if (text == "NULL" || other == "NULL") {
        return unknown();
    }
    if (op == BinaryOp::like) {
        return truth(dialect_.like(text, other));
    }
    Fragment test = truth(op == BinaryOp::matches ? dialect_.matches(text, other)
                                                  : dialect_.contains_folded(text, other));
    test.binding = Binding::atom;
    return test;
}

/// On an array: one of its elements is the same value; on a scalar: equality.
Fragment Printer::list_contains(const Fragment& list, const Fragment& element, const Scope& scope) {
    if (list.type != SqlType::dynamic) {
        return compare(BinaryOp::equal, list, element, scope);
    }
    const std::string array = read(list, ReadAs::list);
    const Fragment equal = compare(BinaryOp::equal, list, element, scope);
    const std::string has = dialect_.list_has(array, read(element, ReadAs::identity));
    return truth("CASE WHEN " + array + " IS NOT NULL THEN " + has + " ELSE " + equal.text +
                 " END");
}

Fragment Printer::between(const Between& node, const Scope& scope) {
    const Fragment operand = compile(*node.operand, scope);
    const Fragment low = compile(*node.low, scope);
    const Fragment high = compile(*node.high, scope);
    Fragment inside;
    if (operand.withheld || low.withheld || high.withheld) {
        inside = unknown();
        inside.withheld = true;
        return inside;
    }
    const bool plain =
        operand.type == low.type && low.type == high.type && !in_months(low) && !in_months(high);
    const auto reading =
        low.type == high.type && low.type == SqlType::number ? reading_for(low.type) : std::nullopt;
    if ((plain || (operand.type == SqlType::dynamic && reading)) &&
        operand.type != SqlType::missing && low.type != SqlType::dynamic) {
        const std::string value = reading ? read(operand, *reading) : bound(operand, Binding::sum);
        return truth(value + (node.negated ? " NOT BETWEEN " : " BETWEEN ") +
                     bound(low, Binding::sum) + " AND " + bound(high, Binding::sum));
    }
    const Fragment above = compare(BinaryOp::greater_equal, operand, low, scope);
    const Fragment below = compare(BinaryOp::less_equal, operand, high, scope);
    const std::string both = above.text + " AND " + below.text;
    inside = truth(node.negated ? "NOT (" + both + ")" : both);
    inside.binding = node.negated ? Binding::negation : Binding::conjunction;
    return inside;
}

Fragment Printer::in_list(const InList& node, const Scope& scope) {
    const Fragment operand = compile(*node.operand, scope);
    std::vector<std::string> equalities;
    std::vector<std::string> literals;
    bool plain = true;
    bool withheld = operand.withheld;
    std::optional<SqlType> type;
    for (const Node& item : node.items) {
        const Fragment value = compile(item, scope);
        withheld = withheld || value.withheld;
        const bool text = value.type == SqlType::string;
        plain = plain && value.literal && (text || value.type == SqlType::number) &&
                type.value_or(value.type) == value.type &&
                (!text || !parse_iso_time(value.literal->string()));
        type = value.type;
        literals.push_back(value.text);
        equalities.push_back(compare(BinaryOp::equal, operand, value, scope).text);
    }
    if (withheld) {
        Fragment hidden = unknown();
        hidden.withheld = true;
        return hidden;
    }
    if (plain && (operand.type == SqlType::dynamic || operand.type == *type)) {
        const std::string value = operand.type == SqlType::dynamic
                                      ? read(operand, *reading_for(*type))
                                      : bound(operand, Binding::sum);
        return truth(value + (node.negated ? " NOT IN (" : " IN (") + joined(literals, ", ") + ")");
    }
    Fragment any = truth(joined(equalities, " OR "));
    any.binding = Binding::disjunction;
    if (node.negated) {
        any.text = "NOT (" + any.text + ")";
        any.binding = Binding::negation;
    }
    return any;
}

}  // namespace fineline::expr::sql
