#include "membership/membership_bits.h"

#include <algorithm>
#include <utility>

namespace fineline::membership {

void MembershipBits::set(std::uint32_t slot, std::uint32_t who, bool is_in) {
    if (slot / word_bits >= words_per_customer_) {
        if (!is_in) {
            return;
        }
        make_room(std::size_t{slot} / word_bits + 1);
    }
    const std::size_t place = word_of(slot, who);
    if (place >= words_.size()) {
        if (!is_in) {
            return;
        }
        words_.resize(std::max((std::size_t{who} + 1) * words_per_customer_, words_.size() * 2));
    }
    const std::uint64_t bit = std::uint64_t{1} << (slot % word_bits);
    words_[place] = is_in ? words_[place] | bit : words_[place] & ~bit;
}

void MembershipBits::make_room(std::size_t words_per_customer) {
    if (words_per_customer_ > 0) {
        const std::size_t customers = words_.size() / words_per_customer_;
        std::vector<std::uint64_t> wider(customers * words_per_customer);
        for (std::size_t who = 0; who < customers; ++who) {
            std::copy_n(words_.begin() + static_cast<std::ptrdiff_t>(who * words_per_customer_),
                        words_per_customer_,
                        wider.begin() + static_cast<std::ptrdiff_t>(who * words_per_customer));
        }
        words_ = std::move(wider);
    }
    words_per_customer_ = words_per_customer;
}

}  // namespace fineline::membership
