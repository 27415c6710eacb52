#include "base/random.h"
#include "eventlog/testing.h"
#include "killed_child.h"

#include <gtest/gtest.h>

#include <array>
#include <iostream>

namespace fineline::eventlog {

namespace {

using testing::TemporaryDirectory;
using testing::TestEvent;

constexpr int batches = 60;
constexpr int records_per_batch = 50;
constexpr std::array<const char*, 3> planted{"zoe-", "QxEvent", "QxMessage"};

/// A log of many customers in which every seventh record is one of zoe's.
void fill(const std::string& directory) {
    const auto log = testing::open_log(directory);
    for (int i = 0; i < batches; ++i) {
        std::vector<TestEvent> events;
        for (int j = 0; j < records_per_batch; ++j) {
            const std::string tag = std::to_string(i) + "x" + std::to_string(j);
            events.push_back(
                j % 7 == 3 ? TestEvent{"zoe-" + tag, "QxEvent" + tag, "QxMessage" + tag, "red"}
                           : TestEvent{"c" + tag, "purchase", "m" + tag, "blue"});
        }
        require(log->append(testing::encode(events, testing::header_at(1))).has_value(),
                "cannot append");
    }
}

bool concerns_zoe(const RecordBatch& /*batch*/, const RecordView& record) {
    return record.customer.starts_with("zoe-");
}

void erase(const std::string& directory) {
    const auto log = testing::open_log(directory);
    require(log->erase(concerns_zoe).has_value(), "cannot erase");
}

/// Searches every file as it lies there, and every batch as it was before compression.
void expect_nothing_left(const std::string& directory, EventLog& log) {
    auto texts = testing::directory_content(directory);
    const auto stored = testing::read_all(log);
    ASSERT_TRUE(stored);
    for (const StoredBatch& batch : *stored) {
        texts["position " + std::to_string(batch.first.value())] = batch.bytes;
    }
    for (const auto& [name, content] : texts) {
        for (const char* text : planted) {
            ASSERT_EQ(content.find(text), std::string::npos) << text << " in " << name;
        }
    }
}

TEST(EraseCrash, CallingItAgainAfterAKillAtAnyStepFinishesTheWork) {
    const std::uint64_t seed = testing::seed_of_run();
    const int points = crash::points_of_run();
    std::cout << "FINELINE_SEED=" << seed << " FINELINE_CRASH_POINTS=" << points << "\n";
    Random random(seed);
    const TemporaryDirectory directory;
    fill(directory.path());
    const auto files = testing::directory_content(directory.path());
    int killed = 0;
    // Follows how long an erasure takes here, so that kills fall before, within and behind it.
    std::chrono::microseconds longest(40'000);
    for (int point = 0; point < points; ++point) {
        testing::restore(directory.path(), files);
        const std::chrono::microseconds delay(
            random.below(static_cast<std::uint64_t>(longest.count())));
        const bool was_killed = crash::killed_after(delay, [&] { erase(directory.path()); });
        killed += was_killed ? 1 : 0;
        longest = was_killed ? longest * 5 / 4 : longest * 3 / 4;

        const auto log = testing::open_log(directory.path());
        ASSERT_TRUE(log->verify());
        ASSERT_EQ(log->end(), Position(batches * records_per_batch));
        const auto rest = log->erase(concerns_zoe);
        ASSERT_TRUE(rest);
        ASSERT_TRUE(rest->records == 0 || rest->records == batches * 7) << rest->records;
        expect_nothing_left(directory.path(), *log);
        ASSERT_TRUE(log->verify());
        const auto late = log->append(
            testing::encode({{"zoe-1", "x", "QxMessage0x3"}}, testing::header_at(9'000)));
        ASSERT_EQ(late->kept, 0U) << "a late retry stays dropped";
    }
    std::cout << "measured: " << points << " kills of an erasure in the log, " << killed
              << " of them on its way\n";
    EXPECT_GT(killed, points / 4);
}

}  // namespace

}  // namespace fineline::eventlog
