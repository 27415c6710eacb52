#include "columns/compactor.h"

#include "base/require.h"
#include "columns/chunk_layout.h"
#include "columns/chunk_memory.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace fineline::columns {

namespace {

constexpr std::uint32_t bit(ValueKind kind) {
    return 1U << static_cast<unsigned>(kind);
}

constexpr std::uint32_t any_text = bit(ValueKind::string) | bit(ValueKind::list);

Encoding encoding_for(std::uint32_t kinds, std::uint64_t code_max) {
    const std::uint32_t values = kinds & ~bit(ValueKind::missing) & ~bit(absent);
    if ((values & ~bit(ValueKind::boolean)) == 0) {
        return Encoding::boolean;
    }
    if (values == bit(ValueKind::number)) {
        return Encoding::number;
    }
    if (values == bit(ValueKind::timestamp)) {
        return Encoding::timestamp;
    }
    if ((values & ~any_text) == 0) {
        return code_max + 2 <= 0xffU     ? Encoding::code8
               : code_max + 2 <= 0xffffU ? Encoding::code16
                                         : Encoding::code32;
    }
    return Encoding::mixed;
}

/// Stores a cell, which the encoding can hold.
void put(
    Encoding encoding, std::byte* column, std::uint32_t rows, std::uint32_t row, const Cell& cell) {
    const bool value = cell.kind != absent && cell.kind != ValueKind::missing;
    const std::uint64_t code = value ? cell.payload + 2 : cell.kind == ValueKind::missing ? 1 : 0;
    switch (encoding) {
        case Encoding::boolean:
        case Encoding::code8:
            reinterpret_cast<std::uint8_t*>(column)[row] = static_cast<std::uint8_t>(code);
            break;
        case Encoding::code16:
            reinterpret_cast<std::uint16_t*>(column)[row] = static_cast<std::uint16_t>(code);
            break;
        case Encoding::code32:
            reinterpret_cast<std::uint32_t*>(column)[row] = static_cast<std::uint32_t>(code);
            break;
        case Encoding::number:
            reinterpret_cast<std::uint64_t*>(column)[row] = value ? cell.payload
                                                            : cell.kind == ValueKind::missing
                                                                ? number_null
                                                                : number_absent;
            break;
        case Encoding::timestamp:
            reinterpret_cast<std::int64_t*>(column)[row] =
                value                             ? static_cast<std::int64_t>(cell.payload)
                : cell.kind == ValueKind::missing ? timestamp_null
                                                  : timestamp_absent;
            break;
        case Encoding::mixed:
            reinterpret_cast<std::uint64_t*>(column)[row] = cell.payload;
            reinterpret_cast<std::uint8_t*>(column)[std::size_t{rows} * 8 + row] =
                static_cast<std::uint8_t>(cell.kind);
            break;
    }
}

template <class T>
void copy_rows(const Column& source, std::byte* target, const std::vector<std::uint32_t>& order) {
    const T* from = source.as<T>();
    T* to = reinterpret_cast<T*>(target);
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (order[i] < 0x8000'0000U) {
            to[i] = from[order[i]];
        }
    }
}

}  // namespace

Compactor::Compactor(std::uint32_t range_size) : range_size_(range_size) {
    require(range_size <= 65'536, "a range holds at most 65,536 customers");
    removed_.resize(range_size);
}

std::int64_t Compactor::time_of(std::uint32_t row) const {
    return (row & delta_bit) != 0 ? delta_->row(row & ~delta_bit).time
                                  : base_->times()[row].time_since_epoch().count();
}

std::uint64_t Compactor::arrival_of(std::uint32_t row) const {
    return (row & delta_bit) != 0 ? delta_->row(row & ~delta_bit).arrival : base_->arrival(row);
}

bool Compactor::is_before(std::uint32_t a, std::uint32_t b) const {
    const std::int64_t time_a = time_of(a);
    const std::int64_t time_b = time_of(b);
    return time_a != time_b ? time_a < time_b : arrival_of(a) < arrival_of(b);
}

std::shared_ptr<const Chunk> Compactor::join(const Chunk* base,
                                             const Delta* delta,
                                             const LeftOut& left_out) {
    base_ = base;
    delta_ = delta;
    if (base_ != nullptr && !base_->is_sound()) {
        met_corrupt_chunk_ = true;
        base_ = nullptr;
    }
    sort_delta_by_customer(left_out.arrived_from);
    order_rows(left_out.customers);
    if (order_.empty()) {
        return nullptr;
    }
    plan_columns(!left_out.customers.empty());
    return write();
}

void Compactor::sort_delta_by_customer(std::uint64_t arrived_from) {
    delta_starts_.assign(std::size_t{range_size_} + 1, 0);
    delta_rows_.clear();
    if (delta_ == nullptr) {
        return;
    }
    delta_->for_each([&](std::uint32_t, const DeltaRow& row) {
        delta_starts_[row.local] += row.arrival < arrived_from ? 1U : 0U;
    });
    std::uint32_t before = 0;
    for (std::uint32_t& start : delta_starts_) {
        before += std::exchange(start, before);
    }
    delta_rows_.resize(before);
    delta_->for_each([&](std::uint32_t place, const DeltaRow& row) {
        if (row.arrival < arrived_from) {
            delta_rows_[delta_starts_[row.local]++] = place;
        }
    });
    for (std::size_t local = range_size_; local > 0; --local) {
        delta_starts_[local] = delta_starts_[local - 1];
    }
    delta_starts_[0] = 0;
}

void Compactor::order_rows(std::span<const std::uint16_t> removed) {
    for (const std::uint16_t local : removed) {
        removed_[local] = 1;
    }
    locals_.clear();
    offsets_.assign(1, 0);
    order_.clear();
    order_.reserve((base_ == nullptr ? 0 : base_->rows()) + delta_rows_.size());
    std::uint32_t base_index = 0;
    for (std::uint32_t local = 0; local < range_size_; ++local) {
        order_customer(local, base_index);
    }
    for (const std::uint16_t local : removed) {
        removed_[local] = 0;
    }
}

void Compactor::order_customer(std::uint32_t local, std::uint32_t& base_index) {
    const std::size_t begin = order_.size();
    const bool keep = removed_[local] == 0;
    if (base_ != nullptr && base_index < base_->head().customers &&
        base_->locals()[base_index] == local) {
        const std::uint32_t* offsets = base_->offsets() + base_index;
        for (std::uint32_t row = offsets[0]; keep && row < offsets[1]; ++row) {
            order_.push_back(row);
        }
        ++base_index;
    }
    const std::size_t middle = order_.size();
    for (std::uint32_t i = delta_starts_[local]; keep && i < delta_starts_[local + 1]; ++i) {
        order_.push_back(delta_rows_[i] | delta_bit);
    }
    if (order_.size() == begin) {
        return;
    }
    const auto before = [this](std::uint32_t a, std::uint32_t b) { return is_before(a, b); };
    const auto first = order_.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto split = order_.begin() + static_cast<std::ptrdiff_t>(middle);
    if (!std::is_sorted(split, order_.end(), before)) {
        std::stable_sort(split, order_.end(), before);
    }
    if (split != first && split != order_.end() && before(*split, *(split - 1))) {
        std::inplace_merge(first, split, order_.end(), before);
    }
    locals_.push_back(static_cast<std::uint16_t>(local));
    offsets_.push_back(static_cast<std::uint32_t>(order_.size()));
}

Compactor::Plan& Compactor::plan_of(std::uint32_t property) {
    if (property >= plan_index_.size()) {
        plan_index_.resize(property + 1, 0);
    }
    if (plan_index_[property] == 0) {
        plans_.push_back({});
        plans_.back().property = property;
        plan_index_[property] = static_cast<std::uint32_t>(plans_.size());
    }
    return plans_[plan_index_[property] - 1];
}

void Compactor::see(Plan& plan, const Cell& cell) {
    plan.kinds |= bit(cell.kind);
    if ((bit(cell.kind) & any_text) != 0) {
        plan.code_max = std::max(plan.code_max, cell.payload);
    }
}

void Compactor::plan_columns(bool some_removed) {
    plans_.clear();
    for (std::uint32_t i = 0; base_ != nullptr && i < base_->column_count(); ++i) {
        const Column source = base_->column(i);
        Plan& plan = plan_of(source.property);
        plan.source = source;
        if (some_removed || source.encoding == Encoding::boolean) {
            for (const std::uint32_t row : order_) {
                see(plan, row < delta_bit ? source.cell(row) : Cell{});
            }
            continue;
        }
        switch (source.encoding) {
            case Encoding::boolean: break;
            case Encoding::number: plan.kinds |= bit(ValueKind::number); break;
            case Encoding::code8: see(plan, {.payload = 0, .kind = ValueKind::string}); break;
            case Encoding::code16: see(plan, {.payload = 0xfeU, .kind = ValueKind::string}); break;
            case Encoding::code32:
                see(plan, {.payload = 0xfffeU, .kind = ValueKind::string});
                break;
            case Encoding::timestamp: plan.kinds |= bit(ValueKind::timestamp); break;
            case Encoding::mixed: plan.kinds = ~0U; break;
        }
    }
    for (const std::uint32_t row : order_) {
        if (row >= delta_bit) {
            for (const DeltaCell& cell : delta_->cells(row & ~delta_bit)) {
                see(plan_of(cell.property), cell.cell());
            }
        }
    }
    std::erase_if(plans_, [](const Plan& plan) { return (plan.kinds & ~bit(absent)) == 0; });
    std::fill(plan_index_.begin(), plan_index_.end(), 0U);
    std::sort(plans_.begin(), plans_.end(), [](const Plan& a, const Plan& b) {
        return a.property < b.property;
    });
    for (std::size_t i = 0; i < plans_.size(); ++i) {
        plan_index_[plans_[i].property] = static_cast<std::uint32_t>(i + 1);
        plans_[i].encoding = encoding_for(plans_[i].kinds, plans_[i].code_max);
    }
}

std::shared_ptr<const Chunk> Compactor::write() {
    const auto rows = static_cast<std::uint32_t>(order_.size());
    ChunkHead head;
    head.rows = rows;
    head.customers = static_cast<std::uint32_t>(locals_.size());
    std::uint64_t last_arrival = 0;
    head.first_arrival = ~0ULL;
    for (const std::uint32_t row : order_) {
        const std::uint64_t arrival = arrival_of(row);
        head.first_arrival = std::min(head.first_arrival, arrival);
        last_arrival = std::max(last_arrival, arrival);
    }
    head.arrival_bytes = last_arrival - head.first_arrival <= 0xffff'ffffU ? 4 : 8;
    std::vector<ColumnHead> columns;
    for (const Plan& plan : plans_) {
        columns.push_back({.property = plan.property, .encoding = plan.encoding, .at = 0});
    }
    ChunkLayout layout(head, std::move(columns));
    const std::shared_ptr<std::byte[]> owner = make_chunk_memory(layout.size);
    std::byte* const bytes = owner.get();
    write_rows(bytes, layout.head);
    layout.write_heads(bytes);
    for (std::size_t i = 0; i < plans_.size(); ++i) {
        plans_[i].target = bytes + layout.columns[i].at;
    }
    write_columns();
    for (const Plan& plan : plans_) {
        plan_index_[plan.property] = 0;
    }
    return std::make_shared<const Chunk>(owner, std::span<std::byte>(bytes, layout.size));
}

void Compactor::write_rows(std::byte* bytes, ChunkHead& head) const {
    std::memcpy(bytes + head.locals_at, locals_.data(), locals_.size() * sizeof(std::uint16_t));
    std::memcpy(bytes + head.offsets_at, offsets_.data(), offsets_.size() * sizeof(std::uint32_t));
    auto* times = reinterpret_cast<std::int64_t*>(bytes + head.times_at);
    auto* short_arrivals = reinterpret_cast<std::uint32_t*>(bytes + head.arrivals_at);
    auto* long_arrivals = reinterpret_cast<std::uint64_t*>(bytes + head.arrivals_at);
    head.time_min = std::numeric_limits<std::int64_t>::max();
    head.time_max = std::numeric_limits<std::int64_t>::min();
    for (std::size_t i = 0; i < order_.size(); ++i) {
        times[i] = time_of(order_[i]);
        head.time_min = std::min(head.time_min, times[i]);
        head.time_max = std::max(head.time_max, times[i]);
        const std::uint64_t arrival = arrival_of(order_[i]);
        if (head.arrival_bytes == 4) {
            short_arrivals[i] = static_cast<std::uint32_t>(arrival - head.first_arrival);
        } else {
            long_arrivals[i] = arrival;
        }
    }
}

void Compactor::write_columns() {
    const auto rows = static_cast<std::uint32_t>(order_.size());
    for (const Plan& plan : plans_) {
        switch (plan.encoding) {
            case Encoding::boolean:
            case Encoding::code8:
            case Encoding::code16:
            case Encoding::code32:
                std::memset(plan.target, 0, column_bytes(plan.encoding, rows));
                break;
            case Encoding::number:
            case Encoding::timestamp:
            case Encoding::mixed:
                for (std::uint32_t row = 0; row < rows; ++row) {
                    put(plan.encoding, plan.target, rows, row, Cell{});
                }
                break;
        }
        if (plan.source.bytes != nullptr) {
            copy_column(plan);
        }
    }
    for (std::uint32_t i = 0; i < rows; ++i) {
        if (order_[i] >= delta_bit) {
            for (const DeltaCell& cell : delta_->cells(order_[i] & ~delta_bit)) {
                const Plan& plan = plans_[plan_index_[cell.property] - 1];
                put(plan.encoding, plan.target, rows, i, cell.cell());
            }
        }
    }
}

void Compactor::copy_column(const Plan& plan) const {
    if (plan.encoding == plan.source.encoding && plan.encoding != Encoding::mixed) {
        switch (column_bytes(plan.encoding, 1)) {
            case 1: copy_rows<std::uint8_t>(plan.source, plan.target, order_); return;
            case 2: copy_rows<std::uint16_t>(plan.source, plan.target, order_); return;
            case 4: copy_rows<std::uint32_t>(plan.source, plan.target, order_); return;
            default: copy_rows<std::uint64_t>(plan.source, plan.target, order_); return;
        }
    }
    const auto rows = static_cast<std::uint32_t>(order_.size());
    for (std::uint32_t i = 0; i < rows; ++i) {
        if (order_[i] < delta_bit) {
            put(plan.encoding, plan.target, rows, i, plan.source.cell(order_[i]));
        }
    }
}

}  // namespace fineline::columns
