#include "study/act_policy.h"

#include "base/random.h"
#include "study/act_path.h"
#include "study/statistics/moments.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

namespace fineline::study {
namespace {

std::vector<std::uint32_t> all_rows(const Trial& trial) {
    std::vector<std::uint32_t> rows(trial.rows());
    std::iota(rows.begin(), rows.end(), 0U);
    return rows;
}

/// Adds a customer whose propensity is one over the number of actions.
void add(Trial& trial, std::uint32_t segment, std::uint32_t action, double outcome) {
    trial.segment.push_back(segment);
    trial.action.push_back(action);
    trial.propensity.push_back(1.0 / static_cast<double>(trial.actions));
    trial.outcome.push_back(outcome);
}

/// `worth[s][a]` is the mean outcome; segments are equally large, the noise is uniform of width 1.
Trial random_trial(const std::vector<std::vector<double>>& worth,
                   std::size_t customers,
                   std::uint64_t seed) {
    Random random(seed);
    Trial trial;
    trial.segments = worth.size();
    trial.actions = worth.front().size();
    for (std::size_t i = 0; i < customers; ++i) {
        const auto s = static_cast<std::uint32_t>(random.below(worth.size()));
        const auto a = static_cast<std::uint32_t>(random.below(trial.actions));
        add(trial, s, a, worth[s][a] + random.uniform() - 0.5);
    }
    return trial;
}

TEST(ActPolicy, ChoosesTheBetterActionOfEachSegment) {
    const Trial trial = random_trial({{0, 1}, {1, 0}, {0, 0.5}}, 600, 1);
    const SegmentArms arms(trial, all_rows(trial));
    EXPECT_EQ(choose_actions(arms, Contrasts::raw).action_of_segment,
              (std::vector<std::uint32_t>{1, 0, 1}));
    EXPECT_EQ(choose_actions(arms, Contrasts::shrunk).action_of_segment,
              (std::vector<std::uint32_t>{1, 0, 1}));
}

TEST(ActPolicy, AnActionThatASegmentNeverSawIsNotChosenThere) {
    Trial trial;
    trial.segments = 3;
    trial.actions = 2;
    for (int i = 0; i < 10; ++i) {
        add(trial, 0, 0, 1 + 0.1 * (i % 2));
        add(trial, 0, 1, 9 + 0.1 * (i % 2));
        add(trial, 1, 0, 1 + 0.1 * (i % 2));
    }
    const SegmentArms arms(trial, all_rows(trial));
    EXPECT_EQ(arms.best_for_all(), 1U);
    const std::vector<double> table = contrasts(arms, Contrasts::raw);
    EXPECT_TRUE(std::isinf(table[1 * 2 + 1]));
    // The second segment saw the worse action only; nobody is in the third.
    EXPECT_EQ(choose_actions(arms, Contrasts::raw).action_of_segment,
              (std::vector<std::uint32_t>{1, 0, 1}));
    EXPECT_EQ(choose_actions(arms, Contrasts::shrunk).action_of_segment,
              (std::vector<std::uint32_t>{1, 0, 1}));
}

TEST(ActPolicy, ShrinkingDrawsTinySegmentsToWhatHoldsForAll) {
    std::vector<std::vector<double>> worth(300, {0.0, 0.1});
    const Trial trial = random_trial(worth, 3'000, 3);
    const SegmentArms arms(trial, all_rows(trial));
    const auto wrong = [&](Contrasts kind) {
        const Policy policy = choose_actions(arms, kind);
        return std::count(policy.action_of_segment.begin(), policy.action_of_segment.end(), 0U);
    };
    EXPECT_GT(wrong(Contrasts::raw), 60) << "five customers an arm mistake many a segment";
    EXPECT_LT(wrong(Contrasts::shrunk), 6);
}

TEST(ActPolicy, ConstantOutcomesGiveNoNaN) {
    Trial trial;
    trial.segments = 2;
    trial.actions = 2;
    for (std::uint32_t i = 0; i < 40; ++i) {
        add(trial, i % 2, i / 2 % 2, 0);
    }
    const SegmentArms arms(trial, all_rows(trial));
    for (const double value : contrasts(arms, Contrasts::shrunk)) {
        EXPECT_EQ(value, 0);
    }
    const auto rows = all_rows(trial);
    for (const double score : robust_scores(trial, rows, arms, single_action(2, 1))) {
        EXPECT_EQ(score, 0);
    }
}

// The truth is known: a policy's value is the mean of worth[s][π(s)].
TEST(ActPolicy, RobustScoresAreRightOnAverageUnderUnequalPropensities) {
    const std::vector<std::vector<double>> worth{{0, 1}, {2, 0.5}};
    const Policy policy{{1, 0}};
    Moments estimates;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        Random random(900 + seed);
        Trial trial;
        trial.segments = 2;
        trial.actions = 2;
        std::vector<std::uint32_t> fit;
        std::vector<std::uint32_t> judge;
        for (std::uint32_t i = 0; i < 400; ++i) {
            const auto s = static_cast<std::uint32_t>(random.below(2));
            const double second = s == 0 ? 0.2 : 0.7;
            const std::uint32_t a = random.uniform() < second ? 1 : 0;
            add(trial, s, a, worth[s][a] + random.uniform() - 0.5);
            trial.propensity.back() = a == 1 ? second : 1 - second;
            (i % 2 == 0 ? fit : judge).push_back(i);
        }
        const SegmentArms fitted(trial, fit);
        const std::vector<double> scores = robust_scores(trial, judge, fitted, policy);
        estimates.add(moments_of(scores).mean());
        const auto value = value_of_policy(trial, judge, fitted, policy);
        ASSERT_TRUE(value);
        EXPECT_NEAR(value->doubly_robust.value, moments_of(scores).mean(), 1e-12);
    }
    EXPECT_NEAR(estimates.mean(), 1.5, 4 * estimates.standard_error());
}

TEST(ActPath, JoinsWhatActsAlikeFirstAndEndsWithOneActionForAll) {
    const Trial trial =
        random_trial({{0, 1, 0.2}, {1, 0, 0.2}, {0, 1, 0.1}, {0, 0, 0.9}, {1, 0, 0}}, 6'000, 8);
    const SegmentArms arms(trial, all_rows(trial));
    const ActPath path(arms, Contrasts::raw);
    ASSERT_EQ(path.merges().size(), 4U);
    EXPECT_EQ(path.distinct_actions(), 3U);
    EXPECT_EQ(path.groups_at(5), (std::vector<std::uint32_t>{0, 1, 2, 3, 4}));
    EXPECT_EQ(path.groups_at(3), (std::vector<std::uint32_t>{0, 1, 0, 2, 1}));
    EXPECT_EQ(path.groups_at(1), (std::vector<std::uint32_t>{0, 0, 0, 0, 0}));
    EXPECT_EQ(path.policy_at(5), choose_actions(arms, Contrasts::raw));
    EXPECT_EQ(path.policy_at(3), path.policy_at(5));
    EXPECT_EQ(path.policy_at(1), single_action(5, arms.best_for_all()));
    EXPECT_DOUBLE_EQ(path.merges()[0].loss, 0);
    EXPECT_DOUBLE_EQ(path.merges()[1].loss, 0);
    EXPECT_GT(path.merges()[2].loss, 0);
}

// Of the three ways to join two of three groups, the cheapest by brute force.
TEST(ActPath, TheCheapestUnionIsTaken) {
    const std::vector<std::vector<double>> worth{{1, 0, 0}, {0, 1, 0.9}, {0, 0.8, 1}};
    const Trial trial = random_trial(worth, 9'000, 4);
    const SegmentArms arms(trial, all_rows(trial));
    const ActPath path(arms, Contrasts::raw);
    EXPECT_EQ(path.groups_at(2), (std::vector<std::uint32_t>{0, 1, 1}));
}

}  // namespace
}  // namespace fineline::study
