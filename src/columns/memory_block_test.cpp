#include "columns/memory_block.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <set>

namespace fineline::columns {
namespace {

TEST(MemoryBlockTest, IsZeroedAndAlignedSmallAndLarge) {
    for (const std::size_t bytes : {std::size_t{1}, std::size_t{100'000}, std::size_t{5'000'000}}) {
        const MemoryBlock block(bytes);
        ASSERT_GE(block.bytes(), bytes);
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(block.data()) % 64, 0U);
        EXPECT_TRUE(std::all_of(block.data(), block.data() + bytes, [](std::byte each) {
            return each == std::byte{0};
        }));
    }
}

TEST(MemoryPoolTest, APieceIsLargeEnoughAndAtMostAQuarterMore) {
    for (std::size_t bytes = 1; bytes < 70'000; bytes += 7) {
        const std::size_t piece = MemoryPool::piece_bytes(bytes);
        ASSERT_GE(piece, bytes);
        ASSERT_LE(piece, std::max<std::size_t>(bytes + bytes / 4 + 64, 64)) << bytes;
    }
}

TEST(MemoryPoolTest, PiecesNeverOverlapAndComeBack) {
    MemoryPool pool;

    struct Piece {
        std::byte* begin;
        std::size_t bytes;
        unsigned char mark;
    };

    std::vector<Piece> pieces;
    std::set<std::byte*> given;
    unsigned char mark = 0;
    for (std::size_t round = 0; round < 300; ++round) {
        const std::size_t bytes = 1 + round * round * 7 % 90'000;
        pieces.push_back({.begin = pool.take(bytes), .bytes = bytes, .mark = ++mark});
        EXPECT_TRUE(given.insert(pieces.back().begin).second);
        std::memset(pieces.back().begin, mark, bytes);
    }
    for (const Piece& piece : pieces) {
        ASSERT_TRUE(std::all_of(piece.begin, piece.begin + piece.bytes, [&](std::byte each) {
            return each == std::byte{piece.mark};
        }));
        pool.give_back(piece.begin, piece.bytes);
    }
    const std::size_t used = pool.used_bytes();
    for (const Piece& piece : pieces) {
        EXPECT_TRUE(given.contains(pool.take(piece.bytes))) << "a new piece, though one was free";
    }
    EXPECT_EQ(pool.used_bytes(), used) << "what came back and was given out again is no more";
    static_cast<void>(pool.take(100));
    EXPECT_EQ(pool.used_bytes(), used + MemoryPool::piece_bytes(100));
}

}  // namespace
}  // namespace fineline::columns
