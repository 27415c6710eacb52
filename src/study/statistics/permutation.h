#pragma once

#include "study/statistics/bootstrap.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

namespace fineline::study {

/// A permutation of 0 … count − 1, drawn uniformly (Fisher–Yates); it depends on the seed alone.
[[nodiscard]] std::vector<std::uint32_t> random_order(std::size_t count, std::uint64_t seed);

/// A statistic of data whose labels stand in the order given.
using PermutedStatistic = std::function<double(std::span<const std::uint32_t> order)>;

/// The chance that shuffled labels show at least what was observed: (1 + how many do) / (1 +
/// draws), so it is never 0. Cost: draws × statistic. Source: Phipson & Smyth (2010).
[[nodiscard]] double permutation_p_value(double observed,
                                         std::size_t count,
                                         const BootstrapPlan& plan,
                                         const PermutedStatistic& statistic);

/// Whether the best of several candidates beats a baseline, given that the best was picked.
struct MaxStatisticGate {
    std::size_t best = 0;       ///< the candidate of the greatest studentised gain
    double statistic = 0;       ///< its gain in standard errors
    double critical_value = 0;  ///< what chance exceeds with probability `significance`
    double p_value = 1;

    [[nodiscard]] bool passes(double significance) const { return p_value <= significance; }
};

/// Tests one-sided that some gain over the baseline is above 0. `gains` holds a value per
/// candidate, `draws` the same in each bootstrap draw; the null distribution of the maximum is that
/// of the centred draws, so their dependence is kept. Candidates that never differ from the
/// baseline (standard error 0) are passed over; nothing where none is left. Source: White (2000),
/// "A reality check for data snooping", with studentised gains as in Hansen (2005).
[[nodiscard]] std::optional<MaxStatisticGate> max_statistic_gate(std::span<const double> gains,
                                                                 const DrawTable& draws,
                                                                 double significance = 0.05);

}  // namespace fineline::study
