#include "engine/overlaps.h"

#include "base/random.h"

#include <gtest/gtest.h>

#include <set>

namespace fineline::engine {
namespace {

TEST(Overlaps, EqualThoseOfSets) {
    Random random(5);
    for (int round = 0; round < 50; ++round) {
        std::vector<std::set<std::uint32_t>> sets(1 + random.below(6));
        std::vector<std::vector<CustomerOrdinal>> groups;
        std::set<std::uint32_t> any;
        for (auto& set : sets) {
            for (std::uint64_t i = random.below(40); i > 0; --i) {
                set.insert(static_cast<std::uint32_t>(random.below(50)));
            }
            any.insert(set.begin(), set.end());
            auto& group = groups.emplace_back();
            for (const std::uint32_t row : set) {
                group.emplace_back(row);
            }
        }
        const GroupOverlaps found = overlaps_of(groups);
        EXPECT_EQ(found.in_some, any.size());
        std::size_t next = 0;
        for (std::size_t a = 0; a < sets.size(); ++a) {
            for (std::size_t b = a + 1; b < sets.size(); ++b) {
                std::uint64_t both = 0;
                for (const std::uint32_t row : sets[a]) {
                    both += sets[b].count(row);
                }
                if (both == 0) {
                    continue;
                }
                ASSERT_LT(next, found.pairs.size());
                EXPECT_EQ(found.pairs[next].a, a);
                EXPECT_EQ(found.pairs[next].b, b);
                EXPECT_EQ(found.pairs[next].both, both);
                ++next;
            }
        }
        EXPECT_EQ(next, found.pairs.size());
    }
    EXPECT_TRUE(overlaps_of({}).pairs.empty());
}

}  // namespace
}  // namespace fineline::engine
