#pragma once

#include "columns/snapshot_vector.h"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace fineline::membership {

/// In which segments each customer is, one bit a segment. Says by customer what SegmentMembers say
/// by segment: an event and a look-up ask for many segments of one customer, who lies anywhere, and
/// find 64 of them with one search. One thread at a time; snapshots may be read by others.
class MembershipBits {
    /// A bit for each of 64 segments, of all customers.
    using Words = columns::SnapshotVector<std::uint64_t, 16, 32>;

    static constexpr std::uint32_t word_bits = 64;

  public:
    /// The bits as they were. Immutable; safe to share.
    class Snapshot {
      public:
        /// Calls `visit(slot)` for each segment the customer is in, ascending.
        template <class Visit>
        void for_each(std::uint32_t who, Visit visit) const {
            std::uint32_t first = 0;
            for (const Words::Snapshot& words : blocks_) {
                const std::uint64_t* found = words.find(who);
                for (std::uint64_t left = found == nullptr ? 0 : *found; left != 0;
                     left &= left - 1) {
                    visit(first + static_cast<std::uint32_t>(std::countr_zero(left)));
                }
                first += word_bits;
            }
        }

        /// Brings all of a customer into the cache.
        void read_ahead(std::uint32_t who) const {
            for (const Words::Snapshot& words : blocks_) {
                __builtin_prefetch(words.find(who));
            }
        }

      private:
        friend class MembershipBits;

        std::vector<Words::Snapshot> blocks_;
    };

    [[nodiscard]] bool has(std::uint32_t slot, std::uint32_t who) const {
        const std::uint64_t* found =
            slot / word_bits < blocks_.size() ? blocks_[slot / word_bits].find(who) : nullptr;
        return found != nullptr && (*found >> (slot % word_bits) & 1U) != 0;
    }

    /// O(log customers).
    void set(std::uint32_t slot, std::uint32_t who, bool is_in);

    /// In how many segments the customer is.
    [[nodiscard]] std::uint64_t count(std::uint32_t who) const {
        std::uint64_t sum = 0;
        for (const Words& words : blocks_) {
            const std::uint64_t* found = words.find(who);
            sum += found == nullptr ? 0U : static_cast<std::uint64_t>(std::popcount(*found));
        }
        return sum;
    }

    /// Brings all of a customer into the cache.
    void read_ahead(std::uint32_t who) const {
        for (const Words& words : blocks_) {
            __builtin_prefetch(words.find(who));
        }
    }

    /// O(segments / 64).
    [[nodiscard]] Snapshot snapshot();

    [[nodiscard]] std::size_t bytes() const;

  private:
    std::vector<Words> blocks_;  ///< of 64 segments each
};

}  // namespace fineline::membership
