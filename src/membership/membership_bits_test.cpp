#include "membership/membership_bits.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace fineline::membership {
namespace {

using Model = std::set<std::pair<std::uint32_t, std::uint32_t>>;  // customer, slot

TEST(MembershipBits, NobodyIsInAnythingAtFirst) {
    MembershipBits bits;
    EXPECT_FALSE(bits.has(0, 0));
    EXPECT_FALSE(bits.has(64, 1'000'000));
    EXPECT_EQ(bits.count(3), 0U);
    bits.set(7, 9, false);
    EXPECT_EQ(bits.bytes(), 0U) << "who is in nothing takes no room";
    bits.snapshot().for_each(9, [](std::uint32_t slot) { FAIL() << slot; });
}

TEST(MembershipBits, IsWhatWasSetWhileSegmentsAndCustomersCome) {
    constexpr std::uint32_t customers = 500;
    constexpr std::uint32_t segments = 200;
    constexpr std::uint32_t steps = 20'000;
    const auto seed = std::random_device()();
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    MembershipBits bits;
    Model model;
    std::vector<std::pair<MembershipBits::Snapshot, Model>> before;
    for (std::uint32_t step = 0; step < steps; ++step) {
        const auto who = static_cast<std::uint32_t>(random() % (1 + step * customers / steps));
        const auto slot = static_cast<std::uint32_t>(random() % (1 + step * segments / steps));
        const bool is_in = random() % 3 != 0;
        bits.set(slot, who, is_in);
        if (is_in) {
            model.emplace(who, slot);
        } else {
            model.erase({who, slot});
        }
        if (random() % 2000 == 0) {
            before.emplace_back(bits.snapshot(), model);
        }
    }
    before.emplace_back(bits.snapshot(), model);
    for (const auto& [snapshot, then] : before) {
        Model seen;
        for (std::uint32_t who = 0; who < customers + 2; ++who) {
            snapshot.for_each(who, [&](std::uint32_t slot) { seen.emplace(who, slot); });
        }
        ASSERT_EQ(seen, then) << "a snapshot stays as it was";
    }
    for (std::uint32_t who = 0; who < customers + 2; ++who) {
        std::uint64_t count = 0;
        for (std::uint32_t slot = 0; slot < segments + 70; ++slot) {
            ASSERT_EQ(bits.has(slot, who), model.contains({who, slot})) << who << " in " << slot;
            count += bits.has(slot, who) ? 1U : 0U;
        }
        ASSERT_EQ(bits.count(who), count);
    }
}

}  // namespace
}  // namespace fineline::membership
