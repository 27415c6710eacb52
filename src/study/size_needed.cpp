#include "study/size_needed.h"

#include "study/partition.h"
#include "study/statistics/power.h"

#include <limits>
#include <vector>

namespace fineline::study {

namespace {

/// People who are all alike do not tell how far others lie apart; a few of them least of all. Then
/// one more counts who did nothing.
std::optional<double> least_size_of(OutcomeSums sums, double detect) {
    if (sums.n > 0 && sums.variance() == 0) {
        sums.add(0.0);
    }
    return least_size({sums.mean(), sums.variance()}, detect);
}

OutcomeSums sums_of(std::span<const double> outcomes) {
    OutcomeSums sums;
    for (const double outcome : outcomes) {
        sums.add(outcome);
    }
    return sums;
}

}  // namespace

std::optional<Estimate> size_needed(std::span<const double> outcomes,
                                    double detect,
                                    const BootstrapPlan& plan) {
    const auto needed = least_size_of(sums_of(outcomes), detect);
    if (!needed) {
        return std::nullopt;
    }
    Estimate estimate{.name = "customers a test would need",
                      .value = *needed,
                      .n = outcomes.size(),
                      .scale = Scale::count};
    const DrawTable draws =
        bootstrap(outcomes.size(), 1, plan, [&](std::span<const std::uint32_t> weights) {
            OutcomeSums sums;
            for (std::size_t i = 0; i < weights.size(); ++i) {
                const double w = weights[i];
                sums.add({w, w * outcomes[i], w * outcomes[i] * outcomes[i]});
            }
            return std::vector{
                least_size_of(sums, detect).value_or(std::numeric_limits<double>::quiet_NaN())};
        });
    estimate.interval = percentile_interval(draws.column(0));
    if (!estimate.interval) {
        estimate.why_no_interval = "too few members to draw from";
    }
    return estimate;
}

bool is_too_small_for_a_test(std::span<const double> outcomes,
                             double detect,
                             const BootstrapPlan& plan) {
    const auto customers = static_cast<double>(outcomes.size());
    const auto least = least_size_of(sums_of(outcomes), detect);
    if (!least || customers >= *least) {
        return !least;
    }
    const auto needed = size_needed(outcomes, detect, plan);
    return customers < (needed->interval ? needed->interval->low : needed->value);
}

}  // namespace fineline::study
