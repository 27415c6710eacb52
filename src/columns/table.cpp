#include "columns/table.h"

#include "base/checksum.h"
#include "base/require.h"
#include "columns/store_snapshot.h"

#include <algorithm>
#include <bit>

namespace fineline::columns {

namespace {

std::uint64_t& count_of(KindCounts& kinds, ValueKind kind, bool is_list) {
    switch (kind) {
        case ValueKind::boolean: return kinds.booleans;
        case ValueKind::number: return kinds.numbers;
        case ValueKind::timestamp: return kinds.timestamps;
        case ValueKind::duration: return kinds.durations;
        case ValueKind::string:
        case ValueKind::list: return is_list ? kinds.lists : kinds.strings;
        case ValueKind::missing:
        case ValueKind::withheld: return kinds.missing;
    }
    return kinds.missing;
}

bool is_unused(const KindCounts& kinds) {
    return kinds.missing + kinds.booleans + kinds.numbers + kinds.strings + kinds.timestamps +
               kinds.durations + kinds.lists ==
           0;
}

}  // namespace

std::shared_ptr<const SymbolList> list_symbols(const std::shared_ptr<const Dictionary>& names) {
    auto list = std::make_shared<SymbolList>();
    list->owner = names;
    for (std::uint32_t id = 0; id < names->size(); ++id) {
        const bool alive = names->uses(id) > 0;
        list->names.push_back(alive ? names->text(id) : std::string_view());
        if (alive) {
            list->ids.emplace(list->names.back(), id);
        }
    }
    return list;
}

Datum TableView::datum(std::uint32_t property, const Cell& cell) const {
    switch (cell.kind) {
        case ValueKind::boolean: return Datum::of(cell.payload != 0);
        case ValueKind::number: return Datum::of(std::bit_cast<double>(cell.payload));
        case ValueKind::timestamp:
            return Datum::of(Instant(Duration(static_cast<std::int64_t>(cell.payload))));
        case ValueKind::duration:
            return Datum::of(Duration(static_cast<std::int64_t>(cell.payload)));
        case ValueKind::string:
        case ValueKind::list: {
            const auto code = static_cast<std::uint32_t>(cell.payload);
            const Dictionary& dictionary = *dictionaries[property];
            const std::string_view text = dictionary.text(code);
            return dictionary.is_list(code) ? Datum::list_of(text) : Datum::of(text);
        }
        case ValueKind::missing:
        case ValueKind::withheld: return {};
    }
    return {};
}

Table::Table(std::string_view name, const StoreOptions& options, std::shared_ptr<MemoryPool> pool)
    : name_(name),
      options_(options),
      pool_(std::move(pool)),
      phase_(static_cast<std::uint32_t>(checksum(name))),
      property_names_(std::make_shared<Dictionary>()),
      symbols_(list_symbols(property_names_)) {}

std::uint32_t Table::property(std::string_view name) {
    if (const auto known = property_names_->find(name)) {
        return *known;
    }
    const std::uint32_t added = property_names_->intern(name);
    properties_.push_back({.dictionary = std::make_shared<Dictionary>(), .kinds = {}});
    symbols_ = nullptr;
    dirty_ = true;
    return added;
}

DeltaCell Table::store(std::uint32_t property, const Datum& value) {
    Property& of = properties_[property];
    DeltaCell stored{.payload = 0, .property = property, .kind = value.kind()};
    switch (value.kind()) {
        case ValueKind::boolean: stored.payload = value.boolean() ? 1 : 0; break;
        case ValueKind::number:
            stored.payload =
                std::bit_cast<std::uint64_t>(value.number() == 0 ? 0.0 : value.number());
            break;
        case ValueKind::timestamp:
            stored.payload =
                static_cast<std::uint64_t>(value.timestamp().time_since_epoch().count());
            break;
        case ValueKind::duration:
            stored.payload = static_cast<std::uint64_t>(value.duration().count());
            break;
        case ValueKind::string: stored.payload = of.dictionary->intern(value.string()); break;
        case ValueKind::list:
            stored.payload = of.dictionary->intern(value.list_encoding(), TextKind::list);
            break;
        case ValueKind::missing:
        case ValueKind::withheld: stored.kind = ValueKind::missing; break;
    }
    ++count_of(of.kinds, stored.kind, stored.kind == ValueKind::list);
    return stored;
}

void Table::append(const RowKey& key, std::span<const DeltaCell> cells, Compactor& compactor) {
    const std::uint32_t range = key.ordinal / options_.range_size;
    if (range >= open_.size()) {
        open_.resize(range + 1);
    }
    const std::int64_t time = key.time.time_since_epoch().count();
    Delta& delta = open_[range].delta == nullptr ? start_delta(range) : *open_[range].delta;
    delta.append({.time = time,
                  .arrival = key.arrival,
                  .local = static_cast<std::uint16_t>(key.ordinal % options_.range_size)},
                 cells);
    ++counts_.rows;
    if (key.time != instant_min) {
        counts_.time_min = std::min(counts_.time_min, time);
        counts_.time_max = std::max(counts_.time_max, time);
    }
    dirty_ = true;
    if (delta.row_count() >= open_[range].compact_at) {
        compact(range, compactor);
    }
}

Delta& Table::start_delta(std::uint32_t range) {
    ChunkEntry& entry = chunks_.edit(range);
    entry.delta = std::make_shared<Delta>(options_.range_size, pool_);
    open_[range] = {.delta = entry.delta.get(), .compact_at = compact_at(range, entry.base.get())};
    return *entry.delta;
}

std::uint32_t Table::compact_at(std::uint32_t range, const Chunk* base) const {
    const std::uint32_t base_rows = base == nullptr ? 0 : base->rows();
    const std::uint64_t usual =
        std::max(options_.delta_rows_min, base_rows / options_.delta_divisor);
    // Multiples of the golden ratio lie evenly, however many there are.
    const std::uint32_t place = phase_ + range * 0x9e37'79b9U;
    const std::uint64_t spread = usual * place >> 32U;
    return static_cast<std::uint32_t>(std::max<std::uint64_t>((3 * usual + 2 * spread) / 4, 1));
}

void Table::set_base(std::uint32_t range, std::shared_ptr<const Chunk> base) {
    ChunkEntry& entry = chunks_.edit(range);
    entry.base = std::move(base);
    entry.delta = nullptr;
    open_[range] = {};
    dirty_ = true;
}

void Table::compact(std::uint32_t range, Compactor& compactor) {
    const ChunkEntry* entry = chunks_.find(range);
    if (entry != nullptr && entry->delta != nullptr) {
        set_base(range, compactor.join(entry->base.get(), entry->delta.get()));
    }
}

void Table::compact_all(Compactor& compactor) {
    for (std::uint32_t range = 0; range < open_.size(); ++range) {
        compact(range, compactor);
    }
}

void Table::take_back_row(std::span<const DeltaCell> cells,
                          std::vector<std::vector<std::uint32_t>>& unused) {
    for (const DeltaCell& stored : cells) {
        if (stored.kind == absent) {
            continue;
        }
        Property& of = properties_[stored.property];
        const auto code = static_cast<std::uint32_t>(stored.payload);
        const bool is_text = stored.kind == ValueKind::string || stored.kind == ValueKind::list;
        --count_of(of.kinds, stored.kind, is_text && of.dictionary->is_list(code));
        if (is_text && of.dictionary->release(code)) {
            unused[stored.property].push_back(code);
        }
    }
    --counts_.rows;
}

std::uint64_t Table::take_back(std::uint32_t range,
                               std::span<const std::uint16_t> locals,
                               std::vector<std::vector<std::uint32_t>>& unused) {
    const ChunkEntry* entry = chunks_.find(range);
    if (entry == nullptr) {
        return 0;
    }
    const std::uint64_t rows_before = counts_.rows;
    std::vector<DeltaCell> cells;
    for (const std::uint16_t local : locals) {
        if (const Chunk* base = entry->base.get(); base != nullptr && base->is_sound()) {
            const std::uint32_t index = base->lower_bound(local);
            if (index < base->head().customers && base->locals()[index] == local) {
                for (std::uint32_t row = base->offsets()[index]; row < base->offsets()[index + 1];
                     ++row) {
                    cells.clear();
                    for (std::uint32_t i = 0; i < base->column_count(); ++i) {
                        const Column column = base->column(i);
                        const Cell cell = column.cell(row);
                        cells.push_back({.payload = cell.payload,
                                         .property = column.property,
                                         .kind = cell.kind});
                    }
                    take_back_row(cells, unused);
                }
            }
        }
        if (const Delta* delta = entry->delta.get()) {
            for (std::uint32_t place = delta->latest(local); place != Delta::none;
                 place = delta->before(place)) {
                if (delta->row(place).local == local) {
                    take_back_row(delta->cells(place), unused);
                }
            }
        }
    }
    return rows_before - counts_.rows;
}

std::uint64_t Table::remove(std::span<const std::uint32_t> ordinals,
                            Compactor& compactor,
                            std::vector<PendingWipe>& wipes) {
    std::vector<std::vector<std::uint32_t>> unused(properties_.size());
    std::uint64_t removed = 0;
    for (std::size_t i = 0; i < ordinals.size();) {
        const std::uint32_t range = ordinals[i] / options_.range_size;
        std::vector<std::uint16_t> locals;
        for (; i < ordinals.size() && ordinals[i] / options_.range_size == range; ++i) {
            locals.push_back(static_cast<std::uint16_t>(ordinals[i] % options_.range_size));
        }
        const std::uint64_t rows = take_back(range, locals, unused);
        if (rows > 0) {
            const ChunkEntry entry = *chunks_.find(range);
            set_base(range,
                     compactor.join(entry.base.get(), entry.delta.get(), {.customers = locals}));
            if (entry.base != nullptr) {
                entry.base->wipe_when_freed();
            }
            if (entry.delta != nullptr) {
                entry.delta->wipe_when_freed();
            }
            removed += rows;
        }
    }
    if (removed == 0) {
        return 0;
    }
    std::vector<std::uint32_t> names_gone;
    for (std::uint32_t property = 0; property < properties_.size(); ++property) {
        const Property& of = properties_[property];
        if (!unused[property].empty()) {
            of.dictionary->unlink(unused[property]);
        }
        for (const std::uint32_t code : unused[property]) {
            wipes.push_back({.dictionary = of.dictionary, .code = code});
        }
        if (is_unused(of.kinds) && property_names_->uses(property) > 0) {
            property_names_->release(property, property_names_->uses(property));
            wipes.push_back({.dictionary = property_names_, .code = property});
            names_gone.push_back(property);
            symbols_ = nullptr;
        }
    }
    property_names_->unlink(names_gone);
    recount_times();
    return removed;
}

void Table::recount_times() {
    counts_.time_min = instant_max.time_since_epoch().count();
    counts_.time_max = instant_min.time_since_epoch().count();
    const auto see = [this](std::int64_t time) {
        if (time != instant_min.time_since_epoch().count()) {
            counts_.time_min = std::min(counts_.time_min, time);
            counts_.time_max = std::max(counts_.time_max, time);
        }
    };
    for (std::uint32_t range = 0; range < open_.size(); ++range) {
        const ChunkEntry* entry = chunks_.find(range);
        const Chunk* base = entry == nullptr ? nullptr : entry->base.get();
        if (base != nullptr && base->outline().time_min != instant_min.time_since_epoch().count()) {
            see(base->outline().time_min);
            see(base->outline().time_max);
        } else if (base != nullptr && base->is_sound()) {
            for (std::uint32_t row = 0; row < base->rows(); ++row) {
                see(base->times()[row].time_since_epoch().count());
            }
        }
        if (entry != nullptr && entry->delta != nullptr) {
            entry->delta->for_each([&](std::uint32_t, const DeltaRow& row) { see(row.time); });
        }
    }
}

bool Table::is_intact() const {
    for (std::uint32_t range = 0; range < open_.size(); ++range) {
        const ChunkEntry* entry = chunks_.find(range);
        if (entry != nullptr && entry->base != nullptr && !entry->base->is_intact()) {
            return false;
        }
    }
    return true;
}

std::shared_ptr<const TableView> Table::publish() {
    if (!dirty_) {
        return published_;
    }
    if (symbols_ == nullptr) {
        symbols_ = list_symbols(property_names_);
    }
    auto view = std::make_shared<TableView>();
    view->name = name_;
    view->counts = counts_;
    view->chunks = chunks_.freeze();
    view->properties = symbols_;
    for (const Property& property : properties_) {
        view->dictionaries.push_back(property.dictionary);
        view->kinds.push_back(property.kinds);
        view->distinct_texts.push_back(property.dictionary->linked());
    }
    published_ = std::move(view);
    dirty_ = false;
    return published_;
}

TableSnapshot Table::snapshot() const {
    TableSnapshot taken{.property_names = columns::snapshot(property_names_), .properties = {}};
    for (const Property& property : properties_) {
        taken.properties.push_back(columns::snapshot(property.dictionary));
    }
    return taken;
}

std::size_t Table::bytes() const {
    std::size_t sum =
        sizeof *this + chunks_.bytes() + property_names_->bytes() + open_.capacity() * sizeof(Open);
    for (const Property& property : properties_) {
        sum += property.dictionary->bytes() + sizeof(Property);
    }
    for (std::uint32_t range = 0; range < open_.size(); ++range) {
        if (const ChunkEntry* entry = chunks_.find(range)) {
            sum += entry->base == nullptr ? 0 : entry->base->bytes_in_memory();
            sum += entry->delta == nullptr ? 0 : sizeof(Delta);
        }
    }
    return sum;
}

}  // namespace fineline::columns
