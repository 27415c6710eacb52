#include "base/text.h"

#include "base/printing.h"
#include "base/require.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

namespace fineline {

namespace {

/// Whether a byte of UTF-8 goes on with a code point that began before it.
bool is_continuation(char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U;
}

/// Applies a code point mapping to well-formed UTF-8.
template <class Map>
std::string map_code_points(std::string_view text, Map map) {
    std::string mapped;
    mapped.reserve(text.size());
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    std::size_t at = 0;
    while (at < text.size()) {
        utf8proc_int32_t code_point = 0;
        const auto taken = utf8proc_iterate(
            bytes + at, static_cast<utf8proc_ssize_t>(text.size() - at), &code_point);
        if (taken <= 0) {
            mapped.push_back(text[at++]);
            continue;
        }
        at += static_cast<std::size_t>(taken);
        std::array<utf8proc_uint8_t, 4> encoded{};
        const auto size = utf8proc_encode_char(map(code_point), encoded.data());
        mapped.append(reinterpret_cast<const char*>(encoded.data()),
                      static_cast<std::size_t>(size));
    }
    return mapped;
}

/// Optimal string alignment distance (Damerau–Levenshtein without repeated edits of one place).
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> above(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) {
        above[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replace = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, replace});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = std::min(row[j], before[j - 2] + 1);
            }
        }
        before.swap(above);
        above.swap(row);
    }
    return above[b.size()];
}

}  // namespace

bool is_utf8(std::string_view bytes) {
    const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
    std::size_t at = 0;
    while (at < bytes.size()) {
        if (data[at] < 0x80) {
            ++at;
            continue;
        }
        utf8proc_int32_t code_point = 0;
        const auto taken = utf8proc_iterate(
            data + at, static_cast<utf8proc_ssize_t>(bytes.size() - at), &code_point);
        if (taken <= 0) {
            return false;
        }
        at += static_cast<std::size_t>(taken);
    }
    return true;
}

std::size_t code_points(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char byte) { return !is_continuation(byte); }));
}

std::string_view beginning_of(std::string_view text, std::size_t bytes_max) {
    if (text.size() <= bytes_max) {
        return text;
    }
    // A code point goes on for three bytes at most: where there are more, it is no UTF-8.
    constexpr std::size_t continuation_max = 3;
    std::size_t end = bytes_max;
    while (end > 0 && bytes_max - end <= continuation_max && is_continuation(text[end])) {
        --end;
    }
    return text.substr(0, is_continuation(text[end]) ? bytes_max : end);
}

std::string in_quotes(std::string_view text) {
    constexpr std::size_t shown_bytes_max = 64;
    return "'" + std::string(beginning_of(text, shown_bytes_max)) +
           (text.size() > shown_bytes_max ? "…'" : "'");
}

std::string lower_case(std::string_view text) {
    return map_code_points(text, [](utf8proc_int32_t c) { return utf8proc_tolower(c); });
}

std::string upper_case(std::string_view text) {
    return map_code_points(text, [](utf8proc_int32_t c) { return utf8proc_toupper(c); });
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
    std::size_t best = std::max<std::size_t>(1, word.size() / 3) + 1;
    std::string_view found;
    for (const std::string_view candidate : candidates) {
        const std::size_t longer = std::max(candidate.size(), word.size());
        const std::size_t shorter = std::min(candidate.size(), word.size());
        if (longer - shorter >= best) {
            continue;
        }
        const std::size_t distance = edit_distance(word, candidate);
        if (distance < best) {
            best = distance;
            found = candidate;
        }
    }
    return found;
}

std::string with_commas(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3; at -= 3) {
        digits.insert(at - 3, 1, ',');
    }
    return digits;
}

std::string number_text(double number) {
    std::string text;
    append_number(text, number);
    return text;
}

void append_number(std::string& out, double number) {
    std::array<char, 64> text{};
    const bool whole = number == std::trunc(number) && std::abs(number) < 1e15;
    const auto result =
        whole ? std::to_chars(
                    text.data(), text.data() + text.size(), static_cast<std::int64_t>(number))
              : std::to_chars(text.data(), text.data() + text.size(), number);
    out.append(text.data(), result.ptr);
}

bool parse_number(std::string_view text, double& number) {
    std::string_view digits = text;
    if (!digits.empty() && (digits.front() == '-' || digits.front() == '+')) {
        digits.remove_prefix(1);
    }
    if (digits.empty() || digits.find_first_not_of("0123456789.eE+-") != std::string_view::npos ||
        digits.front() == '-' || digits.front() == '+') {
        return false;
    }
    if (text.front() == '+') {
        text.remove_prefix(1);
    }
    double parsed = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), parsed);
    if (result.ec != std::errc{} || result.ptr != text.data() + text.size() ||
        !std::isfinite(parsed)) {
        return false;
    }
    number = parsed == 0 ? 0.0 : parsed;
    return true;
}

}  // namespace fineline
