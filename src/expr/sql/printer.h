#pragma once

#include "base/result.h"
#include "expr/ast.h"
#include "expr/sql/dialect.h"
#include "expr/sql/fragment.h"
#include "expr/sql/scope.h"
#include "expr/sql/sql.h"
#include "expr/sql/statement.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fineline::expr::sql {

/// Prints one query. The first failure is kept and printing goes on with NULL, so that the many
/// small functions need not pass errors along. One thread at a time, one query per printer.
class Printer {
  public:
    Printer(const Dialect& dialect, const SqlOptions& options);

    [[nodiscard]] Result<std::string> print(const CheckedExpression& expression);

  private:
    friend class EventSelection;

    // expressions.cpp
    Fragment compile(const Node& node, const Scope& scope);
    Fragment leaf(const Node& at, const Aggregate& node, const Scope& scope);
    Fragment leaf(const Node& at, const Did& node, const Scope& scope);
    Fragment leaf(const Node& at, const Sequence& node, const Scope& scope);
    Fragment leaf(const Node& at, const SegmentRef& node, const Scope& scope);
    Fragment leaf(const Node& at, const Population& node, const Scope& scope);
    Fragment leaf(const Node& at, const Rfm& node, const Scope& scope);
    std::string condition(const Node& node, const Scope& scope);  ///< ready to stand beside AND
    Fragment name(const Name& name, const Scope& scope);
    Fragment unary(const Unary& node, const Scope& scope);
    Fragment logical(const Binary& node, const Scope& scope);
    Fragment binary(const Node& at, const Binary& node, const Scope& scope);
    Fragment is_missing(const IsMissing& node, const Scope& scope);
    Fragment case_of(const Case& node, const Scope& scope);

    // values.cpp
    std::string read(const Fragment& value, ReadAs as);
    Fragment as_boolean(const Fragment& value);
    std::string json_of(const Fragment& value);
    std::string identity(const Fragment& value);
    Fragment literal(const Literal& literal);

    std::string quoted(std::string_view text) const { return dialect_.string_literal(text); }

    // comparisons.cpp
    Fragment compare(BinaryOp op, const Fragment& left, const Fragment& right, const Scope& scope);
    std::optional<Fragment> compare_months(BinaryOp op,
                                           const Fragment& left,
                                           const Fragment& right,
                                           const Scope& scope);
    std::string compare_dynamic(BinaryOp op, const Fragment& left, const Fragment& right);
    Fragment text_test(BinaryOp op, const Fragment& left, const Fragment& right);
    Fragment list_contains(const Fragment& list, const Fragment& element, const Scope& scope);
    Fragment between(const Between& node, const Scope& scope);
    Fragment in_list(const InList& node, const Scope& scope);

    // arithmetic.cpp
    Fragment arithmetic(const Node& at,
                        BinaryOp op,
                        const Fragment& left,
                        const Fragment& right,
                        const Scope& scope);
    Fragment number_arithmetic(BinaryOp op, const Fragment& left, const Fragment& right);
    Fragment time_arithmetic(const Node& at,
                             BinaryOp op,
                             const Fragment& left,
                             const Fragment& right,
                             const Scope& scope);
    Fragment duration_scaled(BinaryOp op, const Fragment& left, const Fragment& right);
    Fragment negative(const Fragment& value);
    std::string operand(const Fragment& value);
    std::string divisor(const Fragment& value);
    Fragment scalar_call(const Node& at, const Call& call, const Scope& scope);
    Fragment number_function(std::string_view function, const Fragment& argument);
    Fragment coalesce_of(const std::vector<Fragment>& arguments);
    Fragment extreme_of(const std::vector<Fragment>& arguments, bool least);
    Fragment length_of(const Fragment& argument);

    // facts.cpp
    struct HistoryText {
        std::string alias;
        std::string from;
        std::string value;
        std::vector<std::string> conditions;
    };

    void define_customers();
    void define_zones();
    std::string history_of(std::string_view table, std::string_view alias) const;
    std::string now_of_row() const;
    HistoryText trait_history(const Name& trait);
    Table& latest_table(const std::string& hint, const HistoryText& history);
    Table& trait_table(const Name& trait);
    Table& change_table(const Name& trait);
    std::string account_table();
    std::string consent_table(const std::string& purpose);
    std::function<std::string(ReadAs)> column_reader(Table& table, std::string source);
    Fragment column_of(Table& table, const Scope& scope, std::string source);
    Fragment trait(const std::string& name, const Scope& scope);
    Fragment account_trait(const std::string& name, const Scope& scope);
    Fragment trait_change(const TraitChange& change, const Scope& scope);
    Fragment consent(const std::string& purpose, const Scope& scope);
    Fragment since(const std::string& time, const Scope& scope);

    // time.cpp
    InstantText instant(Instant at) const;
    InstantText now_in(const Scope& scope) const;
    std::string zone_in(From& from);  ///< of calendars: the customer's own where it counts
    InstantText minus(const InstantText& at, const Period& period, From& from);
    std::string plus(const std::string& time, const Period& period, From& from);
    InstantText start_of(TimeUnit unit, const InstantText& at, int shift, From& from);
    InstantText moment(const Moment& moment) const;
    std::string written_zone() const;  ///< of times written without an offset

    [[nodiscard]] bool zone_is_known() const { return !options_.settings.customer_zone; }

    WindowText window(const std::optional<Window>& window, From& from);
    InstantText shifted(const InstantText& at, int micros);
    static InstantText earlier_of(const InstantText& a, const InstantText& b);
    std::string start_table();

    // aggregates.cpp
    Fragment did(const Node& at, const Did& node, const Scope& scope);
    Fragment found_in(const Table& table, bool negated, const Scope& scope);
    static Fragment withheld(SqlType type);
    Table*& leaf_table(const Node& node);
    Fragment aggregate(const Node& at, const Aggregate& node, const Scope& scope);
    Table& aggregate_table(const Node& at, const Aggregate& node);
    std::string grouped_value(const Node& at,
                              const Aggregate& node,
                              EventSelection& events,
                              const std::string& condition);
    Table& ranked_table(const Aggregate& node);
    Table& outermost(const std::string& hint, const Select& ranked);
    Table& extremum_table(const Aggregate& node);
    std::function<std::string(ReadAs)> extremum_reader(Table& table);
    Table& quantile_table(const Aggregate& node, double q);
    Table& trend_table(const Aggregate& node);
    Table& top_table(const Aggregate& node);

    // sequences.cpp
    Fragment sequence(const Node& at, const Sequence& node, const Scope& scope);
    Select step_flags(const Sequence& node);
    Select chain_step(const Select& previous, const Sequence& node, std::size_t k);
    Table& sequence_table(const Sequence& node);
    Table& count_chains(Select ends, std::size_t last);

    // population.cpp
    Fragment segment(const Node& at, const SegmentRef& node, const Scope& scope);
    Select members_of(const Node& node, const std::string& among);
    const std::string& subjects() const;
    Table& population_table(const Node& key, const Node& operand);
    Fragment population_value(PopulationKind kind, int tiles, Table& table, const Scope& scope);
    Fragment population(const Node& at, const Population& node, const Scope& scope);
    Fragment rfm(const Node& at, const Rfm& node, const Scope& scope);
    Fragment context(const std::string& path, const Scope& scope);
    void define_occasions(const OccasionSource& source);
    std::string chosen_occasions(const OccasionSource& source);
    void define_permitted();
    Select root(const Node& node);

    // sql.cpp
    Fragment fail(const Node* at, std::string message);
    Fragment unsayable(const Node& at, std::string_view construct);

    const Dialect& dialect_;
    const SqlOptions& options_;
    Statement statement_;
    Frame frame_;
    std::optional<Error> error_;
    std::map<std::string, Table*, std::less<>> traits_;    ///< by kind and name
    std::vector<std::pair<Node, Table*>> leaves_;          ///< of aggregates, sequences, population
    std::map<std::string, Table*, std::less<>> segments_;  ///< finished, by name
    std::vector<std::string> open_segments_;               ///< being printed, for cycles
    std::string start_table_;
    std::string permitted_;
    Table* occasions_ = nullptr;
};

}  // namespace fineline::expr::sql
