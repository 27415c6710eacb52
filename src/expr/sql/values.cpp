#include "base/text.h"
#include "expr/sql/printer.h"

#include <cmath>

// Reading a part's value as the type that its surroundings want.

namespace fineline::expr::sql {

namespace {

bool reads_as(SqlType type, ReadAs as) {
    switch (as) {
        case ReadAs::number: return type == SqlType::number;
        case ReadAs::string: return type == SqlType::string;
        case ReadAs::boolean: return type == SqlType::boolean;
        case ReadAs::timestamp:
        case ReadAs::stored_timestamp: return type == SqlType::timestamp;
        case ReadAs::json:
        case ReadAs::list:
        case ReadAs::identity: break;
    }
    return false;
}

}  // namespace

std::string Printer::read(const Fragment& value, ReadAs as) {
    if (value.type == SqlType::dynamic) {
        const bool needs_zone = as == ReadAs::timestamp && !value.column;
        return value.column ? value.column(as)
                            : dialect_.read_json(as,
                                                 {.document = value.text, .key = nullptr},
                                                 needs_zone ? written_zone() : "");
    }
    if (reads_as(value.type, as)) {
        return bound(value, Binding::sum);
    }
    if (as == ReadAs::json) {
        return json_of(value);
    }
    if (as == ReadAs::identity) {
        return identity(value);
    }
    if (as != ReadAs::timestamp || value.type != SqlType::string) {
        return "NULL";
    }
    if (value.literal) {
        const auto iso = parse_iso_time(value.literal->string());
        return iso ? moment(Moment{value.literal->string()}).text : "NULL";
    }
    return dialect_.parse_timestamp(value.text, written_zone());
}

Fragment Printer::as_boolean(const Fragment& value) {
    if (value.type == SqlType::boolean) {
        return value;
    }
    Fragment condition = null_fragment(SqlType::boolean);
    condition.withheld = value.withheld;
    if (value.type == SqlType::dynamic) {
        condition.text = read(value, ReadAs::boolean);
    }
    return condition;
}

std::string Printer::json_of(const Fragment& value) {
    switch (value.type) {
        case SqlType::missing: return "NULL";
        case SqlType::dynamic: return value.column ? value.column(ReadAs::json) : value.text;
        case SqlType::timestamp: return dialect_.json_of_timestamp(value.text);
        case SqlType::number:
            return dialect_.json_of_scalar(
                value.integer || value.literal ? dialect_.to_double(value.text) : value.text);
        case SqlType::boolean:
        case SqlType::string: return dialect_.json_of_scalar(value.text);
        case SqlType::duration: break;
    }
    fail(nullptr,
         "a duration beside values of another type cannot be said in SQL: convert it to a number "
         "first");
    return "NULL";
}

std::string Printer::identity(const Fragment& value) {
    switch (value.type) {
        case SqlType::number: return dialect_.identity_of_number(value.text);
        case SqlType::string: return dialect_.identity_of_string(bound(value, Binding::product));
        case SqlType::boolean: return json_of(value);
        case SqlType::timestamp: return dialect_.identity_of_timestamp(value.text);
        case SqlType::dynamic:
            return value.column
                       ? value.column(ReadAs::identity)
                       : dialect_.read_json(
                             ReadAs::identity, {.document = value.text, .key = nullptr}, "");
        case SqlType::missing:
        case SqlType::duration: break;
    }
    return "NULL";
}

Fragment Printer::literal(const Literal& literal) {
    Fragment fragment;
    if (literal.period) {
        fragment.type = SqlType::duration;
        fragment.period = literal.period;
        const TimeUnit unit = literal.period->unit;
        const bool exact =
            unit != TimeUnit::month && unit != TimeUnit::year && unit != TimeUnit::quarter;
        const double micros =
            exact ? literal.period->count * static_cast<double>(exact_length(unit).count()) : 0;
        fragment.text = exact ? number_text(std::trunc(micros)) : "NULL";
        return fragment;
    }
    if (literal.moment) {
        fragment.type = SqlType::timestamp;
        fragment.text = moment(*literal.moment).text;
        return fragment;
    }
    fragment.literal = literal.value;
    switch (literal.value.kind()) {
        case ValueKind::boolean:
            fragment.type = SqlType::boolean;
            fragment.text = literal.value.boolean() ? "TRUE" : "FALSE";
            return fragment;
        case ValueKind::number:
            fragment.type = SqlType::number;
            fragment.text = number_text(literal.value.number());
            fragment.magnitude = std::abs(literal.value.number());
            return fragment;
        case ValueKind::string:
            fragment.type = SqlType::string;
            fragment.text = quoted(literal.value.string());
            return fragment;
        case ValueKind::timestamp:
            fragment.type = SqlType::timestamp;
            fragment.text = dialect_.timestamp_literal(literal.value.timestamp());
            return fragment;
        case ValueKind::missing:
        case ValueKind::duration:
        case ValueKind::list:
        case ValueKind::withheld: break;
    }
    return null_fragment();
}

}  // namespace fineline::expr::sql
