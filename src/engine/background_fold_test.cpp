#include "engine/background_fold.h"

#include "base/path_for_tests.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace fineline::engine {
namespace {

namespace fs = std::filesystem;

/// Two directories: one is appended to in the background, the other directly.
class BackgroundFoldTest : public testing::Test {
  protected:
    BackgroundFoldTest()
        : directory_(path_for_tests(
              "background_" +
              std::string(testing::UnitTest::GetInstance()->current_test_info()->name()))) {
        fs::remove_all(directory_);
        OpenOptions options;
        options.create = true;
        options.log.synchronous = false;
        for (const char* name : {"background", "direct"}) {
            auto opened = Workspace::open((directory_ / name).string(), options, clock_);
            EXPECT_TRUE(opened) << opened.error().message;
            workspaces_.push_back(std::move(*opened));
        }
    }

    void TearDown() override {
        workspaces_.clear();
        fs::remove_all(directory_);
    }

    [[nodiscard]] Workspace& background() { return *workspaces_[0]; }

    [[nodiscard]] Workspace& direct() { return *workspaces_[1]; }

    /// The rows first … last of a file, each an event of one of ten customers with an id of its
    /// own, but that every tenth id repeats the one before.
    [[nodiscard]] std::string rows(std::uint64_t first, std::uint64_t last) const {
        RecordBatchBuilder builder;
        for (std::uint64_t row = first; row <= last; ++row) {
            const std::string customer = "c" + std::to_string(row % 10);
            const std::string id = std::to_string(row % 10 == 5 ? row - 1 : row);
            RecordDraft draft;
            draft.customer = customer;
            draft.time = Instant(std::chrono::seconds(row));
            draft.name = builder.name("tick");
            draft.message_id = id;
            builder.add(draft);
        }
        return builder.finish({.source = "rows",
                               .received_at = clock_.now(),
                               .sequence = "file",
                               .first_row = first,
                               .last_row = last});
    }

    FixedClock clock_{Instant(std::chrono::hours(24 * 365 * 54))};

  private:
    fs::path directory_;
    std::vector<std::unique_ptr<Workspace>> workspaces_;
};

TEST_F(BackgroundFoldTest, AmountsToAppendingOneAfterTheOther) {
    std::uint64_t kept = 0;
    std::uint64_t duplicates = 0;
    {
        BackgroundFold appender(background(), 70);
        for (std::uint64_t first = 1; first <= 2000; first += 20) {
            ASSERT_TRUE(appender.append(rows(first, first + 19)));
            const auto appended = direct().append(rows(first, first + 19));
            ASSERT_TRUE(appended);
            kept += appended->kept;
            duplicates += appended->duplicates;
        }
        const auto totals = appender.finish();
        ASSERT_TRUE(totals);
        EXPECT_EQ(totals->kept, kept);
        EXPECT_EQ(totals->duplicates, duplicates);
        EXPECT_EQ(duplicates, 200U);
        EXPECT_GE(background().view()->position().value(), kept - 90) << "published on the way";
    }
    EXPECT_EQ(background().log().end(), direct().log().end());
    EXPECT_EQ(background().store().digest(), direct().store().digest());
}

TEST_F(BackgroundFoldTest, ReturnsWhatTheLogRefuses) {
    BackgroundFold appender(background(), 1000);
    ASSERT_TRUE(appender.append(rows(1, 20)));
    const Status refused = appender.append(rows(15, 34));
    ASSERT_FALSE(refused) << "a batch that begins inside what is logged";
    EXPECT_EQ(refused.error().code, ErrorCode::conflict);
    ASSERT_TRUE(appender.finish());
    EXPECT_EQ(background().log().end().value(), 18U) << "20 rows, of which two repeat another";
    EXPECT_EQ(background().store().position(), background().log().end());
}

TEST_F(BackgroundFoldTest, WhatWasHandedOverIsThereWhenItEnds) {
    {
        BackgroundFold appender(background(), 1000);
        ASSERT_TRUE(appender.append(rows(1, 20)));
        ASSERT_TRUE(appender.append(rows(21, 40)));
    }
    EXPECT_EQ(background().log().end().value(), 36U);
    EXPECT_EQ(background().store().position().value(), 36U);
}

}  // namespace
}  // namespace fineline::engine
