#include "base/text.h"
#include "expr/parser.h"
#include "expr/words.h"

#include <array>
#include <cmath>

// What is written as a name and parentheses, and did.

namespace fineline::expr {

namespace {

/// Functions that are syntax of their own and so not in the table.
constexpr std::array<std::string_view, 9> special_functions{"sequence",
                                                            "sequence_count",
                                                            "percentile",
                                                            "rank",
                                                            "ntile",
                                                            "consents",
                                                            "previous",
                                                            "since_changed",
                                                            "holiday"};

/// Names from SQL and spreadsheets that are too far off for the nearest-name search.
struct Synonym {
    std::string_view written;
    std::string_view advice;
};

constexpr std::array synonyms{Synonym{"average", "avg"},
                              Synonym{"mean", "avg"},
                              Synonym{"ceiling", "ceil"},
                              Synonym{"log", "ln"},
                              Synonym{"len", "length"},
                              Synonym{"ifnull", "coalesce"},
                              Synonym{"nvl", "coalesce"},
                              Synonym{"count_distinct", "distinct"},
                              Synonym{"nunique", "distinct"},
                              Synonym{"mode", "top"},
                              Synonym{"percentile_cont", "quantile"},
                              Synonym{"days_since", "since_last"},
                              Synonym{"time_since", "since_last"},
                              Synonym{"recency", "since_last"},
                              Synonym{"has", "did"},
                              Synonym{"has_done", "did"}};

std::string_view nearest_function(std::string_view name) {
    for (const Synonym& synonym : synonyms) {
        if (name == synonym.written) {
            return synonym.advice;
        }
    }
    std::vector<std::string_view> candidates;
    for (const AggregateFunction* function : aggregate_functions()) {
        candidates.push_back(function->name);
    }
    for (const ScalarFunction* function : scalar_functions()) {
        candidates.push_back(function->name);
    }
    candidates.insert(candidates.end(), special_functions.begin(), special_functions.end());
    const std::string lower = lower_case(name);
    return nearest(lower, candidates);
}

}  // namespace

Node Parser::parse_call() {
    const std::string_view name = peek().text;
    if (name == "sequence" || name == "sequence_count") {
        return parse_sequence(name == "sequence_count");
    }
    if (name == "percentile") {
        return parse_population(PopulationKind::percentile);
    }
    if (name == "rank") {
        return parse_population(PopulationKind::rank);
    }
    if (name == "ntile") {
        return parse_population(PopulationKind::ntile);
    }
    if (name == "consents") {
        return parse_consents();
    }
    if (name == "previous" || name == "since_changed") {
        return parse_trait_change(name == "since_changed");
    }
    if (name == "holiday") {
        return parse_holiday();
    }
    if (const AggregateFunction* function = find_aggregate(name)) {
        return parse_aggregate(*function);
    }
    if (const ScalarFunction* function = find_scalar(name)) {
        return parse_scalar(*function);
    }
    return parse_unknown_call();
}

Node Parser::parse_unknown_call() {
    const Token& token = peek();
    std::string message = "unknown function '" + std::string(token.text) + "'";
    if (const std::string_view known = nearest_function(token.text); !known.empty()) {
        message += ": did you mean '" + std::string(known) + "'?";
    }
    fail_here(std::move(message));
    return {};
}

Node Parser::parse_scalar(const ScalarFunction& function) {
    const std::uint32_t begin = take().at.begin;
    take();
    Call call{std::string(function.name), {}};
    if (!peek().is_symbol(")")) {
        do {
            call.arguments.push_back(parse_condition());
        } while (accept_symbol(","));
    }
    expect_symbol(")", "the arguments of " + call.function);
    return make(std::move(call), begin);
}

Node Parser::parse_aggregate(const AggregateFunction& function) {
    const std::uint32_t begin = take().at.begin;
    take();
    Aggregate aggregate;
    aggregate.function = function.name;
    aggregate.event = parse_event(aggregate.function + "(");
    if (accept_symbol(".")) {
        const std::uint32_t property_begin = peek().at.begin;
        Path path = parse_path("a property after the dot");
        aggregate.property_at = {since(property_begin)};
        for (const std::string& part : path.parts) {
            aggregate.property = aggregate.property ? *aggregate.property + "." + part : part;
        }
    }
    aggregate.where = parse_where();
    while (!failed() && accept_symbol(",") && !parse_aggregate_tail(function, aggregate)) {
    }
    if (!aggregate.where && peek().is_word("where") && !aggregate.window) {
        aggregate.where = parse_where();
        while (!failed() && accept_symbol(",") && !parse_aggregate_tail(function, aggregate)) {
        }
    }
    if (aggregate.window && peek().is_word("where")) {
        fail_here("where stands before the window 'where': move it to the front of the comma");
    }
    expect_symbol(")", "the arguments of " + aggregate.function);
    return make(std::move(aggregate), begin);
}

/// Reads what follows a comma: one of the function's numbers, or the window; true after the window.
bool Parser::parse_aggregate_tail(const AggregateFunction& function, Aggregate& aggregate) {
    const auto wanted = static_cast<std::size_t>(function.numbers);
    if (aggregate.numbers.size() < wanted) {
        const bool negative = accept_symbol("-");
        if (peek().kind != TokenKind::number) {
            fail_expected("a number after the comma");
            return true;
        }
        const double number = take().number;
        aggregate.numbers.push_back(negative && number != 0 ? -number : number);
        return false;
    }
    if (!at_window()) {
        fail_expected("a window after the comma, such as last 30 days");
        return true;
    }
    const std::uint32_t window_begin = peek().at.begin;
    aggregate.window = parse_window();
    aggregate.window_at = {since(window_begin)};
    return true;
}

Node Parser::parse_population(PopulationKind kind) {
    const std::uint32_t begin = take().at.begin;
    take();
    int tiles = 0;
    if (kind == PopulationKind::ntile) {
        const Token& token = peek();
        constexpr double tiles_max = 1'000'000;
        if (token.kind != TokenKind::number || token.number != std::floor(token.number) ||
            token.number < 1 || token.number > tiles_max) {
            fail_expected("a whole number of tiles from 1 on, as in ntile(5, x)");
            return {};
        }
        tiles = static_cast<int>(take().number);
        expect_symbol(",", "the number of tiles");
    }
    Node operand = parse_condition();
    expect_symbol(")", "the expression to compare customers by");
    return make(Population{kind, tiles, Box(std::move(operand))}, begin);
}

Node Parser::parse_consents() {
    const std::uint32_t begin = take().at.begin;
    take();
    std::string purpose = parse_single_name("a purpose");
    expect_symbol(")", "the purpose");
    return make(ConsentRef{std::move(purpose)}, begin);
}

Node Parser::parse_trait_change(bool since_change) {
    const std::uint32_t begin = take().at.begin;
    const std::string function = since_change ? "since_changed" : "previous";
    take();
    const SourceSpan at = peek().at;
    Path path = parse_path("a trait after " + function + "(");
    if (failed()) {
        return {};
    }
    if (!path.first_quoted && path.parts.size() == 1 && is_prefix_word(path.parts.front())) {
        fail_prefix(path.parts.front(), at);
        return {};
    }
    Name trait = to_name(std::move(path));
    if (trait.scope == NameScope::context) {
        fail(function + " takes a trait, not a field of the context 'context." + trait.path + "'",
             at);
    }
    expect_symbol(")", "the trait");
    return make(TraitChange{since_change, std::move(trait)}, begin);
}

Node Parser::parse_holiday() {
    const Token& word = peek();
    if (!in_where_) {
        fail(
            "holiday tells of the day of an event and stands only in where 'holiday': write "
            "did e where holiday",
            word.at);
        return {};
    }
    const std::uint32_t begin = take().at.begin;
    if (!accept_symbol("(")) {
        return make(HolidayTest{}, begin);
    }
    const Token& name = peek();
    if (name.kind != TokenKind::string || name.value.empty()) {
        fail_expected("the name of a holiday in quotes, as in holiday('christmas')");
        return {};
    }
    HolidayTest test{take().value};
    expect_symbol(")", "the holiday");
    return make(std::move(test), begin);
}

Node Parser::parse_did() {
    const std::uint32_t begin = take().at.begin;
    Did did;
    did.negated = accept_word("not");
    did.event = parse_event("did");
    if (peek().is_symbol(".")) {
        fail_here("did takes an event without a property '.': put the condition after where");
    }
    if (accept_word("where")) {
        const InWhere inside(*this);
        did.where = Box(parse_did_where());
    }
    if (at_window()) {
        const std::uint32_t window_begin = peek().at.begin;
        did.window = parse_window();
        did.window_at = {since(window_begin)};
    }
    if (did.window && peek().is_word("where")) {
        fail_here("where stands before the window 'where': move it to the front of the window");
    }
    return make(std::move(did), begin);
}

/// One comparison, a name or call that may be negated, or a condition in parentheses; an `and`
/// after it belongs outside of the did-phrase.
Node Parser::parse_did_where() {
    if (!peek().is_word("not")) {
        return parse_comparison();
    }
    const std::uint32_t begin = take().at.begin;
    Node operand = parse_primary();
    if (at_comparison()) {
        fail("a negated comparison after did … where 'not': put it in parentheses", since(begin));
    }
    return make(Unary{UnaryOp::logical_not, Box(std::move(operand))}, begin);
}

std::optional<Box> Parser::parse_where() {
    if (!accept_word("where")) {
        return std::nullopt;
    }
    const InWhere inside(*this);
    return Box(parse_condition());
}

}  // namespace fineline::expr
