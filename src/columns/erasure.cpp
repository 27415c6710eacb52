#include "columns/fold.h"
#include "columns/store_state.h"

#include <algorithm>

namespace fineline::columns {

namespace {

ErasedFromColumns::Counts* counts_of(TableKind kind, ErasedFromColumns& erased) {
    switch (kind) {
        case TableKind::event: return &erased.events;
        case TableKind::trait: return &erased.traits;
        case TableKind::consent: return &erased.consents;
        case TableKind::account_join:
        case TableKind::account_trait: return nullptr;
    }
    return nullptr;
}

}  // namespace

void Store::State::erase_rows(TableKind kind,
                              const std::vector<std::uint32_t>& ordinals,
                              ErasedFromColumns& erased) {
    TableGroup& group = groups[static_cast<std::size_t>(kind)];
    std::vector<std::uint32_t> gone;
    for (std::uint32_t id = 0; id < group.tables.size(); ++id) {
        Table& of = *group.tables[id];
        const std::uint64_t rows = of.remove(ordinals, compactor, wipes);
        if (rows == 0) {
            continue;
        }
        if (kind == TableKind::account_join) {
            erased.account_joins += rows;
            continue;
        }
        counts_of(kind, erased)->emplace_back(of.name(), rows);
        erased.trait_values += kind == TableKind::trait ? rows : 0;
        if (of.counts().rows == 0) {
            erased.names_gone.emplace_back(of.name());
            group.names->release(id, group.names->uses(id));
            wipes.push_back({.dictionary = group.names, .code = id});
            of.forget_name();
            gone.push_back(id);
        }
    }
    if (!gone.empty()) {
        group.names->unlink(gone);
        group.symbols = nullptr;
    }
}

ErasedFromColumns Store::State::erase(std::string_view customer) {
    ErasedFromColumns erased;
    const auto ordinal = customers.find(customer);
    if (!ordinal) {
        return erased;
    }
    erased.found = true;
    const std::vector<std::uint32_t> ordinals = customers.members(*ordinal);
    for (const std::uint32_t member : ordinals) {
        erased.identities.emplace_back(customers.ids().text(member));
        wipes.push_back({.dictionary = customers.dictionary(), .code = member});
    }
    std::sort(erased.identities.begin(), erased.identities.end());
    for (const TableKind kind :
         {TableKind::event, TableKind::trait, TableKind::consent, TableKind::account_join}) {
        erase_rows(kind, ordinals, erased);
    }
    customers.erase(ordinals);
    wipes_after = sequence;
    wipes_published = false;
    for (NameCache& cache : table_names) {
        cache.batch = 0;
    }
    for (NameCache& cache : event_names) {
        cache.batch = 0;
    }
    return erased;
}

ErasedFromColumns Store::erase(std::string_view customer) {
    return state_->erase(customer);
}

bool Store::scrub() {
    if (!state_->wipes_published) {
        return false;
    }
    for (const State::GivenOut& given : state_->views) {
        if (given.sequence <= state_->wipes_after && !given.gone->load(std::memory_order_acquire)) {
            return false;
        }
    }
    for (const PendingWipe& wipe : state_->wipes) {
        wipe.dictionary->wipe(wipe.code);
    }
    state_->wipes.clear();
    return true;
}

}  // namespace fineline::columns
