#include "columns/latest_event.h"

#include "columns/view_state.h"

#include <algorithm>

namespace fineline::columns {

namespace {

/// Of the rows of one chunk and its delta. A damaged chunk counts as none, and is reported.
Instant latest_in(const ViewState& state, const ChunkEntry& entry, Instant now) {
    Instant latest = instant_min;
    const auto note = [&](Instant time) {
        if (time <= now) {
            latest = std::max(latest, time);
        }
    };
    const Instant last(Duration(entry.base == nullptr ? latest.time_since_epoch().count()
                                                      : entry.base->outline().time_max));
    if (last <= now) {
        latest = last;
    } else if (entry.base->is_sound()) {
        std::for_each(entry.base->times(), entry.base->times() + entry.base->rows(), note);
    } else {
        state.health->corrupt.store(true, std::memory_order_relaxed);
    }
    if (entry.delta != nullptr) {
        entry.delta->for_each([&](std::uint32_t, const DeltaRow& row) {
            if (row.arrival < state.position) {
                note(Instant(Duration(row.time)));
            }
        });
    }
    return latest;
}

}  // namespace

Instant latest_event(const View& view, Instant now) {
    const ViewState& state = view.state();
    Instant latest = instant_min;
    const std::size_t names = state.names(TableKind::event).names.size();
    for (std::uint32_t id = 0; id < names; ++id) {
        const TableView* table = state.table(TableKind::event, id);
        const Instant last(Duration(table->counts.time_max));
        if (last <= now) {
            latest = std::max(latest, last);
            continue;
        }
        for (std::uint32_t first = 0; first < state.customers.size; first += state.range_size) {
            if (const ChunkEntry* entry = table->chunks.find(first / state.range_size)) {
                latest = std::max(latest, latest_in(state, *entry, now));
            }
        }
    }
    return latest;
}

}  // namespace fineline::columns
