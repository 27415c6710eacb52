#include "engine/erasure.h"

#include "base/path_for_tests.h"
#include "base/random.h"
#include "engine/question.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace fineline::engine {
namespace {

namespace fs = std::filesystem;

constexpr int others = 200;

Instant at(std::string_view text) {
    return Instant(parse_iso_time(text)->local.time_since_epoch());
}

class ErasureTest : public testing::Test {
  protected:
    ErasureTest()
        : directory_(path_for_tests(
              "erasure_" +
              std::string(testing::UnitTest::GetInstance()->current_test_info()->name()))) {
        fs::remove_all(directory_);
    }

    void TearDown() override { fs::remove_all(directory_); }

    [[nodiscard]] std::unique_ptr<Workspace> open() const {
        OpenOptions options;
        options.create = true;
        auto opened = Workspace::open(directory_.string(), options, clock_);
        EXPECT_TRUE(opened) << opened.error().message;
        return opened ? std::move(*opened) : nullptr;
    }

    /// Loads a crowd and one person whose every string is planted and unique.
    void load() const {
        auto workspace = open();
        ASSERT_NE(workspace, nullptr);
        for (int i = 0; i < others; ++i) {
            append(*workspace,
                   "customer" + std::to_string(i),
                   "purchase",
                   "colour",
                   i % 2 == 0 ? "red" : "blue");
        }
        append(*workspace, "planted_customer_id", "purchase", "colour", "planted_value");
        append(*workspace, "planted_customer_id", "planted_event_name", "planted_property", "x");
        append(*workspace, "planted_other_id", "purchase", "colour", "planted_by_the_other");
        merge(*workspace, "planted_customer_id", "planted_other_id");
        for (int i = 0; i < others; ++i) {
            append(*workspace, "customer" + std::to_string(i), "purchase", "colour", "red");
        }
        ASSERT_TRUE(workspace->write_checkpoint());
    }

    static void append(Workspace& workspace,
                       const std::string& customer,
                       std::string_view event,
                       std::string_view property,
                       std::string_view value) {
        RecordBatchBuilder builder;
        const std::vector<NamedDatum> properties = {
            {.name = builder.name(property), .value = Datum::of(value)}};
        const std::string id = "message_of_" + customer + std::string(value) +
                               std::to_string(workspace.log().end().value());
        builder.add({.kind = RecordKind::event,
                     .customer = customer,
                     .time = at("2026-01-01"),
                     .name = builder.name(event),
                     .text = {},
                     .message_id = id,
                     .properties = properties});
        ASSERT_TRUE(workspace.append(builder.finish(
            {.source = "test", .received_at = workspace.clock().now(), .sequence = {}})));
        workspace.publish();
    }

    static void merge(Workspace& workspace, std::string_view one, std::string_view other) {
        RecordBatchBuilder builder;
        builder.add({.kind = RecordKind::merge,
                     .customer = one,
                     .time = at("2026-01-02"),
                     .name = {},
                     .text = other,
                     .message_id = {},
                     .properties = {}});
        ASSERT_TRUE(workspace.append(builder.finish(
            {.source = "test", .received_at = workspace.clock().now(), .sequence = {}})));
        workspace.publish();
    }

    /// Searches every file of the directory as it lies, and every payload of the log decompressed.
    void expect_no_trace() const {
        for (const auto& entry : fs::recursive_directory_iterator(directory_)) {
            if (entry.is_regular_file()) {
                std::ifstream in(entry.path(), std::ios::binary);
                std::stringstream bytes;
                bytes << in.rdbuf();
                EXPECT_EQ(bytes.str().find("planted"), std::string::npos) << entry.path();
            }
        }
        auto workspace = open();
        ASSERT_NE(workspace, nullptr);
        Position from{0};
        while (from < workspace->log().end()) {
            auto stored = workspace->log().read(from);
            ASSERT_TRUE(stored) << stored.error().message;
            EXPECT_EQ(stored->bytes.find("planted"), std::string::npos);
            const auto batch = RecordBatch::open(std::move(stored->bytes));
            ASSERT_TRUE(batch);
            from = Position(stored->first.value() + batch->count());
        }
        const columns::Reader reader(workspace->view());
        EXPECT_FALSE(reader.find_customer("planted_customer_id"));
        EXPECT_FALSE(reader.find_customer("planted_other_id"));
        EXPECT_FALSE(reader.find_event("planted_event_name"));
        EXPECT_TRUE(reader.find_customer("customer7"));
        auto question = PreparedQuestion::prepare(
            workspace->view(),
            {.text = "count(purchase) = 2", .at = at("2026-03-01"), .purpose = {}, .threads = 1});
        ASSERT_TRUE(question);
        EXPECT_EQ(ask(*question, 1)->members.size(), static_cast<std::size_t>(others));
    }

    FixedClock clock_{at("2026-03-01")};
    fs::path directory_;
};

TEST_F(ErasureTest, LeavesNoTraceInAnyFile) {
    load();
    {
        auto workspace = open();
        const auto receipt = erase_customer(*workspace, "planted_other_id");
        ASSERT_TRUE(receipt) << receipt.error().message;
        EXPECT_EQ(receipt->identities,
                  (std::vector<std::string>{"planted_customer_id", "planted_other_id"}));
        EXPECT_EQ(receipt->log_records, 4U);
        EXPECT_FALSE(receipt->not_reached.empty());
        EXPECT_FALSE(columns::Reader(workspace->view()).find_customer("planted_customer_id"));
    }
    expect_no_trace();
}

TEST_F(ErasureTest, UnknownCustomerIsNotFound) {
    load();
    auto workspace = open();
    const auto receipt = erase_customer(*workspace, "nobody");
    ASSERT_FALSE(receipt);
    EXPECT_EQ(receipt.error().code, ErrorCode::not_found);
}

TEST_F(ErasureTest, WaitsForAnOldViewBeforeItWipesMemory) {
    load();
    auto workspace = open();
    auto old_view = workspace->view();
    std::jthread reader([&old_view] {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        old_view.reset();
    });
    const auto receipt = erase_customer(*workspace, "planted_customer_id");
    ASSERT_TRUE(receipt) << receipt.error().message;
    EXPECT_EQ(old_view, nullptr);
}

TEST_F(ErasureTest, IsFinishedAfterKillAtAnyMoment) {
    constexpr int rounds = 12;
    Random random(20260301);
    for (int round = 0; round < rounds; ++round) {
        fs::remove_all(directory_);
        load();
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            auto workspace = open();
            const auto receipt = erase_customer(*workspace, "planted_customer_id");
            ::_exit(receipt ? 0 : 1);
        }
        std::this_thread::sleep_for(std::chrono::microseconds(random.below(60'000)));
        ::kill(child, SIGKILL);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        auto workspace = open();
        ASSERT_NE(workspace, nullptr);
        if (columns::Reader(workspace->view()).find_customer("planted_customer_id")) {
            // Killed before the erasure was written down: nothing was promised, so it is asked for
            // again.
            ASSERT_TRUE(erase_customer(*workspace, "planted_customer_id"));
        }
        workspace.reset();
        expect_no_trace();
    }
}

}  // namespace
}  // namespace fineline::engine
