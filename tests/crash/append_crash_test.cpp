#include "base/random.h"
#include "eventlog/testing.h"
#include "killed_child.h"

#include <gtest/gtest.h>

#include <array>
#include <iostream>

namespace fineline::eventlog {

namespace {

using testing::encode;
using testing::TemporaryDirectory;
using testing::TestEvent;

constexpr int records_per_batch = 10;
constexpr int batches_per_opening = 15;
constexpr int batches_sent_again = 6;

/// The batch of a number: every other one is told apart by message ids, the rest by rows of a file.
std::string batch_of(int number) {
    const bool has_ids = number % 2 == 0;
    std::vector<TestEvent> events;
    for (int i = 0; i < records_per_batch; ++i) {
        const std::string id = std::to_string(number) + "-" + std::to_string(i);
        events.push_back(
            {id, "purchase", has_ids ? id : "", std::string(200, static_cast<char>('a' + i))});
    }
    const auto row = static_cast<std::uint64_t>(number) * records_per_batch + 1;
    return encode(events,
                  has_ids ? testing::header_at(1)
                          : testing::rows_of("file", row, row + records_per_batch - 1));
}

/// Appends batches for ever, reporting each one acknowledged; closes and opens the log again now
/// and then, so that a kill may fall into that.
[[noreturn]] void append_for_ever(const std::string& directory, int next, int report) {
    while (true) {
        const auto log = open_sqlite_log(directory, {});
        require(log.has_value(), log ? "" : log.error().message.c_str());
        for (int i = 0; i < batches_per_opening; ++i, ++next) {
            const auto appended = (*log)->append(batch_of(next));
            require(appended.has_value(), appended ? "" : appended.error().message.c_str());
            require(write(report, &next, sizeof next) == sizeof next, "cannot report");
        }
    }
}

/// Reads the reports of a child that is gone; returns how many batches were acknowledged by now.
int acknowledged(int reports, int before) {
    int number = 0;
    while (read(reports, &number, sizeof number) == sizeof number) {
        before = std::max(before, number + 1);
    }
    return before;
}

/// The customers in the log, in order.
std::vector<std::string> logged(EventLog& log) {
    std::vector<std::string> found;
    const auto batches = testing::read_all(log);
    require(batches.has_value(), batches ? "" : batches.error().message.c_str());
    for (const StoredBatch& batch : *batches) {
        for (std::string& customer : testing::customers(batch.bytes)) {
            found.push_back(std::move(customer));
        }
    }
    return found;
}

TEST(AppendCrash, WhatWasAcknowledgedIsThereOnceAndNothingElseIs) {
    const std::uint64_t seed = testing::seed_of_run();
    const int points = crash::points_of_run();
    std::cout << "FINELINE_SEED=" << seed << " FINELINE_CRASH_POINTS=" << points << "\n";
    Random random(seed);
    const TemporaryDirectory directory;
    int sent_before = 0;
    for (int point = 0; point < points; ++point) {
        std::array<int, 2> channel{};
        ASSERT_EQ(pipe(channel.data()), 0);
        const int next = std::max(0, sent_before - batches_sent_again);
        const std::chrono::microseconds delay(random.below(120'000));
        ASSERT_TRUE(crash::killed_after(delay, [&] {
            close(channel[0]);
            append_for_ever(directory.path(), next, channel[1]);
        }));
        close(channel[1]);
        const int sent = acknowledged(channel[0], sent_before);
        close(channel[0]);

        const auto log = open_sqlite_log(directory.path(), {});
        ASSERT_TRUE(log) << log.error().message;
        ASSERT_TRUE((*log)->verify());
        const std::vector<std::string> found = logged(**log);
        ASSERT_EQ(found.size() % records_per_batch, 0U) << "a batch is there whole or not at all";
        const int batches = static_cast<int>(found.size()) / records_per_batch;
        // The batch under way when the kill fell may be there: it was sent, only its report is
        // missing.
        ASSERT_GE(batches, sent);
        ASSERT_LE(batches, sent + 1);
        for (std::size_t i = 0; i < found.size(); ++i) {
            ASSERT_EQ(found[i],
                      std::to_string(i / records_per_batch) + "-" +
                          std::to_string(i % records_per_batch));
        }
        sent_before = sent;
    }
    std::cout << "measured: " << points << " kills while appending, " << sent_before
              << " batches acknowledged\n";
    EXPECT_GT(sent_before, points);
}

}  // namespace

}  // namespace fineline::eventlog
