#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace fineline {

/// Says whether the bytes are well-formed UTF-8.
[[nodiscard]] bool is_utf8(std::string_view bytes);

/// Returns the number of code points of well-formed UTF-8.
[[nodiscard]] std::size_t code_points(std::string_view text);

/// Returns the longest beginning of at most `bytes_max` bytes that cuts no code point in two. Bytes
/// that are no UTF-8 are kept as they are.
[[nodiscard]] std::string_view beginning_of(std::string_view text, std::size_t bytes_max);

/// Returns a value as messages show it: in single quotes, its first 64 bytes, with "…" where it
/// goes on.
[[nodiscard]] std::string in_quotes(std::string_view text);

/// Maps each code point to its simple (one to one) lower case; the locale never matters.
[[nodiscard]] std::string lower_case(std::string_view text);

/// Maps each code point to its simple (one to one) upper case.
[[nodiscard]] std::string upper_case(std::string_view text);

/// Returns the candidate nearest to `word` by edit distance (insert, delete, replace, swap), or an
/// empty view where none is within a third of its length (at least 1). Ties: the first.
[[nodiscard]] std::string_view nearest(std::string_view word,
                                       std::span<const std::string_view> candidates);

/// Prints a number with thousands separators: 1,067,371.
[[nodiscard]] std::string with_commas(std::uint64_t number);

/// Prints the shortest decimal text that reads back as the same double; whole numbers without a
/// point.
[[nodiscard]] std::string number_text(double number);

/// Reads a number of the language or of a CSV cell: optional sign, digits, optional fraction and
/// exponent; no spaces, no hex, no inf or nan. False if the text is not wholly one or overflows.
[[nodiscard]] bool parse_number(std::string_view text, double& number);

}  // namespace fineline
