#include "base/checksum.h"

#include "base/random.h"

#include <gtest/gtest.h>

#include <string>

namespace fineline {
namespace {

// The values of the empty input are those published with the algorithm (xxHash, XXH3 with seed 0).
TEST(Checksum, IsXxh3) {
    EXPECT_EQ(checksum(""), 0x2d06800538d394c2ULL);
    EXPECT_EQ(digest128(""),
              (Digest128{.low = 0x6001c324468d497fULL, .high = 0x99aa06d3014798d8ULL}));
}

TEST(Checksum, SeesEveryFlippedBit) {
    const std::string text = "a batch of records";
    for (std::size_t place = 0; place < text.size(); ++place) {
        for (unsigned bit = 0; bit < 8; ++bit) {
            std::string flipped = text;
            flipped[place] =
                static_cast<char>(static_cast<unsigned char>(flipped[place]) ^ (1U << bit));
            EXPECT_NE(checksum(flipped), checksum(text));
        }
    }
}

TEST(Digester, EqualsTheDigestOfTheWholeHoweverItIsCut) {
    std::string text;
    Random random(7);
    for (int i = 0; i < 5000; ++i) {
        text.push_back(static_cast<char>(random.below(256)));
    }
    for (int round = 0; round < 20; ++round) {
        Digester digester;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t piece = random.below(700);
            digester.add(std::string_view(text).substr(at, piece));
            at += piece;
        }
        EXPECT_EQ(digester.finish(), digest128(text));
    }
}

// The first numbers of SplitMix64 from the seed 1234567, as its reference implementation prints
// them.
TEST(Random, IsSplitMix64) {
    Random random(1'234'567);
    EXPECT_EQ(random.next(), 6'457'827'717'110'365'317ULL);
    EXPECT_EQ(random.next(), 3'203'168'211'198'807'973ULL);
    EXPECT_EQ(random.next(), 9'817'491'932'198'370'423ULL);
}

TEST(Random, StaysBelowItsBound) {
    Random random(1);
    for (const std::uint64_t bound : {1ULL, 2ULL, 3ULL, 1'000'003ULL, (1ULL << 63U) + 1}) {
        for (int i = 0; i < 200; ++i) {
            EXPECT_LT(random.below(bound), bound);
        }
    }
    for (int i = 0; i < 1000; ++i) {
        const double drawn = random.uniform();
        EXPECT_GE(drawn, 0.0);
        EXPECT_LT(drawn, 1.0);
    }
}

}  // namespace
}  // namespace fineline
