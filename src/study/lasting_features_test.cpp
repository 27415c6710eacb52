// Features that grow with the history are read only where they tell at a later snapshot too.
#include "study/audit_work.h"
#include "study/world_for_tests.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace fineline::study {
namespace {

/// Texts of what the tree and the ceiling may read.
std::vector<std::string> read_by_the_tree(const Groundwork& ground) {
    std::vector<std::string> texts;
    for (const BinnedFeature& binned : ground.binned.features) {
        texts.push_back(ground.catalogue.features[binned.feature].text);
    }
    return texts;
}

bool holds(const std::vector<std::string>& texts, const std::string& text) {
    return std::find(texts.begin(), texts.end(), text) != texts.end();
}

/// Customers who visit at rates of their own, the same all the time, and buy at some visits: of
/// many visits, most were made long ago by the time there is a longer history.
MadeWorld steady_visitors() {
    columns::Log log;
    Random random(5);
    for (std::size_t c = 0; c < 4'000; ++c) {
        const double daily = std::min(1.0, 0.012 * std::pow(1 - random.uniform(), -0.55));
        for (int d = 0; d < 241; ++d) {
            if (d > 0 && random.uniform() >= daily) {
                continue;
            }
            log.event(MadeWorld::id(c), columns::day(d), "visit", {});
            if (random.below(4) == 0) {
                log.event(MadeWorld::id(c), columns::day(d), "purchase", {{"amount", Value(10.0)}});
            }
        }
    }
    return {.view = log.view(), .end = columns::day(240)};
}

constexpr std::string_view purpose_of_visitors =
    "purpose: visitors\n"
    "metric: sum(purchase.amount, next 60 days)\n"
    "population: did visit\n"
    "capacity: 2\n"
    "owner: tests\n";

TEST(LastingFeatures, WhatAddsUpAllThereIsIsReadOnlyWhereItLasts) {
    const MadeWorld world = steady_visitors();
    const std::string yaml =
        std::string(purpose_of_visitors) +
        "segments:\n"
        "  - {name: many, when: count(visit) >= 9}\n"
        "  - {name: year, when: 'sum(purchase.amount, last 365 days) >= 70'}\n";
    const auto ground = lay_groundwork(request_for(world, yaml));
    ASSERT_TRUE(ground) << ground.error().message;
    ASSERT_EQ(ground->protocol.snapshots.size(), 3U);
    const auto texts = read_by_the_tree(*ground);
    EXPECT_TRUE(holds(texts, "count(visit, last 30 days)"));
    EXPECT_TRUE(holds(texts, "since_last(purchase)"));
    for (const std::string text : {"count(visit)",
                                   "days(visit)",
                                   "sum(purchase.amount)",
                                   "sum(purchase.amount, last 365 days)"}) {
        EXPECT_FALSE(holds(texts, text)) << text;
    }
    EXPECT_NE(ground->binned.merged.back().find("add up more at each snapshot"), std::string::npos);
}

TEST(LastingFeatures, SegmentsOfSteadyVisitorsTellAtTheJudgingSnapshot) {
    const auto discovery =
        discover(request_for(steady_visitors(), purpose_of_visitors), std::nullopt);
    ASSERT_TRUE(discovery) << discovery.error().message;
    ASSERT_TRUE(discovery->report.line.recommended->skill.interval);
    EXPECT_GT(discovery->report.line.recommended->skill.interval->low, 0);
    for (const auto& segment : discovery->report.recommended.segments) {
        EXPECT_NE(segment.when.text.find("last 30 days"), std::string::npos) << segment.when.text;
    }
}

TEST(LastingFeatures, OfTwoSnapshotsNothingCouldTellWhetherSumsLast) {
    const MadeWorld world = make_world({});
    const auto ground = lay_groundwork(request_for(world,
                                                   "purpose: made\n"
                                                   "metric: sum(purchase.amount, next 99 days)\n"
                                                   "population: did purchase\n"));
    ASSERT_TRUE(ground) << ground.error().message;
    ASSERT_EQ(ground->protocol.snapshots.size(), 2U);
    EXPECT_TRUE(holds(read_by_the_tree(*ground), "sum(purchase.amount, last 90 days)"));
    EXPECT_FALSE(holds(read_by_the_tree(*ground), "sum(purchase.amount)"));
    EXPECT_NE(ground->binned.merged.back().find("that add up all there is"), std::string::npos);
}

TEST(LastingFeatures, OfOneSnapshotTheWholeHistoryIsTheSameForAll) {
    const MadeWorld world = make_world({});
    const auto ground = lay_groundwork(request_for(world,
                                                   "purpose: made\n"
                                                   "metric: sum(purchase.amount, next 140 days)\n"
                                                   "population: did purchase\n"));
    ASSERT_TRUE(ground) << ground.error().message;
    ASSERT_EQ(ground->protocol.snapshots.size(), 1U);
    EXPECT_TRUE(holds(read_by_the_tree(*ground), "sum(purchase.amount)"));
}

}  // namespace
}  // namespace fineline::study
