#pragma once

#include "base/bytes.h"

#include <cstdint>

namespace fineline::columns {

/// A checkpoint is one file: this header, blocks aligned to 64 bytes, and the directory that names
/// each block with offset, size and checksum (the low half of its XXH3-128; chunks: XXH3-64).
/// Little-endian.
struct CheckpointHeader {
    static constexpr std::uint64_t magic_number = 0x34304c4f434c4e46ULL;  ///< "FNLCOL04"

    std::uint64_t magic = magic_number;
    std::uint64_t directory_at = 0;
    std::uint64_t directory_size = 0;
    std::uint64_t directory_checksum = 0;
    std::uint64_t unpacked_size = 0;  ///< of all chunks in memory, each aligned to block_alignment
    std::uint64_t header_checksum = 0;  ///< of the bytes before
};

inline constexpr std::uint64_t block_alignment = 64;

[[nodiscard]] constexpr std::uint64_t aligned_to_block(std::uint64_t bytes) {
    return (bytes + block_alignment - 1) / block_alignment * block_alignment;
}

/// Where a block lies and what it must digest to.
struct BlockRef {
    std::uint64_t at = 0;
    std::uint64_t size = 0;
    std::uint64_t checksum = 0;
};

/// How a dictionary's entry is stored.
struct StoredEntry {
    std::uint32_t size_and_kind = 0;
    std::uint32_t uses = 0;
};

/// How a merged or erased customer is stored.
struct StoredLink {
    std::uint32_t ordinal = 0;
    std::uint32_t root = 0;
    std::uint32_t next = 0;
    std::uint32_t unused = 0;
    std::uint64_t joined = 0;
};

}  // namespace fineline::columns
