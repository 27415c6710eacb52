#include "study/recommendation.h"

#include "base/random.h"

#include <gtest/gtest.h>

namespace fineline::study {
namespace {

/// A skill whose draws scatter about it, with noise of its own and noise shared by all.
Skill skill(double value, double own, std::uint64_t seed) {
    Random shared(1);
    Random random(seed);
    Skill result{.value = value, .raw = value, .draws = {}};
    for (int draw = 0; draw < 200; ++draw) {
        result.draws.push_back(value + 0.02 * (shared.uniform() - 0.5) +
                               own * (random.uniform() - 0.5));
    }
    return result;
}

std::vector<PathPoint> path_of(const std::vector<double>& values, double own) {
    std::vector<PathPoint> path;
    for (std::size_t i = 0; i < values.size(); ++i) {
        path.push_back({.segments = i + 1, .on_choose = skill(values[i], own, 10 + i)});
    }
    return path;
}

TEST(Recommendation, TakesTheFewestWithinOneStandardError) {
    // Differences from the best have a standard error of about 0.01 · √(2/12) = 0.004.
    const auto path = path_of({0, 0.2, 0.298, 0.3, 0.3005}, 0.01);
    const auto taken = recommend(path, {});
    EXPECT_TRUE(taken.anything_told);
    EXPECT_EQ(taken.best, 4U);
    EXPECT_EQ(taken.point, 2U);
    EXPECT_FALSE(taken.capacity_binds);
}

TEST(Recommendation, TheCapacityBindsAndSaysSo) {
    const auto taken = recommend(path_of({0, 0.2, 0.298, 0.3, 0.3005}, 0.01), 2);
    EXPECT_EQ(taken.point, 1U);
    EXPECT_TRUE(taken.capacity_binds);
}

TEST(Recommendation, WhatCannotBeUsedIsPassedOver) {
    auto path = path_of({0, 0.2, 0.298, 0.3, 0.3005}, 0.01);
    path[2].usable = false;
    EXPECT_EQ(recommend(path, {}).point, 3U);
}

TEST(Recommendation, FarFromABestThatCannotBeUsedTheFewestOfTheRestAreTaken) {
    auto path = path_of({0, 0.2, 0.298, 0.3, 0.35}, 0.01);
    path[4].usable = false;
    EXPECT_EQ(recommend(path, {}).point, 2U);
}

TEST(Recommendation, WithoutAGainTheAnswerIsOne) {
    const auto taken = recommend(path_of({0, 0.001, 0.002, 0.001}, 0.1), {});
    EXPECT_FALSE(taken.anything_told);
    EXPECT_EQ(taken.point, 0U);
}

}  // namespace
}  // namespace fineline::study
