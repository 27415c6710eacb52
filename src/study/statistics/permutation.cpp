#include "study/statistics/permutation.h"

#include "base/random.h"
#include "base/require.h"
#include "study/statistics/parallel.h"
#include "study/statistics/quantile.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace fineline::study {

std::vector<std::uint32_t> random_order(std::size_t count, std::uint64_t seed) {
    require(count <= std::numeric_limits<std::uint32_t>::max(), "positions fit in 32 bits");
    std::vector<std::uint32_t> order(count);
    std::iota(order.begin(), order.end(), 0U);
    Random random(seed);
    for (std::size_t left = count; left > 1; --left) {
        std::swap(order[left - 1], order[random.below(left)]);
    }
    return order;
}

double permutation_p_value(double observed,
                           std::size_t count,
                           const BootstrapPlan& plan,
                           const PermutedStatistic& statistic) {
    std::vector<double> shuffled(plan.draws);
    for_each_index(plan.draws, plan.threads, [&](std::size_t draw) {
        shuffled[draw] = statistic(random_order(count, Random(plan.seed + draw).next()));
    });
    const auto as_great = std::count_if(
        shuffled.begin(), shuffled.end(), [&](double value) { return value >= observed; });
    return static_cast<double>(1 + as_great) / static_cast<double>(1 + plan.draws);
}

std::optional<MaxStatisticGate> max_statistic_gate(std::span<const double> gains,
                                                   const DrawTable& draws,
                                                   double significance) {
    require(draws.statistics() == gains.size(), "a column of draws per candidate");
    constexpr double least = -std::numeric_limits<double>::infinity();
    MaxStatisticGate gate{0, least, 0, 1};
    std::vector<double> greatest(draws.draws(), least);
    for (std::size_t candidate = 0; candidate < gains.size(); ++candidate) {
        const double error = standard_error_of_draws(draws.column(candidate));
        if (!(error > 0)) {
            continue;
        }
        const double statistic = gains[candidate] / error;
        if (statistic > gate.statistic) {
            gate.best = candidate;
            gate.statistic = statistic;
        }
        for (std::size_t draw = 0; draw < draws.draws(); ++draw) {
            const double centred = (draws.at(draw, candidate) - gains[candidate]) / error;
            greatest[draw] =
                std::isfinite(centred) ? std::max(greatest[draw], centred) : greatest[draw];
        }
    }
    if (gate.statistic == least) {
        return std::nullopt;
    }
    const auto as_great = std::count_if(
        greatest.begin(), greatest.end(), [&](double value) { return value >= gate.statistic; });
    gate.p_value = static_cast<double>(1 + as_great) / static_cast<double>(1 + draws.draws());
    gate.critical_value = quantile_of(greatest, 1 - significance);
    return gate;
}

}  // namespace fineline::study
