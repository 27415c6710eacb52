#include "study/statistics/auc.h"

#include "base/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace fineline::study {
namespace {

struct Scored {
    std::vector<double> scores;
    std::vector<std::uint8_t> positive;
};

/// Few different scores, so that ties are many.
Scored random_scores(std::uint64_t seed, std::size_t count) {
    Random random(seed);
    Scored scored;
    for (std::size_t i = 0; i < count; ++i) {
        const bool positive = random.uniform() < 0.4;
        scored.positive.push_back(positive ? 1 : 0);
        scored.scores.push_back(static_cast<double>(random.below(8)) + (positive ? 1 : 0));
    }
    return scored;
}

/// The share of pairs won by the positive, pair by pair.
double by_pairs(const Scored& scored) {
    double won = 0;
    double pairs = 0;
    for (std::size_t a = 0; a < scored.scores.size(); ++a) {
        for (std::size_t b = 0; b < scored.scores.size(); ++b) {
            if (scored.positive[a] == 1 && scored.positive[b] == 0) {
                pairs += 1;
                won += scored.scores[a] > scored.scores[b]    ? 1
                       : scored.scores[a] == scored.scores[b] ? 0.5
                                                              : 0;
            }
        }
    }
    return won / pairs;
}

TEST(AreaUnderCurve, IsTheShareOfPairsWon) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const Scored scored = random_scores(seed, 60);
        EXPECT_NEAR(
            area_under_curve(scored.scores, scored.positive)->value, by_pairs(scored), 1e-12);
    }
}

TEST(AreaUnderCurve, ItsErrorIsTheSpreadOverRepeatedSamples) {
    std::vector<double> areas;
    double mean_error = 0;
    constexpr int repeats = 400;
    for (std::uint64_t seed = 0; seed < repeats; ++seed) {
        const Scored scored = random_scores(1'000 + seed, 300);
        const auto area = area_under_curve(scored.scores, scored.positive);
        areas.push_back(area->value);
        mean_error += area->standard_error / repeats;
    }
    double mean = 0;
    for (const double area : areas) {
        mean += area / repeats;
    }
    double squares = 0;
    for (const double area : areas) {
        squares += (area - mean) * (area - mean) / (repeats - 1);
    }
    EXPECT_NEAR(mean_error / std::sqrt(squares), 1, 0.15);
}

TEST(AreaUnderCurve, OneClassAloneIsAnError) {
    const std::vector<double> scores{1, 2, 3};
    const std::vector<std::uint8_t> positive{1, 1, 0};
    EXPECT_EQ(area_under_curve(scores, positive).error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace fineline::study
