#pragma once

#include "columns/fold.h"
#include "columns/view_state.h"

#include <array>
#include <atomic>
#include <memory>
#include <string_view>
#include <vector>

namespace fineline::columns {

/// The tables of one kind and their names: the code of a name is the table's number.
struct TableGroup {
    std::shared_ptr<Dictionary> names = std::make_shared<Dictionary>();
    std::vector<std::unique_ptr<Table>> tables;
    TableList published;
    std::shared_ptr<const SymbolList> symbols;
};

/// What a Store consists of.
struct Store::State {
    static constexpr std::uint32_t no_table = 0xffff'ffffU;

    /// What the names of the batch being folded mean in one table: property + 1, 0: not looked up
    /// yet.
    struct NameCache {
        std::uint64_t batch = 0;
        std::vector<std::uint32_t> properties;
    };

    struct PendingProperty {
        std::uint32_t property = 0;
        Datum value;
    };

    /// A record of a customer that is about to be folded.
    struct Upcoming {
        RecordView record;
        std::uint32_t hash = 0;        ///< of the customer's id
        std::uint32_t ordinal = 0;     ///< of the customer
        const Table* table = nullptr;  ///< that an event goes to
    };

    /// A View that has been given out.
    struct GivenOut {
        std::uint64_t sequence = 0;
        std::shared_ptr<std::atomic<bool>> gone;
    };

    explicit State(const StoreOptions& options);

    void fold_group(const RecordBatch& batch, Position first);
    void fold(const RecordBatch& batch, const RecordView& record, std::uint32_t ordinal);
    void fold_event(const RecordBatch& batch, const RecordView& record, std::uint32_t ordinal);
    void fold_traits(const RecordBatch& batch,
                     const RecordView& record,
                     TableKind kind,
                     std::uint32_t ordinal);
    void fold_consent(const RecordBatch& batch, const RecordView& record, std::uint32_t ordinal);
    void fold_join(const RecordView& record, std::uint32_t ordinal);
    void fold_definition(const RecordBatch& batch, const RecordView& record);
    std::uint32_t table_of(const RecordBatch& batch, TableKind kind, std::uint32_t name);
    std::uint32_t table_named(TableKind kind, std::string_view name);
    std::uint32_t property_of(std::uint32_t table, const RecordBatch& batch, std::uint32_t name);

    Table& table(TableKind kind, std::uint32_t id) {
        return *groups[static_cast<std::size_t>(kind)].tables[id];
    }

    [[nodiscard]] Status health_status();
    ErasedFromColumns erase(std::string_view customer);
    void erase_rows(TableKind kind,
                    const std::vector<std::uint32_t>& ordinals,
                    ErasedFromColumns& erased);

    StoreOptions options;
    std::shared_ptr<MemoryPool> pool = std::make_shared<MemoryPool>();
    Compactor compactor;
    Customers customers;
    std::shared_ptr<Dictionary> account_ids = std::make_shared<Dictionary>();
    std::array<TableGroup, table_kinds> groups;
    std::shared_ptr<DefinitionMap> definitions = std::make_shared<DefinitionMap>();
    bool definitions_shared = false;
    std::uint64_t position = 0;
    Instant clock = instant_min;
    std::shared_ptr<Health> health = std::make_shared<Health>();

    std::uint64_t record_position = 0;
    std::uint64_t batch_number = 0;
    std::vector<NameCache> event_names;              ///< per event table
    std::array<NameCache, table_kinds> table_names;  ///< of the batch, per kind
    std::vector<PendingProperty> pending;
    std::vector<std::uint32_t> pending_of;  ///< property → place in pending + 1
    std::vector<DeltaCell> cells;
    std::vector<Upcoming> upcoming;  ///< a group of them
    std::uint64_t touched = 0;       ///< sum of what was read early, which nobody asks for

    std::vector<GivenOut> views;
    std::uint64_t sequence = 0;
    std::vector<PendingWipe> wipes;
    std::uint64_t wipes_after = 0;  ///< Views up to this sequence may show what `wipes` names
    bool wipes_published = true;
};

}  // namespace fineline::columns
