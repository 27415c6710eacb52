#include "study/statistics/likeness.h"

#include "base/random.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace fineline::study {
namespace {

TEST(Likeness, OverlapByHand) {
    const std::vector<std::uint32_t> first{1, 3, 5, 7};
    const std::vector<std::uint32_t> second{3, 4, 5, 6, 8, 9};
    const Overlap overlap = overlap_of(first, second);
    EXPECT_EQ(overlap.shared, 2U);
    EXPECT_DOUBLE_EQ(overlap.jaccard, 2.0 / 8);
    EXPECT_DOUBLE_EQ(overlap.of_first, 0.5);
    EXPECT_DOUBLE_EQ(overlap.of_second, 2.0 / 6);
    EXPECT_EQ(overlap_of({}, {}).jaccard, 0);
}

// (.5 − .4) ln(.5/.4) + (.5 − .6) ln(.5/.6) = .0405 by hand; half counts hardly matter here.
TEST(Likeness, StabilityIndexByHand) {
    const std::array<std::uint64_t, 2> before{400'000, 600'000};
    const std::array<std::uint64_t, 2> after{500'000, 500'000};
    EXPECT_NEAR(stability_index(before, after),
                0.1 * std::log(0.5 / 0.4) - 0.1 * std::log(0.5 / 0.6),
                1e-6);
    EXPECT_EQ(stability_index(before, before), 0);
}

TEST(Likeness, StabilityIndexIsFinite) {
    const std::array<std::uint64_t, 2> before{0, 10};
    const std::array<std::uint64_t, 2> after{10, 0};
    EXPECT_GT(stability_index(before, after), 2);
    EXPECT_TRUE(std::isfinite(stability_index(before, after)));
    EXPECT_EQ(stability_index(before, std::array<std::uint64_t, 2>{0, 0}), 0);
    EXPECT_EQ(stability_index(TwoSamples{}), 0);
}

TEST(Likeness, StabilityIndexOfSamplesSeesAShift) {
    Random random(4);
    std::vector<double> expected(5'000);
    std::vector<double> alike(5'000);
    std::vector<double> shifted(5'000);
    for (std::size_t i = 0; i < expected.size(); ++i) {
        expected[i] = random.uniform();
        alike[i] = random.uniform();
        shifted[i] = random.uniform() * random.uniform();
    }
    EXPECT_LT(stability_index({expected, alike}), 0.02);
    EXPECT_GT(stability_index({expected, shifted}), 0.2);
    const std::vector<double> constant(100, 1.0);
    EXPECT_NEAR(stability_index({constant, constant}), 0, 1e-12);
}

}  // namespace
}  // namespace fineline::study
