#include "eventlog/grouping_log.h"
#include "eventlog/testing.h"
#include "model/limits.h"

#include <gtest/gtest.h>

#include <fstream>

namespace fineline::eventlog {

namespace {

using testing::customers;
using testing::encode;
using testing::header_at;
using testing::open_log;
using testing::rows_of;
using testing::TemporaryDirectory;
using testing::TestEvent;

using Names = std::vector<std::string>;

TEST(SqliteLog, KeepsBatchesInOrderOverReopening) {
    const TemporaryDirectory directory;
    const std::string first = encode({{"ada"}, {"ben"}}, header_at(1));
    const std::string second = encode({{"cy"}}, header_at(2));
    {
        const auto log = open_log(directory.path());
        EXPECT_EQ(log->end(), Position(0));
        EXPECT_EQ(log->append(first)->first, Position(0));
        const auto appended = log->append(second);
        EXPECT_EQ(appended->first, Position(2));
        EXPECT_EQ(appended->kept, 1U);
        EXPECT_EQ(appended->batch->bytes(), second);
    }
    const auto log = open_log(directory.path());
    EXPECT_EQ(log->end(), Position(3));
    EXPECT_EQ(log->read(Position(0))->bytes, first);
    EXPECT_EQ(log->read(Position(1))->first, Position(0)) << "the batch that holds the position";
    EXPECT_EQ(log->read(Position(2))->bytes, second);
    EXPECT_EQ(log->read(Position(3))->bytes, "");
    EXPECT_EQ(log->read(Position(99))->first, Position(3));
    EXPECT_TRUE(log->verify());
}

TEST(SqliteLog, ContentDigestTellsLogsApart) {
    const TemporaryDirectory here;
    const TemporaryDirectory there;
    const std::string first = encode({{"ada"}, {"ben"}}, header_at(1));
    std::uint64_t whole = 0;
    {
        const auto one = open_log(here.path());
        const auto other = open_log(there.path());
        ASSERT_TRUE(one->append(first));
        ASSERT_TRUE(other->append(first));
        const std::uint64_t common = *one->content_digest(Position(2));
        EXPECT_EQ(common, *other->content_digest(Position(2)));
        EXPECT_NE(common, *one->content_digest(Position(0)));
        ASSERT_TRUE(one->append(encode({{"cy"}}, header_at(2))));
        ASSERT_TRUE(other->append(encode({{"dan"}}, header_at(2))));
        whole = *one->content_digest(Position(3));
        EXPECT_NE(whole, *other->content_digest(Position(3)));
        EXPECT_EQ(*one->content_digest(Position(2)), common) << "what comes later is no part of it";
        EXPECT_EQ(one->content_digest(Position(1)).error().code, ErrorCode::not_found)
            << "in the middle of a batch";
        EXPECT_EQ(one->content_digest(Position(4)).error().code, ErrorCode::not_found);
    }
    const auto reopened = open_log(here.path());
    EXPECT_EQ(*reopened->content_digest(Position(3)), whole);
    ASSERT_TRUE(reopened->erase(
        [](const RecordBatch&, const RecordView& record) { return record.customer == "ada"; }));
    EXPECT_NE(*reopened->content_digest(Position(3)), whole) << "the content is another one";
    EXPECT_TRUE(reopened->verify());
}

TEST(SqliteLog, RefusesBytesThatAreNoBatchAndBatchesTooLarge) {
    const TemporaryDirectory directory;
    const auto log = open_log(directory.path());
    EXPECT_EQ(log->append("rubbish").error().code, ErrorCode::corrupt);
    RecordBatchBuilder builder;
    RecordDraft tombstone;
    tombstone.kind = RecordKind::tombstone;
    for (std::size_t i = 0; i <= limits::batch_records_max; ++i) {
        builder.add(tombstone);
    }
    EXPECT_EQ(log->append(builder.finish({})).error().code, ErrorCode::limit_exceeded);
    EXPECT_EQ(log->end(), Position(0));
    EXPECT_EQ(log->append(encode({}, header_at(1)))->kept, 0U) << "nothing to log is no error";
}

TEST(SqliteLog, AGroupIsDecidedLikeItsBatchesOneAfterTheOther) {
    const TemporaryDirectory here;
    const TemporaryDirectory there;
    // A sequence, messages sent again within the group and from before, one that is no batch.
    const std::vector<std::string> batches = {
        encode({{"ada", "purchase", "m1"}, {"ben", "purchase", "m2"}}, header_at(2)),
        encode({{"x", "purchase", "m2"}, {"cy", "purchase", "m3"}}, header_at(2)),
        encode({{"x", "purchase", "m1"}}, header_at(2)),
        "rubbish",
        encode({{"row1"}, {"row2"}}, rows_of("orders", 1, 2)),
        encode({{"row2"}, {"row3"}}, rows_of("orders", 2, 3)),
        encode({{"x", "purchase", "m0"}, {"dan"}}, header_at(2)),
        encode({{"x", "purchase", "m3"}, {"eve", "purchase", "m2"}}, header_at(40))};
    const auto one_by_one = open_log(here.path());
    const auto grouped = open_log(there.path());
    for (EventLog* log : {one_by_one.get(), grouped.get()}) {
        ASSERT_TRUE(log->append(encode({{"zoe", "purchase", "m0"}}, header_at(1))));
    }
    const auto together = append_all(*grouped, batches);
    ASSERT_EQ(together.size(), batches.size());
    for (std::size_t i = 0; i < batches.size(); ++i) {
        const auto alone = one_by_one->append(batches[i]);
        ASSERT_EQ(alone.has_value(), together[i].has_value()) << i;
        if (!alone) {
            EXPECT_EQ(alone.error().code, together[i].error().code) << i;
            continue;
        }
        EXPECT_EQ(alone->first, together[i]->first) << i;
        EXPECT_EQ(alone->kept, together[i]->kept) << i;
        EXPECT_EQ(alone->duplicates, together[i]->duplicates) << i;
        ASSERT_EQ(alone->batch.has_value(), together[i]->batch.has_value()) << i;
        if (alone->batch) {
            EXPECT_EQ(alone->batch->bytes(), together[i]->batch->bytes()) << i;
        }
    }
    EXPECT_EQ(together[7]->kept, 2U) << "38 days later the ids are forgotten";
    EXPECT_EQ(*one_by_one->content_digest(one_by_one->end()),
              *grouped->content_digest(grouped->end()));
    EXPECT_TRUE(grouped->verify());
    EXPECT_EQ(grouped->append(batches[1])->kept, 0U) << "memory follows the group";
}

TEST(SqliteLog, DropsMessagesLoggedBeforeAndTwiceInABatch) {
    const TemporaryDirectory directory;
    const auto log = open_log(directory.path());
    ASSERT_TRUE(
        log->append(encode({{"ada", "purchase", "m1"}, {"ben", "purchase", "m2"}}, header_at(1))));
    const auto appended = log->append(encode({{"x", "purchase", "m2"},
                                              {"cy", "purchase", "m3"},
                                              {"x", "purchase", "m3"},
                                              {"dan"},
                                              {"dan"}},
                                             header_at(2)));
    EXPECT_EQ(appended->duplicates, 2U);
    EXPECT_EQ(appended->kept, 3U);
    EXPECT_EQ(customers(appended->batch->bytes()), (Names{"cy", "dan", "dan"}));
    EXPECT_EQ(log->read(Position(2))->bytes, appended->batch->bytes());
    const auto again = log->append(encode({{"ada", "purchase", "m1"}}, header_at(3)));
    EXPECT_EQ(again->kept, 0U);
    EXPECT_FALSE(again->batch);
    EXPECT_EQ(log->end(), Position(5));
    EXPECT_TRUE(log->verify());
}

TEST(SqliteLog, TellsTheSameIdOfTwoSourcesApart) {
    const TemporaryDirectory directory;
    const auto log = open_log(directory.path());
    ASSERT_TRUE(log->append(encode({{"ada", "purchase", "1"}}, header_at(1, "shop"))));
    EXPECT_EQ(log->append(encode({{"ada", "purchase", "1"}}, header_at(1, "app")))->kept, 1U);
    EXPECT_EQ(log->append(encode({{"ada", "purchase", "p1"}}, header_at(1, "sho")))->kept, 1U)
        << "source and id must not run together";
}

TEST(SqliteLog, ForgetsMessageIdsBehindTheWindowOfTheLogsOwnClock) {
    const TemporaryDirectory directory;
    const auto log = open_log(directory.path());
    const auto kept = [&](std::int64_t day, const std::string& id) {
        return log->append(encode({{"ada", "purchase", id}}, header_at(day)))->kept;
    };
    EXPECT_EQ(kept(100, "a"), 1U);
    EXPECT_EQ(kept(130, "a"), 0U) << "exactly 30 days later is inside";
    EXPECT_EQ(kept(131, "b"), 1U);
    EXPECT_EQ(kept(131, "a"), 1U) << "31 days later it is forgotten, and logged anew";
    EXPECT_EQ(kept(90, "a"), 0U) << "an arrival time of the past does not turn the clock back";
    EXPECT_EQ(kept(161, "a"), 0U) << "the window counts from when it was logged anew";
    EXPECT_TRUE(log->verify());
}

TEST(SqliteLog, PrunesForgottenIdsWithoutLosingTheOthers) {
    const TemporaryDirectory directory;
    const auto log = open_log(directory.path());
    for (std::int64_t day = 0; day < 100; ++day) {
        std::vector<TestEvent> events;
        events.reserve(20);
        for (int i = 0; i < 20; ++i) {
            events.push_back({"ada", "purchase", std::to_string(day) + "/" + std::to_string(i)});
        }
        ASSERT_EQ(log->append(encode(events, header_at(day)))->kept, 20U);
    }
    for (std::int64_t day = 0; day < 100; ++day) {
        const auto appended =
            log->append(encode({{"ada", "purchase", std::to_string(day) + "/7"}}, header_at(99)));
        EXPECT_EQ(appended->duplicates, day >= 69 ? 1U : 0U) << day;
    }
    EXPECT_TRUE(log->verify());
}

TEST(SqliteLog, DropsOrRefusesRowsOfASequenceAlreadyLogged) {
    const TemporaryDirectory directory;
    const auto log = open_log(directory.path());
    const std::string rows = encode({{"ada"}, {"ben"}}, rows_of("digest", 1, 10));
    EXPECT_EQ(log->append(rows)->kept, 2U);
    const auto again = log->append(rows);
    EXPECT_EQ(again->kept, 0U);
    EXPECT_EQ(again->duplicates, 2U);
    const auto partly = log->append(encode({{"cy"}}, rows_of("digest", 10, 12)));
    EXPECT_EQ(partly.error().code, ErrorCode::conflict);
    EXPECT_EQ(*log->last_row("digest"), 10U) << "a refused batch leaves no trace";
    EXPECT_EQ(log->append(encode({{"cy"}}, rows_of("digest", 11, 12)))->kept, 1U);
    EXPECT_EQ(log->append(encode({{"cy"}}, rows_of("other", 1, 12)))->kept, 1U);
    EXPECT_EQ(log->append(encode({{"cy"}}, rows_of("digest", 13, 12))).error().code,
              ErrorCode::invalid_argument);
    EXPECT_EQ(log->append(encode({}, rows_of("digest", 13, 20)))->kept, 0U);
    EXPECT_EQ(*log->last_row("digest"), 20U) << "rows that were all rejected are done as well";
    EXPECT_EQ(*log->last_row("unknown"), 0U);
    EXPECT_TRUE(log->verify());
}

TEST(SqliteLog, RemembersFinishedSequences) {
    const TemporaryDirectory directory;
    {
        const auto log = open_log(directory.path());
        ASSERT_TRUE(log->append(encode({{"ada"}}, rows_of("digest", 1, 1))));
        EXPECT_FALSE(*log->is_finished("digest"));
        ASSERT_TRUE(log->finish_sequence("digest"));
        ASSERT_TRUE(log->finish_sequence("digest"));
        ASSERT_TRUE(log->finish_sequence("empty file"));
    }
    const auto log = open_log(directory.path());
    EXPECT_TRUE(*log->is_finished("digest"));
    EXPECT_TRUE(*log->is_finished("empty file"));
    EXPECT_EQ(*log->last_row("digest"), 1U);
    EXPECT_TRUE(log->verify());
}

TEST(SqliteLog, TellsASecondOpenerWhoHasTheDirectory) {
    const TemporaryDirectory directory;
    {
        const auto log = open_log(directory.path());
        const auto second = open_sqlite_log(directory.path(), {});
        ASSERT_FALSE(second);
        EXPECT_EQ(second.error().code, ErrorCode::conflict);
        EXPECT_EQ(second.error().message,
                  "another fineline (process " + std::to_string(getpid()) +
                      ") has this directory open; wait for it or stop it: " + directory.path());
    }
    EXPECT_TRUE(open_sqlite_log(directory.path(), {}));
}

TEST(SqliteLog, ReadsAsNoneWhenItsMakerWasKilledBeforeItHadTables) {
    const TemporaryDirectory directory;
    const LogOptions reading{.access = Access::reading};
    const std::string file = directory.path() + "/log.sqlite";
    std::ofstream(file).flush();
    EXPECT_EQ(open_sqlite_log(directory.path(), reading).error().code, ErrorCode::not_found);
    ASSERT_TRUE(open_log(directory.path())->append(encode({{"ada"}}, header_at(1))));
    EXPECT_EQ(open_sqlite_log(directory.path(), reading).value()->end(), Position(1));
    std::ofstream(file, std::ios::trunc).flush();
    EXPECT_EQ(open_sqlite_log(directory.path(), reading).error().code, ErrorCode::corrupt)
        << "one record was acknowledged, and is gone";
}

TEST(SqliteLog, LetsManyReadButNobodyBesideAWriter) {
    const TemporaryDirectory directory;
    const LogOptions reading{.access = Access::reading};
    EXPECT_EQ(open_sqlite_log(directory.path(), reading).error().code, ErrorCode::not_found);
    {
        const auto writer = open_log(directory.path());
        ASSERT_TRUE(writer->append(encode({{"ada"}}, header_at(1))));
        EXPECT_EQ(open_sqlite_log(directory.path(), reading).error().code, ErrorCode::conflict);
    }
    const auto one = open_sqlite_log(directory.path(), reading);
    const auto two = open_sqlite_log(directory.path(), reading);
    ASSERT_TRUE(one && two);
    EXPECT_EQ(open_sqlite_log(directory.path(), {}).error().message,
              "another fineline (reading it) has this directory open; wait for it or stop it: " +
                  directory.path());
    EXPECT_EQ(customers((*two)->read(Position(0))->bytes), (Names{"ada"}));
    EXPECT_TRUE((*one)->verify());
    EXPECT_TRUE((*one)->backup(directory.path() + "/copy"));
    EXPECT_EQ((*one)->append(encode({{"ada"}}, header_at(1))).error().code, ErrorCode::forbidden);
    EXPECT_EQ((*one)->finish_sequence("digest").error().code, ErrorCode::forbidden);
    const auto nobody = [](const RecordBatch&, const RecordView&) { return false; };
    EXPECT_EQ((*one)->erase(nobody).error().code, ErrorCode::forbidden);
}

TEST(SqliteLog, BacksUpWhatIsCommittedIntoANewFile) {
    const TemporaryDirectory directory;
    const TemporaryDirectory restored;
    const std::string copy = restored.path() + "/log.sqlite";
    {
        const auto log = open_log(directory.path());
        ASSERT_TRUE(log->append(encode({{"ada", "purchase", "m1"}}, header_at(1))));
        ASSERT_TRUE(log->backup(copy));
        EXPECT_EQ(log->backup(copy).error().code, ErrorCode::conflict);
        ASSERT_TRUE(log->append(encode({{"ben"}}, header_at(1)))) << "the log goes on";
        EXPECT_EQ(log->backup(restored.path() + "/none/x").error().code, ErrorCode::io);
    }
    const auto log = open_log(restored.path());
    EXPECT_EQ(log->end(), Position(1));
    EXPECT_EQ(customers(log->read(Position(0))->bytes), (Names{"ada"}));
    EXPECT_EQ(log->append(encode({{"ada", "purchase", "m1"}}, header_at(1)))->kept, 0U);
    EXPECT_TRUE(log->verify());
}

TEST(SqliteLog, RefusesADirectoryItCannotMakeAndAFileThatIsNoLog) {
    const TemporaryDirectory directory;
    std::ofstream(directory.path() + "/file") << "x";
    EXPECT_EQ(open_sqlite_log(directory.path() + "/file/sub", {}).error().code, ErrorCode::io);
    std::ofstream(directory.path() + "/log.sqlite") << std::string(10'000, 'x');
    EXPECT_EQ(open_sqlite_log(directory.path(), {}).error().code, ErrorCode::corrupt);
}

}  // namespace

}  // namespace fineline::eventlog
