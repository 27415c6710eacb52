#include "expr/parser.h"

#include "base/text.h"
#include "expr/parse.h"
#include "expr/walk.h"
#include "expr/words.h"
#include "model/limits.h"

#include <algorithm>

namespace fineline::expr {

namespace {

/// Describes a token in an error.
std::string describe(const Token& token) {
    if (token.kind == TokenKind::end) {
        return "the end of the text";
    }
    constexpr std::size_t shown_max = 40;
    if (token.text.size() > shown_max) {
        return "a long text";
    }
    if (token.kind == TokenKind::string || token.kind == TokenKind::quoted_name) {
        return std::string(token.kind == TokenKind::string ? "the text " : "the name ") +
               std::string(token.text);
    }
    return "'" + std::string(token.text) + "'";
}

/// Advice for a word or symbol that does not fit where it stands; empty if none is known.
std::string advice_for(const Token& token) {
    if (token.kind == TokenKind::date) {
        return "write date '" + token.value + "'";
    }
    if (token.kind != TokenKind::word) {
        return {};
    }
    const std::string lower = lower_case(token.text);
    if (lower != token.text && is_reserved(lower)) {
        return "keywords are lower case, write " + lower;
    }
    if (lower == "null") {
        return "write missing, as in: x is missing";
    }
    if (is_reserved(token.text)) {
        return "to use this reserved word as a name, write `" + std::string(token.text) + "`";
    }
    return {};
}

}  // namespace

Parser::Nested::Nested(Parser& parser) : parser_(parser) {
    if (++parser_.depth_ > limits::expression_depth_max) {
        parser_.fail("nested more than " + std::to_string(limits::expression_depth_max) +
                         " levels deep: name a part of it as a segment",
                     parser_.peek().at,
                     ErrorCode::limit_exceeded);
    }
}

Result<Expression> Parser::run() {
    Node root = parse_condition();
    std::optional<OccasionSource> on;
    if (accept_word("on")) {
        on = parse_occasion_source();
    }
    if (peek().kind != TokenKind::end) {
        fail_expected("the end of the expression");
    }
    if (!failed() && tree_depth(root) > limits::expression_tree_depth_max) {
        fail("more than " + std::to_string(limits::expression_tree_depth_max) +
                 " parts in a row: name a part of it as a segment",
             root.at,
             ErrorCode::limit_exceeded);
    }
    if (failed()) {
        return *error_;
    }
    return Expression{std::move(root), std::move(on)};
}

const Token& Parser::peek(std::size_t ahead) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
}

const Token& Parser::take() {
    const Token& token = peek();
    if (token.kind != TokenKind::end) {
        ++at_;
        last_end_ = token.at.end;
    }
    return token;
}

bool Parser::accept_symbol(std::string_view symbol) {
    if (!peek().is_symbol(symbol)) {
        return false;
    }
    take();
    return true;
}

bool Parser::accept_word(std::string_view word) {
    if (!peek().is_word(word)) {
        return false;
    }
    take();
    return true;
}

void Parser::expect_symbol(std::string_view symbol, std::string_view after) {
    if (!accept_symbol(symbol)) {
        fail_expected("'" + std::string(symbol) + "' after " + std::string(after));
    }
}

void Parser::expect_word(std::string_view word, std::string_view after) {
    if (!accept_word(word)) {
        fail_expected("'" + std::string(word) + "' after " + std::string(after));
    }
}

bool Parser::at_name(std::size_t ahead) const {
    const Token& token = peek(ahead);
    return token.kind == TokenKind::quoted_name ||
           (token.kind == TokenKind::word && !is_reserved(token.text));
}

void Parser::fail(std::string message, SourceSpan at, ErrorCode code) {
    if (!failed()) {
        error_ = Error{code, std::move(message), at};
    }
    at_ = tokens_.size() - 1;
}

void Parser::fail_here(std::string message) {
    fail(std::move(message), peek().at);
}

void Parser::fail_expected(std::string_view what) {
    const Token& token = peek();
    std::string message = "expected " + std::string(what) + ", found " + describe(token);
    if (const std::string advice = advice_for(token); !advice.empty()) {
        message += ": " + advice;
    }
    fail_here(std::move(message));
}

Node Parser::make(Node::Kind kind, std::uint32_t begin) {
    if (++nodes_ > limits::expression_nodes_max) {
        fail("more than " + with_commas(limits::expression_nodes_max) +
                 " parts: name a part of it as a segment",
             since(begin),
             ErrorCode::limit_exceeded);
    }
    return {std::move(kind), since(begin)};
}

Result<Expression> parse(std::string_view text) {
    auto tokens = tokenize(text);
    if (!tokens) {
        return tokens.error();
    }
    return Parser(*std::move(tokens)).run();
}

}  // namespace fineline::expr
