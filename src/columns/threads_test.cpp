#include "columns/log_for_tests.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace fineline::columns {
namespace {

constexpr std::uint64_t customers = 40;

/// Record i tells of customer i mod 40, so that a View's position alone says what must be in it.
std::uint64_t count_mismatches(const std::shared_ptr<const View>& view) {
    Reader reader(view);
    const std::uint64_t position = view->position().value();
    std::uint64_t mismatches = 0;
    const auto event = reader.find_event("e");
    for (std::uint64_t number = 0; number < customers && event; ++number) {
        const std::uint64_t expected =
            position / customers + (position % customers > number ? 1 : 0);
        const auto who = reader.find_customer("c" + std::to_string(number));
        if (!who) {
            mismatches += expected == 0 ? 0U : 1U;
            continue;
        }
        const EventRows rows = reader.events(*who, *event);
        const PropertyId text = *reader.find_property(*event, "text");
        mismatches += rows.size() == expected ? 0U : 1U;
        for (std::uint32_t row = 0; row < rows.size(); ++row) {
            mismatches +=
                rows.value(text, row).string() == "v" + std::to_string(rows.arrival(row)) ? 0U : 1U;
        }
    }
    return mismatches;
}

TEST(Threads, ReadersOfViewsAreNotDisturbedByTheWriter) {
    Log log({.range_size = 8, .delta_rows_min = 16, .delta_divisor = 4});
    std::mutex mutex;
    std::shared_ptr<const View> latest = log.view();
    std::atomic<bool> stop = false;
    std::atomic<std::uint64_t> mismatches = 0;
    std::atomic<std::uint64_t> views_read = 0;
    std::vector<std::thread> readers;
    readers.reserve(2);
    for (int i = 0; i < 2; ++i) {
        readers.emplace_back([&] {
            while (!stop.load()) {
                std::shared_ptr<const View> view;
                {
                    const std::lock_guard lock(mutex);
                    view = latest;
                }
                mismatches += count_mismatches(view);
                ++views_read;
            }
        });
    }
    std::uint64_t next = 0;
    for (int batch = 0; batch < 150; ++batch) {
        for (int i = 0; i < 37; ++i, ++next) {
            log.event("c" + std::to_string(next % customers),
                      day(static_cast<int>((next * 31) % 100)),
                      "e",
                      {{"text", Value("v" + std::to_string(next))}});
        }
        auto view = log.view();
        const std::lock_guard lock(mutex);
        latest = std::move(view);
    }
    while (views_read.load() < 20) {
        std::this_thread::yield();
    }
    stop = true;
    for (std::thread& reader : readers) {
        reader.join();
    }
    EXPECT_EQ(mismatches.load(), 0U);
    EXPECT_EQ(count_mismatches(latest), 0U);
}

}  // namespace
}  // namespace fineline::columns
