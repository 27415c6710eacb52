#include "columns/view.h"

#include "columns/view_state.h"

#include <algorithm>

namespace fineline::columns {

namespace {

NameSummary summary_of(const ViewState& state, TableKind kind, std::uint32_t id) {
    const TableView* table = state.table(kind, id);
    if (table == nullptr) {
        return {};
    }
    return {.name = std::string(table->name),
            .count = table->counts.rows,
            .first_seen = Instant(Duration(table->counts.time_min)),
            .last_seen = Instant(Duration(table->counts.time_max))};
}

KindCounts kinds_of(const ViewState& state,
                    TableKind kind,
                    std::uint32_t id,
                    std::uint32_t property) {
    const TableView* table = state.table(kind, id);
    return table == nullptr || property >= table->kinds.size() ? KindCounts{}
                                                               : table->kinds[property];
}

/// The chunk of clustered rows, if there is one; a damaged one counts as none, and is reported.
const Chunk* sound_base(const ViewState& state, const ChunkEntry& entry) {
    if (entry.base == nullptr || entry.base->is_sound()) {
        return entry.base.get();
    }
    state.health->corrupt.store(true, std::memory_order_relaxed);
    return nullptr;
}

/// Counts the rows of a chunk and its delta that are later than `now`.
std::uint64_t rows_after(const ViewState& state, const ChunkEntry& entry, Instant now) {
    std::uint64_t later = 0;
    const bool some_later =
        entry.base != nullptr && Instant(Duration(entry.base->outline().time_max)) > now;
    const Chunk* base = some_later ? sound_base(state, entry) : nullptr;
    if (base != nullptr) {
        const Instant* times = base->times();
        later += static_cast<std::uint64_t>(
            std::count_if(times, times + base->rows(), [now](Instant time) { return time > now; }));
    }
    if (entry.delta != nullptr) {
        entry.delta->for_each([&](std::uint32_t, const DeltaRow& row) {
            later += row.arrival < state.position && Instant(Duration(row.time)) > now ? 1U : 0U;
        });
    }
    return later;
}

/// Marks the roots of all customers with rows.
void mark_customers(const ViewState& state,
                    const ChunkEntry& entry,
                    std::uint32_t first,
                    std::vector<bool>& marked) {
    const auto mark = [&](std::uint32_t local) {
        const std::uint32_t root = state.customers.root(first + local);
        if (root != CustomersView::erased) {
            marked[root] = true;
        }
    };
    if (const Chunk* base = sound_base(state, entry)) {
        for (const std::uint16_t local : base->locals()) {
            mark(local);
        }
    }
    if (entry.delta != nullptr) {
        entry.delta->for_each([&](std::uint32_t, const DeltaRow& row) {
            if (row.arrival < state.position) {
                mark(row.local);
            }
        });
    }
}

std::uint64_t texts_of(const ViewState& state,
                       TableKind kind,
                       std::uint32_t id,
                       std::uint32_t property) {
    const TableView* table = state.table(kind, id);
    return table == nullptr || property >= table->distinct_texts.size()
               ? 0
               : table->distinct_texts[property];
}

}  // namespace

View::View(std::unique_ptr<const ViewState> state) : state_(std::move(state)) {}

View::~View() {
    state_->gone->store(true, std::memory_order_release);
}

Position View::position() const {
    return Position(state_->position);
}

Instant View::clock() const {
    return state_->clock;
}

Status View::health() const {
    if (state_->health->corrupt.load(std::memory_order_relaxed)) {
        return Error{ErrorCode::corrupt,
                     "a block of the columns' checkpoint does not match its checksum",
                     {}};
    }
    return done;
}

NameSummary View::summary(EventNameId event) const {
    return summary_of(*state_, TableKind::event, event.value());
}

NameSummary View::summary(TraitId trait) const {
    return summary_of(*state_, TableKind::trait, trait.value());
}

NameSummary View::summary(AccountTraitId trait) const {
    return summary_of(*state_, TableKind::account_trait, trait.value());
}

NameSummary View::summary(PurposeId purpose) const {
    return summary_of(*state_, TableKind::consent, purpose.value());
}

KindCounts View::kinds(EventNameId event, PropertyId property) const {
    return kinds_of(*state_, TableKind::event, event.value(), property.value());
}

KindCounts View::kinds(TraitId trait) const {
    return kinds_of(*state_, TableKind::trait, trait.value(), 0);
}

KindCounts View::kinds(AccountTraitId trait) const {
    return kinds_of(*state_, TableKind::account_trait, trait.value(), 0);
}

std::uint64_t View::distinct_texts(EventNameId event, PropertyId property) const {
    return texts_of(*state_, TableKind::event, event.value(), property.value());
}

std::uint64_t View::distinct_texts(TraitId trait) const {
    return texts_of(*state_, TableKind::trait, trait.value(), 0);
}

std::uint64_t View::distinct_texts(AccountTraitId trait) const {
    return texts_of(*state_, TableKind::account_trait, trait.value(), 0);
}

std::uint64_t View::customers_with(EventNameId event) const {
    const TableView* table = state_->table(TableKind::event, event.value());
    std::vector<bool> marked(state_->customers.size, false);
    for (std::uint32_t first = 0; table != nullptr && first < marked.size();
         first += state_->range_size) {
        if (const ChunkEntry* entry = table->chunks.find(first / state_->range_size)) {
            mark_customers(*state_, *entry, first, marked);
        }
    }
    return static_cast<std::uint64_t>(std::count(marked.begin(), marked.end(), true));
}

Totals View::totals(Instant now) const {
    Totals totals;
    const CustomersView& customers = state_->customers;
    totals.merged_identities = customers.merged;
    std::vector<bool> has_events(customers.size, false);
    const std::size_t names = state_->names(TableKind::event).names.size();
    for (std::uint32_t id = 0; id < names; ++id) {
        const TableView* table = state_->table(TableKind::event, id);
        totals.events += table->counts.rows;
        totals.first_event =
            std::min(totals.first_event, Instant(Duration(table->counts.time_min)));
        totals.last_event = std::max(totals.last_event, Instant(Duration(table->counts.time_max)));
        for (std::uint32_t first = 0; first < customers.size; first += state_->range_size) {
            if (const ChunkEntry* entry = table->chunks.find(first / state_->range_size)) {
                totals.future_events += rows_after(*state_, *entry, now);
                mark_customers(*state_, *entry, first, has_events);
            }
        }
    }
    for (std::uint32_t who = 0; who < customers.size; ++who) {
        if (customers.root(who) == who && customers.earliest_of(who) <= now &&
            customers.earliest_of(who) != instant_max) {
            ++totals.customers;
            totals.customers_without_events += has_events[who] ? 0U : 1U;
        }
    }
    return totals;
}

std::vector<std::string> View::definition_names(std::string_view kind) const {
    std::vector<std::string> names;
    for (const auto& [key, versions] : *state_->definitions) {
        if (key.first == kind && !versions.back().archived) {
            names.push_back(key.second);
        }
    }
    return names;
}

std::vector<std::string> View::all_definition_names(std::string_view kind) const {
    std::vector<std::string> names;
    for (const auto& [key, versions] : *state_->definitions) {
        if (key.first == kind) {
            names.push_back(key.second);
        }
    }
    return names;
}

const DefinitionVersion* View::newest_definition(std::string_view kind,
                                                 std::string_view name) const {
    const std::vector<DefinitionVersion>& versions = definition(kind, name);
    return versions.empty() ? nullptr : &versions.back();
}

const std::vector<DefinitionVersion>& View::definition(std::string_view kind,
                                                       std::string_view name) const {
    static const std::vector<DefinitionVersion> none;
    const auto found = state_->definitions->find({std::string(kind), std::string(name)});
    return found == state_->definitions->end() ? none : found->second;
}

std::shared_ptr<const View> with_definitions(std::shared_ptr<const View> view,
                                             std::vector<DefinitionEdit> edits) {
    auto state = std::make_unique<ViewState>(view->state());
    auto definitions = std::make_shared<DefinitionMap>(*state->definitions);
    for (DefinitionEdit& edit : edits) {
        auto& versions = (*definitions)[{edit.kind, edit.name}];
        edit.version.version = versions.size() + 1;
        versions.push_back(std::move(edit.version));
    }
    state->definitions = std::move(definitions);
    state->gone = std::make_shared<std::atomic<bool>>(false);
    state->base = std::move(view);
    return std::make_shared<const View>(std::move(state));
}

}  // namespace fineline::columns
