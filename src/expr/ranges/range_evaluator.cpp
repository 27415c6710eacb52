#include "expr/ranges/range_evaluator.h"

#include "base/require.h"
#include "expr/ranges/aggregate_kernel.h"
#include "expr/ranges/range_predicate.h"

#include <algorithm>
#include <optional>

namespace fineline::expr {

namespace {

/// Kernels know one time zone and no withholding: a customer's own zone, or a purpose that needs
/// consent, is left to the walk.
bool kernels_fit(const RangeQuestion& question) {
    const bool own_zones =
        question.world->settings->customer_zone && question.program->timezone.has_value();
    return question.kernels == Kernels::on && !own_zones && !question.world->purpose;
}

}  // namespace

struct RangeEvaluator::State {
    State(const std::shared_ptr<const columns::View>& view, const RangeQuestion& question)
        : stand(view, question) {}

    void enter(std::uint32_t range) {
        stand.enter(range);
        const auto lanes = stand.lanes();
        asked.resize(lanes.size());
        const columns::LaneState* lane_states = lanes.data();
        std::uint8_t* wanted = asked.data();
        const std::size_t count = lanes.size();
        for (std::size_t lane = 0; lane < count; ++lane) {
            wanted[lane] = lane_states[lane] == columns::LaneState::nobody ? 0 : 1;
        }
    }

    RangeStand stand;
    RangePredicatePtr condition;                     ///< made when first asked
    std::unique_ptr<AggregateKernel> values_kernel;  ///< none: values are walked for
    bool values_planned = false;
    std::vector<std::uint8_t> asked;
    std::vector<Truth> truths;
    std::vector<Lane> answers;
    std::vector<Datum> values;
};

RangeEvaluator::RangeEvaluator(const std::shared_ptr<const columns::View>& view,
                               const RangeQuestion& question)
    : state_(std::make_unique<State>(view, question)) {
    require(question.world->settings != nullptr, "an evaluation needs the workspace's settings");
    require(!question.program->on, "occasions are evaluated customer by customer");
}

RangeEvaluator::~RangeEvaluator() = default;

std::uint32_t RangeEvaluator::range_count() const {
    return state_->stand.ranges().range_count();
}

std::uint32_t RangeEvaluator::first_ordinal(std::uint32_t range) const {
    return range * state_->stand.ranges().range_size();
}

std::span<const RangeEvaluator::Lane> RangeEvaluator::truths(std::uint32_t range) {
    State& state = *state_;
    const RangeQuestion& question = state.stand.question();
    if (state.condition == nullptr) {
        state.condition = kernels_fit(question) ? plan_condition(*question.program->root, question)
                                                : plan_walk(*question.program->root);
    }
    state.enter(range);
    state.truths.resize(state.asked.size());
    state.condition->evaluate(state.stand, state.asked, state.truths);
    state.answers.resize(state.asked.size());
    const std::uint8_t* asked = state.asked.data();
    const Truth* truths = state.truths.data();
    Lane* answers = state.answers.data();
    const std::size_t lanes = state.answers.size();
    for (std::size_t lane = 0; lane < lanes; ++lane) {
        answers[lane] = asked[lane] == 0 ? Lane::no_customer : static_cast<Lane>(truths[lane]);
    }
    return state.answers;
}

void RangeEvaluator::add_values(std::uint32_t range, DistributionBuilder& builder) {
    State& state = *state_;
    const RangeQuestion& question = state.stand.question();
    const BoundNode& root = *question.program->root;
    if (!state.values_planned && kernels_fit(question)) {
        if (const auto* aggregate = std::get_if<BoundAggregate>(&root.kind)) {
            state.values_kernel = AggregateKernel::plan(*aggregate, root, question);
        }
    }
    state.values_planned = true;
    state.enter(range);
    if (state.values_kernel != nullptr) {
        state.values.resize(state.asked.size());
        ValueSink sink{std::span<Datum>(state.values)};
        state.values_kernel->run(state.stand, state.asked, sink);
    }
    for (std::uint32_t lane = 0; lane < state.asked.size(); ++lane) {
        if (state.asked[lane] != 0) {
            builder.add(state.values_kernel != nullptr ? state.values[lane]
                                                       : state.stand.value(root, lane));
        }
    }
}

}  // namespace fineline::expr
