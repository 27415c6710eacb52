#pragma once

#include "base/instant.h"
#include "columns/snapshot_vector.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace fineline::membership {

/// When something is due; never, if nobody set it.
struct Due {
    Instant at = instant_max;
};

/// A leaf holds one customer of a full block: an event changes what is due of one customer, who
/// lies anywhere.
using DueVector = columns::SnapshotVector<Due, 64>;

/// One instant per customer, of which a snapshot is taken after each step.
using EarliestDues = columns::SnapshotVector<Due, 16, 32>;

/// Until when something stands; instant_max: for ever. Of a vector or a snapshot.
template <class Dues>
[[nodiscard]] Instant due_at(const Dues& dues, std::size_t index) {
    const Due* found = dues.find(index);
    return found == nullptr ? instant_max : found->at;
}

/// When each verdict of each customer runs out. A step asks for all of one customer and never for
/// all of one segment, so what belongs to a customer lies together: 64 segments to a block, side by
/// side, so that one search finds them all. A segment has a place once one of its verdicts can run
/// out. One thread at a time; snapshots may be read by others.
class DueTable {
  public:
    static constexpr std::uint32_t block_width = 64;

    /// The table as it was. Immutable; safe to share.
    class Snapshot {
      public:
        /// One past the last customer with anything due.
        [[nodiscard]] std::uint32_t extent() const { return extent_; }

        /// Calls `visit(slot, instant)` for all that is due of a customer, in no order.
        template <class Visit>
        void for_each(std::uint32_t who, Visit visit) const {
            std::uint32_t first = 0;
            for (const Block& block : blocks_) {
                const Due* row = block.dues.find(std::size_t{who} * block.width);
                for (std::uint32_t i = 0; row != nullptr && i < block.width; ++i) {
                    if (row[i].at != instant_max) {
                        visit(slots_[first + i], row[i].at);
                    }
                }
                first += block_width;
            }
        }

      private:
        friend class DueTable;

        struct Block {
            std::uint32_t width = 0;
            DueVector::Snapshot dues;
        };

        std::vector<std::uint32_t> slots_;  ///< per column
        std::vector<Block> blocks_;
        std::uint32_t extent_ = 0;
    };

    /// Until when what is held of a customer in a segment stands; instant_max: for ever.
    [[nodiscard]] Instant at(std::uint32_t slot, std::uint32_t who) const {
        const std::uint32_t column = slot < columns_.size() ? columns_[slot] : none;
        return column == none ? instant_max
                              : due_at(blocks_[column / block_width].dues,
                                       index_of(blocks_[column / block_width], column, who));
    }

    /// Makes room for so many more segments. O(customers with anything due) where that widens a
    /// block: once, not at each doubling by the first instants of their verdicts.
    void reserve(std::uint32_t segments);

    [[nodiscard]] bool has_place(std::uint32_t slot) const {
        return slot < columns_.size() && columns_[slot] != none;
    }

    /// O(log customers), but for a segment's first: where that widens a block, O(customers).
    void set(std::uint32_t slot, std::uint32_t who, Instant at);

    /// Nothing of the customer is due any more.
    void clear(std::uint32_t who);

    /// Calls `visit(slot)` for all of a customer that is due at or before `now`, in no order.
    template <class Visit>
    void for_each_due(std::uint32_t who, Instant now, Visit visit) const {
        std::uint32_t first = 0;
        for (const Block& block : blocks_) {
            const Due* row = block.dues.find(std::size_t{who} * block.width);
            for (std::uint32_t i = 0; row != nullptr && i < block.width; ++i) {
                if (row[i].at <= now) {
                    visit(slots_[first + i]);
                }
            }
            first += block_width;
        }
    }

    /// When the first of all is due for the customer. A search for 64 segments.
    [[nodiscard]] Instant earliest(std::uint32_t who) const {
        Instant earliest = instant_max;
        for (const Block& block : blocks_) {
            const Due* row = block.dues.find(std::size_t{who} * block.width);
            for (std::uint32_t i = 0; row != nullptr && i < block.width; ++i) {
                earliest = std::min(earliest, row[i].at);
            }
        }
        return earliest;
    }

    /// Brings all of a customer into the cache.
    void read_ahead(std::uint32_t who) const {
        constexpr std::uint32_t line = 64 / sizeof(Due);
        for (const Block& block : blocks_) {
            const Due* row = block.dues.find(std::size_t{who} * block.width);
            for (std::uint32_t i = 0; row != nullptr && i < block.width; i += line) {
                __builtin_prefetch(row + i);
            }
        }
    }

    /// One past the last customer with anything due ever.
    [[nodiscard]] std::uint32_t extent() const { return extent_; }

    [[nodiscard]] Snapshot snapshot();

    /// Frees what only snapshots saw that are gone.
    void collect();

    [[nodiscard]] std::size_t bytes() const;

  private:
    static constexpr std::uint32_t none = 0xffff'ffffU;

    /// Of all customers, `width` places each: a power of two, in the last one as few as do.
    struct Block {
        std::uint32_t width = 1;
        DueVector dues;
    };

    [[nodiscard]] static std::size_t index_of(const Block& block,
                                              std::uint32_t column,
                                              std::uint32_t who) {
        return std::size_t{who} * block.width + column % block_width;
    }

    void add_column(std::uint32_t slot);
    void widen(Block& block, std::uint32_t width) const;

    std::vector<std::uint32_t> columns_;  ///< per slot, `none` while nothing of it was due
    std::vector<std::uint32_t> slots_;    ///< per column
    std::vector<Block> blocks_;
    std::uint32_t extent_ = 0;
};

}  // namespace fineline::membership
