#pragma once

#include "columns/dictionary.h"
#include "columns/table.h"
#include "columns/view.h"

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace fineline::columns {

/// The texts of a dictionary as they were: those of the codes below `uses.size()`. What is interned
/// later lies behind them, and in no place of `slots` on the way to one of them.
struct DictionarySnapshot {
    std::shared_ptr<const Dictionary> dictionary;
    std::shared_ptr<const DictionarySlots> slots;
    std::vector<std::uint32_t> uses;  ///< per code
};

/// Cost: O(texts), 4 bytes each. By the thread that interns.
[[nodiscard]] DictionarySnapshot snapshot(const std::shared_ptr<const Dictionary>& dictionary);

/// The dictionaries of a table; its rows are in the View.
struct TableSnapshot {
    DictionarySnapshot property_names;
    std::vector<DictionarySnapshot> properties;
};

/// The tables of one kind, by number.
struct GroupSnapshot {
    DictionarySnapshot names;
    std::vector<TableSnapshot> tables;
};

/// All that a checkpoint of a Store holds, as of one position; shares memory with the Store.
/// Another thread may read it while the Store goes on. Like a View it still shows who is erased
/// after it, and holds up the wiping of texts: let go of it before an erasure is to finish.
struct StoreSnapshot {
    StoreOptions options;
    std::shared_ptr<const View> view;
    DictionarySnapshot customers;
    DictionarySnapshot accounts;
    std::array<GroupSnapshot, table_kinds> groups;
};

}  // namespace fineline::columns
