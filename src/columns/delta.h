#pragma once

#include "columns/column.h"
#include "columns/memory_block.h"

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace fineline::columns {

/// A Cell and its property.
struct DeltaCell {
    std::uint64_t payload = 0;
    std::uint32_t property = 0;
    ValueKind kind = absent;

    [[nodiscard]] Cell cell() const { return {.payload = payload, .kind = kind}; }
};

/// The head of a row; its cells follow it in memory.
struct DeltaRow {
    std::int64_t time = 0;
    std::uint64_t arrival = 0;
    std::uint32_t previous = 0;  ///< place + 1 of the row before it in its bucket, 0: none
    std::uint16_t local = 0;
    std::uint16_t cells = 0;
};

/// The latest rows of one table and one range, in order of arrival, chained per customer. Rows are
/// named by their place, which never changes. One thread appends; others read at the same time what
/// the position of their View lets them see: they ignore rows that arrived at or after it.
///
/// It grows by blocks, each as large as all before it: nothing is copied, so Views that hold it
/// share its memory with the writer.
class alignas(64) Delta {
  public:
    static constexpr std::uint32_t none = 0xffff'ffffU;

    /// It will have that many buckets at most: a power of two, no more than a range has customers.
    /// Its blocks lie in the pool.
    Delta(std::uint32_t buckets_max, std::shared_ptr<MemoryPool> pool);
    ~Delta();
    Delta(const Delta&) = delete;
    Delta& operator=(const Delta&) = delete;
    Delta(Delta&&) = delete;
    Delta& operator=(Delta&&) = delete;

    // Of the writing thread.

    struct NewRow {
        std::int64_t time = 0;
        std::uint64_t arrival = 0;
        std::uint16_t local = 0;
    };

    /// Appends a row. O(cells).
    void append(const NewRow& row, std::span<const DeltaCell> cells);

    [[nodiscard]] std::uint32_t row_count() const { return row_count_; }

    /// Brings what the next append for a customer writes into the cache. The head of its bucket is
    /// read, for it lies anywhere and a prefetch may be dropped; returned so that it is not left
    /// out.
    [[nodiscard]] std::uint32_t touch_append(std::uint32_t local) const {
        __builtin_prefetch(next_, 1);
        __builtin_prefetch(next_ + 64, 1);  // a row and its cells may lie in two lines
        return bucket(*heads_.load(std::memory_order_relaxed), local)
            .load(std::memory_order_relaxed);
    }

    // Of any thread.

    /// Whether there is no row so far. Those that are there may be too late for the reader's View.
    [[nodiscard]] bool is_empty() const { return end_.load(std::memory_order_acquire) == 0; }

    /// Calls `visit(place, row)` for each row so far, in order of arrival.
    template <class Visit>
    void for_each(Visit visit) const {
        const std::uint32_t end = end_.load(std::memory_order_acquire);
        for (std::uint32_t block = 0; first_place(block) < end; ++block) {
            const std::uint32_t stop = first_place(block + 1) < end ? used_[block] : end;
            for (std::uint32_t at = first_place(block); at < stop;) {
                const DeltaRow& found = row(at);
                visit(at, found);
                at += units_of(found.cells);
            }
        }
    }

    /// The latest row in the bucket of a customer, or `none`.
    [[nodiscard]] std::uint32_t latest(std::uint32_t local) const {
        return bucket(*heads_.load(std::memory_order_acquire), local)
                   .load(std::memory_order_acquire) -
               1;
    }

    /// The row before it in the bucket, or `none`.
    [[nodiscard]] std::uint32_t before(std::uint32_t place) const {
        return row(place).previous - 1;
    }

    [[nodiscard]] const DeltaRow& row(std::uint32_t place) const {
        return *reinterpret_cast<const DeltaRow*>(at(place));
    }

    [[nodiscard]] std::span<const DeltaCell> cells(std::uint32_t place) const {
        const DeltaRow& of = row(place);
        return {reinterpret_cast<const DeltaCell*>(&of + 1), of.cells};
    }

    [[nodiscard]] Cell cell(std::uint32_t property, std::uint32_t place) const {
        for (const DeltaCell& candidate : cells(place)) {
            if (candidate.property == property) {
                return candidate.cell();
            }
        }
        return {};
    }

    void wipe_when_freed() const { wipe_.store(true, std::memory_order_relaxed); }

  private:
    // Places count units of 8 bytes. The first block has `first_units`; each further one begins at
    // a power of two and ends at the next, so that a place names its block.
    static constexpr std::size_t unit = 8;
    static constexpr std::uint32_t first_units = 64;
    static constexpr std::size_t blocks_max = 26;  ///< places stay below 2^31

    /// The latest row of each bucket, place + 1, 0: none. When there are many rows a larger one
    /// takes over, whose buckets begin with the chains of those they come from.
    struct Heads {
        Heads* smaller = nullptr;  ///< what it took over from, kept for those who read it
        std::uint32_t mask = 0;
    };

    using Bucket = std::atomic<std::uint32_t>;

    [[nodiscard]] static constexpr std::uint32_t first_place(std::uint32_t block) {
        return block == 0 ? 0 : first_units << (block - 1);
    }

    [[nodiscard]] static constexpr std::uint32_t units_in(std::uint32_t block) {
        return block == 0 ? first_units : first_place(block);
    }

    [[nodiscard]] static constexpr std::uint32_t units_of(std::size_t cells) {
        return static_cast<std::uint32_t>((sizeof(DeltaRow) + cells * sizeof(DeltaCell)) / unit);
    }

    [[nodiscard]] const std::byte* at(std::uint32_t place) const {
        const std::uint32_t block = std::bit_width(place / first_units);
        return blocks_[block] + (place - first_place(block)) * unit;
    }

    [[nodiscard]] static Bucket& bucket(Heads& heads, std::uint32_t local) {
        auto* const buckets = reinterpret_cast<Bucket*>(&heads + 1);
        return buckets[local & heads.mask];
    }

    [[nodiscard]] static std::size_t heads_bytes(std::uint32_t mask) {
        return sizeof(Heads) + (std::size_t{mask} + 1) * sizeof(Bucket);
    }

    void open_block(std::uint32_t units);
    void grow_heads();

    // The first line holds all that an append needs.
    std::byte* next_ = nullptr;     ///< where the next row goes, if the block has room for it
    std::uint32_t next_place_ = 0;  ///< its place
    std::uint32_t block_end_ = 0;   ///< the place after the block
    std::uint32_t row_count_ = 0;
    std::uint32_t rows_for_heads_ = 0;  ///< the heads grow when there are as many rows
    std::atomic<Heads*> heads_ = nullptr;
    std::atomic<std::uint32_t> end_ = 0;  ///< the place after the last row, for readers
    std::uint32_t buckets_max_;
    std::uint32_t block_ = none;  ///< the last one
    mutable std::atomic<bool> wipe_ = false;

    std::array<std::byte*, blocks_max> blocks_{};
    std::array<std::uint32_t, blocks_max> used_{};  ///< per block but the last: where its rows end
    std::shared_ptr<MemoryPool> pool_;
};

}  // namespace fineline::columns
