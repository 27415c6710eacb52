#include "base/instant.h"

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

/// Every answer prints several instants, and printf costs more than the rest of a look-up.
void append_digits(std::string& out, std::uint64_t number, std::size_t width) {
    std::array<char, 20> digits{};
    const char* end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    const auto count = static_cast<std::size_t>(end - digits.data());
    out.append(width - std::min(width, count), '0');
    out.append(digits.data(), count);
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
    if (at == instant_max) {
        return "never";
    }
    if (at == instant_min) {
        return "always";
    }
    const auto day = std::chrono::floor<days>(at);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss<Duration> time{at - day};
    const int year = static_cast<int>(date.year());
    std::string iso;
    iso.reserve(sizeof "-200000-01-31T10:20:30.000000Z");
    iso += year < 0 ? "-" : "";
    append_digits(iso, static_cast<std::uint64_t>(std::abs(year)), year < 0 ? 3 : 4);
    append_digits(iso += '-', static_cast<unsigned>(date.month()), 2);
    append_digits(iso += '-', static_cast<unsigned>(date.day()), 2);
    append_digits(iso += 'T', static_cast<std::uint64_t>(time.hours().count()), 2);
    append_digits(iso += ':', static_cast<std::uint64_t>(time.minutes().count()), 2);
    append_digits(iso += ':', static_cast<std::uint64_t>(time.seconds().count()), 2);
    if (time.subseconds().count() != 0) {
        append_digits(iso += '.', static_cast<std::uint64_t>(time.subseconds().count()), 6);
    }
    return iso += 'Z';
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
