#include "membership/due_table.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace fineline::membership {

void DueTable::set(std::uint32_t slot, std::uint32_t who, Instant at) {
    if (at == instant_max && this->at(slot, who) == instant_max) {
        return;  // takes no room
    }
    if (!has_place(slot)) {
        add_column(slot);
    }
    const std::uint32_t column = columns_[slot];
    Block& block = blocks_[column / block_width];
    block.dues.edit(index_of(block, column, who)).at = at;
    extent_ = std::max(extent_, who + 1);
}

void DueTable::clear(std::uint32_t who) {
    for (Block& block : blocks_) {
        for (std::uint32_t i = 0; i < block.width; ++i) {
            const std::size_t index = std::size_t{who} * block.width + i;
            if (due_at(block.dues, index) != instant_max) {
                block.dues.edit(index).at = instant_max;
            }
        }
    }
}

void DueTable::add_column(std::uint32_t slot) {
    if (slot >= columns_.size()) {
        columns_.resize(slot + 1, none);
    }
    const auto column = static_cast<std::uint32_t>(slots_.size());
    columns_[slot] = column;
    slots_.push_back(slot);
    reserve(0);
}

void DueTable::reserve(std::uint32_t segments) {
    const auto end = static_cast<std::uint32_t>(slots_.size()) + segments;
    for (std::uint32_t i = 0; i * block_width < end; ++i) {
        if (i == blocks_.size()) {
            blocks_.emplace_back();
        }
        const std::uint32_t width = std::min(block_width, std::bit_ceil(end - i * block_width));
        if (blocks_[i].width < width) {
            widen(blocks_[i], width);
        }
    }
}

void DueTable::widen(Block& block, std::uint32_t width) const {
    Block wider{.width = width, .dues = {}};
    for (std::uint32_t who = 0; who < extent_; ++who) {
        for (std::uint32_t i = 0; i < block.width; ++i) {
            const Instant at = due_at(block.dues, std::size_t{who} * block.width + i);
            if (at != instant_max) {
                wider.dues.edit(std::size_t{who} * wider.width + i).at = at;
            }
        }
    }
    block = std::move(wider);
}

DueTable::Snapshot DueTable::snapshot() {
    Snapshot taken;
    taken.slots_ = slots_;
    for (Block& block : blocks_) {
        taken.blocks_.push_back({.width = block.width, .dues = block.dues.snapshot()});
    }
    taken.extent_ = extent_;
    return taken;
}

void DueTable::collect() {
    for (Block& block : blocks_) {
        block.dues.collect();
    }
}

std::size_t DueTable::bytes() const {
    std::size_t sum = 0;
    for (const Block& block : blocks_) {
        sum += block.dues.bytes();
    }
    return sum;
}

}  // namespace fineline::membership
