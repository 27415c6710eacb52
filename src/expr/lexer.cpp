#include "expr/lexer.h"

#include "base/instant.h"
#include "base/text.h"
#include "expr/words.h"
#include "model/limits.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <optional>

namespace fineline::expr {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_name_byte(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80U;
}

/// What people write by habit of other languages, and what it is called here.
struct Habit {
    std::string_view written;
    std::string_view advice;
};

constexpr std::array habits{
    Habit{"==", "equality is written ="},
    Habit{"<>", "inequality is written !="},
    Habit{"=>", "at least is written >="},
    Habit{"=<", "at most is written <="},
    Habit{"&&", "write and"},
    Habit{"||", "write or"},
    Habit{"!", "write not, or != between two values"},
    Habit{"\"", "text stands in single quotes, a name with other characters in backticks"},
    Habit{"/*", "comments run from -- to the end of the line"},
};

/// Splits one source text. One thread at a time.
class Lexer {
  public:
    explicit Lexer(std::string_view source) : source_(source) {}

    Result<std::vector<Token>> run() {
        while (skip_spaces()) {
            if (auto failure = next()) {
                return *std::move(failure);
            }
        }
        const auto end = static_cast<std::uint32_t>(source_.size());
        tokens_.push_back({.kind = TokenKind::end, .text = {}, .value = {}, .at = {end, end}});
        return std::move(tokens_);
    }

  private:
    using Failure = std::optional<Error>;

    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
    }

    /// Skips spaces and comments; false at the end of the text.
    bool skip_spaces() {
        while (at_ < source_.size()) {
            if (is_space(peek())) {
                ++at_;
            } else if (peek() == '-' && peek(1) == '-') {
                at_ = std::min(source_.find('\n', at_), source_.size());
            } else {
                return true;
            }
        }
        return false;
    }

    [[nodiscard]] SourceSpan span(std::size_t begin, std::size_t end) const {
        return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
    }

    [[nodiscard]] Error error(std::string message, std::size_t begin, std::size_t end) const {
        return {ErrorCode::invalid_argument, std::move(message), span(begin, end)};
    }

    Token& push(TokenKind kind, std::size_t end) {
        tokens_.push_back({.kind = kind,
                           .text = source_.substr(at_, end - at_),
                           .value = {},
                           .at = span(at_, end)});
        at_ = end;
        return tokens_.back();
    }

    Failure next() {
        const char c = peek();
        if (is_digit(c)) {
            return looks_like_date() ? date() : number();
        }
        if (c == '\'') {
            return quoted('\'', TokenKind::string);
        }
        if (c == '`') {
            return quoted('`', TokenKind::quoted_name);
        }
        return is_name_byte(c) ? word() : symbol();
    }

    Failure word() {
        std::size_t end = at_;
        while (end < source_.size() && is_name_byte(source_[end])) {
            ++end;
        }
        const std::string text(source_.substr(at_, end - at_));
        if (!is_plain_word(text)) {
            return error(
                "a name with other characters stands in backticks: write `" + text + "`", at_, end);
        }
        push(TokenKind::word, end);
        return std::nullopt;
    }

    Failure number() {
        std::size_t end = skip_digits(at_);
        if (end + 1 < source_.size() && source_[end] == '.' && is_digit(source_[end + 1])) {
            end = skip_digits(end + 1);
        }
        end = skip_exponent(end);
        double parsed = 0;
        const std::string_view text = source_.substr(at_, end - at_);
        if (!parse_number(text, parsed)) {
            return error(
                "a number outside the range of a double '" + std::string(text) + "'", at_, end);
        }
        push(TokenKind::number, end).number = parsed;
        return std::nullopt;
    }

    [[nodiscard]] std::size_t skip_digits(std::size_t at) const {
        while (at < source_.size() && is_digit(source_[at])) {
            ++at;
        }
        return at;
    }

    [[nodiscard]] std::size_t skip_exponent(std::size_t at) const {
        if (at >= source_.size() || (source_[at] != 'e' && source_[at] != 'E')) {
            return at;
        }
        std::size_t digits = at + 1;
        if (digits < source_.size() && (source_[digits] == '+' || source_[digits] == '-')) {
            ++digits;
        }
        return digits < source_.size() && is_digit(source_[digits]) ? skip_digits(digits) : at;
    }

    /// Says whether YYYY-MM-DD follows: never arithmetic that somebody means.
    [[nodiscard]] bool looks_like_date() const {
        constexpr std::string_view shape = "dddd-dd-dd";
        for (std::size_t i = 0; i < shape.size(); ++i) {
            if (shape[i] == 'd' ? !is_digit(peek(i)) : peek(i) != '-') {
                return false;
            }
        }
        return !is_digit(peek(shape.size()));
    }

    Failure date() {
        std::size_t end = at_ + 10;
        if (peek(10) == 'T' && is_digit(peek(11))) {
            end = skip_time(end + 1);
        }
        auto moment = canonical_moment(source_.substr(at_, end - at_));
        if (!moment) {
            return error(moment.error().message, at_, end);
        }
        push(TokenKind::date, end).value = *std::move(moment);
        return std::nullopt;
    }

    [[nodiscard]] std::size_t skip_time(std::size_t at) const {
        const auto skip_clock = [&](std::size_t from) {
            while (from < source_.size() && (is_digit(source_[from]) || source_[from] == ':' ||
                                             (source_[from] == '.' && from + 1 < source_.size() &&
                                              is_digit(source_[from + 1])))) {
                ++from;
            }
            return from;
        };
        at = skip_clock(at);
        if (at < source_.size() && source_[at] == 'Z') {
            return at + 1;
        }
        const bool offset = at + 1 < source_.size() && (source_[at] == '+' || source_[at] == '-') &&
                            is_digit(source_[at + 1]);
        return offset ? skip_clock(at + 1) : at;
    }

    Failure quoted(char quote, TokenKind kind) {
        std::string value;
        std::size_t end = at_ + 1;
        for (;; ++end) {
            if (end >= source_.size()) {
                return error(quote == '\'' ? "text without its closing quote: close it with '"
                                           : "a name without its closing backtick: close it with `",
                             at_,
                             source_.size());
            }
            if (source_[end] == quote) {
                if (end + 1 >= source_.size() || source_[end + 1] != quote) {
                    break;
                }
                ++end;
            }
            value.push_back(source_[end]);
        }
        if (kind == TokenKind::quoted_name && value.empty()) {
            return error("an empty name: write one between the backticks", at_, end + 1);
        }
        push(kind, end + 1).value = std::move(value);
        return std::nullopt;
    }

    Failure symbol() {
        constexpr std::array<std::string_view, 4> pairs{"->", "!=", "<=", ">="};
        const std::string_view rest = source_.substr(at_);
        for (const std::string_view pair : pairs) {
            if (rest.starts_with(pair)) {
                push(TokenKind::symbol, at_ + pair.size());
                return std::nullopt;
            }
        }
        for (const Habit& habit : habits) {
            if (rest.starts_with(habit.written)) {
                return error("not an operator of the language: " + std::string(habit.advice),
                             at_,
                             at_ + habit.written.size());
            }
        }
        if (std::string_view("(),.=<>+-*/~").find(rest.front()) != std::string_view::npos) {
            push(TokenKind::symbol, at_ + 1);
            return std::nullopt;
        }
        const bool printable = rest.front() > ' ' && rest.front() < '\x7f';
        return error(printable ? "unexpected character '" + std::string(1, rest.front()) + "'"
                               : std::string("unexpected control character"),
                     at_,
                     at_ + 1);
    }

    std::string_view source_;
    std::size_t at_ = 0;
    std::vector<Token> tokens_;
};

}  // namespace

Result<std::vector<Token>> tokenize(std::string_view source) {
    if (source.size() > limits::expression_bytes_max) {
        return Error{ErrorCode::limit_exceeded,
                     "an expression longer than " + with_commas(limits::expression_bytes_max) +
                         " bytes, this one has " + with_commas(source.size()),
                     std::nullopt};
    }
    if (!is_utf8(source)) {
        return Error{ErrorCode::invalid_argument, "the expression is not UTF-8", std::nullopt};
    }
    return Lexer(source).run();
}

Result<std::string> canonical_moment(std::string_view text) {
    const auto iso = parse_iso_time(text);
    if (!iso) {
        return Error{ErrorCode::invalid_argument,
                     "no such date '" + std::string(text) +
                         "': dates are YYYY-MM-DD, times YYYY-MM-DDThh:mm:ss",
                     std::nullopt};
    }
    // Printed as if it were UTC, then the Z is replaced by what was written.
    std::string canonical = to_iso(Instant(iso->local.time_since_epoch()));
    canonical.pop_back();
    if (!iso->has_time) {
        return canonical.substr(0, canonical.find('T'));
    }
    if (!iso->offset) {
        return canonical;
    }
    const auto minutes = iso->offset->count();
    if (minutes == 0) {
        return canonical + "Z";
    }
    const auto magnitude = minutes < 0 ? -minutes : minutes;
    std::array<char, 16> offset{};
    std::snprintf(offset.data(),
                  offset.size(),
                  "%c%02d:%02d",
                  minutes < 0 ? '-' : '+',
                  static_cast<int>(magnitude / 60),
                  static_cast<int>(magnitude % 60));
    return canonical + offset.data();
}

}  // namespace fineline::expr
