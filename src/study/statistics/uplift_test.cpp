#include "study/statistics/uplift.h"

#include <gtest/gtest.h>

#include <vector>

namespace fineline::study {
namespace {

// Two cases that scikit-uplift's own tests state for the area under the uplift curve.
TEST(Uplift, CoefficientsOfTwoCustomers) {
    const std::vector<double> scores{0.1, 0.3};
    const std::vector<double> second{0, 1};
    const std::vector<std::uint8_t> treated_first{1, 0};
    const auto worst = uplift_coefficient({second, scores, treated_first});
    ASSERT_TRUE(worst);
    EXPECT_NEAR(*worst, 0, 1e-12);
    const std::vector<double> first{1, 0};
    const std::vector<std::uint8_t> treated_second{0, 1};
    const auto best = uplift_coefficient({first, scores, treated_second});
    ASSERT_TRUE(best);
    EXPECT_NEAR(*best, 1, 1e-12);
}

// By hand: after each distinct score (4; 3 and 3; 1) n_t, y_t, n_c, y_c are 1,1,0,0 · 2,1,1,0 ·
// 2,1,2,1.
TEST(Uplift, CurvesByHandGroupTies) {
    const std::vector<double> outcomes{1, 0, 0, 1};
    const std::vector<double> scores{4, 3, 3, 1};
    const std::vector<std::uint8_t> treated{1, 1, 0, 0};
    const ScoredTest test{outcomes, scores, treated};
    EXPECT_EQ(qini_curve(test), (std::vector<UpliftPoint>{{0, 0}, {1, 1}, {3, 1}, {4, 0}}));
    EXPECT_EQ(uplift_curve(test), (std::vector<UpliftPoint>{{0, 0}, {1, 1}, {3, 1.5}, {4, 0}}));
}

TEST(Uplift, WhatHasNoPerfectOrderIsAnError) {
    const std::vector<double> scores{1, 2, 3};
    const std::vector<std::uint8_t> mixed{1, 0, 1};
    const std::vector<std::uint8_t> all{1, 1, 1};
    const std::vector<double> money{0, 12.5, 3};
    const std::vector<double> nobody{0, 0, 0};
    const std::vector<double> rates{0, 1, 0};
    EXPECT_EQ(qini_coefficient({money, scores, mixed}).error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(qini_coefficient({rates, scores, all}).error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(qini_coefficient({nobody, scores, mixed}).error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace fineline::study
