#include "expr/ranges/aggregate_kernel.h"
#include "expr/ranges/range_predicate.h"
#include "expr/ranges/row_filter.h"
#include "expr/ranges/row_span.h"

#include <algorithm>
#include <array>

// Conditions on events: did, and aggregates compared with a literal.

namespace fineline::expr {

namespace {

/// `did e where … , window`. One thread at a time.
class DidPredicate final : public RangePredicate {
  public:
    DidPredicate(const BoundDid& did,
                 const BoundNode& node,
                 const RowSpan& span,
                 std::unique_ptr<RowFilter> filter)
        : did_(did), node_(node), span_(span), filter_(std::move(filter)) {}

    void evaluate(RangeStand& stand, Asked asked, std::span<Truth> truths) override {
        std::fill(truths.begin(), truths.end(), did_.negated ? Truth::yes : Truth::no);
        const columns::RangeRows rows =
            stand.rows(columns::TableKind::event, did_.events.name->value());
        if (rows.chunk != nullptr) {
            mark_found(stand, rows, asked, truths);
        }
        stand.each_elsewhere(
            rows, asked, [&](std::uint32_t lane) { truths[lane] = stand.truth(node_, lane); });
    }

    [[nodiscard]] int cost() const override { return filter_ == nullptr ? 2 : 4; }

  private:
    void mark_found(RangeStand& stand,
                    const columns::RangeRows& rows,
                    Asked asked,
                    std::span<Truth> truths) const {
        const columns::Chunk& chunk = *rows.chunk;
        const std::span<const std::uint16_t> locals = chunk.locals();
        const Truth found = did_.negated ? Truth::no : Truth::yes;
        if (filter_ != nullptr) {
            for_each_customer(chunk,
                              filter_->select(stand, rows, span_, asked),
                              [&](std::uint32_t i, auto) { truths[locals[i]] = found; });
        } else if (span_.ends_after(chunk) && span_.begins_before(chunk)) {
            for (const std::uint16_t local : locals) {
                truths[local] = found;
            }
        } else if (span_.ends_after(chunk)) {
            mark_recent(chunk, found, truths);
        } else {
            span_.each_customer(chunk, asked, [&](std::uint32_t i, std::uint32_t, std::uint32_t) {
                truths[locals[i]] = found;
            });
        }
    }

    /// Of each customer only the last row is looked at.
    void mark_recent(const columns::Chunk& chunk, Truth found, std::span<Truth> truths) const {
        const std::uint16_t* locals = chunk.locals().data();
        const std::uint32_t* offsets = chunk.offsets();
        const Instant* times = chunk.times();
        const Instant begin = span_.span().begin;
        const std::array<Truth, 2> outcomes{found == Truth::yes ? Truth::no : Truth::yes, found};
        Truth* all = truths.data();
        const std::uint32_t customers = chunk.head().customers;
        for (std::uint32_t i = 0; i < customers; ++i) {
            // Written either way: a branch on times that lie far apart would wait for each.
            all[locals[i]] = outcomes[times[offsets[i + 1] - 1] >= begin ? 1 : 0];
        }
    }

    const BoundDid& did_;
    const BoundNode& node_;
    RowSpan span_;
    std::unique_ptr<RowFilter> filter_;
};

/// An aggregate, or the place of one among the customers, compared with a literal. One thread at a
/// time.
class ComparisonPredicate final : public RangePredicate {
  public:
    ComparisonPredicate(std::unique_ptr<AggregateKernel> kernel,
                        const ValueSink::Comparison& comparison,
                        const BoundPopulation* population,
                        const Distribution* distribution)
        : kernel_(std::move(kernel)),
          sink_(population == nullptr ? ValueSink(comparison, {})
                                      : ValueSink(comparison, *population, *distribution, {})) {}

    void evaluate(RangeStand& stand, Asked asked, std::span<Truth> truths) override {
        sink_.write_to(truths);
        kernel_->run(stand, asked, sink_);
    }

    [[nodiscard]] int cost() const override { return kernel_->cost(); }

  private:
    std::unique_ptr<AggregateKernel> kernel_;
    ValueSink sink_;
};

}  // namespace

RangePredicatePtr plan_did(const BoundDid& did,
                           const BoundNode& node,
                           const RangeQuestion& question) {
    const auto span = RowSpan::of(did.window, question.world->settings->zone, question.now);
    if (!span || did.events.any || !did.events.name) {
        return nullptr;
    }
    std::unique_ptr<RowFilter> filter;
    if (did.where) {
        filter = RowFilter::plan(*did.where, *did.events.name, question);
        if (filter == nullptr) {
            return nullptr;
        }
    }
    return std::make_unique<DidPredicate>(did, node, *span, std::move(filter));
}

RangePredicatePtr plan_comparison(const BoundCompare& compare, const RangeQuestion& question) {
    const bool mirrored = std::holds_alternative<BoundConstant>(compare.left->kind);
    const BoundNode* operand = mirrored ? compare.right.get() : compare.left.get();
    const auto* literal =
        std::get_if<BoundConstant>(mirrored ? &compare.left->kind : &compare.right->kind);
    if (literal == nullptr) {
        return nullptr;
    }
    const BoundPopulation* population = std::get_if<BoundPopulation>(&operand->kind);
    const Distribution* distribution = nullptr;
    if (population != nullptr) {
        const auto& known = question.world->thresholds->by_operand;
        const auto found = known.find(population->text);
        if (found == known.end()) {
            return nullptr;
        }
        distribution = &found->second;
        operand = population->program->root.get();
    }
    const auto* aggregate = std::get_if<BoundAggregate>(&operand->kind);
    if (aggregate == nullptr) {
        return nullptr;
    }
    auto kernel = AggregateKernel::plan(*aggregate, *operand, question);
    if (kernel == nullptr) {
        return nullptr;
    }
    const ValueSink::Comparison comparison{.op = compare.op,
                                           .literal = literal->value,
                                           .mirrored = mirrored,
                                           .zone = &question.world->settings->zone};
    return std::make_unique<ComparisonPredicate>(
        std::move(kernel), comparison, population, distribution);
}

}  // namespace fineline::expr
