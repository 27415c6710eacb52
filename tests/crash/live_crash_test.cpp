#include "base/random.h"
#include "base/text.h"
#include "engine/live.h"
#include "engine/live_for_tests.h"
#include "eventlog/testing.h"
#include "killed_child.h"

#include <gtest/gtest.h>

#include <array>
#include <iostream>
#include <map>

// A living directory is killed at random points, with segments that people enter by events and
// leave by the clock. What was acknowledged is there once; what the feed told, it tells again word
// for word.

namespace fineline::engine {

namespace {

using eventlog::testing::TemporaryDirectory;

constexpr std::uint32_t events_per_batch = 20;
constexpr std::uint32_t customers = 40;
constexpr int batches_sent_again = 3;

class MachineClock final : public Clock {
  public:
    [[nodiscard]] Instant now() const override {
        return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
    }
};

/// What the child says: a batch was acknowledged, or a change was told.
struct Report {
    std::uint64_t batch_acknowledged = 0;  ///< number + 1, 0: it is a change
    std::uint64_t change = 0;
    std::uint64_t digest = 0;  ///< of the change's line
};

void send(int pipe, const Report& report) {
    require(write(pipe, &report, sizeof report) == sizeof report, "cannot report");
}

std::uint64_t digest_of(const Change& change) {
    return std::hash<std::string>{}(line(change));
}

LiveOptions options() {
    LiveOptions options;
    options.open.create = true;
    options.due_per_step_max = 7;  // waves are cut
    options.due_per_batch_max = 3;
    options.checkpoint_records = 2000;  // several on the way
    return options;
}

std::string batch_of(int number, Instant now) {
    RecordBatchBuilder builder;
    for (std::uint32_t i = 0; i < events_per_batch; ++i) {
        const std::string id = std::to_string(number) + "-" + std::to_string(i);
        const std::string who =
            "c" + std::to_string((static_cast<std::uint32_t>(number) * 7 + i) % customers);
        builder.add({.kind = RecordKind::event,
                     .customer = who,
                     .time = now - std::chrono::milliseconds(i * 10),
                     .name = builder.name(i % 3 == 0 ? "purchase" : "visit"),
                     .message_id = id});
    }
    return builder.finish({.source = "child", .received_at = now, .sequence = {}});
}

void define_segments(Live& live) {
    const std::array<std::pair<const char*, const char*>, 4> segments{{
        {"recent", "did purchase last 1 second"},
        {"busy", "count(any, last 1 second) >= 3"},
        {"quiet", "not segment busy and did visit"},
        {"often", "count(purchase) >= 10"},
    }};
    for (const auto& [name, text] : segments) {
        require(live.define_segment(name, text).has_value(), "cannot define");
    }
}

/// Sends batches for ever and reports every acknowledgement and every change it hears of.
[[noreturn]] void live_for_ever(const std::string& directory, int next, int report) {
    const MachineClock clock;
    auto live = Live::open(directory, options(), clock);
    require(live.has_value(), live ? "" : live.error().message.c_str());
    define_segments(**live);
    auto feed = (*live)->subscribe((*live)->view()->last_change());
    require(feed.has_value(), "cannot subscribe");
    while (true) {
        const auto appended = (*live)->append_and_wait(batch_of(next, clock.now()));
        require(appended.has_value(), appended ? "" : appended.error().message.c_str());
        send(report, {.batch_acknowledged = static_cast<std::uint64_t>(++next), .change = 0});
        for (const Change& change : feed->next(1000, std::chrono::milliseconds(0)).changes) {
            send(report, {.change = change.number, .digest = digest_of(change)});
        }
    }
}

struct Heard {
    int batches = 0;
    std::map<std::uint64_t, std::uint64_t> changes;  ///< digest by number
};

void listen(int reports, Heard& heard) {
    Report report;
    while (read(reports, &report, sizeof report) == sizeof report) {
        if (report.batch_acknowledged > 0) {
            heard.batches = std::max(heard.batches, static_cast<int>(report.batch_acknowledged));
            continue;
        }
        const auto told = heard.changes.try_emplace(report.change, report.digest).first;
        ASSERT_EQ(told->second, report.digest) << "change " << report.change << " told otherwise";
    }
}

void expect_all_there(const std::string& directory, const Heard& heard) {
    const MachineClock clock;
    auto live = Live::open(directory, options(), clock);
    ASSERT_TRUE(live) << live.error().message;
    ASSERT_TRUE((*live)->settle());
    const auto view = (*live)->view();
    const auto totals = view->columns()->totals(clock.now());
    ASSERT_GE(totals.events, static_cast<std::uint64_t>(heard.batches) * events_per_batch);
    ASSERT_LE(totals.events, static_cast<std::uint64_t>(heard.batches + 1) * events_per_batch);
    const auto all = (*live)->changes_after(0, 100'000);
    ASSERT_TRUE(all) << all.error().message;
    std::uint64_t number = 0;
    for (const Change& change : all->changes) {
        ASSERT_EQ(change.number, ++number) << "no gap";
        const auto told = heard.changes.find(number);
        ASSERT_TRUE(told == heard.changes.end() || told->second == digest_of(change))
            << line(change) << " was told otherwise before the kill";
    }
    ASSERT_TRUE(heard.changes.empty() || heard.changes.rbegin()->first <= number);
    const auto checked = (*live)->check_memberships();
    ASSERT_TRUE(checked);
    ASSERT_EQ(checked->differences, std::vector<std::string>{});
}

TEST(LiveCrash, WhatWasAcknowledgedAndToldStaysSo) {
    const std::uint64_t seed = eventlog::testing::seed_of_run();
    const int points = crash::points_of_run();
    std::cout << "FINELINE_SEED=" << seed << " FINELINE_CRASH_POINTS=" << points << "\n";
    Random random(seed);
    const TemporaryDirectory directory;
    Heard heard;
    for (int point = 0; point < points; ++point) {
        std::array<int, 2> channel{};
        ASSERT_EQ(pipe(channel.data()), 0);
        const int next = std::max(0, heard.batches - batches_sent_again);
        const std::chrono::microseconds delay(random.below(400'000));
        ASSERT_TRUE(crash::killed_after(delay, [&] {
            close(channel[0]);
            live_for_ever(directory.path(), next, channel[1]);
        }));
        close(channel[1]);
        ASSERT_NO_FATAL_FAILURE(listen(channel[0], heard));
        close(channel[0]);
        if (heard.batches > 0) {
            ASSERT_NO_FATAL_FAILURE(expect_all_there(directory.path(), heard)) << "kill " << point;
        }
    }
    std::cout << heard.batches << " batches acknowledged, " << heard.changes.size()
              << " changes told over " << points << " kills\n";
    EXPECT_GT(heard.batches, points);
}

}  // namespace

}  // namespace fineline::engine
