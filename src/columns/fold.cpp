#include "columns/fold.h"

#include "columns/store_state.h"
#include "model/limits.h"

#include <algorithm>
#include <string>

namespace fineline::columns {

namespace {

constexpr std::size_t group_records = 64;

bool needs_customer(RecordKind kind) {
    switch (kind) {
        case RecordKind::event:
        case RecordKind::traits:
        case RecordKind::account_join:
        case RecordKind::consent:
        case RecordKind::merge: return true;
        case RecordKind::tombstone:
        case RecordKind::account_traits:
        case RecordKind::erasure:
        case RecordKind::definition:
        case RecordKind::clock: return false;
    }
    return false;
}

std::size_t tables_max(TableKind kind) {
    return kind == TableKind::event ? limits::event_names_max : limits::traits_max;
}

}  // namespace

Store::State::State(const StoreOptions& of) : options(of), compactor(of.range_size) {
    for (TableGroup& group : groups) {
        group.symbols = list_symbols(group.names);
    }
}

std::uint32_t Store::State::table_named(TableKind kind, std::string_view name) {
    TableGroup& group = groups[static_cast<std::size_t>(kind)];
    if (const auto known = group.names->find(name)) {
        return *known;
    }
    if (group.tables.size() >= tables_max(kind)) {
        return no_table;
    }
    const std::uint32_t id = group.names->intern(name);
    group.tables.push_back(std::make_unique<Table>(group.names->text(id), options, pool));
    group.symbols = nullptr;
    return id;
}

std::uint32_t Store::State::table_of(const RecordBatch& batch, TableKind kind, std::uint32_t name) {
    NameCache& cache = table_names[static_cast<std::size_t>(kind)];
    if (cache.batch != batch_number) {
        cache.properties.assign(batch.names().size(), 0);
        cache.batch = batch_number;
    }
    if (cache.properties[name] == 0) {
        const std::uint32_t id = table_named(kind, batch.names()[name]);
        if (id == no_table) {
            return no_table;
        }
        cache.properties[name] = id + 1;
    }
    return cache.properties[name] - 1;
}

std::uint32_t Store::State::property_of(std::uint32_t id,
                                        const RecordBatch& batch,
                                        std::uint32_t name) {
    if (id >= event_names.size()) {
        event_names.resize(id + 1);
    }
    NameCache& cache = event_names[id];
    if (cache.batch != batch_number) {
        cache.properties.assign(batch.names().size(), 0);
        cache.batch = batch_number;
    }
    if (cache.properties[name] == 0) {
        Table& of = table(TableKind::event, id);
        if (!of.has_property(batch.names()[name]) &&
            of.property_count() >= limits::properties_per_event_max) {
            return no_table;
        }
        cache.properties[name] = of.property(batch.names()[name]) + 1;
    }
    return cache.properties[name] - 1;
}

void Store::State::fold_event(const RecordBatch& batch,
                              const RecordView& record,
                              std::uint32_t ordinal) {
    const std::uint32_t id = table_of(batch, TableKind::event, record.name);
    if (id == no_table) {
        return;
    }
    pending.clear();
    auto properties = record.properties();
    std::uint32_t name = 0;
    Datum value;
    while (properties.next(name, value)) {
        const std::uint32_t property = property_of(id, batch, name);
        if (property == no_table) {
            continue;
        }
        if (property >= pending_of.size()) {
            pending_of.resize(property + 1, 0);
        }
        if (pending_of[property] == 0) {
            pending.push_back({.property = property, .value = {}});
            pending_of[property] = static_cast<std::uint32_t>(pending.size());
        }
        pending[pending_of[property] - 1].value = value;
    }
    Table& of = table(TableKind::event, id);
    cells.clear();
    for (const PendingProperty& one : pending) {
        pending_of[one.property] = 0;
        cells.push_back(of.store(one.property, one.value));
    }
    const Instant time = record.time.value_or(batch.header().received_at);
    of.append({.ordinal = ordinal, .time = time, .arrival = record_position}, cells, compactor);
    customers.note(ordinal, time);
}

void Store::State::fold_traits(const RecordBatch& batch,
                               const RecordView& record,
                               TableKind kind,
                               std::uint32_t ordinal) {
    const Instant time = record.time.value_or(instant_min);
    auto properties = record.properties();
    std::uint32_t name = 0;
    Datum value;
    while (properties.next(name, value)) {
        const std::uint32_t id = table_of(batch, kind, name);
        if (id == no_table) {
            continue;
        }
        Table& of = table(kind, id);
        const DeltaCell cell = of.store(of.property(""), value);
        of.append(
            {.ordinal = ordinal, .time = time, .arrival = record_position}, {&cell, 1}, compactor);
        if (kind == TableKind::trait) {
            customers.note(ordinal, time);
        }
    }
}

void Store::State::fold_consent(const RecordBatch& batch,
                                const RecordView& record,
                                std::uint32_t ordinal) {
    const std::uint32_t id = table_of(batch, TableKind::consent, record.name);
    if (id == no_table) {
        return;
    }
    Datum granted;
    auto properties = record.properties();
    std::uint32_t name = 0;
    Datum value;
    while (properties.next(name, value)) {
        if (batch.names()[name] == "granted") {
            granted = value;
        }
    }
    Table& of = table(TableKind::consent, id);
    const std::uint32_t state = of.property("granted");
    const std::uint32_t source = of.property("source");
    cells.assign({of.store(state, granted)});
    if (!record.text.empty()) {
        cells.push_back(of.store(source, Datum::of(record.text)));
    }
    const Instant time = record.time.value_or(instant_min);
    of.append({.ordinal = ordinal, .time = time, .arrival = record_position}, cells, compactor);
}

void Store::State::fold_join(const RecordView& record, std::uint32_t ordinal) {
    const std::uint32_t id = table_named(TableKind::account_join, "");
    Table& of = table(TableKind::account_join, id);
    const DeltaCell cell = of.store(of.property(""), Datum::of(record.text));
    const Instant time = record.time.value_or(instant_min);
    of.append(
        {.ordinal = ordinal, .time = time, .arrival = record_position}, {&cell, 1}, compactor);
}

void Store::State::fold_definition(const RecordBatch& batch, const RecordView& record) {
    if (definitions_shared) {
        definitions = std::make_shared<DefinitionMap>(*definitions);
        definitions_shared = false;
    }
    DefinitionVersion version;
    version.defined_at = record.time.value_or(batch.header().received_at);
    auto properties = record.properties();
    std::uint32_t name = 0;
    Datum value;
    while (properties.next(name, value)) {
        const std::string& property = batch.names()[name];
        if (property == "text" && value.kind() == ValueKind::string) {
            version.text = value.string();
        } else if (property == "archived" && value.kind() == ValueKind::boolean) {
            version.archived = value.boolean();
        } else if (property == "warnings" && value.kind() == ValueKind::list) {
            ListReader warnings(value.list_encoding());
            Datum warning;
            while (warnings.next(warning)) {
                version.warnings.push_back(to_display(warning));
            }
        } else if (property == "change" && value.kind() == ValueKind::number) {
            version.change = static_cast<std::uint64_t>(std::max(0.0, value.number()));
        } else if (value.kind() == ValueKind::string) {
            version.details.emplace_back(property, value.string());
        }
    }
    std::sort(version.details.begin(), version.details.end());
    auto& versions = (*definitions)[{batch.names()[record.name], std::string(record.text)}];
    version.version = versions.size() + 1;
    versions.push_back(std::move(version));
}

void Store::State::fold(const RecordBatch& batch, const RecordView& record, std::uint32_t ordinal) {
    switch (record.kind) {
        case RecordKind::tombstone: break;
        case RecordKind::event: fold_event(batch, record, ordinal); break;
        case RecordKind::traits: fold_traits(batch, record, TableKind::trait, ordinal); break;
        case RecordKind::account_join: fold_join(record, ordinal); break;
        case RecordKind::account_traits:
            if (!record.text.empty()) {
                fold_traits(
                    batch, record, TableKind::account_trait, account_ids->intern(record.text));
            }
            break;
        case RecordKind::consent: fold_consent(batch, record, ordinal); break;
        case RecordKind::merge:
            if (!record.text.empty()) {
                customers.merge(ordinal,
                                customers.ordinal(record.text, Dictionary::hash(record.text)),
                                record_position);
            }
            break;
        case RecordKind::erasure: erase(record.customer); break;
        case RecordKind::definition: fold_definition(batch, record); break;
        case RecordKind::clock: clock = std::max(clock, record.time.value_or(instant_min)); break;
    }
}

/// Folds the records of the group. Customers come in no order, so what is held of each lies far
/// from that of the one before: all of it is asked for early, step by step, in loops so short that
/// many reads are under way at once. They are reads where they can be: a processor drops prefetches
/// when it is busy fetching.
void Store::State::fold_group(const RecordBatch& batch, Position first) {
    for (const Upcoming& one : upcoming) {
        customers.ids().prefetch_entry(one.hash);
    }
    for (const Upcoming& one : upcoming) {
        touched += customers.ids().touch_text(one.hash);
    }
    for (Upcoming& one : upcoming) {
        one.ordinal = customers.ordinal(one.record.customer, one.hash);
        const std::uint32_t id = one.record.kind == RecordKind::event
                                     ? table_of(batch, TableKind::event, one.record.name)
                                     : no_table;
        one.table = id == no_table ? nullptr : &table(TableKind::event, id);
    }
    for (const Upcoming& one : upcoming) {
        touched += customers.touch_note(one.ordinal);
    }
    for (const Upcoming& one : upcoming) {
        touched += one.table == nullptr ? 0 : one.table->touch_delta(one.ordinal);
    }
    for (const Upcoming& one : upcoming) {
        touched += one.table == nullptr ? 0 : one.table->touch_append(one.ordinal);
    }
    for (const Upcoming& one : upcoming) {
        record_position = first.value() + one.record.index;
        fold(batch, one.record, one.ordinal);
    }
    upcoming.clear();
}

Store::Store(const StoreOptions& options) : state_(std::make_unique<State>(options)) {}

Store::~Store() = default;

Status Store::apply(const RecordBatch& batch, Position first) {
    if (first.value() < state_->position) {
        return Error{ErrorCode::conflict,
                     "records were folded already: the next position is " +
                         std::to_string(state_->position) + ", not " +
                         std::to_string(first.value()),
                     {}};
    }
    ++state_->batch_number;
    batch.for_each([&](const RecordView& record) {
        if (!needs_customer(record.kind)) {
            // An erasure takes ids away, so the group before it must be folded first.
            state_->fold_group(batch, first);
            state_->record_position = first.value() + record.index;
            state_->fold(batch, record, 0);
        } else if (!record.customer.empty()) {
            const std::uint32_t hash = Dictionary::hash(record.customer);
            state_->customers.ids().prefetch_slot(hash);
            state_->upcoming.push_back({.record = record, .hash = hash});
            if (state_->upcoming.size() == group_records) {
                state_->fold_group(batch, first);
            }
        }
    });
    state_->fold_group(batch, first);
    state_->position = first.value() + batch.count();
    return state_->health_status();
}

Status Store::State::health_status() {
    if (compactor.met_corrupt_chunk()) {
        health->corrupt.store(true, std::memory_order_relaxed);
    }
    if (health->corrupt.load(std::memory_order_relaxed)) {
        return Error{ErrorCode::corrupt,
                     "a block of the columns' checkpoint does not match its checksum",
                     {}};
    }
    return done;
}

Status Store::verify() {
    for (const TableGroup& group : state_->groups) {
        for (const std::unique_ptr<Table>& table : group.tables) {
            if (!table->is_intact()) {
                state_->health->corrupt.store(true, std::memory_order_relaxed);
            }
        }
    }
    return state_->health_status();
}

const StoreOptions& Store::options() const {
    return state_->options;
}

Position Store::position() const {
    return Position(state_->position);
}

std::shared_ptr<const View> Store::publish() {
    auto view = std::make_unique<ViewState>();
    view->position = state_->position;
    view->clock = state_->clock;
    view->range_size = state_->options.range_size;
    view->customers = state_->customers.publish();
    view->accounts = {.ids = state_->account_ids,
                      .slots = state_->account_ids->slots(),
                      .size = state_->account_ids->size()};
    for (std::size_t kind = 0; kind < table_kinds; ++kind) {
        TableGroup& group = state_->groups[kind];
        if (group.symbols == nullptr) {
            group.symbols = list_symbols(group.names);
        }
        for (std::size_t id = 0; id < group.tables.size(); ++id) {
            if (group.tables[id]->is_dirty()) {
                group.published.edit(id) = group.tables[id]->publish();
            }
        }
        view->tables[kind] = group.published.freeze();
        view->symbols[kind] = group.symbols;
    }
    state_->definitions_shared = true;
    view->definitions = state_->definitions;
    view->health = state_->health;
    view->gone = std::make_shared<std::atomic<bool>>(false);
    std::erase_if(state_->views, [](const State::GivenOut& given) {
        return given.gone->load(std::memory_order_acquire);
    });
    state_->views.push_back({.sequence = ++state_->sequence, .gone = view->gone});
    state_->wipes_published = true;
    return std::make_shared<const View>(std::move(view));
}

StoreSnapshot Store::snapshot() {
    StoreSnapshot taken;
    taken.options = state_->options;
    taken.view = publish();
    taken.customers = columns::snapshot(state_->customers.dictionary());
    taken.accounts = columns::snapshot(state_->account_ids);
    for (std::size_t kind = 0; kind < table_kinds; ++kind) {
        taken.groups[kind].names = columns::snapshot(state_->groups[kind].names);
        for (const std::unique_ptr<Table>& table : state_->groups[kind].tables) {
            taken.groups[kind].tables.push_back(table->snapshot());
        }
    }
    return taken;
}

void Store::compact_all() {
    for (TableGroup& group : state_->groups) {
        for (const std::unique_ptr<Table>& table : group.tables) {
            table->compact_all(state_->compactor);
        }
    }
}

std::size_t Store::bytes_in_memory() const {
    std::size_t sum =
        state_->customers.bytes() + state_->account_ids->bytes() + state_->pool->used_bytes();
    for (const TableGroup& group : state_->groups) {
        sum += group.names->bytes();
        for (const std::unique_ptr<Table>& table : group.tables) {
            sum += table->bytes();
        }
    }
    return sum;
}

std::uint64_t Store::event_count() const {
    std::uint64_t sum = 0;
    for (const std::unique_ptr<Table>& table :
         state_->groups[static_cast<std::size_t>(TableKind::event)].tables) {
        sum += table->counts().rows;
    }
    return sum;
}

}  // namespace fineline::columns
