#include "membership/tracker.h"

#include "base/random.h"
#include "columns/view_state.h"
#include "membership/tracker_world_for_tests.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace fineline::membership {
namespace {

using Ids = std::set<std::string>;

TEST(Tracker, AnEventBringsInAndTheClockAloneTakesOut) {
    TrackedWorld world;
    world.define("recent", "did purchase last 30 days");
    world.take_over();
    world.event("ada", day(1), "purchase");
    world.step(day(1));
    EXPECT_EQ(world.held("recent"), Ids{"ada"});
    world.step(day(31) - Duration{1});
    EXPECT_EQ(world.held("recent"), Ids{"ada"});
    world.step(day(31) + std::chrono::hours(5));
    EXPECT_EQ(world.held("recent"), Ids{});
    ASSERT_EQ(world.transitions().size(), 2U);
    EXPECT_EQ(world.transitions()[0].cause, Cause::event);
    EXPECT_EQ(world.transitions()[1].cause, Cause::clock);
    EXPECT_EQ(world.transitions()[1].at, day(31)) << "it tells when it was so, not when we looked";
}

TEST(Tracker, WhoseFirstRecordLiesAheadBecomesACustomerByTheClock) {
    TrackedWorld world;
    world.define("idle", "did not purchase");
    world.take_over();
    world.event("ada", day(10), "visit");
    world.step(day(1));
    EXPECT_EQ(world.held("idle"), Ids{});
    world.step(day(10));
    EXPECT_EQ(world.held("idle"), Ids{"ada"});
    EXPECT_EQ(world.transitions().back().at, day(10));
}

TEST(Tracker, SegmentsOfSegmentsFollowInTheSameStep) {
    TrackedWorld world;
    world.define("buyer", "did purchase last 10 days");
    world.define("silent_buyer", "segment buyer and did not visit last 3 days");
    world.define("other", "not segment silent_buyer");
    world.take_over();
    world.event("ada", day(1), "purchase");
    world.step(day(1));
    EXPECT_EQ(world.held("silent_buyer"), Ids{"ada"});
    world.event("ada", day(2), "visit");
    world.step(day(2));
    EXPECT_EQ(world.held("silent_buyer"), Ids{});
    EXPECT_EQ(world.held("other"), Ids{"ada"});
    world.step(day(5));
    EXPECT_EQ(world.held("silent_buyer"), Ids{"ada"});
    world.step(day(11));
    EXPECT_EQ(world.held("silent_buyer"), Ids{});
    EXPECT_EQ(world.held("other"), Ids{"ada"});
}

TEST(Tracker, AMergeMovesMembershipsToTheIdThatIsPrinted) {
    TrackedWorld world;
    world.define("buyer", "did purchase");
    world.define("twice", "count(purchase) = 2");
    world.define("once", "count(purchase) = 1");
    world.take_over();
    world.event("zed", day(1), "purchase");
    world.event("bob", day(1), "purchase");
    world.step(day(1));
    world.builder().add({.kind = RecordKind::merge, .customer = "zed", .text = "bob"});
    world.step(day(2));
    EXPECT_EQ(world.held("buyer"), Ids{"bob"});
    EXPECT_EQ(world.told("buyer"), Ids{"bob"});
    EXPECT_EQ(world.told("twice"), Ids{"bob"});
    EXPECT_EQ(world.told("once"), Ids{});
    world.builder().add({.kind = RecordKind::merge, .customer = "bob", .text = "abe"});
    world.step(day(3));
    EXPECT_EQ(world.told("buyer"), Ids{"abe"});
    EXPECT_EQ(world.told("twice"), Ids{"abe"});
}

TEST(Tracker, AStepDrainsNoMoreThanItsShareOfAWave) {
    TrackedWorld world(10);
    world.define("recent", "did purchase last 1 day");
    world.take_over();
    for (int i = 0; i < 25; ++i) {
        world.event("c" + std::to_string(i), day(1), "purchase");
    }
    world.step(day(1));
    EXPECT_EQ(world.held("recent").size(), 25U);
    world.step(day(2));
    EXPECT_EQ(world.held("recent").size(), 15U);
    EXPECT_EQ(world.tracker().count_due(day(2)), 15U);
    world.step(day(2));
    world.step(day(2));
    EXPECT_EQ(world.held("recent").size(), 0U);
    for (const Transition& transition : world.transitions()) {
        EXPECT_EQ(transition.at, transition.direction == Direction::left ? day(2) : day(1));
    }
}

TEST(Tracker, ANewVersionServesOnlyWhenItIsTakenOver) {
    TrackedWorld world;
    world.define("vip", "count(purchase) >= 1");
    world.take_over();
    world.event("ada", day(1), "purchase");
    world.event("bob", day(1), "purchase");
    world.event("bob", day(1), "purchase");
    world.step(day(1));
    world.define("vip", "count(purchase) >= 2");
    EXPECT_EQ(world.held("vip"), (Ids{"ada", "bob"}));
    const auto rebuild = world.tracker().rebuild();
    Rebuilt rebuilt;
    rebuilt.thresholds = *thresholds_of(*rebuild, in_one_part());
    ASSERT_TRUE(
        evaluate_everybody(*rebuild, rebuild->view, rebuild->begun_at, in_one_part(), rebuilt));
    world.event("cid", day(2), "purchase");
    world.event("cid", day(2), "purchase");
    world.step(day(2));
    EXPECT_EQ(world.held("vip"), (Ids{"ada", "bob", "cid"})) << "the old version is kept exact";
    ASSERT_TRUE(world.tracker().take_over(std::move(rebuilt), in_one_part()));
    EXPECT_EQ(world.held("vip"), (Ids{"bob", "cid"}));
}

TEST(Tracker, ThresholdsStayAsTheyAreUntilTheyAreRenewed) {
    TrackedWorld world;
    world.define("top", "percentile(sum(purchase.amount)) >= 50");
    for (int i = 0; i < 4; ++i) {
        world.event("c" + std::to_string(i), day(1), "purchase", i);
    }
    world.step(day(1));
    world.tracker().begin_again();
    world.take_over();
    EXPECT_EQ(world.held("top"), (Ids{"c2", "c3"}));
    world.event("c0", day(2), "purchase", 100);
    world.event("c1", day(2), "purchase", 100);
    world.step(day(2));
    EXPECT_EQ(world.held("top"), (Ids{"c0", "c1", "c2", "c3"})) << "under the kept thresholds";
    world.tracker().renew_thresholds();
    world.take_over();
    EXPECT_EQ(world.held("top"), (Ids{"c0", "c1"}));
    EXPECT_EQ(world.tracker().oldest_thresholds(), day(2));
}

/// One segment of every construct, several of segments.
constexpr std::array<std::pair<const char*, const char*>, 22> many{{
    {"buyer", "did purchase"},
    {"recent", "did purchase last 3 days"},
    {"heavy", "sum(purchase.amount, last 5 days) >= 6"},
    {"idle", "did not visit last 2 days"},
    {"old", "count(purchase, 6 to 3 days ago) >= 1"},
    {"today", "did visit today"},
    {"this_week", "count(any, this week) >= 2"},
    {"last_month", "did purchase last month"},
    {"lapsed", "since_last(purchase) > 4 days"},
    {"young", "since_first(any) < 3 days"},
    {"first_days", "did purchase first 2 days"},
    {"plan_pro", "plan = 'pro'"},
    {"was_pro", "previous(plan) = 'pro'"},
    {"stable", "since_changed(plan) > 3 days"},
    {"big_firm", "account.size = 'big'"},
    {"agreed", "consents(mail)"},
    {"abandoned", "sequence(visit -> no purchase within 1 day)"},
    {"funnel", "sequence(visit -> purchase within 2 days, last 6 days)"},
    {"calm", "segment buyer and not segment recent"},
    {"deep", "segment calm or segment abandoned"},
    {"top", "percentile(sum(purchase.amount)) >= 60"},
    {"rfm", "rfm.recency >= 3 and segment recent"},
}};

/// What happens at random in a world. Times go back and forth around now.
void happen(Random& random, TrackedWorld& world, Instant now) {
    const std::string who = "id" + std::to_string(random.below(9));
    const auto hours = std::chrono::hours(static_cast<std::int64_t>(random.below(120)) - 96);
    const Instant at = now + hours;
    switch (random.below(12)) {
        case 0: world.trait(who, at, "plan", random.below(2) == 0 ? "pro" : "free"); break;
        case 1:
            world.builder().add({.kind = RecordKind::account_join,
                                 .customer = who,
                                 .time = at,
                                 .text = random.below(3) == 0 ? "firm0" : "firm1"});
            break;
        case 2:
            world.account_trait(random.below(2) == 0 ? "firm0" : "firm1",
                                at,
                                "size",
                                random.below(2) == 0 ? "big" : "small");
            break;
        case 3: world.consent(who, at, "mail", random.below(2) == 0); break;
        case 4:
            if (random.below(3) == 0) {
                world.builder().add({.kind = RecordKind::merge,
                                     .customer = who,
                                     .text = "id" + std::to_string(random.below(12))});
            }
            break;
        case 5:
            if (random.below(4) == 0) {
                world.builder().add({.kind = RecordKind::erasure, .customer = who});
            }
            break;
        case 6:
        case 7:
        case 8: world.event(who, at, "visit"); break;
        default: world.event(who, at, "purchase", static_cast<double>(random.below(9)) * 0.5);
    }
}

void expect_exact(TrackedWorld& world, Instant now, const std::string& what) {
    for (const auto& [name, text] : world.texts()) {
        const Ids expected = world.from_scratch(name, now);
        ASSERT_EQ(world.held(name), expected) << name << ": " << text << " after " << what;
        ASSERT_EQ(world.told(name), expected) << name << " as told, after " << what;
    }
}

void live_through(std::uint64_t seed) {
    Random random(seed);
    TrackedWorld world;
    for (const auto& [name, text] : many) {
        world.define(name, text);
    }
    world.take_over();
    Instant now = day(100);
    for (int step = 0; step < 120; ++step) {
        const std::string what = "seed " + std::to_string(seed) + " step " + std::to_string(step);
        for (std::uint64_t i = random.below(4); i > 0; --i) {
            happen(random, world, now);
        }
        now += std::chrono::minutes(random.below(3) == 0 ? 24 * 60 : 97);
        world.step(now);
        ASSERT_NO_FATAL_FAILURE(expect_exact(world, now, what));
        if (random.below(20) == 0) {
            world.tracker().renew_thresholds();
            world.take_over();
            ASSERT_NO_FATAL_FAILURE(expect_exact(world, now, what + ", thresholds renewed"));
        }
        if (random.below(40) == 0) {
            world.set_zone(random.below(2) == 0 ? "America/New_York" : "Asia/Tokyo");
            world.take_over();
            ASSERT_NO_FATAL_FAILURE(expect_exact(world, now, what + ", another zone"));
        }
    }
}

TEST(TrackerWorlds, HoldWhatEvaluationFromScratchSays) {
    for (std::uint64_t seed = 1; seed <= 25; ++seed) {
        ASSERT_NO_FATAL_FAILURE(live_through(seed));
    }
}

}  // namespace
}  // namespace fineline::membership
