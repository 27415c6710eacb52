#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace fineline::membership {

/// In which segments each customer is, one bit a segment. Says by customer what SegmentMembers say
/// by segment: an event asks for many segments of one customer, who lies anywhere, and finds them
/// in one place here. One thread at a time.
class MembershipBits {
  public:
    [[nodiscard]] bool has(std::uint32_t slot, std::uint32_t who) const {
        const std::size_t place = word_of(slot, who);
        return slot / word_bits < words_per_customer_ && place < words_.size() &&
               (words_[place] >> (slot % word_bits) & 1U) != 0;
    }

    /// Amortised O(1), but for a segment beyond those there is room for: O(customers).
    void set(std::uint32_t slot, std::uint32_t who, bool is_in);

    /// In how many segments the customer is.
    [[nodiscard]] std::uint64_t count(std::uint32_t who) const {
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < words_per_customer_; ++i) {
            const std::size_t place = std::size_t{who} * words_per_customer_ + i;
            sum += place < words_.size() ? static_cast<std::uint64_t>(std::popcount(words_[place]))
                                         : 0U;
        }
        return sum;
    }

    /// Brings all of a customer into the cache.
    void read_ahead(std::uint32_t who) const {
        const std::size_t place = word_of(0, who);
        if (place < words_.size()) {
            __builtin_prefetch(&words_[place]);
        }
    }

    [[nodiscard]] std::size_t bytes() const { return words_.capacity() * sizeof words_[0]; }

  private:
    static constexpr std::uint32_t word_bits = 64;

    [[nodiscard]] std::size_t word_of(std::uint32_t slot, std::uint32_t who) const {
        return std::size_t{who} * words_per_customer_ + slot / word_bits;
    }

    void make_room(std::size_t words_per_customer);

    std::vector<std::uint64_t> words_;  ///< customer after customer
    std::size_t words_per_customer_ = 0;
};

}  // namespace fineline::membership
