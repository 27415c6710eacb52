#include "membership/membership_bits.h"

namespace fineline::membership {

void MembershipBits::set(std::uint32_t slot, std::uint32_t who, bool is_in) {
    if (has(slot, who) == is_in) {
        return;
    }
    if (slot / word_bits >= blocks_.size()) {
        blocks_.resize(slot / word_bits + 1);
    }
    blocks_[slot / word_bits].edit(who) ^= std::uint64_t{1} << (slot % word_bits);
}

MembershipBits::Snapshot MembershipBits::snapshot() {
    Snapshot snapshot;
    snapshot.blocks_.reserve(blocks_.size());
    for (Words& words : blocks_) {
        snapshot.blocks_.push_back(words.snapshot());
    }
    return snapshot;
}

std::size_t MembershipBits::bytes() const {
    std::size_t sum = 0;
    for (const Words& words : blocks_) {
        sum += words.bytes();
    }
    return sum;
}

}  // namespace fineline::membership
