#include "study/partition.h"

#include "base/random.h"
#include "study/merge_path.h"

#include <gtest/gtest.h>

#include <cmath>

namespace fineline::study {
namespace {

/// A panel whose rows are in given segments and have given outcomes, all fitting.
Panel panel_of(std::size_t segments,
               const std::vector<std::vector<std::size_t>>& memberships,
               std::vector<double> outcome) {
    Panel panel;
    panel.sets = MembershipSets(segments);
    for (std::uint32_t row = 0; row < memberships.size(); ++row) {
        std::vector<std::uint64_t> bits(panel.sets.words());
        for (const std::size_t segment : memberships[row]) {
            bits[segment / 64] |= std::uint64_t{1} << (segment % 64);
        }
        panel.who.emplace_back(row);
        panel.snapshot.push_back(0);
        panel.role.push_back(Role::fit);
        panel.set.push_back(panel.sets.intern(bits));
    }
    panel.outcome = std::move(outcome);
    return panel;
}

std::vector<std::uint32_t> all_rows(const Panel& panel) {
    return panel.rows_of(Role::fit);
}

TEST(Partition, TheFirstSegmentInPriorityTakesACustomer) {
    const Panel panel = panel_of(3, {{0, 1}, {1, 2}, {2}, {}}, {10, 20, 30, 40});
    const Cells cells(panel, {});
    EXPECT_EQ(cells.size(), 4U);
    const auto fit = cells.sums(all_rows(panel), panel.outcome);
    const auto in_order = group_by_priority(panel.sets, cells, parts_of(3)).sums(fit);
    EXPECT_EQ(in_order[0].sum, 10);
    EXPECT_EQ(in_order[1].sum, 20);
    EXPECT_EQ(in_order[2].sum, 30);
    EXPECT_EQ(in_order[3].sum, 40);  // in no segment
    const auto reversed = group_by_priority(panel.sets, cells, {{2}, {1}, {0}}).sums(fit);
    EXPECT_EQ(reversed[0].sum, 50);
    EXPECT_EQ(reversed[1].sum, 10);
    EXPECT_EQ(reversed[2].n, 0);
    // 0 and 2 joined stand before 1, so that the second row goes to them.
    const auto joined = group_by_priority(panel.sets, cells, {{0, 2}, {1}}).sums(fit);
    EXPECT_EQ(joined[0].sum, 60);
    EXPECT_EQ(joined[1].n, 0);
}

TEST(Partition, AGroupWithoutFittingRowsPredictsTheMeanOfAll) {
    const Panel panel = panel_of(2, {{0}, {0}, {}}, {1, 3, 8});
    const Cells cells(panel, {});
    const auto values = fitted_values(group_by_priority(panel.sets, cells, parts_of(2)),
                                      cells.sums(all_rows(panel), panel.outcome));
    EXPECT_EQ(values, (std::vector<double>{2, 8}));
    const auto nobody_fitted =
        fitted_values(group_by_priority(panel.sets, cells, parts_of(2)),
                      cells.sums(std::vector<std::uint32_t>{0, 1}, panel.outcome));
    EXPECT_EQ(nobody_fitted[1], 2);
}

TEST(Partition, SetsAreInternedOnce) {
    Random random(11);
    MembershipSets sets(130);
    std::vector<std::vector<std::uint64_t>> known;
    for (int i = 0; i < 3000; ++i) {
        std::vector<std::uint64_t> bits{random.below(8), random.below(4), random.below(2)};
        const std::uint32_t set = sets.intern(bits);
        if (set == known.size()) {
            known.push_back(bits);
        }
        ASSERT_EQ(known[set], bits);
    }
    EXPECT_EQ(sets.size(), 64U);
}

/// What a merge path is laid over; the same rows fit, choose and judge.
Groundwork ground_of(std::size_t segments,
                     const std::vector<std::vector<std::size_t>>& memberships,
                     const std::vector<double>& outcome) {
    Groundwork ground;
    ground.panel = panel_of(segments, memberships, outcome);
    ground.outcome = outcome;
    ground.purpose.segments.resize(segments);
    Rotation& rotation = ground.rotations.emplace_back();
    rotation.fit_rows = all_rows(ground.panel);
    rotation.choose.rows = rotation.fit_rows;
    rotation.cells.emplace(ground.panel, std::vector<std::uint32_t>());
    rotation.fit_cells = rotation.cells->sums(rotation.fit_rows, outcome);
    JudgedRows rows{.outcome = outcome, .cells = rotation.cells->size(), .fitted_mean = 2};
    for (const std::uint32_t row : rotation.fit_rows) {
        rows.cell.push_back(rotation.cells->of_row(row));
    }
    rotation.choose.judgement.emplace(rows, BootstrapPlan{.draws = 20});
    rotation.judge.judgement.emplace(rows, BootstrapPlan{.draws = 20});
    return ground;
}

std::vector<MergeStep> path_of(const Groundwork& ground) {
    return merge_path(ground, ground.first());
}

// The last segment's people are all in the second one, which stands before it.
TEST(Partition, ASegmentInsideAnotherIsDroppedFirst) {
    std::vector<std::vector<std::size_t>> memberships;
    std::vector<double> outcome;
    for (int i = 0; i < 300; ++i) {
        memberships.push_back(i < 200 ? std::vector<std::size_t>{0} : std::vector<std::size_t>{1});
        if (i >= 210) {
            memberships.back().push_back(2);
        }
        outcome.push_back(i < 200 ? 1 : 3);
    }
    const auto path = path_of(ground_of(3, memberships, outcome));
    ASSERT_EQ(path.size(), 3U);
    EXPECT_EQ(path[1].parts, (Parts{{0}, {1}}));
    EXPECT_EQ(path[1].move, MergeMove::drop);
    EXPECT_EQ(path[1].second, (std::vector<std::size_t>{1}));
    EXPECT_NEAR(path[1].lost, 0, 1e-9);
    EXPECT_DOUBLE_EQ(path[1].on_judge->value, path[0].on_judge->value);
}

// Joining the first and the last would carry away what the one between them holds.
TEST(Partition, OverlappingMergesAreEvaluatedAnew) {
    std::vector<std::vector<std::size_t>> memberships;
    std::vector<double> outcome;
    for (int i = 0; i < 300; ++i) {
        const std::size_t kind = static_cast<std::size_t>(i) / 100;
        memberships.push_back(kind == 1 ? std::vector<std::size_t>{1, 2}
                                        : std::vector<std::size_t>{kind});
        outcome.push_back(kind == 1 ? 3 : kind == 0 ? 1 : 1.5);
    }
    const auto path = path_of(ground_of(3, memberships, outcome));
    ASSERT_EQ(path.size(), 3U);
    // By means alone the first and the last are nearest; together they would hold everybody.
    EXPECT_NE(path[1].parts, (Parts{{0, 2}, {1}}));
}

/// `counts[g]` rows of a group each, with outcomes about `means[g]`; the last group is the rest.
Groundwork disjoint_ground(const std::vector<int>& counts, const std::vector<double>& means) {
    std::vector<std::vector<std::size_t>> memberships;
    std::vector<double> outcome;
    Random random(31);
    for (std::size_t group = 0; group < counts.size(); ++group) {
        for (int i = 0; i < counts[group]; ++i) {
            const bool is_rest = group + 1 == counts.size();
            memberships.push_back(is_rest ? std::vector<std::size_t>()
                                          : std::vector<std::size_t>{group});
            outcome.push_back(means[group] + random.uniform() - 0.5);
        }
    }
    return ground_of(counts.size() - 1, memberships, outcome);
}

// Who is like the rest is worth no segment.
TEST(Partition, ASegmentLikeTheRestIsDroppedIntoIt) {
    const Groundwork ground = disjoint_ground({200, 200, 400}, {1, 3, 3});
    const auto path = path_of(ground);
    ASSERT_EQ(path.size(), 2U);
    EXPECT_EQ(path[1].move, MergeMove::drop);
    EXPECT_EQ(path[1].parts, (Parts{{0}}));
    EXPECT_TRUE(path[1].second.empty());
    const double losing_more = 200.0 * 200 / 400 * 4;
    EXPECT_LT(path[1].lost, losing_more / 100);
}

// Else all of a complete set of segments but one could hide in "none", and would look as if they
// were fewer.
TEST(Partition, TheRestDoesNotOutgrowTwiceWhatItHolds) {
    for (const int rest : {0, 10, 199}) {
        const auto path = path_of(disjoint_ground({200, 200, 300, rest}, {1, 2, 3, 3}));
        EXPECT_EQ(path[1].move, MergeMove::join) << rest;
        EXPECT_EQ(path[1].parts, (Parts{{0, 1}, {2}})) << rest;
    }
    EXPECT_EQ(path_of(disjoint_ground({200, 200, 300, 300}, {1, 2, 3, 3}))[1].move,
              MergeMove::drop);
}

// The first takes half of those in the second and a few of the third: with it less is told.
TEST(Partition, ASegmentOfNegativeWorthIsDropped) {
    std::vector<std::vector<std::size_t>> memberships;
    std::vector<double> outcome;
    for (int i = 0; i < 400; ++i) {
        const std::size_t kind = i < 200 ? 1 : 2;
        memberships.push_back({kind});
        if (i % 2 == 0) {
            memberships.back().push_back(0);
        }
        outcome.push_back(kind == 1 ? 1 : 5);
    }
    const auto path = path_of(ground_of(3, memberships, outcome));
    EXPECT_EQ(path[1].move, MergeMove::drop);
    EXPECT_EQ(path[1].parts, (Parts{{1}, {2}}));
    // 200 rows were told 3 instead of 1 or 5.
    EXPECT_NEAR(path[1].lost, -200 * 4, 1e-6);
    EXPECT_GT(path[1].on_judge->value, path[0].on_judge->value);
    EXPECT_GT(path[1].on_choose->value, path[0].on_choose->value);
}

TEST(Partition, EachMergeLosesLeastOfAllPairs) {
    Random random(21);
    std::vector<std::vector<std::size_t>> memberships;
    std::vector<double> outcome;
    constexpr std::size_t segments = 9;
    for (int i = 0; i < 400; ++i) {
        const std::size_t segment = random.below(segments);
        memberships.push_back({segment});
        outcome.push_back(static_cast<double>(segment % 4) + random.uniform());
    }
    const Groundwork ground = ground_of(segments, memberships, outcome);
    const auto path = path_of(ground);
    ASSERT_EQ(path.size(), segments);
    for (std::size_t i = 1; i < path.size(); ++i) {
        auto sums = group_by_priority(ground.panel.sets, *ground.first().cells, path[i - 1].parts)
                        .sums(ground.first().fit_cells);
        sums.pop_back();
        double least = std::numeric_limits<double>::infinity();
        for (std::size_t a = 0; a < sums.size(); ++a) {
            for (std::size_t b = a + 1; b < sums.size(); ++b) {
                const double apart = sums[a].mean() - sums[b].mean();
                least = std::min(least,
                                 sums[a].n * sums[b].n / (sums[a].n + sums[b].n) * apart * apart);
            }
        }
        EXPECT_NEAR(path[i].lost, least, 1e-9) << "step " << i;
        EXPECT_EQ(path[i].parts.size(), segments - i);
    }
}

}  // namespace
}  // namespace fineline::study
