#pragma once

#include "base/instant.h"
#include "base/result.h"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fineline {

/// Units of windows and durations as they are written.
enum class TimeUnit : std::uint8_t { second, minute, hour, day, week, month, year, quarter };

/// Returns the singular word: "day".
[[nodiscard]] const char* to_string(TimeUnit unit);

/// Returns the exact length of second, minute, hour, day (24 h) and week (7 × 24 h); months,
/// quarters and years have none and must not be asked for.
[[nodiscard]] Duration exact_length(TimeUnit unit);

/// A named time zone, with its daylight saving. Immutable, safe to share, cheap to copy.
class TimeZone {
  public:
    /// UTC.
    TimeZone();

    /// Finds an IANA zone. Errors: not_found, with the nearest name.
    [[nodiscard]] static Result<TimeZone> find(std::string_view name);

    [[nodiscard]] std::string_view name() const;

    [[nodiscard]] LocalInstant to_local(Instant at) const;

    /// Maps a wall-clock reading to UTC: a time that does not exist moves forward by the gap, an
    /// ambiguous one is the earlier.
    [[nodiscard]] Instant to_utc(LocalInstant local) const;

    /// Returns the UTC instant at which the local calendar unit (day, week from Monday, month,
    /// quarter, year) that holds `at` begins; `shift` moves by whole units (−1: the one before).
    [[nodiscard]] Instant start_of(TimeUnit unit, Instant at, int shift = 0) const;

    /// Subtracts months (or years as 12) from the local date and time of `at`, day clamped, back to
    /// UTC.
    [[nodiscard]] Instant minus_months(Instant at, std::int64_t months) const;

    /// Reads an ISO time: with an offset as it is, without one in this zone.
    [[nodiscard]] Instant resolve(const IsoTime& iso) const;

  private:
    const void* zone_ = nullptr;  ///< date::time_zone, owned by the library for ever; null is UTC
};

/// Subtracts a calendar amount: exact for second to week, `minus_months` for month, quarter, year.
[[nodiscard]] Instant subtract(const TimeZone& zone, Instant at, std::int64_t count, TimeUnit unit);

/// One named day (or span of days) of the workspace calendar, in local time.
struct Holiday {
    std::string name;
    std::chrono::year_month_day first;
    std::chrono::year_month_day last;  ///< inclusive

    friend bool operator==(const Holiday&, const Holiday&) = default;
};

/// The workspace's holidays. Immutable after construction.
class HolidayCalendar {
  public:
    HolidayCalendar() = default;
    explicit HolidayCalendar(std::vector<Holiday> days);

    /// Says whether the local day is a holiday; of that name where one is given.
    [[nodiscard]] bool is_holiday(std::chrono::year_month_day day,
                                  std::string_view name = {}) const;

    [[nodiscard]] bool knows(std::string_view name) const;

    [[nodiscard]] const std::vector<Holiday>& days() const { return days_; }

  private:
    std::vector<Holiday> days_;
};

}  // namespace fineline
