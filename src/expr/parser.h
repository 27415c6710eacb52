#pragma once

#include "base/result.h"
#include "expr/ast.h"
#include "expr/functions/function.h"
#include "expr/lexer.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fineline::expr {

/// Recursive descent over the tokens of one expression. The first error is kept and moves the
/// parser to the end of the text, so that every production returns at once and none has to pass
/// errors on. One thread at a time.
class Parser {
  public:
    explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

    [[nodiscard]] Result<Expression> run();

  private:
    /// Counts one level of nesting for as long as it lives.
    class Nested {
      public:
        explicit Nested(Parser& parser);

        ~Nested() { --parser_.depth_; }

        Nested(const Nested&) = delete;
        Nested& operator=(const Nested&) = delete;
        Nested(Nested&&) = delete;
        Nested& operator=(Nested&&) = delete;

      private:
        Parser& parser_;
    };

    /// Reads bare names as an event's properties for as long as it lives.
    class InWhere {
      public:
        explicit InWhere(Parser& parser) : parser_(parser), before_(parser.in_where_) {
            parser_.in_where_ = true;
        }

        ~InWhere() { parser_.in_where_ = before_; }

        InWhere(const InWhere&) = delete;
        InWhere& operator=(const InWhere&) = delete;
        InWhere(InWhere&&) = delete;
        InWhere& operator=(InWhere&&) = delete;

      private:
        Parser& parser_;
        bool before_;
    };

    // Tokens (parser.cpp).
    [[nodiscard]] const Token& peek(std::size_t ahead = 0) const;
    const Token& take();
    bool accept_symbol(std::string_view symbol);
    bool accept_word(std::string_view word);
    /// Takes the symbol, or fails: "expected ')' after …".
    void expect_symbol(std::string_view symbol, std::string_view after);
    void expect_word(std::string_view word, std::string_view after);
    [[nodiscard]] bool at_name(std::size_t ahead = 0) const;

    // Errors (parser.cpp).
    [[nodiscard]] bool failed() const { return error_.has_value(); }

    void fail(std::string message, SourceSpan at, ErrorCode code = ErrorCode::invalid_argument);
    void fail_here(std::string message);
    /// "expected …, found …", with advice where the token is a known habit.
    void fail_expected(std::string_view what);

    [[nodiscard]] SourceSpan since(std::uint32_t begin) const { return {begin, last_end_}; }

    Node make(Node::Kind kind, std::uint32_t begin);

    // Loosest to tightest (parser_expressions.cpp).
    Node parse_condition();
    Node parse_and();
    Node parse_not();
    Node parse_comparison();
    Node parse_sum();
    Node parse_product();
    Node parse_unary();
    Node parse_primary();

    Node comparison_rest(Node left, std::uint32_t begin);
    Node binary_comparison(BinaryOp op, Node left, std::uint32_t begin);
    Node parse_between(Node left, bool negated, std::uint32_t begin);
    Node parse_in(Node left, bool negated, std::uint32_t begin);
    Node parse_is(Node left, std::uint32_t begin);
    Node parse_number();
    Node parse_case();
    Node parse_word();
    Node parse_reserved();
    Node parse_date_literal();
    Node parse_misplaced_date();
    [[nodiscard]] bool at_comparison() const;
    void refuse_chain();

    // Names (parser_names.cpp).
    struct Path {
        std::vector<std::string> parts;
        bool first_quoted = false;
        bool any_dotted = false;  ///< a part in backticks holds a dot
    };

    Path parse_path(std::string_view what);
    Node parse_name();
    Name to_name(Path path);
    /// A prefix without what follows it.
    void fail_prefix(const std::string& word, SourceSpan at);
    Node parse_rfm(const Path& path, std::uint32_t begin);
    std::string parse_single_name(std::string_view what);
    EventSelector parse_event(std::string_view after);

    // Calls (parser_calls.cpp).
    Node parse_call();
    Node parse_unknown_call();
    Node parse_scalar(const ScalarFunction& function);
    Node parse_aggregate(const AggregateFunction& function);
    bool parse_aggregate_tail(const AggregateFunction& function, Aggregate& aggregate);
    Node parse_population(PopulationKind kind);
    Node parse_consents();
    Node parse_trait_change(bool since);
    Node parse_holiday();
    Node parse_did();
    std::optional<Box> parse_where();
    Node parse_did_where();

    // Windows and periods (parser_windows.cpp).
    [[nodiscard]] bool at_window() const;
    Window parse_window();
    Window parse_calendar_window(bool previous);
    Window parse_ago_window();
    std::string parse_moment(std::string_view after);
    Period parse_period(std::string_view after);
    TimeUnit parse_unit(double count);

    // Sequences (parser_sequences.cpp).
    Node parse_sequence(bool counting);
    Step parse_step(bool first);
    std::optional<OccasionSource> parse_occasion_source();

    std::vector<Token> tokens_;
    std::size_t at_ = 0;
    std::uint32_t last_end_ = 0;  ///< where the last taken token ended
    std::optional<Error> error_;
    int depth_ = 0;
    std::size_t nodes_ = 0;
    bool in_where_ = false;
};

}  // namespace fineline::expr
