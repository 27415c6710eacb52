#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::expr {

enum class TokenKind : std::uint8_t {
    word,         ///< [A-Za-z_][A-Za-z0-9_]*
    quoted_name,  ///< `Order Completed`; a backtick inside is doubled
    number,       ///< 1, 1.5, 1e3
    string,       ///< 'it''s'
    date,         ///< 2024-01-01 or 2024-01-01T10:00:00Z, unquoted
    symbol,       ///< ( ) , . -> = != < <= > >= + - * / ~
    end,          ///< of the text
};

struct Token {
    TokenKind kind = TokenKind::end;
    std::string_view text;  ///< as written; points into the source
    std::string value;      ///< of a quoted name or string without its quotes, of a date canonical
    double number = 0;
    SourceSpan at;

    [[nodiscard]] bool is_symbol(std::string_view symbol) const {
        return kind == TokenKind::symbol && text == symbol;
    }

    [[nodiscard]] bool is_word(std::string_view word) const {
        return kind == TokenKind::word && text == word;
    }
};

/// Splits a text into tokens, the last of kind `end`; spaces and `-- comments` are dropped.
/// Errors: invalid_argument with the span: not UTF-8, an unknown character, an unterminated quote,
/// a number that is not finite, a date that does not exist; limit_exceeded above
/// expression_bytes_max.
[[nodiscard]] Result<std::vector<Token>> tokenize(std::string_view source);

/// Brings an ISO 8601 date or date-time into canonical form: `2024-01-01`,
/// `2024-01-01T10:00:00+02:00`, fractions only where not zero, offset 0 as Z. Errors:
/// invalid_argument without a span.
[[nodiscard]] Result<std::string> canonical_moment(std::string_view text);

}  // namespace fineline::expr
