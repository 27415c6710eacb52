#pragma once

#include "study/statistics/interval.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace fineline::study {

/// How often to draw, from which seed, on how many threads. The draws depend on the seed alone.
struct BootstrapPlan {
    std::uint64_t seed = 1;
    std::size_t draws = 200;
    unsigned threads = 2;
};

/// How often unit number `unit` appears in draw number `draw`: a Poisson(1) count that depends on
/// nothing else, so shards and threads agree without talking. Rows of one customer share a unit.
/// Source: Chamandy et al. (2012), "Estimating uncertainty for massive data streams".
[[nodiscard]] std::uint32_t bootstrap_weight(std::uint64_t seed,
                                             std::uint64_t draw,
                                             std::uint64_t unit);

/// The statistics of every draw; a row per draw, a column per statistic. Immutable once filled.
class DrawTable {
  public:
    DrawTable(std::size_t draws, std::size_t statistics)
        : statistics_(statistics), values_(draws * statistics) {}

    [[nodiscard]] std::size_t draws() const {
        return statistics_ == 0 ? 0 : values_.size() / statistics_;
    }

    [[nodiscard]] std::size_t statistics() const { return statistics_; }

    [[nodiscard]] double at(std::size_t draw, std::size_t statistic) const {
        return values_[draw * statistics_ + statistic];
    }

    [[nodiscard]] double& at(std::size_t draw, std::size_t statistic) {
        return values_[draw * statistics_ + statistic];
    }

    /// All draws of one statistic, in the order of the draws.
    [[nodiscard]] std::vector<double> column(std::size_t statistic) const;

  private:
    std::size_t statistics_;
    std::vector<double> values_;
};

/// Computes the statistics of one draw from the weights of the units (length: units). Every call
/// returns the same number of values; what a draw cannot tell (a group it left empty) is a NaN.
using BootstrapStatistic =
    std::function<std::vector<double>(std::span<const std::uint32_t> weights)>;

/// Draws units with replacement and computes the statistics of each draw. Rows of one draw come
/// from the same weights, so their differences are paired. Cost: draws × (units + statistic).
[[nodiscard]] DrawTable bootstrap(std::size_t units,
                                  std::size_t statistics,
                                  const BootstrapPlan& plan,
                                  const BootstrapStatistic& statistic);

/// The central `level` of the draws, by percentiles. Draws that are not finite are left out;
/// nothing is said where fewer than 20 remain. Source: Efron (1979).
[[nodiscard]] std::optional<Interval> percentile_interval(std::span<const double> draws,
                                                          double level = interval_level_default);

/// The standard deviation of the finite draws: the standard error of what they are draws of.
[[nodiscard]] double standard_error_of_draws(std::span<const double> draws);

/// An estimate from the data themselves and its draws.
[[nodiscard]] Measured estimate_from_draws(double value,
                                           std::span<const double> draws,
                                           double level = interval_level_default);

/// a − b with the error of the difference, from draws that share their weights (equal length).
struct PairedDraws {
    double value = 0;
    std::span<const double> draws{};
};

[[nodiscard]] Measured paired_difference(const PairedDraws& a,
                                         const PairedDraws& b,
                                         double level = interval_level_default);

}  // namespace fineline::study
