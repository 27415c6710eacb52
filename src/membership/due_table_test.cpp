#include "membership/due_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace fineline::membership {
namespace {

using Model = std::map<std::uint32_t, std::map<std::uint32_t, Instant>>;  // customer, slot

Instant second(std::int64_t number) {
    return Instant(std::chrono::seconds(number));
}

Instant earliest(const Model& model, std::uint32_t who) {
    Instant earliest = instant_max;
    const auto found = model.find(who);
    if (found != model.end()) {
        for (const auto& [slot, at] : found->second) {
            earliest = std::min(earliest, at);
        }
    }
    return earliest;
}

std::set<std::uint32_t> due_until(const Model& model, std::uint32_t who, Instant now) {
    std::set<std::uint32_t> slots;
    const auto found = model.find(who);
    if (found != model.end()) {
        for (const auto& [slot, at] : found->second) {
            if (at <= now) {
                slots.insert(slot);
            }
        }
    }
    return slots;
}

std::set<std::uint32_t> due_until(const DueTable& table, std::uint32_t who, Instant now) {
    std::set<std::uint32_t> slots;
    table.for_each_due(
        who, now, [&](std::uint32_t slot) { EXPECT_TRUE(slots.insert(slot).second); });
    return slots;
}

Model read(const DueTable::Snapshot& snapshot) {
    Model model;
    for (std::uint32_t who = 0; who < snapshot.extent(); ++who) {
        snapshot.for_each(who, [&](std::uint32_t slot, Instant at) { model[who][slot] = at; });
    }
    return model;
}

TEST(DueTable, NothingIsDueAtFirst) {
    DueTable table;
    EXPECT_EQ(table.at(3, 7), instant_max);
    EXPECT_EQ(table.earliest(7), instant_max);
    table.set(3, 7, instant_max);
    EXPECT_EQ(table.bytes(), 0U) << "a segment that never runs out takes no room";
    table.clear(7);
    EXPECT_EQ(table.snapshot().extent(), 0U);
}

TEST(DueTable, MakesRoomOnceForAllSegmentsToCome) {
    constexpr std::uint32_t customers = 100;
    DueTable table;
    for (std::uint32_t who = 0; who < customers; ++who) {
        table.set(0, who, second(1));
    }
    const std::size_t narrow = table.bytes();
    table.reserve(63);
    const std::size_t wide = table.bytes();
    EXPECT_GT(wide, narrow);
    for (std::uint32_t slot = 1; slot < 64; ++slot) {
        for (std::uint32_t who = 0; who < customers; ++who) {
            table.set(slot, who, second(1));
        }
    }
    EXPECT_EQ(table.bytes(), wide) << "a block that had room was laid out anew";
}

TEST(DueTable, KeepsWhatWasSetBesideItsRoomForMore) {
    DueTable table;
    table.set(5, 1, second(5));
    table.reserve(70);
    EXPECT_EQ(table.at(5, 1), second(5));
    EXPECT_FALSE(table.has_place(6));
    for (std::uint32_t slot = 100; slot < 170; ++slot) {
        table.set(slot, 1, second(slot));
        ASSERT_TRUE(table.has_place(slot));
    }
    table.set(171, 2, second(3));  // one more than there was room for
    const Model model = read(table.snapshot());
    ASSERT_EQ(model.at(1).size(), 71U);
    EXPECT_EQ(model.at(1).at(169), second(169));
    EXPECT_EQ(model.at(2), (std::map<std::uint32_t, Instant>{{171, second(3)}}));
    EXPECT_EQ(due_until(table, 1, second(100)), (std::set<std::uint32_t>{5, 100}));
}

TEST(DueTable, IsWhatWasSetHoweverManySegmentsThereAre) {
    constexpr std::uint32_t customers = 300;
    constexpr std::uint32_t segments = 149;  // two full blocks and part of a third
    const auto seed = std::random_device()();
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    DueTable table;
    Model model;
    std::vector<std::pair<DueTable::Snapshot, Model>> taken;
    for (std::uint32_t step = 0; step < 6000; ++step) {
        const auto who = static_cast<std::uint32_t>(random() % customers);
        // Segments come one after the other, in no order of their slots.
        const auto slot =
            static_cast<std::uint32_t>(7 * (random() % (1 + step * segments / 6000)) % segments);
        switch (random() % 10) {
            case 0:
                table.clear(who);
                model.erase(who);
                break;
            case 1:
                table.set(slot, who, instant_max);
                model[who].erase(slot);
                break;
            default: {
                const Instant at = second(static_cast<std::int64_t>(random() % 1000));
                table.set(slot, who, at);
                model[who][slot] = at;
            }
        }
        ASSERT_EQ(table.earliest(who), earliest(model, who));
        ASSERT_EQ(due_until(table, who, second(500)), due_until(model, who, second(500)));
        if (step % 1000 == 999) {
            table.reserve(static_cast<std::uint32_t>(random() % 40));
        }
        if (step % 600 == 599) {
            std::erase_if(model, [](const auto& one) { return one.second.empty(); });
            taken.emplace_back(table.snapshot(), model);
            table.collect();
        }
    }
    for (std::uint32_t who = 0; who < customers; ++who) {
        for (std::uint32_t slot = 0; slot < segments + 3; ++slot) {
            const auto of = model.find(who);
            const bool is_due = of != model.end() && of->second.contains(slot);
            ASSERT_EQ(table.at(slot, who), is_due ? of->second.at(slot) : instant_max);
        }
    }
    for (const auto& [snapshot, as_it_was] : taken) {
        EXPECT_EQ(read(snapshot), as_it_was);
    }
}

}  // namespace
}  // namespace fineline::membership
