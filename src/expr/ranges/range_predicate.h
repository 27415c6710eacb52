#pragma once

#include "columns/range_reader.h"
#include "columns/view.h"
#include "expr/evaluation.h"
#include "expr/ranges/range_evaluator.h"
#include "expr/view_subject.h"

#include <memory>
#include <span>
#include <vector>

namespace fineline::expr {

/// Which ordinals of a range an answer is wanted for: 0 or 1 each.
using Asked = std::span<const std::uint8_t>;

/// Where the evaluation of a range stands, and the way back to evaluating one customer. One thread
/// at a time.
class RangeStand {
  public:
    RangeStand(const std::shared_ptr<const columns::View>& view, const RangeQuestion& question)
        : question_(question), reader_(view), subject_(reader_), ranges_(reader_.view()) {}

    void enter(std::uint32_t range);

    [[nodiscard]] const RangeQuestion& question() const { return question_; }

    [[nodiscard]] Instant now() const { return question_.now; }

    [[nodiscard]] const TimeZone& zone() const { return question_.world->settings->zone; }

    [[nodiscard]] const columns::RangeReader& ranges() const { return ranges_; }

    [[nodiscard]] std::span<const columns::LaneState> lanes() const { return lanes_; }

    [[nodiscard]] columns::RangeRows rows(columns::TableKind kind, std::uint32_t table) const {
        return ranges_.rows(kind, table, range_);
    }

    /// Evaluates for one customer by walking the tree.
    [[nodiscard]] Truth truth(const BoundNode& node, std::uint32_t lane);
    [[nodiscard]] Datum value(const BoundNode& node, std::uint32_t lane);

    /// Calls `visit(lane)` for each asked customer some of whose rows of the table lie outside of
    /// its chunk: what a kernel made of these is not the answer.
    template <class Visit>
    void each_elsewhere(const columns::RangeRows& rows, Asked asked, Visit visit) {
        if (!mark_elsewhere(rows)) {
            return;
        }
        for (std::uint32_t lane = 0; lane < lanes_.size(); ++lane) {
            if (marks_[lane] != 0 && asked[lane] != 0) {
                visit(lane);
            }
        }
    }

    [[nodiscard]] Scratch& scratch() { return scratch_; }

  private:
    [[nodiscard]] bool mark_elsewhere(const columns::RangeRows& rows);

    RangeQuestion question_;
    columns::Reader reader_;
    ViewSubject subject_;
    columns::RangeReader ranges_;
    Scratch scratch_;
    std::uint32_t range_ = 0;
    std::vector<columns::LaneState> lanes_;
    std::vector<std::uint8_t> marks_;
    bool has_several_ = false;
};

/// Answers a condition for the customers of a range. One thread at a time.
class RangePredicate {
  public:
    RangePredicate() = default;
    RangePredicate(const RangePredicate&) = delete;
    RangePredicate& operator=(const RangePredicate&) = delete;
    RangePredicate(RangePredicate&&) = delete;
    RangePredicate& operator=(RangePredicate&&) = delete;
    virtual ~RangePredicate() = default;

    /// Sets the truth of each asked lane; those of others mean nothing.
    virtual void evaluate(RangeStand& stand, Asked asked, std::span<Truth> truths) = 0;

    /// About what a lane costs, in rows touched: of operands the cheapest goes first.
    [[nodiscard]] virtual int cost() const = 0;
};

using RangePredicatePtr = std::unique_ptr<RangePredicate>;

/// Makes the predicate of a bound condition; where no kernel fits, one that walks the tree.
[[nodiscard]] RangePredicatePtr plan_condition(const BoundNode& node,
                                               const RangeQuestion& question);

/// A predicate that walks the tree for each customer.
[[nodiscard]] RangePredicatePtr plan_walk(const BoundNode& node);

// Kernels by what they are for; nullptr where none fits.
[[nodiscard]] RangePredicatePtr plan_did(const BoundDid& did,
                                         const BoundNode& node,
                                         const RangeQuestion& question);
[[nodiscard]] RangePredicatePtr plan_comparison(const BoundCompare& compare,
                                                const RangeQuestion& question);
[[nodiscard]] RangePredicatePtr plan_trait(const BoundNode& node, const RangeQuestion& question);
[[nodiscard]] RangePredicatePtr plan_sequence(const BoundSequence& sequence,
                                              const BoundNode& node,
                                              const RangeQuestion& question);

}  // namespace fineline::expr
