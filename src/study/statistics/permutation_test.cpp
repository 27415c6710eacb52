#include "study/statistics/permutation.h"

#include "base/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace fineline::study {
namespace {

TEST(Permutation, OrdersAreUniform) {
    std::map<std::vector<std::uint32_t>, int> seen;
    constexpr int draws = 24'000;
    for (std::uint64_t seed = 0; seed < draws; ++seed) {
        ++seen[random_order(4, Random(seed).next())];
    }
    EXPECT_EQ(seen.size(), 24U);
    for (const auto& [order, times] : seen) {
        EXPECT_NEAR(times, draws / 24, 5 * std::sqrt(draws / 24.0));
    }
}

// All 20 ways to choose 3 of 6: the observed sum 4 + 5 + 6 is the greatest, so p → 1 / 20.
TEST(Permutation, AgreesWithCountingAllArrangements) {
    constexpr std::array<double, 6> values{1, 2, 3, 4, 5, 6};
    const double p = permutation_p_value(
        15, values.size(), {9, 20'000, 2}, [&](std::span<const std::uint32_t> order) {
            return values[order[0]] + values[order[1]] + values[order[2]];
        });
    EXPECT_NEAR(p, 0.05, 0.006);
}

TEST(Permutation, IsNeverZero) {
    const double p =
        permutation_p_value(1, 3, {1, 99, 1}, [](std::span<const std::uint32_t>) { return 0.0; });
    EXPECT_DOUBLE_EQ(p, 0.01);
}

/// A normal variable by the sum of twelve uniform ones; good to three standard deviations.
double rough_normal(Random& random) {
    double sum = -6;
    for (int i = 0; i < 12; ++i) {
        sum += random.uniform();
    }
    return sum;
}

struct Candidates {
    std::vector<double> gains;
    DrawTable draws;
};

/// Candidates with the gains given plus noise of standard error 1, half of it shared.
Candidates noisy_candidates(std::span<const double> truth, std::uint64_t seed) {
    Random random(seed);
    Candidates candidates{{}, DrawTable(400, truth.size())};
    const double shared = rough_normal(random);
    for (const double gain : truth) {
        candidates.gains.push_back(gain + (shared + rough_normal(random)) / std::sqrt(2.0));
    }
    for (std::size_t draw = 0; draw < 400; ++draw) {
        const double of_draw = rough_normal(random);
        for (std::size_t i = 0; i < truth.size(); ++i) {
            candidates.draws.at(draw, i) =
                candidates.gains[i] + (of_draw + rough_normal(random)) / std::sqrt(2.0);
        }
    }
    return candidates;
}

TEST(MaxStatisticGate, PassesByChanceAsOftenAsItSays) {
    const std::vector<double> nothing(10, 0.0);
    int passed = 0;
    for (std::uint64_t world = 0; world < 1'000; ++world) {
        const Candidates candidates = noisy_candidates(nothing, 77 + world);
        passed += max_statistic_gate(candidates.gains, candidates.draws)->passes(0.05) ? 1 : 0;
    }
    EXPECT_NEAR(passed, 50, 22);
}

TEST(MaxStatisticGate, FindsWhatIsThere) {
    std::vector<double> truth(10, 0.0);
    truth[6] = 6;
    const Candidates candidates = noisy_candidates(truth, 5);
    const auto gate = max_statistic_gate(candidates.gains, candidates.draws);
    ASSERT_TRUE(gate);
    EXPECT_EQ(gate->best, 6U);
    EXPECT_TRUE(gate->passes(0.05));
    EXPECT_GT(gate->statistic, gate->critical_value);
}

TEST(MaxStatisticGate, SaysNothingOfCandidatesThatAreTheBaseline) {
    const DrawTable zeros(50, 2);
    EXPECT_FALSE(max_statistic_gate(std::array{0.0, 0.0}, zeros));
}

}  // namespace
}  // namespace fineline::study
