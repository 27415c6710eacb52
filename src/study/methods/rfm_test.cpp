#include "study/methods/rfm.h"

#include <gtest/gtest.h>

#include <limits>

namespace fineline::study {

namespace {

std::vector<BuyerSummary> buyers_with(const std::vector<double>& frequencies) {
    std::vector<BuyerSummary> buyers;
    for (std::size_t i = 0; i < frequencies.size(); ++i) {
        buyers.push_back({.recency = static_cast<double>(i),
                          .frequency = frequencies[i],
                          .money = 10 * frequencies[i]});
    }
    return buyers;
}

TEST(Rfm, TiesShareAScoreAndBoundsBelongBelow) {
    const auto scored = rfm_scores(buyers_with({1, 1, 1, 1, 2, 2, 3, 4, 5, 6}), 5);
    ASSERT_TRUE(scored);
    const std::vector<double> cuts{1.0, 1.6, 2.4, 4.2};
    ASSERT_EQ(cuts.size(), scored->frequency_cuts.size());
    for (std::size_t cut = 0; cut < cuts.size(); ++cut) {
        EXPECT_NEAR(cuts[cut], scored->frequency_cuts[cut], 1e-12);
    }
    EXPECT_EQ((std::vector<std::uint64_t>{4, 0, 2, 2, 2}),
              score_counts(scored->scores, &RfmScore::frequency, 5));
    EXPECT_EQ(5, scored->scores[0].recency) << "bought last";
    EXPECT_EQ(1, scored->scores[9].recency);
}

TEST(Rfm, AllAlikeScoreOne) {
    const auto scored = rfm_scores(buyers_with({3, 3, 3}), 5);
    ASSERT_TRUE(scored);
    EXPECT_EQ(1, scored->scores[1].frequency);
    EXPECT_EQ(1, scored->scores[1].money);
}

TEST(Rfm, SaysWhatCannotBe) {
    EXPECT_FALSE(rfm_scores({}, 5));
    EXPECT_FALSE(rfm_scores(buyers_with({1, 2}), 1));
    EXPECT_FALSE(rfm_scores(buyers_with({1, std::numeric_limits<double>::quiet_NaN()}), 5));
}

}  // namespace

}  // namespace fineline::study
