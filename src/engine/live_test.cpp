#include "engine/live.h"

#include "base/bytes.h"
#include "engine/live_for_tests.h"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <future>
#include <iterator>
#include <thread>

namespace fineline::engine {
namespace {

using Ids = std::set<std::string>;

std::string test_name() {
    return testing::UnitTest::GetInstance()->current_test_info()->name();
}

/// Everything in the files of a directory, for looking for what must not be there.
std::string all_bytes(const std::string& directory) {
    std::string bytes;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
        if (entry.is_regular_file()) {
            std::ifstream in(entry.path(), std::ios::binary);
            bytes.append(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
        }
    }
    return bytes;
}

TEST(Live, AnEventEntersAndTheClockAloneLeaves) {
    LiveDirectory there(test_name(), day(1));
    there.open();
    there.define("recent", "did purchase last 30 days");
    there.event("ada", day(1), "purchase");
    there.append();
    EXPECT_EQ(there.members("recent"), Ids{"ada"});
    there.go_to(day(31) + std::chrono::seconds(3));
    EXPECT_EQ(there.members("recent"), Ids{});
    EXPECT_EQ(lines(there.changes()),
              (std::vector<std::string>{"1 ada entered recent v1 1970-01-02T00:00:00Z event",
                                        "2 ada left recent v1 1970-02-01T00:00:00Z clock"}));
    EXPECT_TRUE(there.live->verify()->agrees());
}

TEST(Live, ALookUpIsExactBeforeTheTimerIsDrained) {
    LiveDirectory there(test_name(), day(1));
    there.open();
    there.define("recent", "did purchase last 1 day");
    there.define("quiet", "did not purchase last 1 day");
    there.event("ada", day(1), "purchase");
    there.append();
    const auto before = there.live->view()->lookup("ada", day(2) - Duration{1});
    ASSERT_EQ(before->segments.size(), 1U);
    EXPECT_EQ(before->segments[0].segment, "recent");
    EXPECT_EQ(before->holds_until, day(2));
    const auto after = there.live->view()->lookup("ada", day(2));
    ASSERT_EQ(after->segments.size(), 1U);
    EXPECT_EQ(after->segments[0].segment, "quiet");
    EXPECT_EQ(there.live->view()->lookup("bob", day(2)).error().code, ErrorCode::not_found);
}

TEST(Live, StoppingAndOpeningGoesOnWhereItWas) {
    LiveDirectory there(test_name(), day(1));
    there.open();
    there.define("recent", "did purchase last 30 days");
    there.event("ada", day(1), "purchase");
    there.event("bob", day(2), "purchase");
    there.append();
    const auto before = lines(there.changes());
    ASSERT_TRUE(there.live->stop());
    there.open();
    EXPECT_EQ(there.live->open_report().replayed_records, 0U);
    EXPECT_EQ(there.members("recent"), Ids{"ada"});
    EXPECT_EQ(lines(there.changes()), before);
    there.go_to(day(2));
    EXPECT_EQ(there.members("recent"), (Ids{"ada", "bob"}));
    EXPECT_EQ(there.changes().back().number, before.size() + 1);
}

TEST(Live, FreshnessIsKnownFromTheFirstMomentAfterOpening) {
    LiveDirectory there(test_name(), day(2));
    there.open();
    EXPECT_EQ(there.live->status().event_watermark, instant_min) << "no event yet";
    there.event("ada", day(1), "purchase");
    there.event("bob", day(2), "visit");
    there.event("cid", day(9), "visit");  // announced for later
    there.append();
    EXPECT_EQ(there.live->status().event_watermark, day(2));
    const Position position = there.live->view()->position();
    for (const char* how : {"killed", "killed after a checkpoint"}) {
        LiveDirectory again(test_name() + "_again");
        if (how != std::string_view("killed")) {
            ASSERT_TRUE(there.live->write_checkpoint());
        }
        again.copy_from(there);
        again.open();
        const LiveStatus status = again.live->status();
        EXPECT_EQ(status.event_watermark, day(2)) << how;
        EXPECT_EQ(status.position, position) << how;
    }
}

TEST(Live, WhatWasLoadedMeanwhileIsTakenIn) {
    LiveDirectory there(test_name(), day(1));
    there.open();
    there.define("buyer", "did purchase");
    there.event("ada", day(1), "purchase");
    there.append();
    ASSERT_TRUE(there.live->stop());
    there.live.reset();
    there.clock.set(day(3));
    {
        OpenOptions options;
        auto workspace = Workspace::open(there.path(), options, there.clock);
        ASSERT_TRUE(workspace);
        there.event("cid", day(2), "purchase");
        ASSERT_TRUE((*workspace)->append(there.batch()));
        (*workspace)->publish();
        ASSERT_TRUE(define_segment(**workspace, "early", "since_first(purchase) > 1 day"));
        ASSERT_TRUE((*workspace)->write_checkpoint());
    }
    there.open();
    ASSERT_TRUE(there.live->settle());
    EXPECT_EQ(there.members("buyer"), (Ids{"ada", "cid"}));
    EXPECT_EQ(there.members("early"), Ids{"ada"});
    EXPECT_EQ(lines(there.changes(1)),
              (std::vector<std::string>{"2 cid entered buyer v1 1970-01-04T00:00:00Z catch_up",
                                        "3 ada entered early v1 1970-01-04T00:00:00Z definition"}));
}

TEST(Live, ASegmentOthersReferToIsNotArchived) {
    LiveDirectory there(test_name(), day(1));
    there.open();
    there.define("buyer", "did purchase");
    there.define("vip", "segment buyer and count(purchase) > 1");
    there.event("ada", day(1), "purchase");
    there.append();
    const Status refused = there.live->archive_segment("buyer");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::conflict);
    EXPECT_NE(refused.error().message.find("vip"), std::string::npos);
    ASSERT_TRUE(there.live->archive_segment("vip"));
    ASSERT_TRUE(there.live->archive_segment("buyer"));
    EXPECT_FALSE(there.live->view()->segment("buyer"));
    EXPECT_EQ(line(there.changes().back()), "2 ada left buyer v1 1970-01-02T00:00:00Z definition");
}

TEST(Live, EditsAreMadeTogetherOnThePlanTheyWereMadeFor) {
    LiveDirectory there(test_name(), day(1));
    there.open();
    using Kind = PortfolioEdit::Kind;
    const std::uint64_t planned_on = there.live->view()->portfolio_version();
    auto made = there.live->edit({{Kind::segment, "deep", "segment base and did visit"},
                                  {Kind::segment, "base", "did purchase"},
                                  {Kind::setting, "time_zone", "Asia/Tokyo"}},
                                 planned_on);
    ASSERT_TRUE(made) << made.error().message;
    ASSERT_TRUE(there.live->settle());
    EXPECT_EQ(there.live->view()->segments().size(), 2U);
    EXPECT_EQ(there.live->view()->segment("base")->dependants, std::vector<std::string>{"deep"});
    auto late = there.live->edit({{Kind::segment, "base", "did visit"}}, planned_on);
    EXPECT_EQ(late.error().code, ErrorCode::conflict);
    auto wrong = there.live->edit(
        {{Kind::segment, "fine", "did visit"}, {Kind::segment, "bad", "did did"}}, std::nullopt);
    EXPECT_FALSE(wrong);
    EXPECT_EQ(there.live->view()->segments().size(), 2U) << "all or none";
}

TEST(Live, AnErasedPersonIsInNoSegmentNoFeedAndNoFile) {
    LiveDirectory there(test_name(), day(1));
    there.open();
    there.define("buyer", "did purchase");
    there.event("ada-secret", day(1), "purchase");
    there.event("bob", day(1), "purchase");
    there.append();
    ASSERT_TRUE(there.live->write_checkpoint());
    const auto receipt = there.live->erase("ada-secret");
    ASSERT_TRUE(receipt) << receipt.error().message;
    EXPECT_EQ(there.members("buyer"), Ids{"bob"});
    EXPECT_EQ(lines(there.changes()),
              (std::vector<std::string>{"1  entered buyer v1 1970-01-02T00:00:00Z event",
                                        "2 bob entered buyer v1 1970-01-02T00:00:00Z event",
                                        "3  left buyer v1 1970-01-02T00:00:00Z erasure"}));
    ASSERT_TRUE(there.live->stop());
    EXPECT_EQ(all_bytes(there.path()).find("ada-secret"), std::string::npos);
    std::filesystem::remove(there.path() + "/membership.checkpoint");
    std::ofstream(there.path() + "/live.open").flush();
    there.open();
    EXPECT_EQ(there.members("buyer"), Ids{"bob"});
    there.event("cid", day(1), "purchase");
    there.append();
    EXPECT_EQ(there.changes().back().number, 4U) << "numbers go on behind those of the erased";
}

/// The disk changes a byte of the first event's time under us, in the file that is mapped: it lies
/// at the head of its chunk, before the directory, which holds it as well.
void spoil(const LiveDirectory& there, Instant time_of_first) {
    const std::string path = there.path() + "/columns.checkpoint";
    std::ifstream in(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    std::string time;
    ByteWriter(time).signed_varint(time_of_first.time_since_epoch().count());
    const std::size_t place = bytes.find(time);
    ASSERT_NE(place, std::string::npos);
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(place));
    file.put(static_cast<char>(bytes[place] ^ 4));
}

TEST(Live, ADamagedBlockIsMendedBeforeMembershipsCountOnItsNumbers) {
    LiveDirectory there(test_name(), day(3));
    there.open();
    there.define("buyer", "did purchase");
    there.event("ada", day(1), "purchase");
    there.event("bob", day(2), "purchase");
    there.event("cid", day(3), "visit");
    there.append();
    // Once somebody is erased, a replay of the log numbers customers otherwise than the checkpoint.
    ASSERT_TRUE(there.live->erase("ada"));
    ASSERT_TRUE(there.live->write_checkpoint());
    ASSERT_TRUE(there.live->stop());
    spoil(there, day(2));
    std::vector<std::string> warnings;
    there.options.open.on_warning = [&](const std::string& what) { warnings.push_back(what); };
    there.open();
    EXPECT_EQ(warnings.size(), 1U);
    there.event("dan", day(3), "purchase");
    there.append();
    EXPECT_EQ(there.members("buyer"), (Ids{"bob", "dan"}));
    ASSERT_TRUE(there.live->write_checkpoint()) << "which reads all blocks";
    EXPECT_EQ(there.members("buyer"), (Ids{"bob", "dan"}));
    there.event("eve", day(3), "purchase");
    there.append();
    EXPECT_EQ(there.members("buyer"), (Ids{"bob", "dan", "eve"}));
}

TEST(Live, ACheckpointIsWrittenWhileBatchesCome) {
    LiveDirectory there(test_name(), day(3));
    there.options.checkpoint_records = 40;
    there.open();
    there.define("buyer", "did purchase");
    there.define("recent", "did purchase last 30 days");
    const auto give_up_at = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    const auto is_patient = [&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));  // a disk takes its time
        return std::chrono::steady_clock::now() < give_up_at;
    };
    std::uint64_t written = 0;
    int checkpoints = 0;
    for (int i = 0; checkpoints < 5 && is_patient(); ++i) {
        there.event("c" + std::to_string(i % 50), day(3), i % 3 == 0 ? "purchase" : "visit");
        there.append();
        const std::uint64_t newest = there.live->status().checkpoint_position;
        checkpoints += newest > written ? 1 : 0;
        written = newest;
    }
    ASSERT_EQ(checkpoints, 5) << there.live->status().checkpoint_error;
    const auto is_writing = [&] {
        const LiveStatus status = there.live->status();
        return status.position.value() - status.checkpoint_position >=
               there.options.checkpoint_records;
    };
    while (is_writing() && is_patient()) {
    }
    EXPECT_EQ(there.live->status().checkpoint_error, "");
    LiveDirectory again(test_name() + "_again");
    again.copy_from(there);
    again.open();
    EXPECT_TRUE(again.live->open_report().from_checkpoint);
    EXPECT_LT(again.live->open_report().replayed_records, there.live->view()->position().value());
    EXPECT_EQ(again.members("buyer"), there.members("buyer"));
    EXPECT_EQ(again.members("recent"), there.members("recent"));
    EXPECT_EQ(lines(again.changes()), lines(there.changes()));
    again.clock.set(day(40));
    ASSERT_TRUE(again.live->advance());
    EXPECT_EQ(again.members("recent"), Ids{}) << "what runs out was kept";
    const auto verification = again.live->verify();
    ASSERT_TRUE(verification);
    EXPECT_TRUE(verification->agrees());
}

TEST(Live, AnErasureReachesACheckpointThatIsBeingWritten) {
    LiveDirectory there(test_name(), day(3));
    there.options.checkpoint_records = 2;  // one begins with almost every batch
    there.open();
    there.define("buyer", "did purchase");
    for (int round = 0; round < 30; ++round) {
        const std::string secret = "secret-" + std::to_string(round) + "-of-nobody";
        for (int i = 0; i < 20; ++i) {
            there.event("c" + std::to_string(i), day(3), "visit");
        }
        there.event(secret, day(2), "purchase");
        there.append();
        ASSERT_TRUE(there.live->erase(secret));
        EXPECT_EQ(all_bytes(there.path()).find(secret), std::string::npos) << round;
    }
}

TEST(Live, MendingTellsTheSameChangesAgainWordForWord) {
    LiveDirectory there(test_name(), day(3));
    there.options.scrub_every = std::chrono::milliseconds(1);  // finds it by itself
    there.open();
    there.define("recent", "did purchase last 5 days");
    there.event("ada", day(1), "purchase");
    there.append();
    ASSERT_TRUE(there.live->stop());
    there.open();
    there.event("bob", day(2), "purchase");
    there.append();
    there.go_to(day(6));
    const auto told = lines(there.changes());
    ASSERT_EQ(told.size(), 3U);
    spoil(there, day(1));
    while (there.live->status().columns_mended == 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_EQ(lines(there.changes()), told);
    EXPECT_EQ(there.members("recent"), Ids{"bob"});
    EXPECT_TRUE(there.live->verify()->agrees());
}

TEST(Live, ADamagedBlockMetWhileLivingIsMendedAndSaid) {
    LiveDirectory there(test_name(), day(3));
    there.open();
    there.define("buyer", "did purchase");
    there.define("recent", "did purchase last 5 days");
    there.event("ada", day(1), "purchase");
    there.event("bob", day(2), "purchase");
    there.append();
    ASSERT_TRUE(there.live->erase("ada")) << "a replay numbers customers otherwise from here on";
    ASSERT_TRUE(there.live->stop());
    std::vector<std::string> warnings;
    there.options.open.on_warning = [&](const std::string& what) { warnings.push_back(what); };
    there.open();
    there.event("cid", day(3), "purchase");
    there.append();
    auto subscription = there.live->subscribe(there.live->view()->last_change());
    constexpr std::uint64_t erased_until = 6;  // older ones a replay cannot tell any more
    const auto told = lines(there.changes(erased_until));
    ASSERT_EQ(told.size(), 2U);
    ASSERT_TRUE(there.live->scrub());
    EXPECT_EQ(there.live->status().columns_mended, 0U) << "nothing is wrong yet";

    spoil(there, day(2));
    const auto before = there.live->view();
    ASSERT_TRUE(there.live->scrub());
    EXPECT_FALSE(before->columns()->health()) << "an error for those who still read it";
    EXPECT_TRUE(there.live->view()->columns()->health());
    EXPECT_EQ(there.live->status().columns_mended, 1U);
    EXPECT_EQ(warnings.size(), 1U);
    EXPECT_EQ(there.members("buyer"), (Ids{"bob", "cid"}));
    EXPECT_EQ(lines(there.changes(erased_until)), told) << "the same, number for number";
    there.event("dan", day(3), "purchase");
    there.append();
    EXPECT_EQ(there.members("recent"), (Ids{"bob", "cid", "dan"}));
    const Received received = subscription->next(5, std::chrono::seconds(10));
    ASSERT_FALSE(received.changes.empty()) << "who was subscribed goes on";
    EXPECT_EQ(received.changes[0].customer, "dan");
    EXPECT_EQ(received.changes[0].number, erased_until + told.size() + 1);
    there.go_to(day(7));
    EXPECT_EQ(there.members("recent"), (Ids{"cid", "dan"}));
    EXPECT_TRUE(there.live->verify()->agrees());
    ASSERT_TRUE(there.live->stop());
    there.open();
    EXPECT_EQ(there.members("buyer"), (Ids{"bob", "cid", "dan"}));
    EXPECT_EQ(warnings.size(), 1U) << "and the next opening finds nothing wrong";
}

TEST(Live, AFullQueueRefusesBeforeAnythingIsStored) {
    LiveDirectory there(test_name(), day(1));
    there.options.queue_batches_max = 4;
    there.open();
    std::promise<void> entered;
    std::promise<void> leave;
    there.event("ada", day(1), "purchase");
    ASSERT_TRUE(there.live->append(there.batch(), [&](const Result<LiveAppended>&) {
        entered.set_value();
        leave.get_future().wait();
    }));
    entered.get_future().wait();
    int taken = 0;
    std::atomic<int> completed = 0;
    ErrorCode refused = ErrorCode::internal;
    for (int i = 0; i < 10; ++i) {
        there.event("ada", day(1), "purchase");
        const Status status =
            there.live->append(there.batch(), [&](const Result<LiveAppended>&) { ++completed; });
        taken += status ? 1 : 0;
        refused = status ? refused : status.error().code;
    }
    EXPECT_EQ(taken, 4);
    EXPECT_EQ(refused, ErrorCode::unavailable);
    leave.set_value();
    ASSERT_TRUE(there.live->stop());
    EXPECT_EQ(completed, 4) << "what was taken is stored before stopping";
    EXPECT_EQ(there.live->view()->position().value(), 6U) << "the catch-up and five events";
    EXPECT_FALSE(there.live->append("x", {}));
}

TEST(Live, BatchesThatWaitTogetherAreEachAnsweredForThemselves) {
    LiveDirectory there(test_name(), day(1));
    there.open();
    there.define("buyer", "did purchase");
    std::promise<void> entered;
    std::promise<void> leave;
    there.event("ada", day(1), "purchase", 1, "m0");
    ASSERT_TRUE(there.live->append(there.batch(), [&](const Result<LiveAppended>&) {
        entered.set_value();
        leave.get_future().wait();
    }));
    entered.get_future().wait();
    const Position before = there.live->view()->position();
    std::vector<std::promise<LiveAppended>> answers(4);
    const auto send = [&](std::size_t place, const std::vector<const char*>& ids) {
        for (const char* id : ids) {
            there.event(std::string("by ") + id, day(1), "purchase", 1, id);
        }
        ASSERT_TRUE(there.live->append(there.batch(), [&, place](Result<LiveAppended> appended) {
            EXPECT_EQ(there.live->view()->segment("buyer")->members, 5U)
                << "told when all of them are visible";
            answers[place].set_value(*appended);
        }));
    };
    send(0, {"m1", "m2"});
    send(1, {"m2", "m0"});
    send(2, {"m3", "m1", "m4"});
    send(3, {});
    leave.set_value();

    struct Expected {
        std::uint32_t kept, duplicates;
        std::uint64_t records, changes;
    };

    const std::vector<Expected> expected = {{2, 0, 2, 3}, {0, 2, 2, 3}, {2, 1, 4, 5}, {0, 0, 4, 5}};
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const LiveAppended appended = answers[i].get_future().get();
        EXPECT_EQ(appended.kept, expected[i].kept) << i;
        EXPECT_EQ(appended.duplicates, expected[i].duplicates) << i;
        EXPECT_EQ(appended.position.value(), before.value() + expected[i].records) << i;
        EXPECT_EQ(appended.last_change, expected[i].changes) << i;
    }
    EXPECT_TRUE(there.live->verify()->agrees());
}

TEST(Live, ASlowSubscriberIsToldAndStopsNobody) {
    LiveDirectory there(test_name(), day(1));
    there.options.changes_kept = 10;
    there.open();
    there.define("buyer", "did purchase");
    auto slow = there.live->subscribe(0);
    auto quick = there.live->subscribe(0);
    ASSERT_TRUE(slow && quick);
    for (int i = 0; i < 30; ++i) {
        there.event("c" + std::to_string(i), day(1), "purchase");
        there.append();
        const Received received = quick->next(5, std::chrono::seconds(10));
        ASSERT_EQ(received.changes.size(), 1U);
        EXPECT_EQ(received.changes[0].number, static_cast<std::uint64_t>(i + 1));
    }
    EXPECT_EQ(slow->next(5, std::chrono::seconds(1)).state, SubscriptionState::too_slow);
    EXPECT_EQ(there.live->changes_after(3, 5).error().code, ErrorCode::not_found);
    EXPECT_EQ(there.live->changes_after(20, 5)->changes.front().number, 21U);
    EXPECT_EQ(there.live->changes_after(31, 5).error().code, ErrorCode::invalid_argument);
    ASSERT_TRUE(there.live->stop());
    EXPECT_EQ(quick->next(5, std::chrono::seconds(10)).state, SubscriptionState::stopped);
}

TEST(Live, DuplicatesAndRejectsAreCountedBySource) {
    LiveDirectory there(test_name(), day(1));
    there.open();
    for (int i = 0; i < 2; ++i) {
        there.event("ada", day(1), "purchase", 1, "m1");
        there.append();
    }
    there.live->count_rejected("test", 3);
    const LiveStatus status = there.live->status();
    ASSERT_EQ(status.sources.size(), 1U);
    EXPECT_EQ(status.sources[0].kept, 1U);
    EXPECT_EQ(status.sources[0].duplicates, 1U);
    EXPECT_EQ(status.sources[0].rejected, 3U);
    EXPECT_EQ(status.event_watermark, day(1));
}

TEST(Live, ThresholdsAreRenewedOnSchedule) {
    LiveDirectory there(test_name(), day(1));
    there.open();
    for (int i = 0; i < 4; ++i) {
        there.event("c" + std::to_string(i), day(1), "purchase", i);
    }
    there.append();
    there.define("top", "percentile(sum(purchase.amount)) >= 50");
    EXPECT_EQ(there.members("top"), (Ids{"c2", "c3"}));
    EXPECT_EQ(there.live->view()->segment("top")->thresholds_at, day(1));
    there.event("c0", day(1), "purchase", 100);
    there.event("c1", day(1), "purchase", 100);
    there.append();
    EXPECT_EQ(there.members("top"), (Ids{"c0", "c1", "c2", "c3"}));
    there.go_to(day(2));
    ASSERT_TRUE(there.live->settle());
    EXPECT_EQ(there.members("top"), (Ids{"c0", "c1"}));
    EXPECT_EQ(there.live->view()->segment("top")->thresholds_at, day(2));
}

TEST(Live, BySelfTheClockIsFeltWithinASecond) {
    LiveDirectory there(test_name(), day(1));
    there.options.ticking = Ticking::by_itself;
    there.open();
    there.define("recent", "did purchase last 1 day");
    there.event("ada", day(1), "purchase");
    there.append();
    auto subscription = there.live->subscribe(1);
    there.clock.set(day(2));
    const Received received = subscription->next(5, std::chrono::seconds(30));
    ASSERT_EQ(received.changes.size(), 1U);
    EXPECT_EQ(line(received.changes[0]), "2 ada left recent v1 1970-01-03T00:00:00Z clock");
    const std::uint64_t position = there.live->view()->position().value();
    std::this_thread::sleep_for(std::chrono::milliseconds(600));
    EXPECT_EQ(there.live->view()->position().value(), position)
        << "nothing is written when nobody is due";
}

/// A clock that is later each time it is looked at, as a real one is.
class RunningClock final : public Clock {
  public:
    [[nodiscard]] Instant now() const override { return day(1) + Duration(++looks_); }

  private:
    mutable std::atomic<std::int64_t> looks_ = 0;
};

TEST(Live, AdvancingEndsThoughTheClockRuns) {
    LiveDirectory there(test_name());
    const RunningClock clock;
    auto live = Live::open(there.path(), there.options, clock);
    ASSERT_TRUE(live);
    ASSERT_TRUE((*live)->define_segment("recent", "did purchase last 1 day"));
    ASSERT_TRUE((*live)->settle());
    EXPECT_TRUE((*live)->advance());
}

}  // namespace
}  // namespace fineline::engine
