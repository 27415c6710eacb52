#include "base/random.h"
#include "eventlog/testing.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace fineline::eventlog {

namespace {

using testing::customers;
using testing::encode;
using testing::header_at;
using testing::open_log;
using testing::read_all;
using testing::TemporaryDirectory;
using testing::TestEvent;

using Names = std::vector<std::string>;

bool concerns_zoe(const RecordBatch& /*batch*/, const RecordView& record) {
    return record.customer.starts_with("zoe-");
}

/// What only the erased person's records hold: id, event name, message id, property.
TestEvent planted(const std::string& tag) {
    return {"zoe-" + tag, "QxEvent" + tag, "QxMessage" + tag, "QxProperty" + tag};
}

/// A log of many customers in which every seventh record is one of zoe's.
void fill(EventLog& log, int batches) {
    for (int i = 0; i < batches; ++i) {
        std::vector<TestEvent> events;
        for (int j = 0; j < 50; ++j) {
            const std::string tag = std::to_string(i) + "x" + std::to_string(j);
            events.push_back(j % 7 == 3 && i % 3 != 1
                                 ? planted(tag)
                                 : TestEvent{"c" + tag, "purchase", "m" + tag, "blue" + tag});
        }
        ASSERT_TRUE(log.append(encode(events, header_at(1))));
    }
}

/// Searches every file of the directory as it lies there.
void expect_nothing_in_files(const std::string& directory) {
    for (const auto& [name, content] : testing::directory_content(directory)) {
        for (const char* planted_text : {"zoe-", "QxEvent", "QxMessage", "QxProperty"}) {
            EXPECT_EQ(content.find(planted_text), std::string::npos)
                << planted_text << " in " << name;
        }
    }
}

/// Searches every batch as it was before compression.
void expect_nothing_in_batches(EventLog& log) {
    const auto batches = read_all(log);
    ASSERT_TRUE(batches);
    for (const StoredBatch& batch : *batches) {
        for (const char* planted_text : {"zoe-", "QxEvent", "QxMessage", "QxProperty"}) {
            ASSERT_EQ(batch.bytes.find(planted_text), std::string::npos) << planted_text;
        }
    }
}

TEST(LogErasure, LeavesTombstonesAndKeepsEveryPosition) {
    const TemporaryDirectory directory;
    const auto log = open_log(directory.path());
    ASSERT_TRUE(log->append(encode({{"ada"}, {"zoe-1"}, {"ben"}}, header_at(1))));
    ASSERT_TRUE(log->append(encode({{"cy"}}, header_at(2))));
    ASSERT_TRUE(log->append(encode({{"zoe-2"}, {"zoe-3"}}, header_at(3))));
    const auto erased = log->erase(concerns_zoe);
    ASSERT_TRUE(erased);
    EXPECT_EQ(erased->records, 3U);
    EXPECT_EQ(erased->batches_rewritten, 2U);
    EXPECT_EQ(log->end(), Position(6));
    EXPECT_EQ(customers(log->read(Position(0))->bytes), (Names{"ada", "-", "ben"}));
    EXPECT_EQ(customers(log->read(Position(3))->bytes), (Names{"cy"}));
    EXPECT_EQ(customers(log->read(Position(4))->bytes), (Names{"-", "-"}));
    EXPECT_TRUE(log->verify());
    const auto again = log->erase(concerns_zoe);
    EXPECT_EQ(again->records, 0U);
    EXPECT_EQ(log->append(encode({{"dan"}}, header_at(4)))->first, Position(6))
        << "the log goes on";
}

TEST(LogErasure, LeavesNoByteOfAPersonInAnyFile) {
    const TemporaryDirectory directory;
    const auto log = open_log(directory.path());
    fill(*log, 60);
    const auto erased = log->erase(concerns_zoe);
    ASSERT_TRUE(erased);
    EXPECT_EQ(erased->records, 40U * 7U);
    expect_nothing_in_files(directory.path());
    expect_nothing_in_batches(*log);
    EXPECT_TRUE(log->verify());
    EXPECT_EQ(log->end(), Position(3000));
}

/// As above with texts stored as they are, so that the search of the raw files would find what was
/// left.
TEST(LogErasure, LeavesNoByteOfAPersonWhereNothingWasCompressed) {
    const TemporaryDirectory directory;
    const auto log = open_log(directory.path());
    Random random(3);
    const auto large = [&](const std::string& start) {
        std::string text = start;
        while (text.size() < 20'000) {
            text += static_cast<char>(random.below(256));
        }
        return text;
    };
    for (int i = 0; i < 20; ++i) {
        ASSERT_TRUE(log->append(
            encode({{"zoe-1", "QxEvent", "QxMessage" + std::to_string(i), large("QxProperty")},
                    {"ada", "purchase", "", large("blue")}},
                   header_at(1))));
    }
    const auto holds = [&] {
        const auto files = testing::directory_content(directory.path());
        return std::any_of(files.begin(), files.end(), [](const auto& file) {
            return file.second.find("QxProperty") != std::string::npos;
        });
    };
    EXPECT_TRUE(holds()) << "the search must be able to find something";
    EXPECT_EQ(log->erase(concerns_zoe)->records, 20U);
    expect_nothing_in_files(directory.path());
    expect_nothing_in_batches(*log);
}

TEST(LogErasure, DropsALateRetryOfAnErasedMessageForEver) {
    const TemporaryDirectory directory;
    {
        const auto log = open_log(directory.path());
        ASSERT_TRUE(log->append(
            encode({{"zoe-1", "purchase", "m1"}, {"ada", "purchase", "m2"}}, header_at(1))));
        ASSERT_TRUE(log->append(encode({{"ben", "purchase", "m3"}}, header_at(100))));
        ASSERT_EQ(log->erase(concerns_zoe)->records, 1U) << "its id is long out of the window";
    }
    const auto log = open_log(directory.path());
    EXPECT_EQ(log->append(encode({{"zoe-1", "purchase", "m1"}}, header_at(10'000)))->kept, 0U);
    EXPECT_EQ(log->append(encode({{"ada", "purchase", "m2"}}, header_at(10'000)))->kept, 1U);
    for (int i = 0; i < 10; ++i) {
        ASSERT_TRUE(
            log->append(encode({{"ada", "purchase", "x" + std::to_string(i)}}, header_at(20'000))));
    }
    EXPECT_EQ(log->append(encode({{"zoe-1", "purchase", "m1"}}, header_at(20'000)))->kept, 0U)
        << "after pruning";
    EXPECT_TRUE(log->verify());
}

TEST(LogErasure, RemovesTheHalfMadeCopyOfACrash) {
    const TemporaryDirectory directory;
    {
        const auto log = open_log(directory.path());
        ASSERT_TRUE(log->append(encode({{"ada"}}, header_at(1))));
        std::ofstream(directory.path() + "/log.erasing") << "QxEvent";
        ASSERT_EQ(log->erase(concerns_zoe)->records, 0U);
        expect_nothing_in_files(directory.path());
        std::ofstream(directory.path() + "/log.erasing") << "QxEvent";
    }
    const auto log = open_log(directory.path());
    expect_nothing_in_files(directory.path());
}

}  // namespace

}  // namespace fineline::eventlog
