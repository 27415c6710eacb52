#pragma once

#include "columns/chunk.h"

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

struct DeltaCell {
    Cell cell;
    std::uint32_t property = 0;
};

/// The latest rows of one table and one range, in order of arrival, chained per customer, with room
/// for a fixed number of rows and cells. One thread appends; others read at the same time what the
/// position of their View lets them see: they ignore rows that arrived at or after it. When it is
/// full a larger one takes over, and this stays with the Views that hold it.
class Delta {
  public:
    static constexpr std::uint32_t none = 0xffff'ffffU;

    struct Room {
        std::uint32_t rows = 0;
        std::uint32_t cells = 0;
    };

    /// `buckets` is a power of two, at most the customers of a range.
    Delta(Room room, std::uint32_t buckets);
    ~Delta();
    Delta(const Delta&) = delete;
    Delta& operator=(const Delta&) = delete;
    Delta(Delta&&) = delete;
    Delta& operator=(Delta&&) = delete;

    [[nodiscard]] bool has_room(std::size_t cells) const {
        return row_count_ < room_.rows && cell_count_ + cells <= room_.cells;
    }

    /// Appends a row; `row.previous` and `row.first_cell` are set here. O(cells). Needs room.
    void append(DeltaRow row, std::span<const DeltaCell> cells);

    /// Copies all rows of a smaller one.
    void append_all(const Delta& other);

    // Of the writing thread.
    [[nodiscard]] std::uint32_t row_count() const { return row_count_; }

    [[nodiscard]] std::uint32_t cell_count() const { return cell_count_; }

    [[nodiscard]] Room room() const { return room_; }

    /// Brings what the next append for a customer writes into the cache.
    void prefetch_append(std::uint32_t local) const {
        __builtin_prefetch(rows_.get() + row_count_, 1);
        __builtin_prefetch(cells_.get() + cell_count_, 1);
        __builtin_prefetch(&heads_[local & bucket_mask_], 1);
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
        return {cells_.get() + rows_[row].first_cell, rows_[row].cells};
    }

    [[nodiscard]] Cell cell(std::uint32_t property, std::uint32_t row) const {
        for (const DeltaCell& candidate : cells(row)) {
            if (candidate.property == property) {
                return candidate.cell;
            }
        }
        return {};
    }

    [[nodiscard]] std::size_t bytes() const {
        return sizeof *this + room_.rows * sizeof(DeltaRow) + room_.cells * sizeof(DeltaCell) +
               (std::size_t{bucket_mask_} + 1) * sizeof(std::uint32_t);
    }

    void wipe_when_freed() const { wipe_.store(true, std::memory_order_relaxed); }

  private:
    Room room_;
    std::uint32_t bucket_mask_;
    std::uint32_t row_count_ = 0;
    std::uint32_t cell_count_ = 0;
    std::unique_ptr<DeltaRow[]> rows_;
    std::unique_ptr<DeltaCell[]> cells_;
    std::unique_ptr<std::atomic<std::uint32_t>[]> heads_;  ///< row + 1, 0: none
    std::atomic<std::uint32_t> published_ = 0;
    mutable std::atomic<bool> wipe_ = false;
};

}  // namespace fineline::columns
