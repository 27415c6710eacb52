#include "membership/due_table.h"

#include <utility>

namespace fineline::membership {

void DueTable::set(std::uint32_t slot, std::uint32_t who, Instant at) {
    if (at == instant_max && this->at(slot, who) == instant_max) {
        return;  // takes no room
    }
    if (slot >= columns_.size() || columns_[slot] == none) {
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
    if (column % block_width == 0) {
        blocks_.emplace_back();
    } else if (column % block_width == blocks_.back().width) {
        widen(blocks_.back());
    }
}

void DueTable::widen(Block& block) const {
    Block wider{.width = block.width * 2, .dues = {}};
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
