#include "model/calendar.h"

#include "base/require.h"
#include "base/text.h"

#include <date/tz.h>

#include <algorithm>
#include <exception>

namespace fineline {

namespace {

using std::chrono::days;

const date::time_zone* as_zone(const void* zone) {
    return static_cast<const date::time_zone*>(zone);
}

date::local_time<Duration> to_library(LocalInstant local) {
    return date::local_time<Duration>(local.time_since_epoch());
}

date::sys_time<Duration> to_library(Instant at) {
    return date::sys_time<Duration>(at.time_since_epoch());
}

std::int64_t months_since_zero(std::chrono::year_month_day date) {
    return std::int64_t{static_cast<int>(date.year())} * 12 + static_cast<unsigned>(date.month()) -
           1;
}

/// Returns the first day of the month that lies `months` after year 0.
std::chrono::year_month month_of(std::int64_t months) {
    const std::int64_t year = months >= 0 ? months / 12 : (months - 11) / 12;
    return std::chrono::year{static_cast<int>(year)} /
           std::chrono::month{static_cast<unsigned>(months - year * 12 + 1)};
}

/// Returns the first local day of the calendar unit that holds `day`, moved by whole units.
std::chrono::local_days first_day(TimeUnit unit, std::chrono::local_days day, int shift) {
    const std::chrono::year_month_day date{day};
    switch (unit) {
        case TimeUnit::day: return day + days{shift};
        case TimeUnit::week: {
            const std::chrono::weekday weekday{day};
            return day - days{weekday.iso_encoding() - 1} + days{7 * shift};
        }
        case TimeUnit::month:
            return std::chrono::local_days{month_of(months_since_zero(date) + shift) / 1};
        case TimeUnit::quarter: {
            const std::int64_t month = months_since_zero(date);
            return std::chrono::local_days{month_of(month - month % 3 + 3 * std::int64_t{shift}) /
                                           1};
        }
        case TimeUnit::year:
            return std::chrono::local_days{(date.year() + std::chrono::years{shift}) / 1 / 1};
        case TimeUnit::second:
        case TimeUnit::minute:
        case TimeUnit::hour: break;
    }
    require(false, "no calendar unit");
    return day;
}

}  // namespace

const char* to_string(TimeUnit unit) {
    switch (unit) {
        case TimeUnit::second: return "second";
        case TimeUnit::minute: return "minute";
        case TimeUnit::hour: return "hour";
        case TimeUnit::day: return "day";
        case TimeUnit::week: return "week";
        case TimeUnit::month: return "month";
        case TimeUnit::year: return "year";
        case TimeUnit::quarter: return "quarter";
    }
    return "unknown";
}

Duration exact_length(TimeUnit unit) {
    using namespace std::chrono_literals;
    switch (unit) {
        case TimeUnit::second: return 1s;
        case TimeUnit::minute: return 1min;
        case TimeUnit::hour: return 1h;
        case TimeUnit::day: return 24h;
        case TimeUnit::week: return 24h * 7;
        case TimeUnit::month:
        case TimeUnit::year:
        case TimeUnit::quarter: break;
    }
    require(false, "a calendar unit has no exact length");
    return {};
}

TimeZone::TimeZone() = default;

Result<TimeZone> TimeZone::find(std::string_view name) {
    TimeZone found;
    if (name == "UTC") {
        return found;
    }
    try {
        found.zone_ = date::locate_zone(name);
        return found;
    } catch (const std::exception&) {
        std::vector<std::string_view> names;
        for (const date::time_zone& zone : date::get_tzdb().zones) {
            names.emplace_back(zone.name());
        }
        const std::string_view near = nearest(name, names);
        return Error{ErrorCode::not_found,
                     "no time zone '" + std::string(name) + "'" +
                         (near.empty() ? ": give an IANA name such as Europe/London"
                                       : ": did you mean '" + std::string(near) + "'?"),
                     {}};
    }
}

std::string_view TimeZone::name() const {
    return zone_ == nullptr ? "UTC" : std::string_view(as_zone(zone_)->name());
}

LocalInstant TimeZone::to_local(Instant at) const {
    if (zone_ == nullptr) {
        return LocalInstant(at.time_since_epoch());
    }
    return LocalInstant(as_zone(zone_)->to_local(to_library(at)).time_since_epoch());
}

Instant TimeZone::to_utc(LocalInstant local) const {
    if (zone_ == nullptr) {
        return Instant(local.time_since_epoch());
    }
    const date::local_info info = as_zone(zone_)->get_info(to_library(local));
    // Of an ambiguous reading the first offset is the earlier instant; for one that does not exist
    // the offset before the gap moves it forward by the gap.
    return Instant(local.time_since_epoch() - info.first.offset);
}

Instant TimeZone::start_of(TimeUnit unit, Instant at, int shift) const {
    const auto day = std::chrono::floor<days>(to_local(at));
    return to_utc(first_day(unit, day, shift));
}

Instant TimeZone::minus_months(Instant at, std::int64_t months) const {
    const LocalInstant local = to_local(at);
    const auto day = std::chrono::floor<days>(local);
    const std::chrono::year_month_day date{day};
    const std::chrono::year_month target = month_of(months_since_zero(date) - months);
    std::chrono::year_month_day moved = target / date.day();
    if (!moved.ok()) {
        moved = target / std::chrono::last;
    }
    return to_utc(std::chrono::local_days{moved} + (local - day));
}

Instant TimeZone::resolve(const IsoTime& iso) const {
    return iso.offset ? Instant(iso.local.time_since_epoch() - *iso.offset) : to_utc(iso.local);
}

Instant subtract(const TimeZone& zone, Instant at, std::int64_t count, TimeUnit unit) {
    switch (unit) {
        case TimeUnit::month: return zone.minus_months(at, count);
        case TimeUnit::quarter: return zone.minus_months(at, 3 * count);
        case TimeUnit::year: return zone.minus_months(at, 12 * count);
        case TimeUnit::second:
        case TimeUnit::minute:
        case TimeUnit::hour:
        case TimeUnit::day:
        case TimeUnit::week: break;
    }
    return at - exact_length(unit) * count;
}

HolidayCalendar::HolidayCalendar(std::vector<Holiday> days) : days_(std::move(days)) {}

bool HolidayCalendar::is_holiday(std::chrono::year_month_day day, std::string_view name) const {
    return std::any_of(days_.begin(), days_.end(), [&](const Holiday& holiday) {
        return holiday.first <= day && day <= holiday.last &&
               (name.empty() || holiday.name == name);
    });
}

bool HolidayCalendar::knows(std::string_view name) const {
    return std::any_of(
        days_.begin(), days_.end(), [&](const Holiday& holiday) { return holiday.name == name; });
}

}  // namespace fineline
