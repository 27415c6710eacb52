#pragma once

#include "model/calendar.h"

#include <optional>
#include <span>
#include <string_view>

namespace fineline::expr {

/// The words that are never names unless written in backticks.
[[nodiscard]] std::span<const std::string_view> reserved_words();
[[nodiscard]] bool is_reserved(std::string_view word);

/// The fields of an event's own moment, which bare names in `where` mean: hour, weekday, … holiday.
[[nodiscard]] std::span<const std::string_view> moment_words();
[[nodiscard]] bool is_moment_word(std::string_view word);

/// mon, tue, … sun.
[[nodiscard]] std::span<const std::string_view> weekday_words();
[[nodiscard]] bool is_weekday_word(std::string_view word);

/// Units of durations and windows, plural: seconds … years.
[[nodiscard]] std::span<const std::string_view> unit_words();

/// Reads a unit, singular or plural; quarters are calendar spans only and not found here.
[[nodiscard]] std::optional<TimeUnit> find_unit(std::string_view word);

/// Reads the unit of a calendar span: week, month, quarter, year (singular).
[[nodiscard]] std::optional<TimeUnit> find_calendar_unit(std::string_view word);

/// Says whether the word is a customer, account, context or rfm prefix.
[[nodiscard]] bool is_prefix_word(std::string_view word);

/// Says whether the text needs no backticks as far as its characters go: [A-Za-z_][A-Za-z0-9_]*.
[[nodiscard]] bool is_plain_word(std::string_view text);

}  // namespace fineline::expr
