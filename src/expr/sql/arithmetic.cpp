#include "base/text.h"
#include "expr/sql/printer.h"

#include <cmath>

// Numbers, durations and timestamps in arithmetic, and the scalar functions.

namespace fineline::expr::sql {

namespace {

/// Sums and products up to this size cannot have overflowed a double.
constexpr double safe_magnitude = 1e300;

bool has_months(const Fragment& fragment) {
    return fragment.period &&
           (fragment.period->unit == TimeUnit::month || fragment.period->unit == TimeUnit::year ||
            fragment.period->unit == TimeUnit::quarter);
}

Fragment fragment_of(std::string text, SqlType type, Binding binding = Binding::atom) {
    Fragment fragment;
    fragment.text = std::move(text);
    fragment.type = type;
    fragment.binding = binding;
    return fragment;
}

Period reversed(const Period& period) {
    return {.count = -period.count, .unit = period.unit};
}

}  // namespace

/// A number ready for double arithmetic, in parentheses where needed.
std::string Printer::operand(const Fragment& value) {
    if (value.literal && value.type == SqlType::number) {
        const std::string text = dialect_.double_literal(value.literal->number());
        return value.literal->number() < 0 ? "(" + text + ")" : text;
    }
    if (value.type == SqlType::dynamic) {
        return read(value, ReadAs::number);
    }
    return value.integer ? dialect_.to_double(value.text) : bound(value, Binding::atom);
}

/// A divisor: zero and what is not finite count as missing.
std::string Printer::divisor(const Fragment& value) {
    if (value.literal && value.literal->number() != 0) {
        return operand(value);
    }
    return "nullif(" + operand(value) + ", 0)";
}

Fragment Printer::arithmetic(
    const Node& at, BinaryOp op, const Fragment& left, const Fragment& right, const Scope& scope) {
    const auto timely = [](const Fragment& fragment) {
        return fragment.type == SqlType::timestamp || fragment.type == SqlType::duration;
    };
    if (timely(left) || timely(right)) {
        return time_arithmetic(at, op, left, right, scope);
    }
    const auto numeric = [](const Fragment& fragment) {
        return fragment.type == SqlType::number || fragment.type == SqlType::dynamic;
    };
    if (!numeric(left) || !numeric(right)) {
        return null_fragment(SqlType::number);
    }
    return number_arithmetic(op, left, right);
}

Fragment Printer::number_arithmetic(BinaryOp op, const Fragment& left, const Fragment& right) {
    Fragment result;
    result.type = SqlType::number;
    const std::string a = operand(left);
    switch (op) {
        case BinaryOp::add:
            result.text = a + " + " + operand(right);
            result.magnitude = left.magnitude + right.magnitude;
            result.binding = Binding::sum;
            break;
        case BinaryOp::subtract:
            result.text = a + " - " + operand(right);
            result.magnitude = left.magnitude + right.magnitude;
            result.binding = Binding::sum;
            break;
        case BinaryOp::multiply:
            result.text = a + " * " + operand(right);
            result.magnitude = left.magnitude * right.magnitude;
            result.binding = Binding::product;
            break;
        default:
            result.text = a + " / " + divisor(right);
            if (right.literal && right.literal->number() != 0) {
                result.magnitude = left.magnitude / std::abs(right.literal->number());
            } else if (right.integer) {
                result.magnitude = left.magnitude;
            }
            result.binding = Binding::product;
            break;
    }
    if (!(result.magnitude <= safe_magnitude)) {
        result.text = dialect_.finite_or_null(result.text);
        result.magnitude = std::numeric_limits<double>::max();
        result.binding = Binding::atom;
    }
    return result;
}

Fragment Printer::time_arithmetic(
    const Node& at, BinaryOp op, const Fragment& left, const Fragment& right, const Scope& scope) {
    const bool left_time = left.type != SqlType::duration && left.type != SqlType::number;
    const bool right_time = right.type != SqlType::duration && right.type != SqlType::number;
    if (op == BinaryOp::subtract && left_time && right_time) {
        const std::string from = read(right, ReadAs::timestamp);
        return fragment_of(
            dialect_.micros_of(read(left, ReadAs::timestamp)) + " - " + dialect_.micros_of(from),
            SqlType::duration,
            Binding::sum);
    }
    const bool adds = op == BinaryOp::add || op == BinaryOp::subtract;
    if (adds && left.type == SqlType::duration && right_time && op == BinaryOp::add) {
        return time_arithmetic(at, op, right, left, scope);
    }
    if (adds && left_time && right.type == SqlType::duration) {
        const std::string time = read(left, ReadAs::timestamp);
        if (has_months(right)) {
            const Period period = op == BinaryOp::add ? reversed(*right.period) : *right.period;
            return fragment_of(minus({.text = time, .known = {}}, period, *scope.from).text,
                               SqlType::timestamp);
        }
        const std::string span = bound(right, Binding::atom);
        const std::string moved =
            dialect_.add_micros(time, op == BinaryOp::add ? span : "-" + span);
        return fragment_of(dialect_.null_on_error(moved), SqlType::timestamp);
    }
    if (has_months(left) || has_months(right)) {
        return fail(&at, "months have no exact length: only a timestamp takes them");
    }
    if (adds && left.type == SqlType::duration && right.type == SqlType::duration) {
        return fragment_of(bound(left, Binding::sum) + (op == BinaryOp::add ? " + " : " - ") +
                               bound(right, Binding::product),
                           SqlType::duration,
                           Binding::sum);
    }
    return duration_scaled(op, left, right);
}

/// duration × number, number × duration, duration ÷ number, duration ÷ duration.
Fragment Printer::duration_scaled(BinaryOp op, const Fragment& left, const Fragment& right) {
    const auto number = [](const Fragment& f) {
        return f.type == SqlType::number || f.type == SqlType::dynamic;
    };
    const auto micros = [&](const Fragment& f) {
        return dialect_.to_double(bound(f, Binding::atom));
    };
    const auto scaled = [&](const std::string& text) {
        return fragment_of(dialect_.finite_or_null(text), SqlType::duration);
    };
    if (op == BinaryOp::multiply && left.type == SqlType::duration && number(right)) {
        return scaled(micros(left) + " * " + operand(right));
    }
    if (op == BinaryOp::multiply && right.type == SqlType::duration && number(left)) {
        return scaled(operand(left) + " * " + micros(right));
    }
    if (op == BinaryOp::divide && left.type == SqlType::duration && number(right)) {
        return scaled(micros(left) + " / " + divisor(right));
    }
    if (op == BinaryOp::divide && left.type == SqlType::duration &&
        right.type == SqlType::duration) {
        Fragment ratio = fragment_of(micros(left) + " / nullif(" + micros(right) + ", 0)",
                                     SqlType::number,
                                     Binding::product);
        ratio.magnitude = 1e19;
        return ratio;
    }
    return null_fragment();
}

Fragment Printer::negative(const Fragment& value) {
    if (value.withheld) {
        return value;
    }
    if (value.type == SqlType::duration) {
        return fragment_of("-(" + value.text + ")", SqlType::duration, Binding::product);
    }
    if (value.type != SqlType::number && value.type != SqlType::dynamic) {
        return null_fragment(SqlType::number);
    }
    Fragment result = fragment_of("-" + operand(value), SqlType::number, Binding::product);
    result.magnitude = value.magnitude;
    return result;
}

Fragment Printer::scalar_call(const Node& at, const Call& call, const Scope& scope) {
    std::vector<Fragment> arguments;
    bool withheld = false;
    for (const Node& argument : call.arguments) {
        arguments.push_back(compile(argument, scope));
        withheld = withheld || arguments.back().withheld;
    }
    if (call.function == "coalesce") {
        return coalesce_of(arguments);
    }
    if (withheld) {
        Fragment unknown = null_fragment();
        unknown.withheld = true;
        return unknown;
    }
    if (call.function == "least" || call.function == "greatest") {
        return extreme_of(arguments, call.function == "least");
    }
    if (call.function == "length") {
        return length_of(arguments.at(0));
    }
    if (call.function == "lower" || call.function == "upper") {
        return fragment_of(call.function + "(" + read(arguments.at(0), ReadAs::string) + ")",
                           SqlType::string);
    }
    if (call.function == "distance") {
        std::vector<std::string> degrees;
        for (const Fragment& argument : arguments) {
            degrees.push_back(operand(argument));
        }
        return fragment_of(dialect_.finite_or_null(dialect_.sphere_km(degrees)), SqlType::number);
    }
    if (call.function == "abs" || call.function == "round" || call.function == "floor" ||
        call.function == "ceil" || call.function == "ln") {
        return number_function(call.function, arguments.at(0));
    }
    return unsayable(at, call.function + "()");
}

Fragment Printer::number_function(std::string_view function, const Fragment& argument) {
    if (argument.type != SqlType::number && argument.type != SqlType::dynamic) {
        return null_fragment(SqlType::number);
    }
    const std::string value = operand(argument);
    Fragment result;
    result.type = SqlType::number;
    result.magnitude = argument.magnitude + 1;
    if (function == "round") {
        result.text = dialect_.round_half_away(value);
    } else if (function == "ln") {
        result.text = dialect_.logarithm(value);
        result.magnitude = 1000;
    } else {
        result.text = std::string(function) + "(" + value + ")";
    }
    return result;
}

Fragment Printer::coalesce_of(const std::vector<Fragment>& arguments) {
    std::vector<std::string> texts;
    std::vector<const Fragment*> alternatives;
    const SqlType type = common_type(arguments);
    for (const Fragment& argument : arguments) {
        texts.push_back(type == SqlType::dynamic ? json_of(argument) : argument.text);
        alternatives.push_back(&argument);
        if (argument.withheld) {
            break;  // what is withheld is not missing: nothing stands in for it
        }
    }
    Fragment result = merged(
        texts.size() == 1 ? texts.front() : "coalesce(" + joined(texts, ", ") + ")", alternatives);
    result.type = type;
    return result;
}

/// Values of one type that has an order; missing if any is missing or of another type.
Fragment Printer::extreme_of(const std::vector<Fragment>& arguments, bool least) {
    const auto of_all = [&](ReadAs as) {
        std::vector<std::string> values;
        for (const Fragment& argument : arguments) {
            values.push_back(as == ReadAs::number && argument.type == SqlType::number
                                 ? operand(argument)
                                 : read(argument, as));
        }
        return least ? dialect_.least(values) : dialect_.greatest(values);
    };
    std::optional<SqlType> fixed;
    double magnitude = 0;
    for (const Fragment& argument : arguments) {
        magnitude = std::max(magnitude, argument.magnitude);
        if (argument.type == SqlType::missing ||
            (fixed && argument.type != SqlType::dynamic && *fixed != argument.type)) {
            return null_fragment();
        }
        if (argument.type != SqlType::dynamic) {
            fixed = argument.type;
        }
    }
    if (fixed == SqlType::duration) {
        std::vector<std::string> values;
        for (const Fragment& argument : arguments) {
            values.push_back(argument.type == SqlType::duration ? argument.text : "NULL");
        }
        return fragment_of(least ? dialect_.least(values) : dialect_.greatest(values),
                           SqlType::duration);
    }
    if (fixed) {
        const ReadAs as = *fixed == SqlType::number      ? ReadAs::number
                          : *fixed == SqlType::string    ? ReadAs::string
                          : *fixed == SqlType::timestamp ? ReadAs::stored_timestamp
                                                         : ReadAs::boolean;
        Fragment result = fragment_of(of_all(as), *fixed);
        result.magnitude = magnitude;
        return result;
    }
    return fragment_of("coalesce(" + dialect_.json_of_scalar(of_all(ReadAs::number)) + ", " +
                           dialect_.json_of_scalar(of_all(ReadAs::string)) + ", " +
                           dialect_.json_of_timestamp(of_all(ReadAs::stored_timestamp)) + ", " +
                           dialect_.json_of_scalar(of_all(ReadAs::boolean)) + ")",
                       SqlType::dynamic);
}

Fragment Printer::length_of(const Fragment& argument) {
    Fragment length = null_fragment(SqlType::number);
    length.integer = true;
    length.magnitude = 1e18;
    if (argument.type == SqlType::string) {
        length.text = "length(" + argument.text + ")";
    } else if (argument.type == SqlType::dynamic) {
        length.text = "coalesce(length(" + read(argument, ReadAs::string) + "), " +
                      dialect_.list_length(read(argument, ReadAs::list)) + ")";
    }
    return length;
}

}  // namespace fineline::expr::sql
