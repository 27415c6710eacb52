#include "study/statistics/bootstrap.h"

#include "base/random.h"
#include "study/statistics/moments.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace fineline::study {
namespace {

std::vector<double> uniform_sample(std::size_t count, std::uint64_t seed) {
    Random random(seed);
    std::vector<double> values(count);
    for (double& value : values) {
        value = random.uniform();
    }
    return values;
}

BootstrapStatistic weighted_mean(const std::vector<double>& values) {
    return [&values](std::span<const std::uint32_t> weights) {
        double sum = 0;
        double count = 0;
        for (std::size_t i = 0; i < values.size(); ++i) {
            sum += weights[i] * values[i];
            count += weights[i];
        }
        return std::vector<double>{sum / count, count};
    };
}

TEST(Bootstrap, WeightsArePoissonOfMeanOne) {
    std::vector<double> shares(8);
    constexpr int units = 200'000;
    for (int unit = 0; unit < units; ++unit) {
        shares[std::min(7U, bootstrap_weight(5, 3, static_cast<std::uint64_t>(unit)))] +=
            1.0 / units;
    }
    double expected = std::exp(-1.0);
    for (int k = 0; k < 7; ++k) {
        EXPECT_NEAR(shares[static_cast<std::size_t>(k)], expected, 4 * std::sqrt(expected / units));
        expected /= k + 1;
    }
}

TEST(Bootstrap, FindsTheStandardErrorOfAMean) {
    const std::vector<double> values = uniform_sample(4'000, 11);
    const BootstrapPlan plan{7, 2'000, 2};
    const DrawTable draws = bootstrap(values.size(), 2, plan, weighted_mean(values));
    const Moments moments = moments_of(values);
    const Measured mean = estimate_from_draws(moments.mean(), draws.column(0), 0.90);
    EXPECT_NEAR(mean.standard_error / moments.standard_error(), 1, 0.06);
    ASSERT_TRUE(mean.interval);
    EXPECT_NEAR(mean.interval->low, moments.mean() - 1.645 * moments.standard_error(), 6e-4);
    EXPECT_NEAR(mean.interval->high, moments.mean() + 1.645 * moments.standard_error(), 6e-4);
}

TEST(Bootstrap, DependsOnTheSeedAloneNotOnThreads) {
    const std::vector<double> values = uniform_sample(500, 1);
    const auto column = [&](std::uint64_t seed, unsigned threads) {
        return bootstrap(values.size(), 2, {seed, 40, threads}, weighted_mean(values)).column(0);
    };
    EXPECT_EQ(column(3, 1), column(3, 8));
    EXPECT_NE(column(3, 1), column(4, 1));
    double first = 0;
    for (std::size_t unit = 0; unit < values.size(); ++unit) {
        first += bootstrap_weight(3, 0, unit);
    }
    EXPECT_EQ(bootstrap(values.size(), 2, {3, 1, 1}, weighted_mean(values)).at(0, 1), first);
}

TEST(Bootstrap, ADifferenceIsPaired) {
    const std::vector<double> values = uniform_sample(500, 1);
    const DrawTable draws = bootstrap(values.size(), 2, {3, 200, 2}, weighted_mean(values));
    const std::vector<double> a = draws.column(0);
    std::vector<double> b = a;
    for (double& value : b) {
        value -= 0.25;
    }
    const Measured difference = paired_difference({0.5, a}, {0.25, b});
    EXPECT_DOUBLE_EQ(difference.value, 0.25);
    EXPECT_NEAR(difference.standard_error, 0, 1e-12);
}

TEST(Bootstrap, DrawsThatTellNothingAreLeftOut) {
    std::vector<double> draws(19, 1.0);
    draws.push_back(std::numeric_limits<double>::quiet_NaN());
    EXPECT_FALSE(percentile_interval(draws));
    draws.push_back(1.0);
    EXPECT_EQ(percentile_interval(draws), (Interval{1, 1}));
    EXPECT_EQ(standard_error_of_draws(draws), 0);
}

}  // namespace
}  // namespace fineline::study
