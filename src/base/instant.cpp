#include "base/instant.h"

#include "base/printing.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdlib>

namespace fineline {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// Walks over a text, taking fixed-width numbers and single characters. One thread at a time.
class Scanner {
  public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    /// Takes exactly `digits` decimal digits.
    bool number(std::size_t digits, int& value) {
        if (rest_.size() < digits) {
            return false;
        }
        value = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            if (rest_[i] < '0' || rest_[i] > '9') {
                return false;
            }
            value = value * 10 + (rest_[i] - '0');
        }
        rest_.remove_prefix(digits);
        return true;
    }

    bool take(char wanted) {
        if (rest_.empty() || rest_.front() != wanted) {
            return false;
        }
        rest_.remove_prefix(1);
        return true;
    }

    /// Takes one or more digits as a fraction of a second, cut to microseconds.
    bool fraction(std::int64_t& micros) {
        std::size_t taken = 0;
        micros = 0;
        std::int64_t weight = 100'000;
        while (taken < rest_.size() && rest_[taken] >= '0' && rest_[taken] <= '9') {
            micros += weight * (rest_[taken] - '0');
            weight /= 10;
            ++taken;
        }
        rest_.remove_prefix(taken);
        return taken > 0;
    }

    [[nodiscard]] bool at_end() const { return rest_.empty(); }

  private:
    std::string_view rest_;
};

bool scan_date(Scanner& in, LocalInstant& local) {
    int year = 0;
    int month = 0;
    int day = 0;
    if (!in.number(4, year) || !in.take('-') || !in.number(2, month) || !in.take('-') ||
        !in.number(2, day)) {
        return false;
    }
    const std::chrono::year_month_day date{std::chrono::year{year},
                                           std::chrono::month{static_cast<unsigned>(month)},
                                           std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok() || year < year_min) {
        return false;
    }
    local = std::chrono::local_days{date};
    return true;
}

bool scan_time_of_day(Scanner& in, LocalInstant& local) {
    int hour = 0;
    int minute = 0;
    int second = 0;
    std::int64_t micros = 0;
    if (!in.number(2, hour) || !in.take(':') || !in.number(2, minute) || hour > 23 || minute > 59) {
        return false;
    }
    if (in.take(':')) {
        if (!in.number(2, second) || second > 59) {
            return false;
        }
        if ((in.take('.') || in.take(',')) && !in.fraction(micros)) {
            return false;
        }
    }
    local += hours{hour} + minutes{minute} + seconds{second} + Duration{micros};
    return true;
}

bool scan_offset(Scanner& in, std::optional<minutes>& offset) {
    if (in.take('Z') || in.take('z')) {
        offset = minutes{0};
        return true;
    }
    const bool east = in.take('+');
    if (!east && !in.take('-')) {
        return false;
    }
    int hour = 0;
    int minute = 0;
    if (!in.number(2, hour)) {
        return false;
    }
    if (!in.at_end()) {
        in.take(':');
        if (!in.number(2, minute)) {
            return false;
        }
    }
    if (hour > 18 || minute > 59) {
        return false;
    }
    const minutes magnitude = hours{hour} + minutes{minute};
    offset = east ? magnitude : -magnitude;
    return true;
}

/// Writes the number's last `width` digits and returns their end. Every answer prints several
/// instants, and printf costs more than the rest of a look-up.
template <std::size_t width>
char* write_digits(char* out, std::uint64_t number) {
    for (std::size_t i = width; i > 0; --i, number /= 10) {
        out[i - 1] = static_cast<char>('0' + number % 10);
    }
    return out + width;
}

}  // namespace

std::optional<IsoTime> parse_iso_time(std::string_view text) {
    Scanner in(text);
    IsoTime time;
    if (!scan_date(in, time.local)) {
        return std::nullopt;
    }
    if (in.at_end()) {
        return time;
    }
    if (!in.take('T') && !in.take('t') && !in.take(' ')) {
        return std::nullopt;
    }
    time.has_time = true;
    if (!scan_time_of_day(in, time.local)) {
        return std::nullopt;
    }
    if (!in.at_end() && !scan_offset(in, time.offset)) {
        return std::nullopt;
    }
    return in.at_end() ? std::optional(time) : std::nullopt;
}

std::string to_iso(Instant at) {
    std::string iso;
    append_iso(iso, at);
    return iso;
}

void append_iso(std::string& out, Instant at) {
    if (at == instant_max || at == instant_min) {
        out += at == instant_max ? "never" : "always";
        return;
    }
    const auto day = std::chrono::floor<days>(at);
    const std::chrono::year_month_day date{day};
    const auto in_day = static_cast<std::uint64_t>((at - day).count());
    const std::uint64_t second = in_day / 1'000'000;
    const auto year = static_cast<std::uint64_t>(std::abs(static_cast<int>(date.year())));
    std::array<char, sizeof "-200000-01-31T10:20:30.000000Z"> text{};
    char* end = text.data();
    if (date.year() < std::chrono::year{0}) {
        *end++ = '-';
        end = year < 1000 ? write_digits<3>(end, year) : std::to_chars(end, end + 6, year).ptr;
    } else {
        end = year < 10'000 ? write_digits<4>(end, year) : std::to_chars(end, end + 6, year).ptr;
    }
    *end++ = '-';
    end = write_digits<2>(end, static_cast<unsigned>(date.month()));
    *end++ = '-';
    end = write_digits<2>(end, static_cast<unsigned>(date.day()));
    *end++ = 'T';
    end = write_digits<2>(end, second / 3600);
    *end++ = ':';
    end = write_digits<2>(end, second / 60 % 60);
    *end++ = ':';
    end = write_digits<2>(end, second % 60);
    if (in_day % 1'000'000 != 0) {
        *end++ = '.';
        end = write_digits<6>(end, in_day % 1'000'000);
    }
    *end++ = 'Z';
    out.append(text.data(), end);
}

std::string to_words(Duration span) {
    struct Unit {
        std::uint64_t micros;
        const char* name;
    };

    constexpr std::array<Unit, 3> units{
        {{86'400'000'000, "day"}, {3'600'000'000, "hour"}, {60'000'000, "minute"}}};
    // The shortest duration has no positive counterpart.
    const bool negative = span.count() < 0;
    auto left = static_cast<std::uint64_t>(span.count());
    left = negative ? 0 - left : left;
    std::string words = negative ? "minus " : "";
    const std::size_t sign = words.size();
    const auto add = [&](const std::string& number, const char* name) {
        words +=
            (words.size() > sign ? " " : "") + number + " " + name + (number == "1" ? "" : "s");
    };
    for (const Unit& unit : units) {
        if (left >= unit.micros) {
            add(std::to_string(left / unit.micros), unit.name);
            left %= unit.micros;
        }
    }
    if (left > 0 || words.size() == sign) {
        std::string number = std::to_string(left / 1'000'000);
        if (left % 1'000'000 != 0) {
            std::string fraction = std::to_string(left % 1'000'000);
            fraction.insert(0, 6 - fraction.size(), '0');
            fraction.erase(fraction.find_last_not_of('0') + 1);
            number += "." + fraction;
        }
        add(number, "second");
    }
    return words;
}

}  // namespace fineline
