#include "engine/replay.h"

#include "base/clock.h"
#include "base/path_for_tests.h"
#include "engine/workspace.h"
#include "eventlog/arrival.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace fineline::engine {
namespace {

namespace fs = std::filesystem;

Instant day(int number) {
    return Instant(std::chrono::hours(24 * number));
}

/// A log whose batches arrive on days 10, 20, 30 …: each of two events on day 1 of one customer.
class ArrivalTest : public testing::Test {
  protected:
    ArrivalTest()
        : directory_(path_for_tests(
              "arrival_" +
              std::string(testing::UnitTest::GetInstance()->current_test_info()->name()))) {
        fs::remove_all(directory_);
        OpenOptions options;
        options.create = true;
        auto opened = Workspace::open(directory_.string(), options, clock_);
        EXPECT_TRUE(opened) << opened.error().message;
        workspace_ = std::move(*opened);
    }

    ~ArrivalTest() override {
        workspace_.reset();
        fs::remove_all(directory_);
    }

    void arrive(int on, const std::string& customer) {
        RecordBatchBuilder builder;
        for (int i = 0; i < 2; ++i) {
            builder.add({.kind = RecordKind::event,
                         .customer = customer,
                         .time = day(1),
                         .name = builder.name("visit"),
                         .text = {},
                         .message_id = {},
                         .properties = {}});
        }
        const auto appended = workspace_->append(
            builder.finish({.source = "test", .received_at = day(on), .sequence = {}}));
        ASSERT_TRUE(appended) << appended.error().message;
    }

    [[nodiscard]] std::uint64_t arrived_until(int number) {
        const auto until = eventlog::arrived_until(workspace_->log(), day(number));
        EXPECT_TRUE(until) << until.error().message;
        return until ? until->value() : ~std::uint64_t{0};
    }

    FixedClock clock_{day(100)};
    fs::path directory_;
    std::unique_ptr<Workspace> workspace_;
};

TEST_F(ArrivalTest, IsTheEndOfTheLastBatchThatWasThere) {
    EXPECT_EQ(arrived_until(50), 0U) << "an empty log";
    for (int batch = 1; batch <= 7; ++batch) {
        arrive(10 * batch, "c" + std::to_string(batch));
        for (int number = 0; number <= 10 * batch + 5; number += 5) {
            EXPECT_EQ(arrived_until(number), 2U * static_cast<unsigned>(number / 10))
                << batch << " batches, day " << number;
        }
    }
}

TEST_F(ArrivalTest, AViewAsKnownHoldsWhatHadArrived) {
    for (int batch = 1; batch <= 3; ++batch) {
        arrive(10 * batch, "c" + std::to_string(batch));
    }
    for (int batch = 0; batch <= 3; ++batch) {
        const auto view = view_as_known(workspace_->log(), day(10 * batch + 1), {}, {});
        ASSERT_TRUE(view) << view.error().message;
        EXPECT_EQ((*view)->position().value(), 2U * static_cast<unsigned>(batch));
        const columns::Reader reader(*view);
        EXPECT_EQ(reader.find_customer("c2").has_value(), batch >= 2) << batch;
    }
}

}  // namespace
}  // namespace fineline::engine
