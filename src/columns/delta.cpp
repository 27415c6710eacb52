#include "columns/delta.h"

#include "base/require.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>

namespace fineline::columns {

namespace {

constexpr std::uint32_t first_buckets = 16;
constexpr std::uint32_t buckets_factor = 4;

}  // namespace

static_assert(sizeof(DeltaRow) % 8 == 0 && sizeof(DeltaCell) % 8 == 0);

Delta::Delta(std::uint32_t buckets_max, std::shared_ptr<MemoryPool> pool)
    : buckets_max_(buckets_max), pool_(std::move(pool)) {
    require(std::has_single_bit(buckets_max), "the buckets of a delta are a power of two");
    grow_heads();
}

Delta::~Delta() {
    const bool wipe = wipe_.load(std::memory_order_relaxed);
    for (std::uint32_t block = 0; block < blocks_max; ++block) {
        if (blocks_[block] != nullptr) {
            const std::size_t bytes = units_in(block) * unit;
            if (wipe) {
                std::memset(blocks_[block], 0, bytes);
            }
            pool_->give_back(blocks_[block], bytes);
        }
    }
    for (Heads* heads = heads_.load(std::memory_order_relaxed); heads != nullptr;) {
        Heads* const smaller = heads->smaller;
        const std::size_t bytes = heads_bytes(heads->mask);
        pool_->give_back(reinterpret_cast<std::byte*>(heads), bytes);
        heads = smaller;
    }
}

void Delta::append(const NewRow& row, std::span<const DeltaCell> cells) {
    const std::uint32_t units = units_of(cells.size());
    if (block_end_ - next_place_ < units) {
        open_block(units);
    }
    if (row_count_ == rows_for_heads_) {
        grow_heads();
    }
    Bucket& head = bucket(*heads_.load(std::memory_order_relaxed), row.local);
    auto* const added = new (next_) DeltaRow{.time = row.time,
                                             .arrival = row.arrival,
                                             .previous = head.load(std::memory_order_relaxed),
                                             .local = row.local,
                                             .cells = static_cast<std::uint16_t>(cells.size())};
    std::uninitialized_copy(cells.begin(), cells.end(), reinterpret_cast<DeltaCell*>(added + 1));
    head.store(next_place_ + 1, std::memory_order_release);
    ++row_count_;
    next_ += units * unit;
    next_place_ += units;
    end_.store(next_place_, std::memory_order_release);
}

/// Goes on to a block with room for a row; those too small for it stay empty.
void Delta::open_block(std::uint32_t units) {
    if (block_ != none) {
        used_[block_] = next_place_;
    }
    do {
        ++block_;  // from `none` to the first
        require(block_ < blocks_max, "a delta is compacted before it holds 16 GiB");
        used_[block_] = first_place(block_);
    } while (units_in(block_) < units);
    blocks_[block_] = pool_->take(units_in(block_) * unit);
    next_ = blocks_[block_];
    next_place_ = first_place(block_);
    block_end_ = next_place_ + units_in(block_);
}

/// A bucket's chain begins as that of the bucket it was a part of: readers skip rows of others, and
/// no row is changed.
void Delta::grow_heads() {
    Heads* const old = heads_.load(std::memory_order_relaxed);
    const std::uint32_t buckets =
        std::min(old == nullptr ? first_buckets : (old->mask + 1) * buckets_factor, buckets_max_);
    auto* const heads =
        new (pool_->take(heads_bytes(buckets - 1))) Heads{.smaller = old, .mask = buckets - 1};
    auto* const first = reinterpret_cast<Bucket*>(heads + 1);
    for (std::uint32_t i = 0; i < buckets; ++i) {
        new (first + i)
            Bucket(old == nullptr ? 0 : bucket(*old, i).load(std::memory_order_relaxed));
    }
    heads_.store(heads, std::memory_order_release);
    rows_for_heads_ = buckets == buckets_max_ ? std::numeric_limits<std::uint32_t>::max() : buckets;
}

}  // namespace fineline::columns
