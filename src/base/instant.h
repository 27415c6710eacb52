#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace fineline {

/// A span of time in whole microseconds.
using Duration = std::chrono::microseconds;

/// A point of time in UTC, in whole microseconds. A bare integer is never a time.
using Instant = std::chrono::sys_time<Duration>;

/// A wall-clock reading without a zone, in whole microseconds.
using LocalInstant = std::chrono::local_time<Duration>;

/// "Since always": the time of an undated trait; sorts before every event.
inline constexpr Instant instant_min = Instant::min();
/// "Never": later than every instant that can be stored.
inline constexpr Instant instant_max = Instant::max();

/// The years a stored time may lie in, inclusive; outside, input is rejected.
inline constexpr int year_min = 1;
inline constexpr int year_max = 9999;

/// An ISO 8601 text taken apart: wall-clock reading and, where written, the offset from UTC.
struct IsoTime {
    LocalInstant local;
    std::optional<std::chrono::minutes> offset;
    bool has_time = false;  ///< false: a bare date, `local` is its midnight
};

/// Reads a text that is wholly ISO 8601: YYYY-MM-DD, then optionally `T` or a space,
/// hh:mm[:ss[.f…]], then optionally Z, ±hh:mm, ±hhmm or ±hh. Fractions beyond microseconds are cut.
/// Empty optional otherwise.
[[nodiscard]] std::optional<IsoTime> parse_iso_time(std::string_view text);

/// Prints an instant as `2024-01-31T10:20:30Z`, with microseconds only where they are not zero.
/// instant_max prints as `never`, instant_min as `always`.
[[nodiscard]] std::string to_iso(Instant at);

/// Prints a duration exactly in words: `3 days 4 hours`, `1.5 seconds`, `0 seconds`.
[[nodiscard]] std::string to_words(Duration span);

}  // namespace fineline
