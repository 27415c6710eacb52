#pragma once

#include "columns/customers.h"
#include "columns/table.h"
#include "columns/view.h"
#include "model/ids.h"

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace fineline::columns {

using TableList = CowVector<std::shared_ptr<const TableView>, 32>;

/// Definitions by (kind, name).
using DefinitionMap =
    std::map<std::pair<std::string, std::string>, std::vector<DefinitionVersion>, std::less<>>;

/// Accounts of a View: ids only, their traits are tables. Immutable.
struct AccountsView {
    std::shared_ptr<const Dictionary> ids;
    std::shared_ptr<const DictionarySlots> slots;
    std::uint32_t size = 0;
};

/// Shared by a Store and all its Views: whether a block of the checkpoint turned out to be damaged.
struct Health {
    std::atomic<bool> corrupt = false;
};

/// What a View consists of. Immutable.
struct ViewState {
    std::uint64_t position = 0;
    Instant clock = instant_min;
    std::uint32_t range_size = 0;
    CustomersView customers;
    AccountsView accounts;
    std::array<TableList, table_kinds> tables;
    std::array<std::shared_ptr<const SymbolList>, table_kinds> symbols;
    std::shared_ptr<const DefinitionMap> definitions;
    std::shared_ptr<Health> health;
    std::shared_ptr<std::atomic<bool>> gone;  ///< set when the View is freed
    std::shared_ptr<const View> base;         ///< of with_definitions: what it was made from

    [[nodiscard]] const TableView* table(TableKind kind, std::uint32_t id) const {
        const auto* found = tables[static_cast<std::size_t>(kind)].find(id);
        return found == nullptr ? nullptr : found->get();
    }

    [[nodiscard]] const SymbolList& names(TableKind kind) const {
        return *symbols[static_cast<std::size_t>(kind)];
    }
};

}  // namespace fineline::columns
