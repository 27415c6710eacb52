#include "ingest/csv_types.h"

#include "base/require.h"
#include "base/text.h"

#include <array>

namespace fineline::ingest {

namespace {

constexpr std::array<std::string_view, 4> type_words{"string", "number", "boolean", "timestamp"};
constexpr std::size_t shown_bytes_max = 64;

std::string_view without_sign(std::string_view cell) {
    if (cell.starts_with('-')) {
        cell.remove_prefix(1);
    }
    return cell;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

}  // namespace

const char* to_string(ColumnType type) {
    return type_words[static_cast<std::size_t>(type)].data();
}

Result<ColumnType> column_type(std::string_view word) {
    for (std::size_t i = 0; i < type_words.size(); ++i) {
        if (word == type_words[i]) {
            return static_cast<ColumnType>(i);
        }
    }
    return Error{
        ErrorCode::invalid_argument,
        "a column is a string, number, boolean or timestamp, not '" + std::string(word) + "'",
        {}};
}

bool is_plain_number(std::string_view cell) {
    const std::string_view digits = without_sign(cell);
    const bool leading_zero = digits.size() > 1 && digits[0] == '0' && is_digit(digits[1]);
    double number = 0;
    return !digits.empty() && digits[0] != '+' && !leading_zero && parse_number(cell, number);
}

bool is_unholdable_number(std::string_view cell) {
    if (cell.starts_with('-') || cell.starts_with('+')) {
        cell.remove_prefix(1);
    }
    const std::string word = lower_case(cell.substr(0, 16));
    if (word == "nan" || word == "inf" || word == "infinity") {
        return true;
    }
    // Digits, perhaps a fraction, and an exponent that does not fit: 1e999.
    const std::size_t exponent = cell.find_first_of("eE");
    if (exponent == std::string_view::npos || exponent + 1 == cell.size()) {
        return false;
    }
    std::string small(cell.substr(0, exponent));
    small += "e0";
    double number = 0;
    const bool shape_fits =
        cell.substr(exponent + 1).find_first_not_of("+-0123456789") == std::string_view::npos;
    return shape_fits && is_plain_number(small) && !parse_number(cell, number);
}

TypeInference::TypeInference(std::span<const std::string> names)
    : names_(names.begin(), names.end()), states_(names.size()) {}

bool TypeInference::learns_from(std::span<const std::string_view> cells) const {
    require(cells.size() == states_.size(), "a row of another width than the header");
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const State& state = states_[i];
        const std::string_view cell = cells[i];
        if (cell.empty() || state.first_text) {
            continue;
        }
        const bool news = is_plain_number(cell) ? !state.any_number : !is_unholdable_number(cell);
        if (news) {
            return true;
        }
    }
    return false;
}

void TypeInference::add(std::span<const std::string_view> cells, std::uint64_t line) {
    require(cells.size() == states_.size(), "a row of another width than the header");
    for (std::size_t i = 0; i < cells.size(); ++i) {
        State& state = states_[i];
        const std::string_view cell = cells[i];
        if (cell.empty() || state.first_text) {
            continue;
        }
        if (is_plain_number(cell)) {
            state.any_number = true;
        } else if (!is_unholdable_number(cell)) {
            state.first_text = std::string(beginning_of(cell, shown_bytes_max));
            state.first_text_line = line;
        }
    }
}

std::vector<Column> TypeInference::finish() const {
    std::vector<Column> columns;
    for (std::size_t i = 0; i < states_.size(); ++i) {
        const State& state = states_[i];
        const bool numeric = state.any_number && !state.first_text;
        columns.push_back({.name = names_[i],
                           .type = numeric ? ColumnType::number : ColumnType::string,
                           .first_text = state.first_text,
                           .first_text_line = state.first_text_line});
    }
    return columns;
}

}  // namespace fineline::ingest
