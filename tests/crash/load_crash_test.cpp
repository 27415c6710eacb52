#include "base/random.h"
#include "engine/verify.h"
#include "engine/workspace.h"
#include "eventlog/testing.h"
#include "killed_child.h"
#include "mapping/loader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iostream>

namespace fineline {

namespace {

using eventlog::testing::seed_of_run;
using eventlog::testing::TemporaryDirectory;

constexpr std::uint64_t rows = 150'000;
constexpr std::uint64_t rows_of_batch = 10'000;  // limits::load_batch_records_max
constexpr int verified_every = 10;

/// Row 1 is of customer c0000001, and so on: who is there tells which rows are.
std::string customer_of(std::uint64_t row) {
    const std::string digits = std::to_string(row);
    return "c" + std::string(7 - digits.size(), '0') + digits;
}

std::string write_rows(const std::string& directory) {
    std::string path = directory + "/rows.csv";
    std::ofstream file(path, std::ios::binary);
    file << "customer_id,timestamp,event,note\n";
    for (std::uint64_t row = 1; row <= rows; ++row) {
        file << customer_of(row) << ",2024-01-01T00:00:00Z,tick,n" << row % 97 << '\n';
    }
    return path;
}

std::unique_ptr<engine::Workspace> open_workspace(const std::string& directory,
                                                  const FixedClock& clock) {
    engine::OpenOptions options;
    options.create = true;
    auto workspace = engine::Workspace::open(directory, options, clock);
    require(workspace.has_value(), workspace ? "" : workspace.error().message.c_str());
    return std::move(*workspace);
}

/// Loads the file from where the log stands to the checkpoint, reporting the last row of every
/// batch that the log acknowledged.
void load(const std::string& directory, const std::string& file, int report) {
    const FixedClock clock(Instant(std::chrono::hours(24 * 365 * 55)));
    const auto workspace = open_workspace(directory, clock);
    mapping::LoadRequest request;
    request.file = file;
    request.mapping = mapping::default_mapping(mapping::DefaultKind::events);
    request.received_at = clock.now();
    const auto loader = mapping::Loader::open(std::move(request), {});
    require(loader.has_value(), "the file cannot be read");
    const std::string sequence = (*loader)->sequence();
    std::uint64_t last = *workspace->log().last_row(sequence);
    const auto loaded = (*loader)->run(
        {.after_row = last, .sink = [&](std::string bytes) -> Status {
             last = RecordBatch::open(bytes)->header().last_row;
             const auto appended = workspace->append(std::move(bytes));
             require(appended.has_value(), "the log refused a batch");
             require(write(report, &last, sizeof last) == sizeof last, "cannot report");
             return done;
         }});
    require(loaded.has_value() && loaded->finished, "the load did not end");
    require(workspace->log().finish_sequence(sequence).has_value(), "the end was not logged");
    workspace->compact();
    require(workspace->write_checkpoint().has_value(), "no checkpoint");
}

/// Reads the reports of a child that is gone.
std::uint64_t acknowledged(int reports, std::uint64_t before) {
    std::uint64_t row = 0;
    while (read(reports, &row, sizeof row) == sizeof row) {
        before = std::max(before, row);
    }
    return before;
}

/// Says how many rows are there, having compared that they are the first ones, each once, and
/// nothing else.
void expect_first_rows_once(const engine::Workspace& workspace, std::uint64_t& present) {
    const auto view = workspace.view();
    columns::Reader reader(view);
    present = reader.ordinal_count();
    ASSERT_EQ(view->position().value(), present);
    if (present == 0) {
        return;
    }
    ASSERT_EQ(reader.event_count(), 1U);
    const auto tick = reader.find_event("tick");
    ASSERT_TRUE(tick);
    for (std::uint64_t row = 1; row <= present; ++row) {
        const auto who = reader.find_customer(customer_of(row));
        ASSERT_TRUE(who) << "row " << row << " of " << present << " is missing";
        ASSERT_EQ(reader.events(*who, *tick).size(), 1U) << "row " << row;
    }
    ASSERT_TRUE(view->health());
}

/// One kill: loads for `delay`, opens again, looks. `sent` is what was there or acknowledged so
/// far; returns whether the load had ended.
void kill_and_look(const std::string& directory,
                   const std::string& file,
                   std::chrono::microseconds delay,
                   std::uint64_t& sent,
                   bool& ended) {
    std::array<int, 2> channel{};
    ASSERT_EQ(pipe(channel.data()), 0);
    ended = !crash::killed_after(delay, [&] {
        close(channel[0]);
        load(directory, file, channel[1]);
    });
    close(channel[1]);
    sent = acknowledged(channel[0], sent);
    close(channel[0]);
    const FixedClock clock(Instant(std::chrono::hours(24 * 365 * 56)));
    const auto workspace = open_workspace(directory, clock);
    std::uint64_t present = 0;
    ASSERT_NO_FATAL_FAILURE(expect_first_rows_once(*workspace, present));
    // The batch under way when the kill fell may be there: only its report is missing.
    ASSERT_GE(present, sent);
    ASSERT_LE(present, sent + rows_of_batch);
    ASSERT_TRUE(!ended || present == rows);
    // From here on it must stay, whether it was reported or not; the next load goes on behind it.
    sent = present;
}

TEST(LoadCrash, WhatWasAcknowledgedIsThereOnceAndNothingElseIs) {
    const std::uint64_t seed = seed_of_run();
    const int points = crash::points_of_run();
    std::cout << "FINELINE_SEED=" << seed << " FINELINE_CRASH_POINTS=" << points << "\n";
    Random random(seed);
    const TemporaryDirectory folder;
    const std::string file = write_rows(folder.path());
    const std::string data = folder.path() + "/data";
    std::uint64_t sent = 0;
    int killed_within = 0;
    // Follows how long a whole load takes here, so that kills fall on all of it.
    std::chrono::microseconds longest(1'000'000);
    for (int point = 0; point < points; ++point) {
        const std::chrono::microseconds delay(
            random.below(static_cast<std::uint64_t>(longest.count())));
        const std::uint64_t before = sent;
        bool ended = false;
        ASSERT_NO_FATAL_FAILURE(kill_and_look(data, file, delay, sent, ended));
        killed_within += !ended && sent > before ? 1 : 0;
        longest = ended ? longest * 9 / 10 : longest * 21 / 20;
        if (point % verified_every == 0 || ended) {
            const FixedClock clock(Instant(std::chrono::hours(24 * 365 * 56)));
            const auto workspace = open_workspace(data, clock);
            const auto verified = engine::verify(*workspace, {});
            ASSERT_TRUE(verified && verified->agrees());
        }
        if (ended) {
            std::filesystem::remove_all(data);
            sent = 0;
        }
    }
    std::cout << "measured: " << points << " kills while loading a file, " << killed_within
              << " of them after a batch of their own was stored\n";
    // A handful of kills may all fall before the first batch is stored.
    constexpr int points_that_tell = 50;
    if (points >= points_that_tell) {
        EXPECT_GT(killed_within, points / 8);
    }
}

}  // namespace

}  // namespace fineline
