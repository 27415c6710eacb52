#include "study/methods/shrinkage.h"

#include "base/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace fineline::study {

namespace {

TEST(JamesStein, ByHand) {
    const std::vector<double> values{1, 2, 3, 4, 5};
    const auto shrunk = james_stein(values, 1);
    ASSERT_TRUE(shrunk);
    EXPECT_DOUBLE_EQ(3, shrunk->centre);
    EXPECT_DOUBLE_EQ(1 - 2.0 / 10, shrunk->factor);
    EXPECT_DOUBLE_EQ(3 - 0.8 * 2, shrunk->values[0]);
    EXPECT_DOUBLE_EQ(0, james_stein(values, 100)->factor);
    EXPECT_FALSE(james_stein(std::vector<double>{1, 2, 3}, 1));
    EXPECT_FALSE(james_stein(values, 0));
    EXPECT_FALSE(
        james_stein(std::vector<double>{1, 2, 3, std::numeric_limits<double>::quiet_NaN()}, 1));
}

TEST(ShrinkRates, LiesBetweenTheOwnRateAndAll) {
    const std::vector<RateCount> segments{{1, 10}, {40, 100}, {300, 1000}, {5, 50}, {12, 30}};
    const auto fit = shrink_rates(segments, {.starts = 4});
    ASSERT_TRUE(fit);
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const double own = segments[i].successes / segments[i].trials;
        const double weight = segments[i].trials / (fit->alpha + fit->beta + segments[i].trials);
        EXPECT_NEAR(
            fit->shrunk.centre + weight * (own - fit->shrunk.centre), fit->shrunk.values[i], 1e-9);
    }
}

TEST(ShrinkRates, EqualRatesBecomeOne) {
    const std::vector<RateCount> segments{{10, 100}, {20, 200}, {5, 50}};
    const auto fit = shrink_rates(segments, {.starts = 4});
    ASSERT_TRUE(fit);
    for (const double value : fit->shrunk.values) {
        EXPECT_NEAR(0.1, value, 1e-4);
    }
    EXPECT_FALSE(shrink_rates(std::vector<RateCount>{{5, 4}, {1, 2}}, {}));
    EXPECT_FALSE(shrink_rates(std::vector<RateCount>{{0, 0}, {0, 0}}, {}));
    EXPECT_FALSE(shrink_rates(std::vector<RateCount>{{1, 2}}, {}));
}

TEST(ShrinkMeans, FindsTheSpreadBetween) {
    Random random(4);
    const auto normal = [&] {
        double sum = -6;
        for (int i = 0; i < 12; ++i)
            sum += random.uniform();
        return sum;
    };
    std::vector<MeasuredMean> segments;
    std::vector<double> truths;
    for (int i = 0; i < 2000; ++i) {
        const double error = 0.5 + random.uniform();
        truths.push_back(5 + 2 * normal());
        segments.push_back({truths.back() + error * normal(), error});
    }
    const auto fit = shrink_means(segments);
    ASSERT_TRUE(fit);
    EXPECT_NEAR(2, fit->between, 0.12);
    EXPECT_NEAR(5, fit->shrunk.centre, 0.2);
    double raw = 0;
    double shrunk = 0;
    for (std::size_t i = 0; i < truths.size(); ++i) {
        raw += std::pow(segments[i].mean - truths[i], 2);
        shrunk += std::pow(fit->shrunk.values[i] - truths[i], 2);
    }
    EXPECT_LT(shrunk, raw);
}

TEST(ShrinkMeans, ChanceAloneLeavesNothing) {
    const std::vector<MeasuredMean> segments{{1.0, 1}, {1.1, 1}, {0.9, 1}};
    const auto fit = shrink_means(segments);
    ASSERT_TRUE(fit);
    EXPECT_EQ(0, fit->between);
    EXPECT_NEAR(1, fit->shrunk.values[1], 1e-12);
    EXPECT_FALSE(shrink_means(std::vector<MeasuredMean>{{1, 0}, {2, 1}}));
}

}  // namespace

}  // namespace fineline::study
