#include "study/statistics/power.h"

#include <gtest/gtest.h>

namespace fineline::study {
namespace {

// Computed independently from the rates of the Hillstrom test and round ones.
TEST(Power, SizesPerArmForRates) {
    const auto size = [](double control, double treated, int comparisons) {
        return size_per_arm_for_rates({control, treated}, {0.05, 0.80, comparisons}).value();
    };
    EXPECT_NEAR(size(0.106167, 0.151400, 1), 860, 1);
    EXPECT_NEAR(size(0.005726, 0.008837, 1), 11'723, 1);
    EXPECT_NEAR(size(0.005726, 0.012531, 1), 3'065, 1);
    EXPECT_NEAR(size(0.10, 0.11, 1), 14'751, 1);
    EXPECT_NEAR(size(0.05, 0.055, 1), 31'233, 1);
    EXPECT_NEAR(size(0.02, 0.022, 1), 80'681, 1);
    EXPECT_NEAR(size(0.106167, 0.151400, 10), 1'459, 1);
    EXPECT_NEAR(size(0.02, 0.022, 10), 136'846, 1);
}

TEST(Power, SizePerArmForMoney) {
    EXPECT_NEAR(size_per_arm_for_means({0.424412, 13.47}).value(), 15'820, 30);
}

// 16 σ² / δ² per arm by hand: μ = .1, σ² = .09, δ = .005 → 57,600 per arm, 115,200 in all.
TEST(Power, LeastSizeByHand) {
    EXPECT_NEAR(least_size({0.1, 0.09}, 0.05).value(), 115'200, 1e-6);
    EXPECT_NEAR(least_size({-0.1, 0.09}, 0.05).value(), 115'200, 1e-6);
}

TEST(Power, NoSizeShowsNoChange) {
    EXPECT_FALSE(least_size({0, 0.09}, 0.05));
    EXPECT_FALSE(least_size({0.1, 0.09}, 0));
    EXPECT_FALSE(size_per_arm_for_rates({0.1, 0.1}));
    EXPECT_FALSE(size_per_arm_for_rates({0.1, 1.1}));
    EXPECT_FALSE(size_per_arm_for_means({0, 1}));
}

}  // namespace
}  // namespace fineline::study
