#include "columns/scrub.h"

#include "columns/view_state.h"

namespace fineline::columns {

namespace {

/// Returns false if a block of the table is damaged.
bool scrub_table(const TableView& table, const std::function<bool()>& is_stopped) {
    for (std::size_t range = 0; range < table.chunks.extent(); ++range) {
        const ChunkEntry* entry = table.chunks.find(range);
        if (entry == nullptr || entry->base == nullptr) {
            continue;
        }
        if (is_stopped()) {
            return true;
        }
        if (!entry->base->check_again()) {
            return false;
        }
    }
    return true;
}

}  // namespace

Status scrub(const View& view, const std::function<bool()>& is_stopped) {
    const ViewState& state = view.state();
    for (const TableList& tables : state.tables) {
        for (std::size_t id = 0; id < tables.extent() && !is_stopped(); ++id) {
            const auto* table = tables.find(id);
            if (table != nullptr && *table != nullptr && !scrub_table(**table, is_stopped)) {
                state.health->corrupt.store(true, std::memory_order_relaxed);
                return view.health();
            }
        }
    }
    return view.health();
}

}  // namespace fineline::columns
