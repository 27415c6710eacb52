#pragma once

#include "columns/chunk.h"
#include "columns/memory_block.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace fineline::columns {

struct DeltaRow {
    std::int64_t time = 0;
    std::uint64_t arrival = 0;
    std::uint32_t previous = 0;  ///< row + 1 of the row before it in its bucket, 0: none
    std::uint32_t first_cell = 0;
    std::uint16_t local = 0;
    std::uint16_t cells = 0;
};

/// A Cell and its property.
struct DeltaCell {
    std::uint64_t payload = 0;
    std::uint32_t property = 0;
    ValueKind kind = absent;

    [[nodiscard]] Cell cell() const { return {.payload = payload, .kind = kind}; }
};

/// The latest rows of one table and one range, in order of arrival, chained per customer, with room
/// for a fixed number of rows and cells. One thread appends; others read at the same time what the
/// position of their View lets them see: they ignore rows that arrived at or after it. When it is
/// full a larger one takes over, and this stays with the Views that hold it.
class alignas(64) Delta {
  public:
    static constexpr std::uint32_t none = 0xffff'ffffU;

    struct Room {
        std::uint32_t rows = 0;
        std::uint32_t cells = 0;
    };

    /// `buckets` is a power of two, at most the customers of a range. Its arrays lie in the pool.
    Delta(Room room, std::uint32_t buckets, std::shared_ptr<MemoryPool> pool);
    ~Delta();
    Delta(const Delta&) = delete;
    Delta& operator=(const Delta&) = delete;
    Delta(Delta&&) = delete;
    Delta& operator=(Delta&&) = delete;

    [[nodiscard]] bool has_room(std::size_t cells) const {
        return row_count_ < room_.rows && cell_count_ + cells <= room_.cells;
    }

    /// Appends a row of which `previous`, `first_cell` and `cells` are set here. O(cells). Needs
    /// room.
    void append(const DeltaRow& row, std::span<const DeltaCell> cells);

    /// Copies all rows of a smaller one; this one is empty.
    void append_all(const Delta& other);

    // Of the writing thread.
    [[nodiscard]] std::uint32_t row_count() const { return row_count_; }

    [[nodiscard]] std::uint32_t cell_count() const { return cell_count_; }

    [[nodiscard]] Room room() const { return room_; }

    /// Brings what the next append for a customer writes into the cache. The head of its bucket is
    /// read, for it lies anywhere and a prefetch may be dropped; returned so that it is not left
    /// out.
    [[nodiscard]] std::uint32_t touch_append(std::uint32_t local) const {
        __builtin_prefetch(rows_ + row_count_, 1);
        __builtin_prefetch(cells_ + cell_count_, 1);
        __builtin_prefetch(cells_ + cell_count_ + 2, 1);  // may lie in the next line
        return heads_[local & bucket_mask_].load(std::memory_order_relaxed);
    }

    // Of any thread.
    /// Number of rows so far, some of which may be too late for the reader's View.
    [[nodiscard]] std::uint32_t published() const {
        return published_.load(std::memory_order_acquire);
    }

    /// The latest row in the bucket of a customer, or `none`.
    [[nodiscard]] std::uint32_t latest(std::uint32_t local) const {
        return heads_[local & bucket_mask_].load(std::memory_order_acquire) - 1;
    }

    /// The row before it in the bucket, or `none`.
    [[nodiscard]] std::uint32_t before(std::uint32_t row) const { return rows_[row].previous - 1; }

    [[nodiscard]] const DeltaRow& row(std::uint32_t row) const { return rows_[row]; }

    [[nodiscard]] std::span<const DeltaCell> cells(std::uint32_t row) const {
        return {cells_ + rows_[row].first_cell, rows_[row].cells};
    }

    [[nodiscard]] Cell cell(std::uint32_t property, std::uint32_t row) const {
        for (const DeltaCell& candidate : cells(row)) {
            if (candidate.property == property) {
                return candidate.cell();
            }
        }
        return {};
    }

    [[nodiscard]] std::size_t bytes() const {
        return sizeof *this + MemoryPool::piece_bytes(block_bytes());
    }

    void wipe_when_freed() const { wipe_.store(true, std::memory_order_relaxed); }

  private:
    [[nodiscard]] std::size_t block_bytes() const {
        return room_.rows * sizeof(DeltaRow) + room_.cells * sizeof(DeltaCell) +
               (std::size_t{bucket_mask_} + 1) * sizeof(std::uint32_t);
    }

    // The first line holds all that an append needs.
    Room room_;
    std::uint32_t bucket_mask_;
    std::uint32_t row_count_ = 0;
    std::uint32_t cell_count_ = 0;
    std::atomic<std::uint32_t> published_ = 0;
    DeltaRow* rows_ = nullptr;
    DeltaCell* cells_ = nullptr;
    std::atomic<std::uint32_t>* heads_ = nullptr;  ///< row + 1, 0: none
    mutable std::atomic<bool> wipe_ = false;
    std::shared_ptr<MemoryPool> pool_;
};

}  // namespace fineline::columns
