#include "engine/settings.h"

#include "base/text.h"
#include "model/limits.h"

#include <array>

namespace fineline::engine {

namespace {

constexpr double refresh_units_max = 10'000;

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && text.front() == ' ') {
        text.remove_prefix(1);
    }
    while (!text.empty() && text.back() == ' ') {
        text.remove_suffix(1);
    }
    return text;
}

Result<std::string> canonical_zone(std::string_view value) {
    auto zone = TimeZone::find(value);
    if (!zone) {
        return Error{ErrorCode::invalid_argument, zone.error().message, {}};
    }
    return std::string(value);
}

Result<std::string> canonical_yes_no(std::string_view value) {
    if (value == "yes" || value == "true" || value == "on") {
        return std::string("yes");
    }
    if (value == "no" || value == "false" || value == "off") {
        return std::string("no");
    }
    return Error{
        ErrorCode::invalid_argument, "expected yes or no, not '" + std::string(value) + "'", {}};
}

Result<std::string> canonical_name(std::string_view value) {
    if (value.empty() || value.size() > limits::name_bytes_max || !is_utf8(value)) {
        return Error{
            ErrorCode::invalid_argument,
            "expected a name: 1 to " + std::to_string(limits::name_bytes_max) + " bytes of UTF-8",
            {}};
    }
    return std::string(value);
}

Result<std::string> canonical_no_record(std::string_view value) {
    if (value == "refused" || value == "granted") {
        return std::string(value);
    }
    return Error{ErrorCode::invalid_argument,
                 "expected refused or granted, not '" + std::string(value) + "'",
                 {}};
}

Result<std::chrono::year_month_day> parse_day(std::string_view text) {
    const auto iso = parse_iso_time(text);
    if (!iso || iso->has_time) {
        return Error{ErrorCode::invalid_argument,
                     "expected a date such as 2024-12-25, not '" + std::string(text) + "'",
                     {}};
    }
    return std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(iso->local)};
}

/// Reads one `name=2024-12-25` or `name=2024-12-24..2024-12-26`.
Result<Holiday> parse_holiday(std::string_view text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) {
        return Error{
            ErrorCode::invalid_argument,
            "expected name=date, such as christmas=2024-12-25, not '" + std::string(text) + "'",
            {}};
    }
    const std::string_view days = trimmed(text.substr(equals + 1));
    const std::size_t dots = days.find("..");
    auto first = parse_day(days.substr(0, dots));
    if (!first) {
        return first.error();
    }
    auto last = dots == std::string_view::npos ? first : parse_day(days.substr(dots + 2));
    if (!last) {
        return last.error();
    }
    if (*last < *first) {
        return Error{ErrorCode::invalid_argument,
                     "a holiday ends before it begins: '" + std::string(text) + "'",
                     {}};
    }
    return Holiday{std::string(trimmed(text.substr(0, equals))), *first, *last};
}

Result<std::vector<Holiday>> parse_holidays(std::string_view value) {
    std::vector<Holiday> days;
    while (!value.empty()) {
        const std::size_t comma = value.find(',');
        const std::string_view one = trimmed(value.substr(0, comma));
        if (!one.empty()) {
            auto holiday = parse_holiday(one);
            if (!holiday) {
                return holiday.error();
            }
            days.push_back(std::move(*holiday));
        }
        value = comma == std::string_view::npos ? std::string_view() : value.substr(comma + 1);
    }
    return days;
}

std::string day_text(std::chrono::year_month_day day) {
    return to_iso(Instant(std::chrono::sys_days{day})).substr(0, 10);
}

Result<std::string> canonical_holidays(std::string_view value) {
    auto days = parse_holidays(value);
    if (!days) {
        return days.error();
    }
    std::string text;
    for (const Holiday& day : *days) {
        text += text.empty() ? "" : ", ";
        text += day.name + "=" + day_text(day.first);
        text += day.first == day.last ? "" : ".." + day_text(day.last);
    }
    return text;
}

/// Reads `N minutes|hours|days`, or `never`.
Result<std::string> canonical_refresh(std::string_view value) {
    const auto every = parse_refresh(value);
    if (!every) {
        return every.error();
    }
    return std::string(value);
}

constexpr std::array<SettingRow, 8> rows{{
    {"time_zone",
     "UTC",
     "the zone of calendar windows, hours and weekdays, and of times without an offset (IANA name)",
     "Europe/London",
     canonical_zone},
    {"customer_zone",
     "no",
     "whether a customer's `timezone` trait, where it names a zone, replaces the workspace's",
     "yes",
     canonical_yes_no},
    {"holidays",
     "",
     "the workspace calendar behind `holiday`: name=date or name=first..last, separated by commas",
     "christmas=2024-12-25..2024-12-26, new_year=2025-01-01",
     canonical_holidays},
    {"purchase_event", "purchase", "the event that rfm scores count", "order", canonical_name},
    {"amount_property",
     "amount",
     "the property of it that rfm.monetary sums",
     "total",
     canonical_name},
    {"consent_no_record",
     "refused",
     "what no stated consent means when evaluating for a purpose",
     "granted",
     canonical_no_record},
    {"merge_on_alias",
     "no",
     "whether an `alias` message makes its two ids one person",
     "yes",
     canonical_yes_no},
    {"thresholds_refresh",
     "1 day",
     "how old the thresholds of percentile, rank, ntile and rfm may grow in live membership",
     "6 hours",
     canonical_refresh},
}};

}  // namespace

Result<std::optional<Duration>> parse_refresh(std::string_view value) {
    constexpr std::array<std::pair<std::string_view, Duration>, 6> units{
        {{"minute", std::chrono::minutes(1)},
         {"minutes", std::chrono::minutes(1)},
         {"hour", std::chrono::hours(1)},
         {"hours", std::chrono::hours(1)},
         {"day", std::chrono::hours(24)},
         {"days", std::chrono::hours(24)}}};
    if (value == "never") {
        return std::optional<Duration>();
    }
    const std::size_t space = value.find(' ');
    double number = 0;
    const bool is_number = parse_number(value.substr(0, space), number);
    for (const auto& [word, unit] : units) {
        const bool is_unit = space != std::string_view::npos && value.substr(space + 1) == word;
        if (is_number && is_unit && number >= 1 && number <= refresh_units_max &&
            number == static_cast<double>(static_cast<int>(number))) {
            return std::optional<Duration>(unit * static_cast<int>(number));
        }
    }
    return Error{ErrorCode::invalid_argument,
                 "expected a time such as 30 minutes, 6 hours or 1 day, or never, not '" +
                     std::string(value) + "'",
                 {}};
}

std::span<const SettingRow> setting_rows() {
    return rows;
}

Result<const SettingRow*> find_setting(std::string_view name) {
    std::vector<std::string_view> names;
    for (const SettingRow& row : rows) {
        if (row.name == name) {
            return &row;
        }
        names.push_back(row.name);
    }
    const std::string_view near = nearest(name, names);
    std::string message = "no setting '" + std::string(name) + "'";
    message += near.empty() ? ": `fineline settings` lists them"
                            : ": did you mean '" + std::string(near) + "'?";
    return Error{ErrorCode::invalid_argument, message, {}};
}

std::string setting_value(const columns::View& view, std::string_view name) {
    const auto row = find_setting(name);
    require(row.has_value(), "a setting that is not in the table");
    const columns::DefinitionVersion* stored = view.newest_definition("setting", name);
    return stored == nullptr ? std::string((*row)->default_value) : stored->text;
}

Result<expr::Settings> evaluation_settings(const columns::View& view) {
    expr::Settings settings;
    auto zone = TimeZone::find(setting_value(view, "time_zone"));
    if (!zone) {
        return zone.error();
    }
    settings.zone = *zone;
    settings.customer_zone = setting_value(view, "customer_zone") == "yes";
    auto holidays = parse_holidays(setting_value(view, "holidays"));
    if (!holidays) {
        return holidays.error();
    }
    settings.holidays = HolidayCalendar(std::move(*holidays));
    settings.purchase_event = setting_value(view, "purchase_event");
    settings.amount_property = setting_value(view, "amount_property");
    return settings;
}

}  // namespace fineline::engine
