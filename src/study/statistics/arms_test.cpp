#include "study/statistics/arms.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace fineline::study {
namespace {

TEST(Arms, ByHand) {
    const std::array<double, 6> outcomes{1, 3, 10, 14, 12, 5};
    const std::array<std::uint32_t, 6> arm_of{0, 0, 1, 1, 1, 2};
    const std::vector<Moments> arms = arm_moments(outcomes, arm_of, 3);
    EXPECT_DOUBLE_EQ(arms[0].mean(), 2);
    EXPECT_DOUBLE_EQ(arms[1].mean(), 12);
    const auto effect = effect_of(arms[1], arms[0]);
    ASSERT_TRUE(effect);
    EXPECT_DOUBLE_EQ(effect->effect, 10);
    EXPECT_DOUBLE_EQ(effect->standard_error, std::sqrt(2.0 / 2 + 4.0 / 3));
    EXPECT_EQ(effect_of(arms[2], arms[0]).error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace fineline::study
