#include "columns/cursor.h"

#include <algorithm>

namespace fineline::columns {

void ChunkSource::reset(const TableView* table, const Chunk* chunk) {
    table_ = table;
    chunk_ = chunk;
    by_property_.assign(table->dictionaries.size(), Column{});
    for (std::uint32_t i = 0; i < chunk->column_count(); ++i) {
        const Column column = chunk->column(i);
        by_property_[column.property] = column;
    }
}

Datum ChunkSource::value(PropertyId property, std::uint32_t row) const {
    const std::uint32_t id = property.value();
    if (id >= by_property_.size() || by_property_[id].bytes == nullptr) {
        return {};
    }
    return table_->datum(id, by_property_[id].cell(row));
}

Datum GatheredSource::value(PropertyId property, std::uint32_t row) const {
    return table->datum(property.value(), rows[row].cell(property.value()));
}

void Cursor::look_at(const ViewState& view, const TableView& table) {
    view_ = &view;
    table_ = &table;
    gathered_.table = &table;
    chunk_source_.forget();
    range_ = nowhere;
    who_ = nowhere;
}

EventRows Cursor::read(std::span<const std::uint32_t> ordinals) {
    if (ordinals.front() != who_) {
        rows_ = find(ordinals);
        who_ = ordinals.front();
    }
    return rows_;
}

EventRows Cursor::find(std::span<const std::uint32_t> ordinals) {
    const std::uint32_t ordinal = ordinals.front();
    if (ordinals.size() == 1) {
        if (ordinal / view_->range_size != range_) {
            enter(ordinal / view_->range_size);
        }
        const std::uint32_t local = ordinal % view_->range_size;
        if (!has_delta_rows(local)) {
            if (chunk_ == nullptr) {
                return {};
            }
            index_ = chunk_->lower_bound(local, index_);
            if (index_ == chunk_->head().customers || chunk_->locals()[index_] != local) {
                return {};
            }
            if (chunk_source_.chunk() != chunk_) {
                chunk_source_.reset(table_, chunk_);
            }
            const std::uint32_t begin = chunk_->offsets()[index_];
            const std::uint32_t size = chunk_->offsets()[index_ + 1] - begin;
            const Instant* times = chunk_->times() + begin;
            if (const std::uint32_t* arrivals = chunk_->short_arrivals()) {
                const EventRows::ShortArrivals above{.offsets = arrivals + begin,
                                                     .first = chunk_->head().first_arrival};
                return {times, above, size, &chunk_source_, begin};
            }
            return {times, chunk_->long_arrivals() + begin, size, &chunk_source_, begin};
        }
    }
    gathered_.rows.clear();
    for (const std::uint32_t member : ordinals) {
        gather(member);
    }
    return gathered();
}

void Cursor::enter(std::uint32_t range) {
    range_ = range;
    index_ = 0;
    const ChunkEntry* entry = table_->chunks.find(range);
    chunk_ = entry == nullptr ? nullptr : entry->base.get();
    delta_ = entry == nullptr ? nullptr : entry->delta.get();
    if (chunk_ != nullptr && !chunk_->is_sound()) {
        view_->health->corrupt.store(true, std::memory_order_relaxed);
        chunk_ = nullptr;
    }
}

bool Cursor::has_delta_rows(std::uint32_t local) const {
    if (delta_ == nullptr) {
        return false;
    }
    for (std::uint32_t row = delta_->latest(local); row != Delta::none; row = delta_->before(row)) {
        if (delta_->row(row).local == local && delta_->row(row).arrival < view_->position) {
            return true;
        }
    }
    return false;
}

void Cursor::gather(std::uint32_t ordinal) {
    if (ordinal / view_->range_size != range_) {
        enter(ordinal / view_->range_size);
    }
    const std::uint32_t local = ordinal % view_->range_size;
    if (chunk_ != nullptr) {
        const std::uint32_t index = chunk_->lower_bound(local, index_);
        if (index < chunk_->head().customers && chunk_->locals()[index] == local) {
            for (std::uint32_t row = chunk_->offsets()[index]; row < chunk_->offsets()[index + 1];
                 ++row) {
                gathered_.rows.push_back({.chunk = chunk_, .row = row});
            }
        }
    }
    if (delta_ != nullptr) {
        const auto begin = static_cast<std::ptrdiff_t>(gathered_.rows.size());
        for (std::uint32_t row = delta_->latest(local); row != Delta::none;
             row = delta_->before(row)) {
            if (delta_->row(row).local == local && delta_->row(row).arrival < view_->position) {
                gathered_.rows.push_back({.delta = delta_, .row = row});
            }
        }
        std::reverse(gathered_.rows.begin() + begin, gathered_.rows.end());
    }
}

EventRows Cursor::gathered() {
    const auto before = [](const RowRef& a, const RowRef& b) {
        return a.time() != b.time() ? a.time() < b.time() : a.arrival() < b.arrival();
    };
    std::vector<RowRef>& rows = gathered_.rows;
    if (!std::is_sorted(rows.begin(), rows.end(), before)) {
        std::stable_sort(rows.begin(), rows.end(), before);
    }
    times_.clear();
    arrivals_.clear();
    for (const RowRef& row : rows) {
        times_.push_back(row.time());
        arrivals_.push_back(row.arrival());
    }
    return {
        times_.data(), arrivals_.data(), static_cast<std::uint32_t>(rows.size()), &gathered_, 0};
}

}  // namespace fineline::columns
