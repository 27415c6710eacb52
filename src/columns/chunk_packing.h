#pragma once

#include "columns/chunk.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::columns {

/// Appends a chunk as it lies in a checkpoint: in about half the bytes, every array as numbers
/// packed block by block, times as what lies between a customer's rows, arrivals as what a guess by
/// time is off, numbers with few decimals as whole ones. Requires a sound chunk. Keeps scratch
/// memory between calls, 16 bytes a row of the largest chunk. One thread at a time.
class ChunkPacker {
  public:
    void pack(const Chunk& chunk, std::string& target);

  private:
    void pack_customers(const Chunk& chunk, std::string& target);
    void pack_times(const Chunk& chunk, std::string& target);
    void pack_arrivals(const Chunk& chunk, std::string& target);
    void pack_column(const Column& column, std::string& target);
    void pack_numbers_of(const Column& column, std::string& target);
    void pack_timestamps(const Column& column, std::string& target);

    std::vector<std::uint64_t> times_;  ///< in units above the least, row by row
    std::vector<std::uint64_t> numbers_;
};

/// Restores a packed chunk byte by byte. Says false, and what the target holds then is of no use,
/// if the bytes are not such a chunk of the target's size. Reads and writes nothing beyond either,
/// whatever the bytes. Cost: some 8 ns a row.
[[nodiscard]] bool unpack_chunk(std::string_view packed, std::span<std::byte> target);

}  // namespace fineline::columns
