#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace fineline::columns {

/// Zeroed memory, owned. From 2 MiB on it lies on huge pages, where the system has them: what is
/// touched at random all over a large table costs a walk of the page tables each time otherwise.
class MemoryBlock {
  public:
    MemoryBlock() = default;
    explicit MemoryBlock(std::size_t bytes);
    ~MemoryBlock();
    MemoryBlock(const MemoryBlock&) = delete;
    MemoryBlock& operator=(const MemoryBlock&) = delete;
    MemoryBlock(MemoryBlock&& other) noexcept;
    MemoryBlock& operator=(MemoryBlock&& other) noexcept;

    /// Aligned to 64 bytes; nullptr where nothing was asked for.
    [[nodiscard]] std::byte* data() const { return data_; }

    [[nodiscard]] std::size_t bytes() const { return bytes_; }

  private:
    std::byte* data_ = nullptr;
    std::size_t bytes_ = 0;
};

/// Gives out pieces of a few large blocks, so that many small tables share huge pages, and takes
/// them back to be given out again. Memory goes back to the system when the pool ends. Safe to
/// share.
class MemoryPool {
  public:
    /// At least that many bytes, aligned to 64; what they held before is still there.
    [[nodiscard]] std::byte* take(std::size_t bytes);

    /// Takes back what take(bytes) gave.
    void give_back(std::byte* piece, std::size_t bytes);

    /// All that was ever given out, in bytes, for it stays here.
    [[nodiscard]] std::size_t used_bytes() const;

    /// What a piece for that many bytes takes: at most a quarter more.
    [[nodiscard]] static std::size_t piece_bytes(std::size_t bytes);

  private:
    mutable std::mutex mutex_;
    std::vector<MemoryBlock> blocks_;
    std::size_t used_bytes_ = 0;
    std::size_t used_of_last_ = 0;
    std::vector<std::vector<std::byte*>> free_;  ///< by class of size
};

}  // namespace fineline::columns
