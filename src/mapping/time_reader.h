#pragma once

#include "base/instant.h"
#include "base/result.h"
#include "model/calendar.h"

#include <optional>
#include <string>
#include <string_view>

namespace fineline::mapping {

/// Reads times as a mapping says they are written: ISO 8601 (with T or a space) where it says
/// nothing; `unix` (seconds since 1970, fractions allowed), `unix_ms`; or a pattern of strptime's
/// letters:
///
///     %Y 2024   %y 24 (69–99: 19xx)   %m 1–12   %b Jan or January   %d 1–31   %H 0–23   %I 1–12
///     with %p AM %M %S minutes, seconds   %f fraction of a second   %z Z, +02:00, +0200, +02   %%
///     a percent sign
///
/// A space in a pattern stands for one or more spaces, any other character for itself. Where %m,
/// %d, %H, %I, %M, %S are followed by something that is no digit, one digit will do. Without an
/// offset a time is local to the zone. Finer than microseconds is cut. One thread at a time.
class TimeReader {
  public:
    /// Errors: invalid_argument for a pattern without a year, month and day, or with an unknown
    /// letter.
    [[nodiscard]] static Result<TimeReader> make(const std::string& format, const TimeZone& zone);

    /// Empty for what is not wholly such a time, or outside the years 1 to 9999.
    [[nodiscard]] std::optional<Instant> read(std::string_view text);

    [[nodiscard]] const TimeZone& zone() const { return zone_; }

  private:
    enum class Kind : std::uint8_t { iso, unix_seconds, unix_milliseconds, pattern };

    TimeReader(Kind kind, std::string pattern, const TimeZone& zone)
        : pattern_(std::move(pattern)), zone_(zone), kind_(kind) {}

    [[nodiscard]] std::optional<Instant> read_anew(std::string_view text) const;
    [[nodiscard]] std::optional<Instant> read_unix(std::string_view text,
                                                   double microseconds) const;

    std::string pattern_;
    TimeZone zone_;
    Kind kind_ = Kind::iso;
    /// Rows next to each other often tell the same time.
    std::string last_text_;
    std::optional<Instant> last_;
};

}  // namespace fineline::mapping
