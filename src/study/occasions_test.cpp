#include "study/occasions.h"

#include "study/likeness_discovery.h"
#include "study/methods/rows.h"
#include "study/world_for_tests.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace fineline::study {
namespace {

/// A purchase as it was made: on a weekday's morning in the shop and small, or on an evening by
/// telephone and large.
struct PlantedPurchase {
    std::size_t customer = 0;
    Instant at{};
    bool evening = false;
};

struct OccasionWorld {
    std::shared_ptr<const columns::View> view{};
    std::vector<PlantedPurchase> purchases{};
    Instant end{};
};

/// 400 customers over 300 days; a third buys nine times in ten in the evening, a third one time in
/// ten, a third by the toss of a coin. `alike`: everything is at noon and holds the same.
OccasionWorld occasion_world(bool alike = false) {
    OccasionWorld world;
    columns::Log log;
    Random random(11);
    for (std::size_t c = 0; c < 400; ++c) {
        const double evenings = c % 3 == 0 ? 0.9 : c % 3 == 1 ? 0.1 : 0.5;
        for (int d = 0; d < 300; ++d) {
            if (random.uniform() >= 0.06) continue;
            const bool evening = random.uniform() < evenings;
            const auto hour = static_cast<int>((evening ? 17 : 8) + random.below(5));
            const double amount =
                static_cast<double>(evening ? 60 + random.below(60) : 5 + random.below(60));
            const Instant at = columns::day(d) + std::chrono::hours(alike ? 12 : hour);
            world.purchases.push_back({c, at, evening});
            log.event(MadeWorld::id(c),
                      at,
                      "purchase",
                      {{"amount", Value(alike ? 1.0 : amount)},
                       {"channel", Value(std::string(alike || !evening ? "shop" : "phone"))}});
            world.end = std::max(world.end, at);
        }
    }
    world.view = log.view();
    return world;
}

StudyRequest request_of(const OccasionWorld& world, std::string_view metric) {
    auto portfolio = mapping::parse_portfolio("purpose: made\nmetric: " + std::string(metric) +
                                                  "\npopulation: did purchase\nowner: tests\n",
                                              "test.yaml");
    EXPECT_TRUE(portfolio) << portfolio.error().message;
    return {.view = world.view, .portfolio = *portfolio, .at = world.end, .draws = 50};
}

constexpr std::string_view amount_metric = "sum(purchase.amount, next 60 days)";

/// Members of a segment at the judged snapshot, as the audit of the proposal counts them.
std::vector<std::string> members_of(const Groundwork& ground,
                                    const columns::Reader& reader,
                                    std::size_t segment) {
    std::vector<std::string> ids;
    for (const std::uint32_t row : ground.judged_rows) {
        if (ground.panel.sets.holds(ground.panel.set[row], segment)) {
            ids.emplace_back(reader.customer_id(ground.panel.who[row]));
        }
    }
    std::sort(ids.begin(), ids.end());
    return ids;
}

TEST(Occasions, PlantedKindsAreFoundAndTheirCustomersAreThoseWhoMostlyHaveThem) {
    const OccasionWorld world = occasion_world();
    StudyRequest request = request_of(world, amount_metric);
    const auto found = discover_by(occasions_method, request, 2);
    ASSERT_TRUE(found) << found.error().message;
    ASSERT_EQ(3U, found->report.recommended.segments.size());
    EXPECT_EQ(3U, found->cards.size());
    request.portfolio = found->report.recommended;
    const auto ground = lay_groundwork(request);
    ASSERT_TRUE(ground) << ground.error().message;
    // The list of purchases says whose are mostly in the evening, without the program's rules.
    const Instant at = ground->protocol.snapshots.back();
    const columns::Reader reader(world.view);
    std::vector<int> evenings(400);
    std::vector<int> all(400);
    const bool lately =
        found->report.recommended.segments[0].when.text.find("last 90 days") != std::string::npos;
    for (const PlantedPurchase& one : world.purchases) {
        const bool seen = one.at <= at && (!lately || one.at > at - std::chrono::hours(24 * 90));
        all[one.customer] += seen ? 1 : 0;
        evenings[one.customer] += seen && one.evening ? 1 : 0;
    }
    std::vector<std::string> evening;
    std::vector<std::string> morning;
    std::vector<std::string> even;
    for (std::size_t c = 0; c < all.size(); ++c) {
        if (all[c] == 0) continue;
        (2 * evenings[c] > all[c]   ? evening
         : 2 * evenings[c] < all[c] ? morning
                                    : even)
            .push_back(MadeWorld::id(c));
    }
    for (auto* ids : {&evening, &morning, &even}) {
        std::sort(ids->begin(), ids->end());
    }
    auto first = members_of(*ground, reader, 0);
    auto second = members_of(*ground, reader, 1);
    if (first != evening) std::swap(first, second);
    EXPECT_EQ(evening, first);
    EXPECT_EQ(morning, second);
    EXPECT_EQ(even, members_of(*ground, reader, 2));
}

TEST(Occasions, RowsAreTheEventsBeforeTheJudgedSnapshot) {
    const OccasionWorld world = occasion_world();
    const StudyRequest request = request_of(world, amount_metric);
    const auto ground = lay_groundwork(request);
    ASSERT_TRUE(ground);
    const auto rows = collect_occasions(request, *ground, "purchase");
    ASSERT_TRUE(rows) << rows.error().message;
    const auto& snapshots = ground->protocol.snapshots;
    ASSERT_GE(snapshots.size(), 2U);
    const Instant until = snapshots[snapshots.size() - 2];
    const auto expected = std::count_if(world.purchases.begin(),
                                        world.purchases.end(),
                                        [&](const auto& one) { return one.at <= until; });
    EXPECT_EQ(static_cast<std::size_t>(expected), rows->panel.who.size());
    EXPECT_EQ(rows->panel.who.size(),
              rows->fit_rows.size() + rows->choose_rows.size() + rows->judge_rows.size());
}

TEST(Occasions, AConditionBecomesOneOnTheMoment) {
    EXPECT_EQ("context.hour >= 18 and (not context.weekend or context.channel is missing)",
              *in_context("hour >= 18 and (not weekend or channel is missing)"));
    EXPECT_EQ("context.month in (12, 1, 2)", *in_context("month in (12, 1, 2)"));
}

TEST(Occasions, WhatDoesNotVaryTellsNothing) {
    const OccasionWorld same = occasion_world(true);
    const auto found = discover_by(
        occasions_method, request_of(same, "count(purchase where amount < 9, next 60 days)"), 2);
    ASSERT_TRUE(found) << found.error().message;
    for (const auto& segment : found->report.recommended.segments) {
        EXPECT_NE(std::string::npos, segment.when.text.find("weekend")) << segment.when.text;
        EXPECT_EQ(std::string::npos, segment.when.text.find("hour")) << segment.when.text;
        EXPECT_EQ(std::string::npos, segment.when.text.find("amount")) << segment.when.text;
    }
}

TEST(Occasions, SaysWhatIsMissing) {
    const OccasionWorld same = occasion_world(true);
    const auto nothing_read =
        discover_by(occasions_method, request_of(same, "count(any, next 60 days)"), 2);
    ASSERT_FALSE(nothing_read);
    EXPECT_EQ(ErrorCode::invalid_argument, nothing_read.error().code);
    const StudyRequest request = request_of(same, amount_metric);
    const auto ground = lay_groundwork(request);
    ASSERT_TRUE(ground) << ground.error().message;
    const auto unknown = collect_occasions(request, *ground, "telephone_call");
    ASSERT_FALSE(unknown);
    EXPECT_NE(std::string::npos, unknown.error().message.find("telephone_call"));
}

}  // namespace
}  // namespace fineline::study
