#include "study/statistics/bootstrap.h"

#include "base/random.h"
#include "base/require.h"
#include "study/statistics/moments.h"
#include "study/statistics/parallel.h"
#include "study/statistics/quantile.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace fineline::study {

namespace {

constexpr std::size_t finite_draws_min = 20;
constexpr std::size_t counts_max = 16;

/// P(count ≤ k) · 2^64 of a Poisson(1) variable; the rest beyond 15 is below 1e-14.
std::array<std::uint64_t, counts_max> poisson_thresholds() {
    std::array<std::uint64_t, counts_max> thresholds{};
    double term = std::exp(-1.0);
    double sum = 0;
    for (std::size_t k = 0; k < counts_max; ++k) {
        sum += term;
        term /= static_cast<double>(k + 1);
        // 2^64 itself does not fit; the last thresholds round to it.
        thresholds[k] = static_cast<std::uint64_t>(std::min(sum * 0x1.0p64, 0x1.fffffffffffffp63));
    }
    thresholds.back() = ~std::uint64_t{0};
    return thresholds;
}

std::uint32_t poisson_count(std::uint64_t uniform) {
    static const std::array<std::uint64_t, counts_max> thresholds = poisson_thresholds();
    std::uint32_t count = 0;
    while (uniform > thresholds[count]) {
        ++count;
    }
    return count;
}

std::uint64_t stream_of(std::uint64_t seed, std::uint64_t draw) {
    return Random(Random(seed).next() + draw).next();
}

std::vector<double> finite_of(std::span<const double> draws) {
    std::vector<double> finite;
    finite.reserve(draws.size());
    std::copy_if(draws.begin(), draws.end(), std::back_inserter(finite), [](double value) {
        return std::isfinite(value);
    });
    return finite;
}

}  // namespace

std::uint32_t bootstrap_weight(std::uint64_t seed, std::uint64_t draw, std::uint64_t unit) {
    return poisson_count(Random(stream_of(seed, draw) + unit).next());
}

std::vector<double> DrawTable::column(std::size_t statistic) const {
    std::vector<double> column(draws());
    for (std::size_t draw = 0; draw < column.size(); ++draw) {
        column[draw] = at(draw, statistic);
    }
    return column;
}

DrawTable bootstrap(std::size_t units,
                    std::size_t statistics,
                    const BootstrapPlan& plan,
                    const BootstrapStatistic& statistic) {
    DrawTable table(plan.draws, statistics);
    for_each_index(plan.draws, plan.threads, [&](std::size_t draw) {
        const std::uint64_t stream = stream_of(plan.seed, draw);
        std::vector<std::uint32_t> weights(units);
        for (std::size_t unit = 0; unit < units; ++unit) {
            weights[unit] = poisson_count(Random(stream + unit).next());
        }
        const std::vector<double> values = statistic(weights);
        require(values.size() == statistics, "every draw returns the same statistics");
        for (std::size_t i = 0; i < statistics; ++i) {
            table.at(draw, i) = values[i];
        }
    });
    return table;
}

std::optional<Interval> percentile_interval(std::span<const double> draws, double level) {
    require(level > 0 && level < 1, "the level of an interval lies between 0 and 1");
    std::vector<double> finite = finite_of(draws);
    if (finite.size() < finite_draws_min) {
        return std::nullopt;
    }
    std::sort(finite.begin(), finite.end());
    return Interval{quantile_of_sorted(finite, (1 - level) / 2),
                    quantile_of_sorted(finite, (1 + level) / 2)};
}

double standard_error_of_draws(std::span<const double> draws) {
    return std::sqrt(moments_of(finite_of(draws)).variance());
}

Measured estimate_from_draws(double value, std::span<const double> draws, double level) {
    return Measured{value, standard_error_of_draws(draws), percentile_interval(draws, level)};
}

Measured paired_difference(const PairedDraws& a, const PairedDraws& b, double level) {
    require(a.draws.size() == b.draws.size(), "paired draws have the same length");
    std::vector<double> differences(a.draws.size());
    std::transform(
        a.draws.begin(), a.draws.end(), b.draws.begin(), differences.begin(), std::minus<>());
    return estimate_from_draws(a.value - b.value, differences, level);
}

}  // namespace fineline::study
