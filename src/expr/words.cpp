#include "expr/words.h"

#include <algorithm>
#include <array>
#include <utility>

namespace fineline::expr {

namespace {

using std::string_view_literals::operator""sv;

constexpr std::array reserved{"and"sv,     "or"sv,   "not"sv,     "in"sv,       "is"sv,
                              "between"sv, "like"sv, "matches"sv, "contains"sv, "case"sv,
                              "when"sv,    "then"sv, "else"sv,    "end"sv,      "where"sv,
                              "within"sv,  "true"sv, "false"sv,   "missing"sv,  "present"sv,
                              "did"sv,     "now"sv};

constexpr std::array moments{
    "hour"sv, "weekday"sv, "weekend"sv, "day"sv, "month"sv, "date"sv, "time"sv, "holiday"sv};

constexpr std::array weekdays{"mon"sv, "tue"sv, "wed"sv, "thu"sv, "fri"sv, "sat"sv, "sun"sv};

constexpr std::array units{
    "seconds"sv, "minutes"sv, "hours"sv, "days"sv, "weeks"sv, "months"sv, "years"sv};

constexpr std::array unit_values{TimeUnit::second,
                                 TimeUnit::minute,
                                 TimeUnit::hour,
                                 TimeUnit::day,
                                 TimeUnit::week,
                                 TimeUnit::month,
                                 TimeUnit::year};

constexpr std::array prefixes{"customer"sv, "account"sv, "context"sv, "rfm"sv};

bool holds(std::span<const std::string_view> words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

}  // namespace

std::span<const std::string_view> reserved_words() {
    return reserved;
}

bool is_reserved(std::string_view word) {
    return holds(reserved, word);
}

std::span<const std::string_view> moment_words() {
    return moments;
}

bool is_moment_word(std::string_view word) {
    return holds(moments, word);
}

std::span<const std::string_view> weekday_words() {
    return weekdays;
}

bool is_weekday_word(std::string_view word) {
    return holds(weekdays, word);
}

std::span<const std::string_view> unit_words() {
    return units;
}

std::optional<TimeUnit> find_unit(std::string_view word) {
    for (std::size_t i = 0; i < units.size(); ++i) {
        const std::string_view plural = units[i];
        if (word == plural || word == plural.substr(0, plural.size() - 1)) {
            return unit_values[i];
        }
    }
    return std::nullopt;
}

std::optional<TimeUnit> find_calendar_unit(std::string_view word) {
    constexpr std::array spans{std::pair{"week"sv, TimeUnit::week},
                               std::pair{"month"sv, TimeUnit::month},
                               std::pair{"quarter"sv, TimeUnit::quarter},
                               std::pair{"year"sv, TimeUnit::year}};
    for (const auto& [name, unit] : spans) {
        if (word == name) {
            return unit;
        }
    }
    return std::nullopt;
}

bool is_prefix_word(std::string_view word) {
    return holds(prefixes, word);
}

bool is_plain_word(std::string_view text) {
    return !text.empty() && is_letter(text.front()) &&
           std::ranges::all_of(text, [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

}  // namespace fineline::expr
