#include "study/segment_card.h"

#include "study/world_for_tests.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace fineline::study {
namespace {

std::vector<CustomerOrdinal> those(const MadeWorld& world,
                                   const std::function<bool(std::size_t)>& wanted) {
    const columns::Reader reader(world.view);
    std::vector<CustomerOrdinal> found;
    for (std::size_t c = 0; c < world.heavy.size(); ++c) {
        if (wanted(c)) {
            const auto who = reader.find_customer(MadeWorld::id(c));
            EXPECT_TRUE(who);
            found.push_back(*who);
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

/// The mean number of purchases within the last 90 days before the end, counted from the list.
double counted(const MadeWorld& world, bool heavy) {
    const Instant begin = world.end - std::chrono::hours(24 * 90);
    double customers = 0;
    double purchases = 0;
    for (const bool is_heavy : world.heavy) {
        customers += is_heavy == heavy ? 1 : 0;
    }
    for (const MadePurchase& purchase : world.purchases) {
        const bool counts = world.heavy[purchase.customer] == heavy && purchase.at > begin &&
                            purchase.at <= world.end;
        purchases += counts ? 1 : 0;
    }
    return purchases / customers;
}

TEST(SegmentCard, TellsWhatMembersDifferInWithTheNumbersCountedByHand) {
    const MadeWorld world = make_world({});
    const auto members = those(world, [&](std::size_t c) { return world.heavy[c]; });
    const auto card = segment_card(world.view, members, world.end, 1);
    ASSERT_TRUE(card) << card.error().message;
    EXPECT_EQ(card->members, members.size());
    EXPECT_EQ(card->members + card->rest, world.heavy.size());
    ASSERT_FALSE(card->rows.empty());
    const auto row = std::find_if(card->rows.begin(), card->rows.end(), [](const CardRow& one) {
        return one.feature.text == "count(purchase, last 90 days)";
    });
    ASSERT_NE(row, card->rows.end());
    const double inside = counted(world, true);
    const double outside = counted(world, false);
    EXPECT_NEAR(row->members, inside, 1e-9);
    EXPECT_NEAR(row->rest, outside, 1e-9);
    ASSERT_TRUE(row->index);
    EXPECT_NEAR(*row->index, 100 * inside / outside, 1e-6);
    EXPECT_TRUE(row->difference.contains(inside - outside));
    EXPECT_GT(row->difference.low, 0) << "five times as often is no accident";
    for (std::size_t i = 1; i < card->rows.size(); ++i) {
        EXPECT_GE(card->rows[i - 1].distance, card->rows[i].distance);
    }
}

TEST(SegmentCard, TellsNothingOfAGroupDrawnByChance) {
    std::size_t with_rows = 0;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const MadeWorld world = make_world({.customers = 300, .seed = seed});
        Random random(seed + 100);
        std::vector<bool> drawn(world.heavy.size());
        std::generate(drawn.begin(), drawn.end(), [&] { return random.below(2) == 0; });
        const auto members = those(world, [&](std::size_t c) { return drawn[c]; });
        const auto card = segment_card(world.view, members, world.end, seed);
        ASSERT_TRUE(card);
        with_rows += card->rows.empty() ? 0U : 1U;
    }
    // Each has a chance of 5 % at most: four or more of ten would be one in a thousand.
    EXPECT_LE(with_rows, 3U);
}

TEST(SegmentCard, NeverShowsProtectedTraitsAndShowsOthers) {
    const MadeWorld world = make_world({.plant = [](columns::Log& log, std::size_t c, bool heavy) {
        log.traits(MadeWorld::id(c),
                   columns::day(1),
                   {{"gender", Value(std::string(heavy ? "f" : "m"))},
                    {"plan", Value(std::string(heavy ? "gold" : "basic"))}});
    }});
    const auto members = those(world, [&](std::size_t c) { return world.heavy[c]; });
    const auto card = segment_card(world.view, members, world.end, 1);
    ASSERT_TRUE(card);
    const auto names = [&](const std::string& word) {
        return std::any_of(card->rows.begin(), card->rows.end(), [&](const CardRow& row) {
            return row.feature.text.find(word) != std::string::npos;
        });
    };
    EXPECT_FALSE(names("gender"));
    EXPECT_TRUE(names("plan"));
}

TEST(SegmentCard, OfNobodyOrEverybodyIsEmpty) {
    const MadeWorld world = make_world({.customers = 50});
    for (const bool all : {false, true}) {
        const auto members = those(world, [&](std::size_t) { return all; });
        const auto card = segment_card(world.view, members, world.end, 1);
        ASSERT_TRUE(card);
        EXPECT_TRUE(card->rows.empty());
    }
}

}  // namespace
}  // namespace fineline::study
