#include "study/statistics/clustered_mean.h"

#include "study/statistics/mean_tests.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace fineline::study {
namespace {

TEST(ClusteredMean, OfOneValueEachIsAnOrdinaryMean) {
    // Deviations −2, −1, 3 from 4; their squares sum to 14, over 2 for the variance and 3 for the
    // mean.
    const ClusteredMean found = clustered_mean({{1, 2}, {2, 3}, {3, 7}});
    EXPECT_DOUBLE_EQ(found.mean, 4);
    EXPECT_DOUBLE_EQ(found.variance, 14.0 / 6);
}

TEST(ClusteredMean, WhatAUnitSaysTwiceIsNotSaidTwice) {
    // The same three, each twice: as sure as once. Taken for six they would halve the variance.
    const ClusteredMean found = clustered_mean({{3, 7}, {1, 2}, {2, 3}, {1, 2}, {3, 7}, {2, 3}});
    EXPECT_DOUBLE_EQ(found.mean, 4);
    EXPECT_DOUBLE_EQ(found.variance, 14.0 / 6);
}

TEST(ClusteredMean, ValuesOfAUnitThatOffsetEachOtherMakeItSurer) {
    // Unit 1 deviates by −2 + 2, unit 2 by 1 − 1.
    const ClusteredMean found = clustered_mean({{1, 2}, {1, 6}, {2, 5}, {2, 3}});
    EXPECT_DOUBLE_EQ(found.mean, 4);
    EXPECT_DOUBLE_EQ(found.variance, 0);
}

TEST(ClusteredMean, OfNothingIsNothing) {
    EXPECT_DOUBLE_EQ(clustered_mean({}).mean, 0);
    EXPECT_DOUBLE_EQ(clustered_mean({}).variance, 0);
}

TEST(ClusteredMean, OfOneValueEachDifferAsWelchSays) {
    const std::vector<double> low{1, 2, 3, 4};
    for (const double lift : {1.0, 1.5, 2.0, 2.5, 3.0}) {
        Moments a;
        Moments b;
        std::vector<ClusteredValue> of_a;
        std::vector<ClusteredValue> of_b;
        for (const double value : low) {
            a.add(value);
            b.add(value + lift);
            of_a.push_back({static_cast<std::uint32_t>(of_a.size()), value});
            of_b.push_back({static_cast<std::uint32_t>(of_b.size()), value + lift});
        }
        const auto welch = welch_difference(a, b);
        ASSERT_TRUE(welch) << welch.error().message;
        EXPECT_EQ(shown_to_differ(clustered_mean(of_a), clustered_mean(of_b)),
                  !welch->interval.contains(0))
            << lift;
    }
}

TEST(ClusteredMean, ASingleUnitShowsNothing) {
    const ClusteredMean one = clustered_mean({{1, 5}, {1, 6}});
    EXPECT_FALSE(shown_to_differ(one, clustered_mean({{1, 900}, {2, 901}})));
}

}  // namespace
}  // namespace fineline::study
