#include "engine/live.h"
#include "engine/live_for_tests.h"
#include "engine/question.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

// Twenty-five pains of people who use systems like this one, as far as they concern membership.
// Each test is named after what hurt.

namespace fineline::live {
namespace {

using engine::day;
using engine::line;
using engine::LiveDirectory;
using Ids = std::set<std::string>;

Instant at(std::string_view text) {
    return Instant(parse_iso_time(text)->local.time_since_epoch());
}

class Pain : public testing::Test {
  protected:
    Pain()
        : there_(
              std::string("pain_") + testing::UnitTest::GetInstance()->current_test_info()->name(),
              day(20'000)) {
        there_.open();
    }

    [[nodiscard]] Instant now() const { return there_.clock.now(); }

    void buy(const std::string& who, Instant when, double amount = 1) {
        there_.event(who, when, "purchase", amount);
    }

    [[nodiscard]] engine::LiveSegment segment(const std::string& name) const {
        return *there_.live->view()->segment(name);
    }

    LiveDirectory there_;
};

TEST_F(Pain, P01SegmentsSilentlyStopRefreshing) {
    there_.define("recent", "did purchase last 7 days");
    buy("ada", now());
    there_.append();
    for (int i = 1; i <= 10; ++i) {
        there_.go_to(day(20'000 + i));
        EXPECT_EQ(there_.live->view()->as_of(), day(20'000 + i)) << "freshness is stated";
        EXPECT_EQ(there_.members("recent"), i < 7 ? Ids{"ada"} : Ids{});
    }
    EXPECT_EQ(there_.live->status().event_watermark, day(20'000));
}

TEST_F(Pain, P02StuckCalculatingForEver) {
    buy("ada", now());
    there_.append();
    ASSERT_TRUE(there_.live->define_segment("buyer", "did purchase"));
    EXPECT_EQ(segment("buyer").state, engine::SegmentState::backfilling);
    LiveDirectory after("pain_P02_after_the_kill");
    after.copy_from(there_);  // killed while it was calculating
    after.open();
    ASSERT_TRUE(after.live->settle());
    EXPECT_EQ(after.live->view()->segment("buyer")->state, engine::SegmentState::ready);
    EXPECT_EQ(after.members("buyer"), Ids{"ada"});
}

TEST_F(Pain, P05ASegmentOfASegmentOfASegmentLagsBehind) {
    there_.define("a", "did purchase last 2 days");
    there_.define("b", "segment a and did visit");
    there_.define("c", "not segment b");
    there_.define("d", "segment c or sum(purchase.amount) > 10");
    there_.event("ada", now(), "visit");
    buy("ada", now());
    there_.append();
    const std::uint64_t before = there_.live->view()->last_change();
    EXPECT_EQ(there_.members("d"), Ids{});
    there_.go_to(now() + std::chrono::hours(48));
    std::set<Instant> instants;
    for (const engine::Change& change : there_.changes(before)) {
        instants.insert(change.at);
    }
    EXPECT_EQ(there_.members("d"), Ids{"ada"});
    EXPECT_EQ(instants, std::set<Instant>{now()}) << "all of them at one instant";
}

TEST_F(Pain, P06CountAndMembersFromDifferentMoments) {
    there_.define("buyer", "did purchase");
    std::atomic<bool> finished = false;
    std::atomic<int> looks = 0;
    std::thread reader([&] {
        while (!finished) {
            const auto view = there_.live->view();
            const auto members = view->member_ordinals("buyer");
            ASSERT_EQ(view->segment("buyer")->members, members->size());
            ++looks;
        }
    });
    for (int i = 0; i < 200 || looks < 50; ++i) {
        buy("c" + std::to_string(i), now());
        there_.append();
    }
    finished = true;
    reader.join();
}

TEST_F(Pain, P07TheCountDiffersFromOnePageToTheNext) {
    there_.define("big", "sum(purchase.amount, last 30 days) > 3");
    for (int i = 0; i < 30; ++i) {
        buy("c" + std::to_string(i % 11), now() - std::chrono::hours(i * 40), i % 4);
    }
    there_.append();
    const auto view = there_.live->view();
    const auto question = engine::PreparedQuestion::prepare(
        view->columns(),
        {.text = "sum(purchase.amount, last 30 days) > 3", .at = now(), .purpose = {}});
    EXPECT_EQ(engine::ask(*question, 1)->members, *view->member_ordinals("big"));
}

TEST_F(Pain, P08AMergeLeavesTheWrongMembers) {
    there_.define("one_time", "count(purchase) = 1");
    there_.define("repeat", "count(purchase) >= 2");
    buy("web", now());
    buy("app", now());
    there_.append();
    EXPECT_EQ(there_.members("one_time"), (Ids{"app", "web"}));
    there_.builder().add({.kind = RecordKind::merge, .customer = "web", .text = "app"});
    there_.append();
    EXPECT_EQ(there_.members("one_time"), Ids{}) << "a merge removes as well";
    EXPECT_EQ(there_.members("repeat"), Ids{"app"});
}

TEST_F(Pain, P09DidNotIsRefusedWithoutAPositive) {
    there_.define("silent", "did not purchase last 30 days");
    there_.event("ada", now(), "visit");
    there_.append();
    EXPECT_EQ(there_.members("silent"), Ids{"ada"});
}

TEST_F(Pain, P10NobodyIsToldWhoEnteredOrLeft) {
    there_.define("recent", "did purchase last 1 day");
    auto feed = there_.live->subscribe(0);
    buy("ada", now());
    there_.append();
    there_.go_to(now() + std::chrono::hours(24));
    std::vector<std::string> heard;
    for (const engine::Change& change : feed->next(10, std::chrono::seconds(5)).changes) {
        heard.push_back(line(change));
    }
    EXPECT_EQ(heard,
              (std::vector<std::string>{"1 ada entered recent v1 2024-10-04T00:00:00Z event",
                                        "2 ada left recent v1 2024-10-05T00:00:00Z clock"}));
}

TEST_F(Pain, P11ASegmentIsUnusableWhileItIsEdited) {
    there_.define("vip", "count(purchase) >= 1");
    buy("ada", now());
    there_.append();
    ASSERT_TRUE(there_.live->define_segment("vip", "count(purchase) >= 2"));
    EXPECT_EQ(segment("vip").version, 1U);
    EXPECT_EQ(segment("vip").newest_version, 2U);
    EXPECT_EQ(there_.live->view()->lookup("ada", now())->segments.size(), 1U)
        << "the old version serves";
    buy("bob", now());
    there_.append();
    EXPECT_EQ(there_.members("vip"), (Ids{"ada", "bob"})) << "and is kept exact";
    ASSERT_TRUE(there_.live->settle());
    EXPECT_EQ(segment("vip").version, 2U);
    EXPECT_EQ(there_.members("vip"), Ids{});
}

TEST_F(Pain, P12AWindowIsOffByAnHourWhenTheClocksChange) {
    there_.go_to(at("2025-03-29T12:00:00"));
    ASSERT_TRUE(there_.live->define_setting("time_zone", "Europe/London"));
    there_.define("today", "did purchase today");
    buy("ada", at("2025-03-30T00:30:00"));  // half past midnight, the day the clocks go forward
    there_.clock.set(at("2025-03-30T00:30:00"));
    there_.append();
    EXPECT_EQ(there_.members("today"), Ids{"ada"});
    there_.go_to(at("2025-03-30T22:59:59"));
    EXPECT_EQ(there_.members("today"), Ids{"ada"});
    there_.go_to(at("2025-03-30T23:00:05"));
    EXPECT_EQ(there_.members("today"), Ids{});
    EXPECT_EQ(there_.changes().back().at, at("2025-03-30T23:00:00"))
        << "that day had 23 hours, and midnight came at 23:00 UTC";
}

TEST_F(Pain, P13NullAndEmptyMeanWhatTheyLike) {
    there_.define("not_pro", "plan != 'pro'");
    there_.define("no_plan", "plan is missing");
    there_.trait("ada", now(), "plan", "free");
    there_.event("bob", now(), "visit");
    there_.append();
    EXPECT_EQ(there_.members("not_pro"), Ids{"ada"}) << "unknown is not 'other than pro'";
    EXPECT_EQ(there_.members("no_plan"), Ids{"bob"});
    const std::vector<NamedDatum> null = {{.name = there_.builder().name("plan"), .value = {}}};
    there_.builder().add(
        {.kind = RecordKind::traits, .customer = "ada", .time = now(), .properties = null});
    there_.append();
    EXPECT_EQ(there_.members("not_pro"), Ids{});
    EXPECT_EQ(there_.members("no_plan"), (Ids{"ada", "bob"}));
}

TEST_F(Pain, P14PeopleStayAfterTheConditionChanged) {
    there_.define("vip", "sum(purchase.amount) > 10");
    buy("ada", now(), 20);
    buy("bob", now(), 200);
    there_.append();
    there_.define("vip", "sum(purchase.amount) > 100");
    EXPECT_EQ(there_.members("vip"), Ids{"bob"});
    EXPECT_EQ(line(there_.changes().back()), "3 ada left vip v1 2024-10-04T00:00:00Z definition");
}

TEST_F(Pain, P15TheWholeBaseIsScannedForATinyChange) {
    there_.define("buyer", "did purchase");
    there_.define("visitor", "did visit");
    for (int i = 0; i < 2000; ++i) {
        there_.event("c" + std::to_string(i), now(), "visit");
    }
    there_.append();
    const std::uint64_t before = there_.live->status().evaluations;
    buy("c7", now());
    there_.append();
    EXPECT_EQ(there_.live->status().evaluations, before + 1) << "one customer, one segment";
}

TEST_F(Pain, P19AMassExpiryAtMidnightStallsEverything) {
    const char* scale = std::getenv("FINELINE_SCALE");  // NOLINT(concurrency-mt-unsafe)
    const bool is_full = scale != nullptr && std::string_view(scale) == "full";
    const int people = is_full ? 1'000'000 : 40'000;
    there_.define("today", "did purchase today");
    constexpr int at_once = 20'000;
    for (int first = 0; first < people; first += at_once) {
        for (int i = 0; i < at_once; ++i) {
            buy("c" + std::to_string(first + i), now());
        }
        there_.append();
    }
    there_.clock.set(now() + std::chrono::hours(24));
    std::uint64_t left = 0;
    int batches = 0;
    while (left < static_cast<std::uint64_t>(people)) {
        there_.event("late" + std::to_string(batches), now(), "visit");
        there_.append();  // goes through between the steps of the wave
        const std::uint64_t before = left;
        left = static_cast<std::uint64_t>(people) - segment("today").members;
        ASSERT_GT(left, before) << "each step drains its share";
        ASSERT_LE(left - before, there_.options.due_per_step_max);
        const auto found = there_.live->view()->lookup("c" + std::to_string(people - 1), now());
        ASSERT_TRUE(found->segments.empty()) << "a look-up is exact before its turn has come";
        ++batches;
    }
    EXPECT_GT(batches, 1);
}

TEST_F(Pain, P21WhatOthersDependOnIsDeleted) {
    there_.define("base", "did purchase");
    there_.define("child", "segment base and did visit");
    const Status refused = there_.live->archive_segment("base");
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("child"), std::string::npos);
    const auto cycle = there_.live->define_segment("base", "segment child");
    EXPECT_FALSE(cycle) << "a cycle is refused when it is defined";
    EXPECT_EQ(segment("base").dependants, std::vector<std::string>{"child"});
}

TEST_F(Pain, P23TheEditorAcceptsBrokenConditions) {
    for (const char* broken : {"did purchase last", "count(purchase) >", "sum(purchase.amount"}) {
        const auto refused = there_.live->define_segment("broken", broken);
        ASSERT_FALSE(refused) << broken;
        EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
        EXPECT_TRUE(refused.error().at.has_value()) << "it says where";
    }
    EXPECT_FALSE(there_.live->view()->segment("broken"));
}

TEST_F(Pain, P24WorkIsDoneWhileNothingChanges) {
    there_.define("recent", "did purchase last 30 days");
    buy("ada", now());
    there_.append();
    const auto before = there_.live->status();
    for (int i = 1; i < 20; ++i) {
        there_.clock.set(now() + std::chrono::minutes(1));
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    EXPECT_EQ(there_.live->status().evaluations, before.evaluations);
    EXPECT_EQ(there_.live->status().position, before.position) << "and nothing is written";
}

TEST_F(Pain, P25DuplicatesAreCountedTwiceOrDroppedUnseen) {
    there_.define("twice", "count(purchase) >= 2");
    for (int i = 0; i < 3; ++i) {
        there_.event("ada", now(), "purchase", 1, "the-same-message");
        there_.append();
    }
    EXPECT_EQ(there_.members("twice"), Ids{});
    const auto sources = there_.live->status().sources;
    ASSERT_FALSE(sources.empty());
    EXPECT_EQ(sources.back().duplicates, 2U) << "shown per source";
}

}  // namespace
}  // namespace fineline::live
