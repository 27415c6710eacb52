#include "base/text.h"
#include "expr/sql/dialect.h"
#include "expr/sql/statement.h"

#include <array>
#include <cstdio>

// DuckDB 1.x with its bundled extensions json and icu. Where a piece needs one argument twice it
// binds it by a lambda over a list of one, so that the text of a query grows linearly with the
// expression.

namespace fineline::expr::sql {

namespace {

constexpr std::string_view iso_pattern =
    R"(\d{4}-\d{2}-\d{2}([Tt ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d([.,]\d+)?)?([Zz]|[+-](0\d|1[0-8])(:?[0-5]\d)?)?)?)";

/// E'…' where a control character must not stand as it is, '…' otherwise.
std::string string_literal(std::string_view text) {
    std::string out;
    bool escaped = false;
    for (const char character : text) {
        const auto byte = static_cast<unsigned char>(character);
        if (byte < 0x20 || byte == 0x7f) {
            escaped = true;
        }
    }
    for (const char character : text) {
        const auto byte = static_cast<unsigned char>(character);
        if (byte < 0x20 || byte == 0x7f) {
            std::array<char, 8> code{};
            const int size = std::snprintf(code.data(), code.size(), "\\x%02x", byte);
            out.append(code.data(), static_cast<std::size_t>(size));
        } else if (character == '\'') {
            out += "''";
        } else if (character == '\\' && escaped) {
            out += "\\\\";
        } else {
            out.push_back(character);
        }
    }
    return (escaped ? "E'" : "'") + out + "'";
}

/// An instant as 2024-01-31 10:20:30[.123456].
std::string timestamp_literal(Instant at) {
    std::string iso = to_iso(at);
    iso[10] = ' ';
    iso.pop_back();
    return "TIMESTAMP '" + iso + "'";
}

std::string date_literal(std::chrono::year_month_day day) {
    return "DATE '" + to_iso(std::chrono::sys_days{day}).substr(0, 10) + "'";
}

std::string double_literal(double number) {
    const std::string text = number_text(number);
    return text.find('e') == std::string::npos ? text + "e0" : text;
}

/// Binds `value` to the name `variable` inside `body`.
std::string let(std::string_view variable, const std::string& value, const std::string& body) {
    return "list_transform([" + value + "], lambda " + std::string(variable) + ": " + body + ")[1]";
}

std::string micros_of(const std::string& timestamp) {
    return "epoch_us(" + timestamp + ")";
}

std::string timestamp_of_micros(const std::string& micros) {
    return "make_timestamp(" + micros + ")";
}

std::string add_micros(const std::string& timestamp, const std::string& micros) {
    return "make_timestamp(CAST(epoch_us(" + timestamp + ") + " + micros + " AS BIGINT))";
}

std::string local_time(const std::string& timestamp, const std::string& zone) {
    return zone.empty() ? timestamp
                        : "timezone(" + zone + ", make_timestamptz(epoch_us(" + timestamp + ")))";
}

/// timezone(zone, local) yields the later instant of an ambiguous reading. The earlier one is the
/// reading taken with the offset that held a day before, if that offset still holds there.
std::string utc_time(const std::string& local, const std::string& zone) {
    if (zone.empty()) {
        return local;
    }
    const std::string later = "epoch_us(timezone(" + zone + ", l))";
    const std::string day_before = later + " - 86400000000";
    const std::string offset_before = "epoch_us(timezone(" + zone + ", make_timestamptz(" +
                                      day_before + "))) - (" + day_before + ")";
    const std::string choice = "CASE WHEN timezone(" + zone +
                               ", make_timestamptz(u)) = l THEN make_timestamp(u) " +
                               "ELSE make_timestamp(" + later + ") END";
    return let("l", local, let("u", "epoch_us(l) - (" + offset_before + ")", choice));
}

std::string parse_timestamp(const std::string& text, const std::string& zone) {
    const std::string pattern = string_literal(iso_pattern);
    // A cast to TIMESTAMPTZ wants seconds before an offset.
    const std::string clean =
        R"(regexp_replace(replace(replace(upper(t), 'T', ' '), ',', '.'), '^(.{16})([Z+-]|$)', '\1:00\2'))";
    const std::string with_offset =
        "make_timestamp(epoch_us(TRY_CAST(" + clean + " AS TIMESTAMPTZ)))";
    const std::string without = utc_time("TRY_CAST(" + clean + " AS TIMESTAMP)", zone);
    return let("t",
               text,
               "CASE WHEN NOT regexp_full_match(t, " + pattern +
                   ") OR t < '0001' THEN NULL WHEN regexp_matches(t, '^.{11}.*[Zz+-]') THEN " +
                   with_offset + " ELSE " + without + " END");
}

std::string path_of(const std::string& key) {
    std::string path = "/";
    for (const char character : key) {
        path += character == '~' ? "~0" : character == '/' ? "~1" : std::string(1, character);
    }
    return path;
}

std::string read_json(ReadAs as, const JsonPlace& place, const std::string& zone) {
    const std::string path = place.key == nullptr ? "" : path_of(*place.key);
    const std::string at = path.empty() ? "" : ", " + string_literal(path);
    const std::string document = place.document;
    const std::string json = path.empty() ? document : "json_extract(" + document + at + ")";
    const std::string text =
        "json_extract_string(" + document + ", " + string_literal(path.empty() ? "$" : path) + ")";
    const std::string type = "json_type(" + document + at + ")";
    const std::string raw = "CAST(" + json + " AS VARCHAR)";
    const std::string number = "TRY_CAST(" + raw + " AS DOUBLE)";
    const std::string string = "CASE WHEN " + type + " = 'VARCHAR' THEN " + text + " END";
    const std::string stored = "TRY_CAST(rtrim(json_extract_string(" + document + ", " +
                               string_literal(path + "/$timestamp") + "), 'Z') AS TIMESTAMP)";
    switch (as) {
        case ReadAs::json: return "nullif(" + raw + ", 'null')";
        case ReadAs::number: return number;
        case ReadAs::string: return string;
        case ReadAs::boolean:
            return "CASE " + raw + " WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END";
        case ReadAs::stored_timestamp: return stored;
        case ReadAs::timestamp:
            return "coalesce(" + stored + ", " + parse_timestamp(string, zone) + ")";
        case ReadAs::list: return "CASE WHEN " + type + " = 'ARRAY' THEN " + raw + " END";
        case ReadAs::identity:
            return "coalesce('n' || " + number + ", 's' || " + string + ", '@' || epoch_us(" +
                   stored + "), nullif(" + raw + ", 'null'))";
    }
    return "NULL";
}

std::string json_of_scalar(const std::string& value) {
    return "CAST(to_json(" + value + ") AS VARCHAR)";
}

std::string json_of_timestamp(const std::string& value) {
    return "'{\"$timestamp\":\"' || strftime(" + value + ", '%Y-%m-%dT%H:%M:%S.%f') || 'Z\"}'";
}

std::string identity_of_number(const std::string& number) {
    return "'n' || CAST(CAST(" + number + " AS DOUBLE) AS VARCHAR)";
}

std::string identity_of_string(const std::string& text) {
    return "'s' || " + text;
}

std::string identity_of_timestamp(const std::string& timestamp) {
    return "'@' || epoch_us(" + timestamp + ")";
}

/// Elements of another type make the answer unknown unless another one is equal. The first
/// character of an identity tells the type (t and f are booleans).
std::string list_has(const std::string& list, const std::string& element_identity) {
    const JsonPlace element{.document = "v", .key = nullptr};
    const std::string identities = "list_transform(json_extract(" + list + ", '$[*]'), lambda v: " +
                                   read_json(ReadAs::identity, element, "") + ")";
    const std::string same_type = "lambda x: replace(left(x, 1), 'f', 't') = replace(left(" +
                                  element_identity + ", 1), 'f', 't')";
    return let("ids",
               identities,
               "CASE WHEN " + element_identity + " IS NULL THEN NULL WHEN list_contains(ids, " +
                   element_identity + ") THEN TRUE WHEN len(list_filter(ids, " + same_type +
                   ")) = len(ids) THEN FALSE END");
}

std::string list_length(const std::string& list) {
    return "json_array_length(" + list + ")";
}

std::string to_double(const std::string& number) {
    return "CAST(" + number + " AS DOUBLE)";
}

std::string null_on_error(const std::string& value) {
    return "TRY(" + value + ")";
}

std::string whole_quotient(const std::string& a, const std::string& b) {
    return a + " // " + b;
}

std::string finite_or_null(const std::string& number) {
    return "list_filter([" + number + "], lambda x: isfinite(x))[1]";
}

std::string logarithm(const std::string& number) {
    return "ln(nullif(greatest(" + number + ", 0), 0))";
}

std::string round_half_away(const std::string& number) {
    return "round(" + number + ")";
}

std::string listed(std::span<const std::string> values) {
    return joined({values.begin(), values.end()}, ", ");
}

/// NULLs sort first, so one NULL makes the whole NULL.
std::string least(std::span<const std::string> values) {
    return "list_sort([" + listed(values) + "], 'ASC', 'NULLS FIRST')[1]";
}

std::string greatest(std::span<const std::string> values) {
    return "list_sort([" + listed(values) + "], 'DESC', 'NULLS FIRST')[1]";
}

std::string like(const std::string& text, const std::string& pattern) {
    return text + " LIKE " + pattern;
}

std::string contains_folded(const std::string& text, const std::string& part) {
    return "contains(lower(" + text + "), lower(" + part + "))";
}

std::string matches(const std::string& text, const std::string& pattern) {
    return "regexp_matches(" + text + ", " + pattern + ")";
}

/// The haversine formula on the mean radius of the Earth, R1 = 6371.009 km (Moritz 2000, "Geodetic
/// Reference System 1980").
std::string sphere_km(std::span<const std::string> degrees) {
    const std::string haversine =
        "power(sin(radians(q - p) / 2), 2) + cos(radians(p)) * cos(radians(q)) * "
        "power(sin(radians(" +
        degrees[3] + " - " + degrees[1] + ") / 2), 2)";
    return let(
        "p",
        degrees[0],
        let("q",
            degrees[2],
            let("h", haversine, "2 * 6371.009e0 * asin(sqrt(CASE WHEN h > 1 THEN 1 ELSE h END))")));
}

std::string compensated_sum(const std::string& number) {
    return "fsum(" + number + ")";
}

std::string add_months(const std::string& local, std::int64_t months) {
    return "(" + local + " + INTERVAL (" + std::to_string(months) + ") MONTH)";
}

std::string start_of(TimeUnit unit, const std::string& local) {
    return std::string("date_trunc('") + to_string(unit) + "', " + local + ")";
}

std::string shift_local(TimeUnit unit, const std::string& local, int count) {
    return "(" + local + " + INTERVAL (" + std::to_string(count) + ") " + to_string(unit) + ")";
}

std::string days_between(const std::string& from, const std::string& to) {
    return "date_diff('day', " + from + ", " + to + ")";
}

std::string is_zone_name(const std::string& text) {
    return text + " IN (SELECT name FROM pg_timezone_names())";
}

}  // namespace

const Dialect duckdb{
    .name = "duckdb",
    .title = "DuckDB",
    .string_literal = string_literal,
    .timestamp_literal = timestamp_literal,
    .double_literal = double_literal,
    .date_literal = date_literal,
    .read_json = read_json,
    .json_of_scalar = json_of_scalar,
    .json_of_timestamp = json_of_timestamp,
    .list_has = list_has,
    .list_length = list_length,
    .identity_of_number = identity_of_number,
    .identity_of_string = identity_of_string,
    .identity_of_timestamp = identity_of_timestamp,
    .parse_timestamp = parse_timestamp,
    .to_double = to_double,
    .null_on_error = null_on_error,
    .whole_quotient = whole_quotient,
    .finite_or_null = finite_or_null,
    .logarithm = logarithm,
    .round_half_away = round_half_away,
    .least = least,
    .greatest = greatest,
    .sphere_km = sphere_km,
    .compensated_sum = compensated_sum,
    .like = like,
    .contains_folded = contains_folded,
    .matches = matches,
    .micros_of = micros_of,
    .timestamp_of_micros = timestamp_of_micros,
    .add_micros = add_micros,
    .local_time = local_time,
    .utc_time = utc_time,
    .add_months = add_months,
    .start_of = start_of,
    .shift_local = shift_local,
    .days_between = days_between,
    .is_zone_name = is_zone_name,
};

}  // namespace fineline::expr::sql
