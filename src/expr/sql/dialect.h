#pragma once

#include "base/instant.h"
#include "model/calendar.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace fineline::expr::sql {

/// The ways a JSON value can be read. Every one but `json` and `identity` is NULL for values of
/// other types.
enum class ReadAs : std::uint8_t {
    json,              ///< the value's JSON text; NULL for a JSON null
    number,            ///< a double
    string,            ///< text
    boolean,           ///<
    timestamp,         ///< a stored timestamp, or text that is wholly ISO 8601
    stored_timestamp,  ///< {"$timestamp": …} only
    list,              ///< the JSON text of an array
    identity,          ///< a text that is equal exactly for values of the same type and value
};

/// A JSON document and the member to read; without a key the document itself.
struct JsonPlace {
    std::string document;
    const std::string* key = nullptr;
};

/// How one database spells what standard SQL leaves open. The printer decides the shape of a query;
/// a row only spells pieces of it. Arguments are SQL expressions; each piece puts every argument
/// that may be long once. `zone` is an SQL expression of an IANA name; empty means UTC. A null
/// piece is one that the dialect cannot say: the printer then reports the construct that needed it.
struct Dialect {
    std::string_view name;
    std::string_view title;  ///< for messages: DuckDB

    // Literals
    std::string (*string_literal)(std::string_view text) = nullptr;
    std::string (*timestamp_literal)(Instant at) = nullptr;
    std::string (*double_literal)(double number) = nullptr;
    std::string (*date_literal)(std::chrono::year_month_day day) = nullptr;

    // Values
    std::string (*read_json)(ReadAs as, const JsonPlace& place, const std::string& zone) = nullptr;
    std::string (*json_of_scalar)(const std::string& value) = nullptr;
    std::string (*json_of_timestamp)(const std::string& value) = nullptr;
    /// Whether a JSON array has an element of that identity; unknown if others are of another type.
    std::string (*list_has)(const std::string& list, const std::string& element_identity) = nullptr;
    std::string (*list_length)(const std::string& list) = nullptr;
    std::string (*identity_of_number)(const std::string& number) = nullptr;
    std::string (*identity_of_string)(const std::string& text) = nullptr;
    std::string (*identity_of_timestamp)(const std::string& timestamp) = nullptr;
    std::string (*parse_timestamp)(const std::string& text, const std::string& zone) = nullptr;

    // Numbers
    std::string (*to_double)(const std::string& number) = nullptr;
    /// NULL where the value cannot be computed (a timestamp out of range).
    std::string (*null_on_error)(const std::string& value) = nullptr;
    /// The quotient of two integers, cut to a whole one; NULL if the divisor is.
    std::string (*whole_quotient)(const std::string& a, const std::string& b) = nullptr;
    std::string (*finite_or_null)(const std::string& number) = nullptr;
    std::string (*logarithm)(const std::string& number) = nullptr;  ///< NULL for arguments ≤ 0
    std::string (*round_half_away)(const std::string& number) = nullptr;
    std::string (*least)(std::span<const std::string> values) = nullptr;     ///< NULL if any is
    std::string (*greatest)(std::span<const std::string> values) = nullptr;  ///< NULL if any is
    std::string (*sphere_km)(std::span<const std::string> degrees) = nullptr;
    std::string (*compensated_sum)(const std::string& number) = nullptr;

    // Text
    std::string (*like)(const std::string& text, const std::string& pattern) = nullptr;
    std::string (*contains_folded)(const std::string& text, const std::string& part) = nullptr;
    std::string (*matches)(const std::string& text, const std::string& pattern) = nullptr;

    // Time; instants are TIMESTAMPs in UTC, durations whole microseconds
    std::string (*micros_of)(const std::string& timestamp) = nullptr;
    std::string (*timestamp_of_micros)(const std::string& micros) = nullptr;
    std::string (*add_micros)(const std::string& timestamp, const std::string& micros) = nullptr;
    std::string (*local_time)(const std::string& timestamp, const std::string& zone) = nullptr;
    /// The instant of a wall-clock reading: the earlier of two, moved forward by the gap if there
    /// is none.
    std::string (*utc_time)(const std::string& local, const std::string& zone) = nullptr;
    std::string (*add_months)(const std::string& local,
                              std::int64_t months) = nullptr;  ///< day clamped
    std::string (*start_of)(TimeUnit unit, const std::string& local) = nullptr;
    std::string (*shift_local)(TimeUnit unit, const std::string& local, int count) = nullptr;
    std::string (*days_between)(const std::string& from, const std::string& to) = nullptr;
    std::string (*is_zone_name)(const std::string& text) = nullptr;
};

/// All dialects; a new one is a file with its row and a line here.
[[nodiscard]] std::span<const Dialect* const> dialects();

/// Null if there is none of that name.
[[nodiscard]] const Dialect* find_dialect(std::string_view name);

extern const Dialect duckdb;

}  // namespace fineline::expr::sql
