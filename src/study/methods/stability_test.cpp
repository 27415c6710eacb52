#include "study/methods/stability.h"

#include "base/random.h"
#include "study/methods/k_means.h"
#include "study/methods/partition_agreement.h"

#include <gtest/gtest.h>

#include <cmath>

namespace fineline::study {

namespace {

using Labels = std::vector<std::uint32_t>;

/// The adjusted Rand index by counting pairs of rows.
double by_pairs(const Labels& first, const Labels& second) {
    double both = 0;
    double in_first = 0;
    double in_second = 0;
    double all = 0;
    for (std::size_t i = 0; i < first.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            const bool one = first[i] == first[j];
            const bool two = second[i] == second[j];
            both += one && two ? 1 : 0;
            in_first += one ? 1 : 0;
            in_second += two ? 1 : 0;
            all += 1;
        }
    }
    const double chance = in_first * in_second / all;
    return (both - chance) / ((in_first + in_second) / 2 - chance);
}

TEST(PartitionAgreement, CountsPairs) {
    Random random(1);
    for (int time = 0; time < 20; ++time) {
        Labels first;
        Labels second;
        for (int row = 0; row < 25; ++row) {
            first.push_back(static_cast<std::uint32_t>(random.below(3)));
            second.push_back(static_cast<std::uint32_t>(random.below(4)));
        }
        EXPECT_NEAR(by_pairs(first, second), adjusted_rand_index({first, second, {}}), 1e-12);
    }
}

TEST(PartitionAgreement, JaccardAndOriginByHand) {
    const Labels before{0, 0, 0, 0, 1, 1};
    const Labels after{2, 2, 0, 0, 1, 1};
    EXPECT_EQ((std::vector{0.5, 1.0}), best_jaccard({before, after, {}}, 2));
    EXPECT_EQ((std::vector{0.0, 0.0, 0.0}), origin_entropy({before, after, {}}, 3));
    const auto mixed = origin_entropy({after, before, {}}, 2);
    EXPECT_NEAR(std::log(2.0), mixed[0], 1e-12);
    EXPECT_EQ(1.0, adjusted_rand_index({before, before, {}}));
}

/// Four tight groups far apart, or one cloud.
NumericTable groups(double apart) {
    Random random(2);
    NumericTable rows(120, 2);
    for (std::size_t row = 0; row < rows.rows; ++row) {
        rows.at(row, 0) = random.uniform() + apart * static_cast<double>(row % 2);
        rows.at(row, 1) = random.uniform() + apart * static_cast<double>(row / 2 % 2);
    }
    return rows;
}

Result<Stability> of_k_means(const NumericTable& rows, unsigned threads) {
    const auto fit = k_means(rows, {}, {.clusters = 4, .seed = 1});
    if (!fit) return fit.error();
    const Refit refit = [&](std::span<const double> draws, std::uint64_t seed) -> Result<Labels> {
        const auto again = k_means(rows, draws, {.clusters = 4, .starts = 5, .seed = seed});
        if (!again) return again.error();
        return nearest_centre(again->centres, rows);
    };
    return stability({}, fit->labels, refit, {.pairs = 20, .seed = 1, .threads = threads});
}

TEST(Stability, TellsGroupsFromACloud) {
    const auto apart = of_k_means(groups(10), 1);
    const auto cloud = of_k_means(groups(0), 1);
    ASSERT_TRUE(apart && cloud);
    EXPECT_EQ(1.0, apart->agreement_median);
    EXPECT_EQ((std::vector{1.0, 1.0, 1.0, 1.0}), apart->within);
    EXPECT_NEAR(1.0, apart->bootstrap_jaccard[2], 1e-12);
    EXPECT_LT(cloud->agreement_median, 0.9);
}

TEST(Stability, ThreadsDoNotChangeTheAnswer) {
    const auto one = of_k_means(groups(0), 1);
    const auto four = of_k_means(groups(0), 4);
    ASSERT_TRUE(one && four);
    EXPECT_EQ(one->agreement, four->agreement);
}

TEST(Stability, HandsOnErrorsAndRefusesNothing) {
    const Refit broken = [](std::span<const double>, std::uint64_t) -> Result<Labels> {
        return Error{ErrorCode::unavailable, "no fit", {}};
    };
    const Labels labels{0, 1};
    EXPECT_EQ(ErrorCode::unavailable, stability({}, labels, broken, {}).error().code);
    EXPECT_EQ(ErrorCode::invalid_argument, stability({}, {}, broken, {}).error().code);
    const std::vector<double> halves{0.5, 1};
    EXPECT_EQ(ErrorCode::invalid_argument, stability(halves, labels, broken, {}).error().code);
}

TEST(StabilityAcross, FollowsSegmentsFromOneSolutionToTheNext) {
    const std::vector<Labels> solutions{{0, 0, 0, 1, 1, 1}, {0, 0, 2, 1, 1, 2}};
    const auto across = stability_across(solutions, {});
    ASSERT_EQ(1U, across.size());
    EXPECT_EQ(0.0, across[0][0]);
    EXPECT_NEAR(std::log(2.0), across[0][2], 1e-12);
}

}  // namespace

}  // namespace fineline::study
