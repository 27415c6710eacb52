#include "membership/timers.h"

#include "base/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

namespace fineline::membership {
namespace {

Instant second(std::int64_t number) {
    return Instant(std::chrono::seconds(number));
}

TEST(Timers, FireInOrderOfInstantThenRow) {
    Timers timers;
    timers.set(7, second(20));
    timers.set(3, second(20));
    timers.set(9, second(10));
    EXPECT_EQ(timers.earliest(), second(10));
    EXPECT_FALSE(timers.next(second(9)));
    EXPECT_EQ(timers.count_due(second(20)), 3U);
    EXPECT_EQ(timers.next(second(20))->who, 9U);
    EXPECT_EQ(timers.next(second(20))->who, 3U);
    EXPECT_EQ(timers.next(second(20))->who, 7U);
    EXPECT_FALSE(timers.next(instant_max));
    EXPECT_EQ(timers.armed(), 0U);
}

TEST(Timers, ALaterSettingReplacesTheEarlier) {
    Timers timers;
    timers.set(1, second(10));
    timers.set(1, second(30));
    EXPECT_FALSE(timers.next(second(29)));
    timers.set(1, second(5));
    EXPECT_EQ(timers.next(second(29))->due, second(5));
    timers.set(1, second(6));
    timers.set(1, instant_max);
    EXPECT_FALSE(timers.next(second(29)));
}

/// A sorted set of (instant, row) beside it must tell the same.
TEST(Timers, AgreeWithASortedSet) {
    Random random(7);
    Timers timers;
    std::map<std::uint32_t, Instant> model;
    for (int i = 0; i < 60'000; ++i) {
        const auto who = static_cast<std::uint32_t>(random.below(200));
        switch (random.below(8)) {
            case 0: {
                const Instant now = second(static_cast<std::int64_t>(random.below(50)));
                std::set<std::pair<Instant, std::uint32_t>> sorted;
                for (const auto& [one, at] : model) {
                    sorted.emplace(at, one);
                }
                const auto fired = timers.next(now);
                const bool is_due = !sorted.empty() && sorted.begin()->first <= now;
                ASSERT_EQ(fired.has_value(), is_due);
                if (fired) {
                    ASSERT_EQ(std::pair(fired->due, fired->who), *sorted.begin());
                    model.erase(fired->who);
                }
                break;
            }
            case 1:
                timers.set(who, instant_max);
                model.erase(who);
                break;
            default: {
                const Instant at = second(static_cast<std::int64_t>(random.below(1000)));
                timers.set(who, at);
                model.insert_or_assign(who, at);
            }
        }
        ASSERT_EQ(timers.armed(), model.size());
    }
}

TEST(Timers, CountThoseThatAreDue) {
    Random random(5);
    Timers timers;
    std::map<std::uint32_t, Instant> model;
    for (int i = 0; i < 20'000; ++i) {
        const auto who = static_cast<std::uint32_t>(random.below(300));
        // Never the same instant twice.
        const Instant at =
            second(static_cast<std::int64_t>(random.below(1000))) + std::chrono::microseconds(i);
        timers.set(who, at);
        model.insert_or_assign(who, at);
        const Instant now = second(static_cast<std::int64_t>(random.below(1000)));
        const auto due =
            std::ranges::count_if(model, [&](const auto& one) { return one.second <= now; });
        ASSERT_EQ(timers.count_due(now), static_cast<std::uint64_t>(due));
    }
}

}  // namespace
}  // namespace fineline::membership
