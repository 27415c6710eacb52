#pragma once

#include "columns/chunk_packing.h"
#include "columns/compactor.h"
#include "columns/table.h"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace fineline::columns {

/// A chunk as a checkpoint holds it.
struct PackedChunk {
    enum class Content : std::uint8_t { nothing, rows, damaged };

    Content content = Content::nothing;
    std::string packed;            ///< empty for one that lies in a file as it is
    std::string_view bytes_there;  ///< where it does; valid as long as the entry
    std::uint64_t checksum = 0;
    ChunkOutline outline;

    [[nodiscard]] std::string_view bytes() const { return packed.empty() ? bytes_there : packed; }
};

/// Joins what ranges hold with their deltas and packs it, on threads of its own, and gives it out
/// in order. Works ahead of who asks by a few chunks a thread only. One thread asks.
class CheckpointChunks {
  public:
    struct Options {
        std::uint32_t range_size = 0;
        std::uint64_t arrived_from = 0;  ///< rows of deltas from this position on are left out
        unsigned threads = 1;            ///< 1: the thread that asks does the work
    };

    /// Of the entries, which may be nullptr. They must stay until this is gone.
    CheckpointChunks(std::vector<const ChunkEntry*> entries, const Options& options);
    ~CheckpointChunks();
    CheckpointChunks(const CheckpointChunks&) = delete;
    CheckpointChunks& operator=(const CheckpointChunks&) = delete;
    CheckpointChunks(CheckpointChunks&&) = delete;
    CheckpointChunks& operator=(CheckpointChunks&&) = delete;

    /// The next entry's. Requires that there is one.
    [[nodiscard]] PackedChunk next();

  private:
    /// What one thread works with.
    struct Tools {
        Compactor compactor;
        ChunkPacker packer;
    };

    struct Slot {
        PackedChunk chunk;
        bool is_done = false;
    };

    [[nodiscard]] PackedChunk prepare(const ChunkEntry* entry, Tools& tools) const;
    void work();

    std::vector<const ChunkEntry*> entries_;
    Options options_;
    Tools own_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Slot> slots_;  ///< of entry i at i modulo their number
    std::size_t begun_ = 0;    ///< entries that some thread took
    std::size_t given_ = 0;    ///< entries that were given out
    bool is_over_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace fineline::columns
