#include "columns/delta.h"

#include "base/require.h"

#include <algorithm>
#include <bit>

namespace fineline::columns {

Delta::Delta(Room room, std::uint32_t buckets, std::shared_ptr<MemoryPool> pool)
    : room_(room), bucket_mask_(buckets - 1), pool_(std::move(pool)) {
    require(std::has_single_bit(buckets), "the buckets of a delta are a power of two");
    std::byte* const block = pool_->take(block_bytes());
    rows_ = reinterpret_cast<DeltaRow*>(block);
    cells_ = reinterpret_cast<DeltaCell*>(rows_ + room.rows);
    heads_ = reinterpret_cast<std::atomic<std::uint32_t>*>(cells_ + room.cells);
    std::uninitialized_default_construct_n(rows_, room.rows);
    std::uninitialized_default_construct_n(cells_, room.cells);
    std::uninitialized_value_construct_n(heads_, buckets);
}

Delta::~Delta() {
    if (wipe_.load(std::memory_order_relaxed)) {
        std::fill_n(rows_, room_.rows, DeltaRow{});
        std::fill_n(cells_, room_.cells, DeltaCell{});
    }
    pool_->give_back(reinterpret_cast<std::byte*>(rows_), block_bytes());
}

void Delta::append(const DeltaRow& row, std::span<const DeltaCell> cells) {
    std::atomic<std::uint32_t>& head = heads_[row.local & bucket_mask_];
    DeltaRow& added = rows_[row_count_];
    added.time = row.time;
    added.arrival = row.arrival;
    added.previous = head.load(std::memory_order_relaxed);
    added.first_cell = cell_count_;
    added.local = row.local;
    added.cells = static_cast<std::uint16_t>(cells.size());
    DeltaCell* to = cells_ + cell_count_;
    for (const DeltaCell& cell : cells) {
        *to++ = cell;
    }
    cell_count_ += static_cast<std::uint32_t>(cells.size());
    ++row_count_;
    head.store(row_count_, std::memory_order_release);
    published_.store(row_count_, std::memory_order_release);
}

void Delta::append_all(const Delta& other) {
    require(row_count_ == 0, "rows are copied into an empty delta");
    std::copy_n(other.rows_, other.row_count_, rows_);
    std::copy_n(other.cells_, other.cell_count_, cells_);
    for (std::uint32_t bucket = 0; bucket <= bucket_mask_; ++bucket) {
        // With as many buckets the chains stay as they are.
        heads_[bucket].store(bucket_mask_ == other.bucket_mask_
                                 ? other.heads_[bucket].load(std::memory_order_relaxed)
                                 : 0,
                             std::memory_order_relaxed);
    }
    for (std::uint32_t row = 0; bucket_mask_ != other.bucket_mask_ && row < other.row_count_;
         ++row) {
        std::atomic<std::uint32_t>& head = heads_[rows_[row].local & bucket_mask_];
        rows_[row].previous = head.load(std::memory_order_relaxed);
        head.store(row + 1, std::memory_order_relaxed);
    }
    row_count_ = other.row_count_;
    cell_count_ = other.cell_count_;
    published_.store(row_count_, std::memory_order_release);
}

}  // namespace fineline::columns
