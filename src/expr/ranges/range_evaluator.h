#pragma once

#include "columns/view.h"
#include "expr/evaluate.h"

#include <cstdint>
#include <memory>
#include <span>

namespace fineline::expr {

/// Whether many customers are evaluated by kernels over columns where there is one, or each by
/// walking the tree. The answers are the same; the scripts and the oracle run both.
enum class Kernels : std::uint8_t { on, off };

/// What an evaluation of many customers is about. All of it must outlive the evaluator.
struct RangeQuestion {
    const Program* program = nullptr;
    const World* world = nullptr;
    Instant now{};
    Kernels kernels = Kernels::on;
};

/// Evaluates one program for whole ranges of a view's customers. What an expression means stays
/// with Evaluation, which answers wherever no kernel does; kernels only save its walk. One thread
/// at a time.
class RangeEvaluator {
  public:
    RangeEvaluator(const std::shared_ptr<const columns::View>& view, const RangeQuestion& question);
    ~RangeEvaluator();
    RangeEvaluator(const RangeEvaluator&) = delete;
    RangeEvaluator& operator=(const RangeEvaluator&) = delete;
    RangeEvaluator(RangeEvaluator&&) = delete;
    RangeEvaluator& operator=(RangeEvaluator&&) = delete;

    [[nodiscard]] std::uint32_t range_count() const;

    /// One ordinal's answer.
    enum class Lane : std::uint8_t { no, yes, unknown, no_customer };

    /// The answers of a range, of its first ordinal first; valid until the next call.
    [[nodiscard]] std::span<const Lane> truths(std::uint32_t range);

    [[nodiscard]] std::uint32_t first_ordinal(std::uint32_t range) const;

    /// Adds the expression's value for each customer of a range.
    void add_values(std::uint32_t range, DistributionBuilder& builder);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace fineline::expr
