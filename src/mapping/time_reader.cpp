#include "mapping/time_reader.h"

#include "base/text.h"

#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <utility>

namespace fineline::mapping {

namespace {

constexpr std::array<std::string_view, 12> month_names{"january",
                                                       "february",
                                                       "march",
                                                       "april",
                                                       "may",
                                                       "june",
                                                       "july",
                                                       "august",
                                                       "september",
                                                       "october",
                                                       "november",
                                                       "december"};

enum class HalfOfDay : std::uint8_t { unstated, morning, afternoon };

/// What a pattern's letters have filled in so far.
struct Fields {
    int year = 0;
    int month = 0;
    int day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    std::int64_t micros = 0;
    HalfOfDay half = HalfOfDay::unstated;
    std::optional<std::chrono::minutes> offset{};
};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Matches a text with a pattern, letter by letter. One thread at a time.
class Matcher {
  public:
    explicit Matcher(std::string_view text) : rest_(text) {}

    /// Matches one letter of the pattern; `loose` where fewer digits than usual will do.
    bool match(char letter, bool loose) {
        switch (letter) {
            case 'Y': return number(4, false, fields_.year);
            case 'y': return short_year();
            case 'm': return number(2, loose, fields_.month);
            case 'b': return month_name();
            case 'd': return number(2, loose, fields_.day);
            case 'H':
            case 'I': return number(2, loose, fields_.hour);
            case 'M': return number(2, loose, fields_.minute);
            case 'S': return number(2, loose, fields_.second);
            case 'f': return fraction();
            case 'p': return half_of_day();
            case 'z': return offset();
            default: return false;
        }
    }

    bool literal(char wanted) {
        if (rest_.empty() || rest_.front() != wanted) {
            return false;
        }
        rest_.remove_prefix(1);
        return true;
    }

    bool spaces() {
        const std::size_t size = rest_.find_first_not_of(' ');
        rest_.remove_prefix(size == std::string_view::npos ? rest_.size() : size);
        return size != 0;
    }

    [[nodiscard]] bool at_end() const { return rest_.empty(); }

    [[nodiscard]] const Fields& fields() const { return fields_; }

  private:
    bool number(std::size_t digits, bool loose, int& value) {
        std::size_t taken = 0;
        value = 0;
        while (taken < digits && taken < rest_.size() && is_digit(rest_[taken])) {
            value = value * 10 + (rest_[taken] - '0');
            ++taken;
        }
        rest_.remove_prefix(taken);
        return taken == digits || (loose && taken > 0);
    }

    bool short_year() {
        if (!number(2, false, fields_.year)) {
            return false;
        }
        fields_.year += fields_.year >= 69 ? 1900 : 2000;  // POSIX strptime
        return true;
    }

    bool month_name() {
        const std::string head = lower_case(rest_.substr(0, 9));
        for (std::size_t i = 0; i < month_names.size(); ++i) {
            const std::string_view name = month_names[i];
            const std::size_t size = head.starts_with(name) ? name.size() : 3;
            if (head.starts_with(name.substr(0, size))) {
                fields_.month = static_cast<int>(i) + 1;
                rest_.remove_prefix(size);
                return true;
            }
        }
        return false;
    }

    bool fraction() {
        std::int64_t weight = 100'000;
        std::size_t taken = 0;
        while (taken < rest_.size() && is_digit(rest_[taken])) {
            fields_.micros += weight * (rest_[taken] - '0');
            weight /= 10;
            ++taken;
        }
        rest_.remove_prefix(taken);
        return taken > 0;
    }

    bool half_of_day() {
        const std::string word = lower_case(rest_.substr(0, 2));
        if (word != "am" && word != "pm") {
            return false;
        }
        fields_.half = word == "pm" ? HalfOfDay::afternoon : HalfOfDay::morning;
        rest_.remove_prefix(2);
        return true;
    }

    bool offset() {
        if (literal('Z') || literal('z')) {
            fields_.offset = std::chrono::minutes(0);
            return true;
        }
        const bool east = literal('+');
        int hours = 0;
        int minutes = 0;
        if ((!east && !literal('-')) || !number(2, false, hours)) {
            return false;
        }
        const bool colon = literal(':');
        if ((colon || (!rest_.empty() && is_digit(rest_.front()))) && !number(2, false, minutes)) {
            return false;
        }
        const std::chrono::minutes size = std::chrono::hours(hours) + std::chrono::minutes(minutes);
        fields_.offset = east ? size : -size;
        return hours <= 18 && minutes <= 59;
    }

    std::string_view rest_;
    Fields fields_;
};

std::optional<IsoTime> to_time(const Fields& fields) {
    const std::chrono::year_month_day date{std::chrono::year{fields.year},
                                           std::chrono::month{static_cast<unsigned>(fields.month)},
                                           std::chrono::day{static_cast<unsigned>(fields.day)}};
    int hour = fields.hour;
    if (fields.half != HalfOfDay::unstated) {
        if (hour < 1 || hour > 12) {
            return std::nullopt;
        }
        hour = hour % 12 + (fields.half == HalfOfDay::afternoon ? 12 : 0);
    }
    const bool in_day = hour <= 23 && fields.minute <= 59 && fields.second <= 59;
    if (!date.ok() || fields.year < year_min || fields.year > year_max || !in_day) {
        return std::nullopt;
    }
    IsoTime time;
    time.local = LocalInstant(std::chrono::local_days{date}) + std::chrono::hours(hour) +
                 std::chrono::minutes(fields.minute) + std::chrono::seconds(fields.second) +
                 Duration(fields.micros);
    time.offset = fields.offset;
    time.has_time = true;
    return time;
}

std::optional<IsoTime> match_pattern(std::string_view pattern, std::string_view text) {
    Matcher matcher(text);
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        bool matched = false;
        if (pattern[i] == '%' && pattern[i + 1] != '%') {
            ++i;
            const bool next_is_digits = i + 1 < pattern.size() && pattern[i + 1] == '%' &&
                                        pattern[i + 2] != 'p' && pattern[i + 2] != 'b' &&
                                        pattern[i + 2] != 'z' && pattern[i + 2] != '%';
            matched = matcher.match(pattern[i], !next_is_digits);
        } else if (pattern[i] == ' ') {
            matched = matcher.spaces();
        } else {
            i += pattern[i] == '%' ? 1U : 0U;
            matched = matcher.literal(pattern[i]);
        }
        if (!matched) {
            return std::nullopt;
        }
    }
    return matcher.at_end() ? to_time(matcher.fields()) : std::nullopt;
}

/// Checks a pattern's letters, and that they tell a day.
Status check_pattern(std::string_view pattern) {
    constexpr std::string_view letters = "YymbdHIMSfpz%";
    bool year = false;
    bool month = false;
    bool day = false;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] != '%') {
            continue;
        }
        ++i;
        const char letter = i < pattern.size() ? pattern[i] : '\0';
        if (letter == '\0' || letters.find(letter) == std::string_view::npos) {
            return Error{ErrorCode::invalid_argument,
                         "time_format knows %Y %y %m %b %d %H %I %M %S %f %p %z, not '" +
                             std::string(pattern.substr(i - 1, 2)) + "'",
                         {}};
        }
        year = year || letter == 'Y' || letter == 'y';
        month = month || letter == 'm' || letter == 'b';
        day = day || letter == 'd';
    }
    if (!year || !month || !day) {
        return Error{ErrorCode::invalid_argument,
                     "time_format must be unix, unix_ms or a pattern with year, month and day such "
                     "as %d.%m.%Y "
                     "%H:%M, not '" +
                         std::string(pattern) + "'",
                     {}};
    }
    return done;
}

}  // namespace

Result<TimeReader> TimeReader::make(const std::string& format, const TimeZone& zone) {
    if (format.empty()) {
        return TimeReader(Kind::iso, "", zone);
    }
    if (format == "unix" || format == "unix_ms") {
        return TimeReader(
            format == "unix" ? Kind::unix_seconds : Kind::unix_milliseconds, "", zone);
    }
    if (auto checked = check_pattern(format); !checked) {
        return checked.error();
    }
    return TimeReader(Kind::pattern, format, zone);
}

std::optional<Instant> TimeReader::read(std::string_view text) {
    if (last_ && text == last_text_) {
        return last_;
    }
    last_ = read_anew(text);
    last_text_ = text;
    return last_;
}

std::optional<Instant> TimeReader::read_anew(std::string_view text) const {
    constexpr std::size_t time_bytes_max = 64;
    if (text.size() > time_bytes_max) {
        return std::nullopt;
    }
    if (kind_ == Kind::unix_seconds || kind_ == Kind::unix_milliseconds) {
        return read_unix(text, kind_ == Kind::unix_seconds ? 1e6 : 1e3);
    }
    const auto time = kind_ == Kind::iso ? parse_iso_time(text) : match_pattern(pattern_, text);
    return time ? std::optional(zone_.resolve(*time)) : std::nullopt;
}

std::optional<Instant> TimeReader::read_unix(std::string_view text, double microseconds) const {
    double number = 0;
    if (!parse_number(text, number)) {
        return std::nullopt;
    }
    const double micros = std::floor(number * microseconds);
    constexpr Instant first = std::chrono::sys_days{std::chrono::year{year_min} / 1 / 1};
    constexpr Instant end = std::chrono::sys_days{std::chrono::year{year_max + 1} / 1 / 1};
    if (micros < static_cast<double>(first.time_since_epoch().count()) ||
        micros >= static_cast<double>(end.time_since_epoch().count())) {
        return std::nullopt;
    }
    return Instant(Duration(static_cast<std::int64_t>(micros)));
}

}  // namespace fineline::mapping
