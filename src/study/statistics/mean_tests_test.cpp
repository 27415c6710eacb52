#include "study/statistics/mean_tests.h"

#include "study/statistics/distributions.h"

#include <gtest/gtest.h>

#include <array>

namespace fineline::study {
namespace {

// Student's sleep data, and what R prints for t.test(extra ~ group, data = sleep).
constexpr std::array<double, 10> drug_1{0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
constexpr std::array<double, 10> drug_2{1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};

TEST(MeanTests, WelchOnStudentsSleepData) {
    const auto welch = welch_difference(moments_of(drug_1), moments_of(drug_2), 0.95);
    ASSERT_TRUE(welch);
    EXPECT_NEAR(welch->difference / welch->standard_error, -1.8608, 5e-5);
    EXPECT_NEAR(welch->freedom, 17.776, 5e-4);
    EXPECT_NEAR(welch->p_two_sided, 0.07939, 5e-6);
    EXPECT_NEAR(welch->interval.low, -3.3654832, 5e-8);
    EXPECT_NEAR(welch->interval.high, 0.2054832, 5e-8);
}

TEST(MeanTests, EquivalenceAgreesWithTheNinetyPerCentInterval) {
    const Moments a = moments_of(drug_1);
    const Moments b = moments_of(drug_2);
    const Interval interval = welch_difference(a, b, 0.90)->interval;
    const double just_enough = -interval.low;
    EXPECT_NEAR(*equivalence_p_value(a, b, just_enough), 0.05, 1e-9);
    EXPECT_LT(*equivalence_p_value(a, b, just_enough * 1.01), 0.05);
    EXPECT_GT(*equivalence_p_value(a, b, just_enough * 0.99), 0.05);
}

TEST(MeanTests, ConstantsAreComparedWithoutDividingByZero) {
    const Moments fives = moments_of(std::array{5.0, 5.0, 5.0});
    const Moments sixes = moments_of(std::array{6.0, 6.0});
    EXPECT_EQ(welch_difference(fives, fives)->p_two_sided, 1);
    EXPECT_EQ(welch_difference(fives, sixes)->p_two_sided, 0);
    EXPECT_EQ(*equivalence_p_value(fives, sixes, 0.5), 1);
    EXPECT_EQ(*equivalence_p_value(fives, sixes, 2), 0);
}

TEST(MeanTests, TooFewOrNoMarginIsAnError) {
    const Moments one = moments_of(std::array{5.0});
    const Moments two = moments_of(std::array{5.0, 6.0});
    EXPECT_EQ(welch_difference(one, two).error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(equivalence_p_value(two, one, 1).error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(equivalence_p_value(two, two, 0).error().code, ErrorCode::invalid_argument);
}

// By hand: sorted .005 .01 .03 .04 times 4 3 2 1, then made monotone.
TEST(MeanTests, HolmByHand) {
    const std::vector<double> adjusted = holm_adjusted(std::array{0.01, 0.04, 0.03, 0.005});
    ASSERT_EQ(adjusted.size(), 4U);
    EXPECT_DOUBLE_EQ(adjusted[0], 0.03);
    EXPECT_DOUBLE_EQ(adjusted[1], 0.06);
    EXPECT_DOUBLE_EQ(adjusted[2], 0.06);
    EXPECT_DOUBLE_EQ(adjusted[3], 0.02);
    EXPECT_TRUE(holm_adjusted({}).empty());
}

TEST(MeanTests, MergedMomentsAreThoseOfTheWhole) {
    Moments merged = moments_of(drug_1);
    merged.merge(moments_of(drug_2));
    merged.merge(Moments{});
    Moments whole = moments_of(drug_1);
    for (const double value : drug_2) {
        whole.add(value);
    }
    EXPECT_EQ(merged.count(), whole.count());
    EXPECT_NEAR(merged.mean(), whole.mean(), 1e-14);
    EXPECT_NEAR(merged.variance(), whole.variance(), 1e-13);
}

}  // namespace
}  // namespace fineline::study
