#include "study/size_needed.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace fineline::study {
namespace {

constexpr BootstrapPlan plan{.seed = 7, .draws = 200, .threads = 1};

/// `bought` of `customers` did.
std::vector<double> rate(std::size_t customers, std::size_t bought) {
    std::vector<double> outcomes(customers, 0);
    std::fill_n(outcomes.begin(), bought, 1.0);
    return outcomes;
}

TEST(SizeNeeded, IsTheLeastSizeWithAnInterval) {
    const auto needed = size_needed(rate(4000, 400), 0.2, plan);
    ASSERT_TRUE(needed);
    // 2 · 16 · 0.1 · 0.9 / (0.2 · 0.1)², but for the divisor n − 1.
    EXPECT_NEAR(needed->value, 7200, 3);
    ASSERT_TRUE(needed->interval);
    // A rate of 10 % of 4,000 is known to ± 7.8 % (90 %), and about inversely so the size.
    EXPECT_NEAR(needed->interval->low, 7200 / 1.09, 250);
    EXPECT_NEAR(needed->interval->high, 7200 / 0.91, 350);
}

TEST(SizeNeeded, NothingWhereNoNumberWouldDo) {
    EXPECT_FALSE(size_needed(rate(100, 0), 0.2, plan));
    EXPECT_FALSE(size_needed({}, 0.2, plan));
}

TEST(SizeNeeded, TooSmallIsSaidOnlyWhereItIsShown) {
    // 7,200 are needed; the least the interval allows is some 6,700 for so many customers.
    EXPECT_TRUE(is_too_small_for_a_test(rate(6000, 600), 0.2, plan));
    EXPECT_FALSE(is_too_small_for_a_test(rate(7100, 710), 0.2, plan)) << "below, but not surely";
    EXPECT_FALSE(is_too_small_for_a_test(rate(7300, 730), 0.2, plan));
    EXPECT_TRUE(is_too_small_for_a_test(rate(60, 6), 0.2, plan));
}

TEST(SizeNeeded, AFewWhoAreAllAlikeAreTooFew) {
    EXPECT_TRUE(is_too_small_for_a_test(rate(1, 1), 0.1, plan));
    EXPECT_TRUE(is_too_small_for_a_test(rate(3, 2), 0.1, plan)) << "many draws are all alike";
    EXPECT_TRUE(is_too_small_for_a_test(rate(20, 20), 0.1, plan));
    EXPECT_FALSE(is_too_small_for_a_test(rate(5000, 5000), 0.1, plan));
}

TEST(SizeNeeded, TooSmallIsWhereNothingCouldBeShown) {
    EXPECT_TRUE(is_too_small_for_a_test({}, 0.2, plan)) << "nobody";
    EXPECT_TRUE(is_too_small_for_a_test(rate(100'000, 0), 0.2, plan)) << "a mean of nothing";
}

}  // namespace
}  // namespace fineline::study
