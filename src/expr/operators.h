#pragma once

#include "expr/program.h"

#include <string_view>

/// What the operators of the language do with values; nothing here knows of customers or time.
/// Withheld beats missing, missing beats everything else: see LANGUAGE's three-valued logic in
/// docs/language.md. A condition that is unknown is a missing Datum.
namespace fineline::expr {

/// Reads a string that is wholly ISO 8601 as a timestamp in the zone; anything else stays as it is.
[[nodiscard]] Datum as_timestamp(const Datum& value, const TimeZone& zone);

/// Compares; missing where either is missing or their types differ, or have no order but need one.
[[nodiscard]] Datum compare(CompareOp op,
                            const Datum& left,
                            const Datum& right,
                            const TimeZone& zone);

/// Says what the comparison yields for an order: negative, zero or positive.
[[nodiscard]] bool holds(CompareOp op, int order);

/// Calculates; missing where the operands do not go together or the result is not finite.
[[nodiscard]] Datum calculate(ArithmeticOp op,
                              const Datum& left,
                              const Datum& right,
                              const TimeZone& zone);

/// Three-valued `not`.
[[nodiscard]] Datum negated(const Datum& condition);

/// A value as a condition: what is no boolean is unknown.
[[nodiscard]] Datum as_condition(const Datum& value);

/// Of two values that decide nothing, the one that stands for both: withheld, else missing, else
/// `left`.
[[nodiscard]] Datum weaker(const Datum& left, const Datum& right);

/// SQL LIKE over code points: `%` any text, `_` one code point; case-sensitive, without escape.
/// Cost: at most text × pattern.
[[nodiscard]] bool like(std::string_view text, std::string_view pattern);

/// Case-insensitive contains, by simple case mapping.
[[nodiscard]] bool contains_text(std::string_view text, std::string_view part);

/// `array contains element`: `or` of equalities with the elements in three values; for a scalar the
/// same as equality.
[[nodiscard]] Datum contains(const Datum& array, const Datum& element, const TimeZone& zone);

}  // namespace fineline::expr
