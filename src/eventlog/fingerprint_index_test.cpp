#include "eventlog/fingerprint_index.h"

#include "base/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace fineline::eventlog {

namespace {

TEST(FingerprintIndex, AnswersAsAMultimapDoes) {
    Random random(11);
    FingerprintIndex index;
    std::multimap<std::uint64_t, std::uint32_t> model;
    // Few fingerprints of one part, close together, so that probes run into and around each other.
    const auto draw = [&] {
        return (random.below(3) << 56U) + random.below(40) * random.below(40);
    };
    for (int step = 0; step < 60'000; ++step) {
        const std::uint64_t fingerprint = draw();
        const auto run = static_cast<std::uint32_t>(random.below(4));
        const auto [from, to] = model.equal_range(fingerprint);
        const auto known =
            std::find_if(from, to, [&](const auto& entry) { return entry.second == run; });
        if (random.below(2) == 0 && known == to) {
            index.insert(fingerprint, run);
            model.emplace(fingerprint, run);
        } else {
            index.remove(fingerprint, run);
            if (known != to) {
                model.erase(known);
            }
        }
        const std::uint64_t asked = draw();
        std::vector<std::uint32_t> expected;
        for (auto [at, end] = model.equal_range(asked); at != end; ++at) {
            expected.push_back(at->second);
        }
        std::vector<std::uint32_t> found = index.runs_of(asked);
        std::sort(expected.begin(), expected.end());
        std::sort(found.begin(), found.end());
        ASSERT_EQ(found, expected) << "step " << step;
        ASSERT_EQ(index.size(), model.size());
    }
}

TEST(FingerprintIndex, AnEmptyOneKnowsNothing) {
    FingerprintIndex index;
    EXPECT_TRUE(index.runs_of(0).empty());
    index.remove(0, 0);
    EXPECT_EQ(index.size(), 0U);
}

}  // namespace

}  // namespace fineline::eventlog
