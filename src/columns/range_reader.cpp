#include "columns/range_reader.h"

#include "columns/view_state.h"

#include <algorithm>

namespace fineline::columns {

namespace {

/// Calls `visit(index, item)` for those of the items [begin, end) that were ever edited, looking up
/// a leaf once.
template <class Vector, class Visit>
void for_each_item(const typename Vector::Snapshot& items,
                   std::uint32_t begin,
                   std::uint32_t end,
                   Visit visit) {
    while (begin < end) {
        const std::uint32_t of_leaf = Vector::items_per_leaf - begin % Vector::items_per_leaf;
        const std::uint32_t stop = begin + std::min(end - begin, of_leaf);
        if (const auto* item = items.find(begin)) {
            for (std::uint32_t index = begin; index < stop; ++index, ++item) {
                visit(index, *item);
            }
        }
        begin = stop;
    }
}

}  // namespace

RangeReader::RangeReader(const View& view) : state_(view.state()) {}

std::uint32_t RangeReader::range_size() const {
    return state_.range_size;
}

std::uint32_t RangeReader::range_count() const {
    return (state_.customers.size + state_.range_size - 1) / state_.range_size;
}

std::uint32_t RangeReader::lane_count(std::uint32_t range) const {
    return std::min(state_.range_size, state_.customers.size - range * state_.range_size);
}

void RangeReader::read_lanes(std::uint32_t range, Instant now, std::span<LaneState> lanes) const {
    const std::uint32_t first = range * state_.range_size;
    const std::uint32_t end = first + static_cast<std::uint32_t>(lanes.size());
    std::fill(lanes.begin(), lanes.end(), LaneState::nobody);
    LaneState* state = lanes.data();
    for_each_item<EarliestVector>(
        state_.customers.earliest, first, end, [&](std::uint32_t ordinal, const Earliest& found) {
            const bool exists = found.at <= now && found.at != instant_max;
            state[ordinal - first] = exists ? LaneState::alone : LaneState::nobody;
        });
    for_each_item<LinkVector>(
        state_.customers.links, first, end, [&](std::uint32_t ordinal, const PersonLink& link) {
            if (link.root == 0 && link.next == 0) {
                return;
            }
            LaneState& lane = lanes[ordinal - first];
            if (link.root != 0 && link.root - 1 != ordinal) {
                lane = LaneState::nobody;
            } else if (lane == LaneState::alone && link.next != 0 && link.next - 1 != ordinal) {
                lane = LaneState::several;
            }
        });
}

RangeRows RangeReader::rows(TableKind kind, std::uint32_t table, std::uint32_t range) const {
    RangeRows rows;
    rows.table = state_.table(kind, table);
    const ChunkEntry* entry = rows.table == nullptr ? nullptr : rows.table->chunks.find(range);
    if (entry == nullptr) {
        return rows;
    }
    rows.delta = entry->delta.get();
    rows.chunk = entry->base.get();
    if (rows.chunk != nullptr && !rows.chunk->is_sound()) {
        state_.health->corrupt.store(true, std::memory_order_relaxed);
        rows.chunk = nullptr;
    }
    return rows;
}

void RangeReader::mark_recent(const RangeRows& rows, std::span<std::uint8_t> marks) const {
    if (rows.delta != nullptr) {
        rows.delta->for_each([&](std::uint32_t, const DeltaRow& row) {
            if (row.arrival < state_.position && row.local < marks.size()) {
                marks[row.local] = 1;
            }
        });
    }
}

}  // namespace fineline::columns
