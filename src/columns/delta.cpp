#include "columns/delta.h"

#include "base/require.h"

#include <algorithm>
#include <bit>

namespace fineline::columns {

Delta::Delta(Room room, std::uint32_t buckets)
    : room_(room),
      bucket_mask_(buckets - 1),
      rows_(new DeltaRow[room.rows]),
      cells_(new DeltaCell[room.cells]),
      heads_(std::make_unique<std::atomic<std::uint32_t>[]>(buckets)) {
    require(std::has_single_bit(buckets), "the buckets of a delta are a power of two");
}

Delta::~Delta() {
    if (wipe_.load(std::memory_order_relaxed)) {
        std::fill_n(rows_.get(), room_.rows, DeltaRow{});
        std::fill_n(cells_.get(), room_.cells, DeltaCell{});
    }
}

void Delta::append(DeltaRow row, std::span<const DeltaCell> cells) {
    std::atomic<std::uint32_t>& head = heads_[row.local & bucket_mask_];
    row.previous = head.load(std::memory_order_relaxed);
    row.first_cell = cell_count_;
    row.cells = static_cast<std::uint16_t>(cells.size());
    rows_[row_count_] = row;
    std::copy(cells.begin(), cells.end(), cells_.get() + cell_count_);
    cell_count_ += static_cast<std::uint32_t>(cells.size());
    ++row_count_;
    head.store(row_count_, std::memory_order_release);
    published_.store(row_count_, std::memory_order_release);
}

void Delta::append_all(const Delta& other) {
    for (std::uint32_t row = 0; row < other.row_count_; ++row) {
        append(other.row(row), other.cells(row));
    }
}

}  // namespace fineline::columns
