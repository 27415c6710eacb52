#include "expr/ranges/range_predicate.h"

#include <algorithm>
#include <utility>

// Logic over predicates, and the predicate that walks the tree where no kernel fits.

namespace fineline::expr {

namespace {

/// What walking the tree for one customer costs, in rows touched.
constexpr int walk_cost = 20;

/// One thread at a time.
class WalkPredicate final : public RangePredicate {
  public:
    explicit WalkPredicate(const BoundNode& node) : node_(node) {}

    void evaluate(RangeStand& stand, Asked asked, std::span<Truth> truths) override {
        for (std::uint32_t lane = 0; lane < truths.size(); ++lane) {
            if (asked[lane] != 0) {
                truths[lane] = stand.truth(node_, lane);
            }
        }
    }

    [[nodiscard]] int cost() const override { return walk_cost; }

  private:
    const BoundNode& node_;
};

/// One thread at a time.
class NotPredicate final : public RangePredicate {
  public:
    explicit NotPredicate(RangePredicatePtr operand) : operand_(std::move(operand)) {}

    void evaluate(RangeStand& stand, Asked asked, std::span<Truth> truths) override {
        operand_->evaluate(stand, asked, truths);
        for (Truth& truth : truths) {
            truth = truth == Truth::unknown ? Truth::unknown
                                            : (truth == Truth::yes ? Truth::no : Truth::yes);
        }
    }

    [[nodiscard]] int cost() const override { return operand_->cost(); }

  private:
    RangePredicatePtr operand_;
};

/// "In segment x": unknown to x is not in it. One thread at a time.
class SegmentPredicate final : public RangePredicate {
  public:
    explicit SegmentPredicate(RangePredicatePtr definition) : definition_(std::move(definition)) {}

    void evaluate(RangeStand& stand, Asked asked, std::span<Truth> truths) override {
        definition_->evaluate(stand, asked, truths);
        for (Truth& truth : truths) {
            truth = truth == Truth::yes ? Truth::yes : Truth::no;
        }
    }

    [[nodiscard]] int cost() const override { return definition_->cost(); }

  private:
    RangePredicatePtr definition_;
};

/// `and` or `or`, the cheapest operand first; who is decided is not asked again. One thread at a
/// time.
class JunctionPredicate final : public RangePredicate {
  public:
    JunctionPredicate(bool conjunction, std::vector<RangePredicatePtr> operands)
        : decisive_(conjunction ? Truth::no : Truth::yes), operands_(std::move(operands)) {
        std::stable_sort(operands_.begin(), operands_.end(), [](const auto& a, const auto& b) {
            return a->cost() < b->cost();
        });
    }

    void evaluate(RangeStand& stand, Asked asked, std::span<Truth> truths) override {
        operands_.front()->evaluate(stand, asked, truths);
        undecided_.assign(asked.begin(), asked.end());
        next_.resize(truths.size());
        for (std::size_t i = 1; i < operands_.size(); ++i) {
            if (!keep_undecided(truths)) {
                return;
            }
            operands_[i]->evaluate(stand, undecided_, next_);
            join(truths);
        }
    }

    [[nodiscard]] int cost() const override {
        int sum = 0;
        for (const RangePredicatePtr& operand : operands_) {
            sum += operand->cost();
        }
        return sum;
    }

  private:
    /// Takes out who is decided; says whether anybody is left.
    [[nodiscard]] bool keep_undecided(std::span<const Truth> truths) {
        std::uint8_t any = 0;
        std::uint8_t* undecided = undecided_.data();
        const Truth* truth = truths.data();
        const Truth decisive = decisive_;
        const std::size_t lanes = truths.size();
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const std::uint8_t open = truth[lane] == decisive ? 0 : 1;
            undecided[lane] = static_cast<std::uint8_t>(undecided[lane] & open);
            any = static_cast<std::uint8_t>(any | undecided[lane]);
        }
        return any != 0;
    }

    /// Of the undecided: a decisive operand decides, else unknown stays and whatever else gives
    /// way.
    void join(std::span<Truth> truths) const {
        const std::uint8_t* undecided = undecided_.data();
        const Truth* next = next_.data();
        Truth* truth = truths.data();
        const Truth decisive = decisive_;
        const std::size_t lanes = truths.size();
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const Truth other = next[lane];
            const bool stays =
                undecided[lane] == 0 || (truth[lane] == Truth::unknown && other != decisive);
            truth[lane] = stays ? truth[lane] : other;
        }
    }

    Truth decisive_;
    std::vector<RangePredicatePtr> operands_;
    std::vector<std::uint8_t> undecided_;
    std::vector<Truth> next_;
};

RangePredicatePtr plan_junction(const BoundJunction& junction, const RangeQuestion& question) {
    std::vector<RangePredicatePtr> operands;
    for (const BoundPtr& operand : junction.operands) {
        operands.push_back(plan_condition(*operand, question));
    }
    return std::make_unique<JunctionPredicate>(junction.conjunction, std::move(operands));
}

/// The kernel that fits a condition, nullptr where none does.
RangePredicatePtr plan_kernel(const BoundNode& node, const RangeQuestion& question) {
    if (const auto* negation = std::get_if<BoundNot>(&node.kind)) {
        return std::make_unique<NotPredicate>(plan_condition(*negation->operand, question));
    }
    if (auto by_trait = plan_trait(node, question)) {
        return by_trait;
    }
    if (const auto* junction = std::get_if<BoundJunction>(&node.kind)) {
        return plan_junction(*junction, question);
    }
    if (const auto* segment = std::get_if<BoundSegment>(&node.kind)) {
        return std::make_unique<SegmentPredicate>(
            plan_condition(*segment->program->root, question));
    }
    if (const auto* did = std::get_if<BoundDid>(&node.kind)) {
        return plan_did(*did, node, question);
    }
    if (const auto* compare = std::get_if<BoundCompare>(&node.kind)) {
        return plan_comparison(*compare, question);
    }
    if (const auto* sequence = std::get_if<BoundSequence>(&node.kind)) {
        return plan_sequence(*sequence, node, question);
    }
    return nullptr;
}

}  // namespace

RangePredicatePtr plan_walk(const BoundNode& node) {
    return std::make_unique<WalkPredicate>(node);
}

RangePredicatePtr plan_condition(const BoundNode& node, const RangeQuestion& question) {
    auto kernel = plan_kernel(node, question);
    return kernel != nullptr ? std::move(kernel) : plan_walk(node);
}

}  // namespace fineline::expr
