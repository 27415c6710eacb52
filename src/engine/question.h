#pragma once

#include "base/result.h"
#include "columns/view.h"
#include "expr/check.h"
#include "expr/evaluate.h"
#include "expr/ranges/range_evaluator.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::engine {

/// One question to a view: an expression at an instant, perhaps for a purpose that needs consent.
struct Question {
    std::string text;
    Instant at{};
    std::optional<std::string> purpose;
    unsigned threads = 2;
    expr::Kernels kernels = expr::Kernels::on;
};

/// A question made ready: checked, bound, with the thresholds it needs computed at its own instant.
/// Immutable; safe to share. Keeps its view alive.
class PreparedQuestion {
  public:
    /// Errors: invalid_argument with a span into the text, not_found (a segment, a purpose's name),
    /// corrupt (thresholds that met a damaged block of the checkpoint).
    /// Cost: one pass over the customers for each population function; otherwise none.
    [[nodiscard]] static Result<PreparedQuestion> prepare(
        const std::shared_ptr<const columns::View>& view,
        const Question& question,
        expr::Use use = expr::Use::segment);

    [[nodiscard]] const expr::CheckedExpression& checked() const { return checked_; }

    [[nodiscard]] const expr::Program& program() const { return *program_; }

    [[nodiscard]] expr::World world() const;

    [[nodiscard]] expr::Kernels kernels() const { return kernels_; }

    [[nodiscard]] const std::shared_ptr<const columns::View>& view() const { return view_; }

    [[nodiscard]] Instant at() const { return at_; }

  private:
    PreparedQuestion(std::shared_ptr<const columns::View> view,
                     expr::CheckedExpression checked,
                     Instant at)
        : view_(std::move(view)), checked_(std::move(checked)), at_(at) {}

    Status compute_thresholds(unsigned threads);

    std::shared_ptr<const columns::View> view_;
    expr::CheckedExpression checked_;
    Instant at_;
    std::shared_ptr<const expr::Settings> settings_;
    std::shared_ptr<const expr::Program> program_;
    std::shared_ptr<expr::Thresholds> thresholds_;
    std::optional<PurposeId> purpose_;
    bool no_record_is_granted_ = false;
    expr::Kernels kernels_ = expr::Kernels::on;
};

/// Who is in, and how sure the number is.
struct Answer {
    std::vector<CustomerOrdinal> members;  ///< ascending ordinals
    std::uint64_t customers = 0;           ///< customers at that instant
    std::uint64_t unknown = 0;             ///< for whom the expression is neither true nor false
};

/// Evaluates for every customer of the view; `E on EVENT` holds those for whom E is true of at
/// least one occasion, and is unknown for whom it is at best unknown. Errors of this and all below:
/// corrupt (the view met a damaged block of the checkpoint; Workspace::answer mends that and asks
/// again). Cost: one pass; `threads` passes over disjoint customers.
[[nodiscard]] Result<Answer> ask(const PreparedQuestion& question, unsigned threads);

/// One occasion for which the answer is yes.
struct OccasionMember {
    CustomerOrdinal who;
    Instant at;
    std::uint64_t arrival = 0;
};

/// `E on EVENT`: every occasion at or before the instant for which E is true, by customer and time.
struct OccasionsAnswer {
    std::vector<OccasionMember> members;
    std::uint64_t occasions = 0;
    std::uint64_t unknown = 0;
    std::uint64_t customers = 0;              ///< customers at that instant
    std::vector<CustomerOrdinal> unknown_of;  ///< whose occasions those are; ascending, repeated
};

[[nodiscard]] Result<OccasionsAnswer> ask_occasions(const PreparedQuestion& question);

/// Evaluates for one customer. Errors: not_found (unknown, or no customer at that instant).
[[nodiscard]] Result<expr::Verdict> verdict(const PreparedQuestion& question,
                                            std::string_view customer);
[[nodiscard]] Result<expr::Explanation> explain(const PreparedQuestion& question,
                                                std::string_view customer);
[[nodiscard]] Result<Value> value(const PreparedQuestion& question, std::string_view customer);

/// What a numeric expression comes to over some customers.
struct ValueTotal {
    double total = 0;           ///< sum over those who have a value
    std::uint64_t present = 0;  ///< how many have one
};

/// Evaluates the question's expression (Use::value) for each member and sums what are numbers.
[[nodiscard]] Result<ValueTotal> total_of(const PreparedQuestion& value_question,
                                          const std::vector<CustomerOrdinal>& members);

/// The printed ids of ordinals, sorted bytewise.
[[nodiscard]] std::vector<std::string> customer_ids(
    const std::shared_ptr<const columns::View>& view, const std::vector<CustomerOrdinal>& members);

/// The first `limit` of them alone, for a sample of many: no more ids than that are ever held by
/// each of the threads.
[[nodiscard]] std::vector<std::string> first_customer_ids(
    const std::shared_ptr<const columns::View>& view,
    const std::vector<CustomerOrdinal>& members,
    std::size_t limit,
    unsigned threads = 1);

}  // namespace fineline::engine
