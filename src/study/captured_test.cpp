#include "study/captured.h"

#include "base/random.h"

#include <gtest/gtest.h>

#include <cmath>

namespace fineline::study {
namespace {

constexpr BootstrapPlan plan{.seed = 5, .draws = 50, .threads = 2};

TEST(Captured, IsTheShareOfVarianceByHand) {
    // Two cells of two rows; judged mean 4, fitted mean 4, so the level stays.
    const Judgement judgement(
        {.outcome = {1, 3, 5, 7}, .cell = {0, 0, 1, 1}, .cells = 2, .fitted_mean = 4}, plan);
    // Σ(y − ȳ)² = 9 + 1 + 1 + 9 = 20; with the cells' means 2 and 6: Σ(y − ŷ)² = 4.
    const Skill skill = judgement.of_cells(std::vector<double>{2, 6});
    EXPECT_DOUBLE_EQ(skill.value, 0.8);
    EXPECT_DOUBLE_EQ(skill.raw, 0.8);
    EXPECT_DOUBLE_EQ(judgement.level_factor(), 1);
    EXPECT_DOUBLE_EQ(judgement.of_cells(std::vector<double>{4, 4}).value, 0);
    EXPECT_DOUBLE_EQ(judgement.of_rows(std::vector<double>{1, 3, 5, 7}).value, 1);
    EXPECT_DOUBLE_EQ(judgement.value_of_rows(std::vector<double>{2, 2, 6, 6}), 0.8);
}

TEST(Captured, RebasesTheLevelByOneFactor) {
    // Everything doubled since fitting: the factor takes that away, the raw number does not.
    const Judgement judgement(
        {.outcome = {2, 6, 10, 14}, .cell = {0, 0, 1, 1}, .cells = 2, .fitted_mean = 4}, plan);
    const Skill skill = judgement.of_cells(std::vector<double>{2, 6});
    EXPECT_DOUBLE_EQ(judgement.level_factor(), 2);
    EXPECT_DOUBLE_EQ(skill.value, 0.8);
    // Raw: Σ(y − ȳ)² = 4 + 4 + 36 + 100 = 144, Σ(y − ŷ)² = 0 + 16 + 16 + 64 = 96.
    EXPECT_DOUBLE_EQ(skill.raw, 1 - 96.0 / 144);
}

TEST(Captured, DrawsAgreeWithBruteForce) {
    Random random(3);
    JudgedRows rows{.cells = 3, .fitted_mean = 2};
    const std::vector<double> values{1, 2, 4};
    for (int i = 0; i < 200; ++i) {
        rows.cell.push_back(static_cast<std::uint32_t>(random.below(3)));
        rows.outcome.push_back(values[rows.cell.back()] + random.uniform() * 5);
    }
    const Skill skill = Judgement(rows, plan).of_cells(values);
    for (std::size_t draw = 0; draw < plan.draws; ++draw) {
        double n = 0;
        double sum = 0;
        for (std::size_t i = 0; i < rows.outcome.size(); ++i) {
            const double w = bootstrap_weight(plan.seed, draw, i);
            n += w;
            sum += w * rows.outcome[i];
        }
        const double f = sum / n / rows.fitted_mean;
        double error = 0;
        double around = 0;
        for (std::size_t i = 0; i < rows.outcome.size(); ++i) {
            const double w = bootstrap_weight(plan.seed, draw, i);
            error += w * std::pow(rows.outcome[i] - f * values[rows.cell[i]], 2);
            around += w * std::pow(rows.outcome[i] - f * rows.fitted_mean, 2);
        }
        EXPECT_NEAR(skill.draws[draw], 1 - error / around, 1e-9);
    }
}

TEST(Captured, DependsOnTheSeedNotOnThreads) {
    Random random(4);
    JudgedRows rows{.cells = 2, .fitted_mean = 0.5};
    for (int i = 0; i < 500; ++i) {
        rows.cell.push_back(static_cast<std::uint32_t>(random.below(2)));
        rows.outcome.push_back(random.uniform() < 0.3 + 0.4 * rows.cell.back() ? 1 : 0);
    }
    const std::vector<double> values{0.3, 0.7};
    const Skill one = Judgement(rows, {.seed = 9, .draws = 40, .threads = 1}).of_cells(values);
    const Skill three = Judgement(rows, {.seed = 9, .draws = 40, .threads = 3}).of_cells(values);
    const Skill other = Judgement(rows, {.seed = 8, .draws = 40, .threads = 3}).of_cells(values);
    EXPECT_EQ(one.draws, three.draws);
    EXPECT_NE(one.draws, other.draws);
}

TEST(Captured, DividesOnlyByACeilingThatIsSure) {
    Skill sure{.value = 0.2, .raw = 0, .draws = {}};
    Skill unsure{.value = 0.02, .raw = 0, .draws = {}};
    for (int i = 0; i < 100; ++i) {
        sure.draws.push_back(0.15 + 0.001 * i);
        unsure.draws.push_back(-0.01 + 0.0006 * i);
    }
    EXPECT_TRUE(can_divide_by(sure));
    EXPECT_FALSE(can_divide_by(unsure));
    const Skill half{.value = 0.1, .raw = 0, .draws = std::vector<double>(100, 0.1)};
    EXPECT_DOUBLE_EQ(share_of(half, sure).value, 0.5);
    EXPECT_DOUBLE_EQ(share_of(sure, sure).interval->low, 1);
}

TEST(Captured, PoolingAddsSquaredErrorsDrawByDraw) {
    const Judgement first(
        {.outcome = {1, 3, 5, 7}, .cell = {0, 0, 1, 1}, .cells = 2, .fitted_mean = 4}, plan);
    const Judgement second({.outcome = {0, 2}, .cell = {0, 1}, .cells = 2, .fitted_mean = 1},
                           {.seed = 6, .draws = 50, .threads = 2});
    const Skill a = first.of_cells(std::vector<double>{2, 6});
    const Skill b = second.of_cells(std::vector<double>{1, 1});
    // 4 of 20 are left by the one, 2 of 2 by the other.
    const Skill both = pooled({a, b});
    EXPECT_DOUBLE_EQ(both.value, 1 - 6.0 / 22);
    EXPECT_DOUBLE_EQ(both.raw, 1 - 6.0 / 22);
    for (std::size_t draw = 0; draw < plan.draws; ++draw) {
        const double model = a.of_draws[draw].model + b.of_draws[draw].model;
        const double mean = a.of_draws[draw].mean + b.of_draws[draw].mean;
        EXPECT_TRUE(mean == 0 || std::abs(both.draws[draw] - (1 - model / mean)) < 1e-12);
    }
    EXPECT_EQ(pooled({a}).value, a.value);
}

TEST(Captured, OutcomesThatDoNotVaryHaveNoSkill) {
    const Judgement judgement(
        {.outcome = {3, 3, 3}, .cell = {0, 0, 1}, .cells = 2, .fitted_mean = 3}, plan);
    EXPECT_FALSE(judgement.outcome_varies());
}

}  // namespace
}  // namespace fineline::study
