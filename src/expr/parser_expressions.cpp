#include "expr/parser.h"
#include "expr/words.h"

#include <array>
#include <cmath>

// Operators and literals: from `or`, the loosest, to a single value.

namespace fineline::expr {

namespace {

struct Operator {
    std::string_view written;
    BinaryOp op;
};

constexpr std::array symbol_comparisons{Operator{"=", BinaryOp::equal},
                                        Operator{"!=", BinaryOp::not_equal},
                                        Operator{"<", BinaryOp::less},
                                        Operator{"<=", BinaryOp::less_equal},
                                        Operator{">", BinaryOp::greater},
                                        Operator{">=", BinaryOp::greater_equal},
                                        Operator{"~", BinaryOp::contains_text}};

constexpr std::array word_comparisons{Operator{"like", BinaryOp::like},
                                      Operator{"matches", BinaryOp::matches},
                                      Operator{"contains", BinaryOp::contains}};

constexpr std::array comparison_words{std::string_view("between"),
                                      std::string_view("in"),
                                      std::string_view("like"),
                                      std::string_view("matches"),
                                      std::string_view("contains")};

std::optional<BinaryOp> comparison_of(const Token& token) {
    for (const Operator& entry : symbol_comparisons) {
        if (token.is_symbol(entry.written)) {
            return entry.op;
        }
    }
    for (const Operator& entry : word_comparisons) {
        if (token.is_word(entry.written)) {
            return entry.op;
        }
    }
    return std::nullopt;
}

bool is_comparison_word(const Token& token) {
    for (const std::string_view word : comparison_words) {
        if (token.is_word(word)) {
            return true;
        }
    }
    return false;
}

/// Says whether the node is the bare name that stands for the moment's weekday.
bool is_weekday_field(const Node& node) {
    const Name* name = std::get_if<Name>(&node.kind);
    return name != nullptr && name->scope == NameScope::bare && !name->quoted &&
           name->path == "weekday";
}

/// Turns a bare mon … sun into the text it stands for.
void read_as_weekday(Node& node) {
    const Name* name = std::get_if<Name>(&node.kind);
    if (name != nullptr && name->scope == NameScope::bare && !name->quoted &&
        is_weekday_word(name->path)) {
        node.kind = Literal{Value(name->path), std::nullopt, std::nullopt};
    }
}

}  // namespace

Node Parser::parse_condition() {
    const Nested nested(*this);
    const std::uint32_t begin = peek().at.begin;
    Node left = parse_and();
    while (accept_word("or")) {
        Node right = parse_and();
        left =
            make(Binary{BinaryOp::logical_or, Box(std::move(left)), Box(std::move(right))}, begin);
    }
    return left;
}

Node Parser::parse_and() {
    const std::uint32_t begin = peek().at.begin;
    Node left = parse_not();
    while (accept_word("and")) {
        Node right = parse_not();
        left =
            make(Binary{BinaryOp::logical_and, Box(std::move(left)), Box(std::move(right))}, begin);
    }
    return left;
}

Node Parser::parse_not() {
    if (!peek().is_word("not")) {
        return parse_comparison();
    }
    const Nested nested(*this);
    const std::uint32_t begin = take().at.begin;
    Node operand = parse_not();
    return make(Unary{UnaryOp::logical_not, Box(std::move(operand))}, begin);
}

Node Parser::parse_comparison() {
    const std::uint32_t begin = peek().at.begin;
    Node left = parse_sum();
    if (!at_comparison()) {
        return left;
    }
    Node comparison = comparison_rest(std::move(left), begin);
    refuse_chain();
    return comparison;
}

bool Parser::at_comparison() const {
    const Token& next = peek();
    return comparison_of(next) || is_comparison_word(next) || next.is_word("is") ||
           (next.is_word("not") && is_comparison_word(peek(1)));
}

void Parser::refuse_chain() {
    if (at_comparison()) {
        fail_here("comparisons do not chain '" + std::string(peek().text) +
                  "': join two of them with and, or use between");
    }
}

Node Parser::comparison_rest(Node left, std::uint32_t begin) {
    if (const auto op = comparison_of(peek())) {
        take();
        return binary_comparison(*op, std::move(left), begin);
    }
    if (accept_word("is")) {
        return parse_is(std::move(left), begin);
    }
    const bool negated = accept_word("not");
    if (accept_word("between")) {
        return parse_between(std::move(left), negated, begin);
    }
    if (accept_word("in")) {
        return parse_in(std::move(left), negated, begin);
    }
    const auto op = comparison_of(take());
    Node comparison = binary_comparison(*op, std::move(left), begin);
    return make(Unary{UnaryOp::logical_not, Box(std::move(comparison))}, begin);
}

Node Parser::binary_comparison(BinaryOp op, Node left, std::uint32_t begin) {
    Node right = parse_sum();
    if (in_where_ && is_weekday_field(left)) {
        read_as_weekday(right);
    } else if (in_where_ && is_weekday_field(right)) {
        read_as_weekday(left);
    }
    return make(Binary{op, Box(std::move(left)), Box(std::move(right))}, begin);
}

Node Parser::parse_between(Node left, bool negated, std::uint32_t begin) {
    Node low = parse_sum();
    expect_word("and", "the lower bound of between");
    Node high = parse_sum();
    if (in_where_ && is_weekday_field(left)) {
        read_as_weekday(low);
        read_as_weekday(high);
    }
    return make(Between{Box(std::move(left)), Box(std::move(low)), Box(std::move(high)), negated},
                begin);
}

Node Parser::parse_in(Node left, bool negated, std::uint32_t begin) {
    if (!peek().is_symbol("(")) {
        if (!at_name()) {
            fail_expected("a list in parentheses or the name of an array after in");
        }
        Node array = parse_primary();
        Node test =
            make(Binary{BinaryOp::in_array, Box(std::move(left)), Box(std::move(array))}, begin);
        return negated ? make(Unary{UnaryOp::logical_not, Box(std::move(test))}, begin) : test;
    }
    const std::uint32_t list_begin = take().at.begin;
    if (accept_symbol(")")) {
        fail("an empty list is never matched 'in ()': give it at least one value",
             since(list_begin));
    }
    const bool weekday = in_where_ && is_weekday_field(left);
    std::vector<Node> items;
    do {
        items.push_back(parse_condition());
        if (weekday) {
            read_as_weekday(items.back());
        }
    } while (accept_symbol(","));
    expect_symbol(")", "the list");
    return make(InList{Box(std::move(left)), std::move(items), negated}, begin);
}

Node Parser::parse_is(Node left, std::uint32_t begin) {
    bool negated = accept_word("not");
    if (accept_word("present")) {
        negated = !negated;
    } else if (!accept_word("missing")) {
        fail_expected("missing or present after is");
    }
    return make(IsMissing{Box(std::move(left)), negated}, begin);
}

Node Parser::parse_sum() {
    const std::uint32_t begin = peek().at.begin;
    Node left = parse_product();
    while (peek().is_symbol("+") || peek().is_symbol("-")) {
        const BinaryOp op = take().text == "+" ? BinaryOp::add : BinaryOp::subtract;
        Node right = parse_product();
        left = make(Binary{op, Box(std::move(left)), Box(std::move(right))}, begin);
    }
    return left;
}

Node Parser::parse_product() {
    const std::uint32_t begin = peek().at.begin;
    Node left = parse_unary();
    while (peek().is_symbol("*") || peek().is_symbol("/")) {
        const BinaryOp op = take().text == "*" ? BinaryOp::multiply : BinaryOp::divide;
        Node right = parse_unary();
        left = make(Binary{op, Box(std::move(left)), Box(std::move(right))}, begin);
    }
    return left;
}

Node Parser::parse_unary() {
    if (!peek().is_symbol("-")) {
        return parse_primary();
    }
    const Nested nested(*this);
    const std::uint32_t begin = take().at.begin;
    if (peek().kind == TokenKind::number && !find_unit(peek(1).text)) {
        const double number = take().number;
        return make(Literal{Value(number == 0 ? 0.0 : -number), std::nullopt, std::nullopt}, begin);
    }
    Node operand = parse_unary();
    return make(Unary{UnaryOp::minus, Box(std::move(operand))}, begin);
}

Node Parser::parse_primary() {
    const Token& token = peek();
    switch (token.kind) {
        case TokenKind::number: return parse_number();
        case TokenKind::string: {
            const std::uint32_t begin = token.at.begin;
            return make(Literal{Value(take().value), std::nullopt, std::nullopt}, begin);
        }
        case TokenKind::date: return parse_misplaced_date();
        case TokenKind::quoted_name: return parse_name();
        case TokenKind::word: return parse_word();
        case TokenKind::symbol:
        case TokenKind::end: break;
    }
    if (!accept_symbol("(")) {
        fail_expected("a value");
        return {};
    }
    Node inner = parse_condition();
    expect_symbol(")", "the expression in parentheses");
    return inner;
}

Node Parser::parse_misplaced_date() {
    const Token& token = peek();
    fail_here("only windows take an unquoted date '" + std::string(token.text) +
              "': here, write date '" + token.value + "'");
    return {};
}

Node Parser::parse_number() {
    const Token& token = take();
    const std::uint32_t begin = token.at.begin;
    const double number = token.number;
    if (const auto unit = peek().kind == TokenKind::word ? find_unit(peek().text) : std::nullopt) {
        take();
        return make(Literal{Value(), Period{number, *unit}, std::nullopt}, begin);
    }
    return make(Literal{Value(number), std::nullopt, std::nullopt}, begin);
}

Node Parser::parse_word() {
    const Token& token = peek();
    const Token& next = peek(1);
    if (is_reserved(token.text)) {
        return parse_reserved();
    }
    if (token.text == "date" && next.kind == TokenKind::string) {
        return parse_date_literal();
    }
    if (token.text == "date" && next.kind == TokenKind::date) {
        fail("a date literal stands in quotes '" + std::string(next.text) + "': write date '" +
                 next.value + "'",
             next.at);
        return {};
    }
    if (next.is_symbol("(")) {
        return parse_call();
    }
    if (token.text == "segment" && at_name(1)) {
        const std::uint32_t begin = take().at.begin;
        return make(SegmentRef{parse_single_name("a segment")}, begin);
    }
    if (token.text == "holiday" && in_where_) {
        return parse_holiday();
    }
    return parse_name();
}

Node Parser::parse_reserved() {
    const std::uint32_t begin = peek().at.begin;
    if (accept_word("true")) {
        return make(Literal{Value(true), std::nullopt, std::nullopt}, begin);
    }
    if (accept_word("false")) {
        return make(Literal{Value(false), std::nullopt, std::nullopt}, begin);
    }
    if (accept_word("missing")) {
        return make(Literal{}, begin);
    }
    if (accept_word("now")) {
        return make(Now{}, begin);
    }
    if (peek().is_word("case")) {
        return parse_case();
    }
    if (peek().is_word("did")) {
        return parse_did();
    }
    if (peek().is_word("not")) {
        fail_here(
            "'not' binds looser than this operator 'not': put the negated part in parentheses");
        return {};
    }
    fail_expected("a value");
    return {};
}

Node Parser::parse_date_literal() {
    const std::uint32_t begin = take().at.begin;
    const Token& text = take();
    auto moment = canonical_moment(text.value);
    if (!moment) {
        fail(moment.error().message, text.at);
        return {};
    }
    return make(Literal{Value(), std::nullopt, Moment{*std::move(moment)}}, begin);
}

Node Parser::parse_case() {
    const Nested nested(*this);
    const std::uint32_t begin = take().at.begin;
    Case result;
    if (!peek().is_word("when")) {
        fail_expected("'when' after case");
    }
    while (accept_word("when")) {
        Node condition = parse_condition();
        expect_word("then", "the condition of when");
        Node value = parse_condition();
        result.branches.push_back({std::move(condition), std::move(value)});
    }
    if (accept_word("else")) {
        result.otherwise = Box(parse_condition());
    }
    expect_word("end", "the branches of case");
    return make(std::move(result), begin);
}

}  // namespace fineline::expr
