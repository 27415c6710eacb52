// Prints the SQL of expressions: a case a line on standard input (see tests/oracle/README.md), of
// which it reads settings, segments, expression, now and purpose; for each a line {"sql": …},
// {"unsupported": …} for what the dialect cannot say, or {"error": …} for what is no expression of
// the language.

#include "base/json.h"
#include "expr/check.h"
#include "expr/sql/sql.h"

#include <iostream>
#include <map>
#include <string>

namespace {

using fineline::Error;
using fineline::ErrorCode;
using fineline::Json;
using fineline::Result;

using Segments = std::map<std::string, std::string, std::less<>>;

std::string text_of(const Json& line, std::string_view name, const char* otherwise = "") {
    const Json* member = line.find(name);
    const std::string* text = member == nullptr ? nullptr : member->string();
    return text == nullptr ? otherwise : *text;
}

bool is_set(const Json& line, std::string_view name) {
    const Json* member = line.find(name);
    return member != nullptr && member->boolean() != nullptr && *member->boolean();
}

std::chrono::year_month_day day_of(const std::string& text) {
    const auto iso = fineline::parse_iso_time(text);
    return iso ? std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(iso->local)}
               : std::chrono::year_month_day{};
}

Result<fineline::expr::Settings> settings_of(const Json& line) {
    fineline::expr::Settings settings;
    const Json* given = line.find("settings");
    if (given == nullptr) {
        return settings;
    }
    auto zone = fineline::TimeZone::find(text_of(*given, "time_zone", "UTC"));
    if (!zone) {
        return zone.error();
    }
    settings.zone = *zone;
    settings.customer_zone = is_set(*given, "customer_zone");
    settings.purchase_event = text_of(*given, "purchase_event", "purchase");
    settings.amount_property = text_of(*given, "amount_property", "amount");
    std::vector<fineline::Holiday> days;
    const Json* holidays = given->find("holidays");
    if (holidays != nullptr && holidays->array() != nullptr) {
        for (const Json& day : *holidays->array()) {
            days.push_back({.name = text_of(day, "name"),
                            .first = day_of(text_of(day, "first")),
                            .last = day_of(text_of(day, "last"))});
        }
    }
    settings.holidays = fineline::HolidayCalendar(std::move(days));
    return settings;
}

Segments segments_of(const Json& line) {
    Segments segments;
    const Json* given = line.find("segments");
    if (given != nullptr && given->object() != nullptr) {
        for (const auto& [name, definition] : *given->object()) {
            segments[name] = definition.string() == nullptr ? "" : *definition.string();
        }
    }
    return segments;
}

Json refused(const char* kind, const Error& error) {
    Json place;
    place.set("message", error.message);
    if (error.at) {
        place.set("begin", static_cast<double>(error.at->begin));
        place.set("end", static_cast<double>(error.at->end));
    }
    Json answer;
    answer.set(kind, std::move(place));
    return answer;
}

Json answer_to(const Json& line) {
    auto settings = settings_of(line);
    if (!settings) {
        return refused("error", settings.error());
    }
    const Segments segments = segments_of(line);
    fineline::expr::Catalog catalog;
    for (const auto& [name, definition] : segments) {
        catalog.segment_names.push_back(name);
    }
    for (const fineline::Holiday& day : settings->holidays.days()) {
        catalog.holidays.push_back(day.name);
    }
    catalog.segment = [&](std::string_view name) -> std::optional<std::string> {
        const auto found = segments.find(name);
        return found == segments.end() ? std::nullopt : std::optional(found->second);
    };
    const auto checked =
        fineline::expr::compile(text_of(line, "expression"), fineline::expr::Use::segment, catalog);
    if (!checked) {
        return refused("error", checked.error());
    }
    fineline::expr::SqlOptions options;
    const auto now = fineline::parse_iso_time(text_of(line, "now"));
    options.now = now ? fineline::TimeZone().resolve(*now) : fineline::Instant{};
    options.settings = *settings;
    options.segment = [&](std::string_view name) {
        return fineline::expr::compile(
            segments.find(name)->second, fineline::expr::Use::segment, catalog);
    };
    const std::string purpose = text_of(line, "purpose");
    if (!purpose.empty()) {
        options.purpose = purpose;
    }
    const auto sql = fineline::expr::to_sql(*checked, options);
    if (!sql) {
        return refused(sql.error().code == ErrorCode::invalid_argument ? "unsupported" : "error",
                       sql.error());
    }
    Json answer;
    answer.set("sql", *sql);
    return answer;
}

}  // namespace

int main() {
    std::string text;
    while (std::getline(std::cin, text)) {
        const auto line = fineline::parse_json(text);
        std::cout << (line ? answer_to(*line) : refused("error", line.error())).text() << '\n'
                  << std::flush;
    }
    return 0;
}
