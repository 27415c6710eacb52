#pragma once

#include "columns/chunk.h"
#include "columns/compactor.h"
#include "columns/cow_vector.h"
#include "columns/delta.h"
#include "columns/dictionary.h"
#include "columns/view.h"

#include <memory>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace fineline::columns {

struct TableSnapshot;

/// How columns are cut into chunks. Tests use tiny numbers.
struct StoreOptions {
    std::uint32_t range_size = 4096;  ///< customers to a chunk: a power of two, at most 65,536
    /// A chunk is compacted when its delta has as many rows and at least one for `delta_divisor`
    /// rows of its base; some a quarter earlier, some a quarter later, for those that fill alike
    /// would all be compacted at once.
    std::uint32_t delta_rows_min = 1024;
    std::uint32_t delta_divisor = 4;
};

enum class TableKind : std::uint8_t { event, trait, consent, account_join, account_trait };
inline constexpr std::size_t table_kinds = 5;

/// What one table holds of one range of customers.
struct ChunkEntry {
    std::shared_ptr<const Chunk> base;
    std::shared_ptr<Delta> delta;
};

using ChunkVector = CowVector<ChunkEntry, 16>;

/// Names by id; empty where a name vanished. Immutable, the texts lie in `owner`.
struct SymbolList {
    std::vector<std::string_view> names;
    std::unordered_map<std::string_view, std::uint32_t> ids;
    std::shared_ptr<const Dictionary> owner;
};

/// Lists the names of a dictionary. O(names).
[[nodiscard]] std::shared_ptr<const SymbolList> list_symbols(
    const std::shared_ptr<const Dictionary>& names);

/// What is known of a name besides its rows.
struct TableCounts {
    std::uint64_t rows = 0;
    std::int64_t time_min = instant_max.time_since_epoch().count();  ///< of dated rows
    std::int64_t time_max = instant_min.time_since_epoch().count();
};

/// One table of a View. Immutable, shared by all Views between which the table did not change.
struct TableView {
    std::string_view name;
    TableCounts counts;
    ChunkVector chunks;
    std::shared_ptr<const SymbolList> properties;
    std::vector<std::shared_ptr<const Dictionary>> dictionaries;  ///< per property
    std::vector<KindCounts> kinds;                                ///< per property
    std::vector<std::uint32_t> distinct_texts;                    ///< per property

    /// What a cell of the property means.
    [[nodiscard]] Datum datum(std::uint32_t property, const Cell& cell) const;
};

/// A text to be overwritten once no View that may read it is alive.
struct PendingWipe {
    std::shared_ptr<Dictionary> dictionary;
    std::uint32_t code = 0;
};

/// One table while it is written: the rows of one event name, trait or purpose. One thread at a
/// time.
class Table {
  public:
    /// Its deltas lie in the pool.
    Table(std::string_view name, const StoreOptions& options, std::shared_ptr<MemoryPool> pool);

    [[nodiscard]] std::string_view name() const { return name_; }

    [[nodiscard]] const TableCounts& counts() const { return counts_; }

    [[nodiscard]] bool is_dirty() const { return dirty_; }

    /// The property's id, a new one for a new name.
    [[nodiscard]] std::uint32_t property(std::string_view name);

    [[nodiscard]] bool has_property(std::string_view name) const {
        return property_names_->find(name).has_value();
    }

    [[nodiscard]] std::uint32_t property_count() const { return property_names_->size(); }

    /// Encodes a value for append(), which must follow: counts it and interns its text.
    [[nodiscard]] DeltaCell store(std::uint32_t property, const Datum& value);

    struct RowKey {
        std::uint32_t ordinal = 0;
        Instant time{};
        std::uint64_t arrival = 0;
    };

    /// Appends a row; compacts its chunk when the delta is full. Amortised O(cells).
    void append(const RowKey& key, std::span<const DeltaCell> cells, Compactor& compactor);

    // Read early what an append for a customer will need: its delta, then, when that is there, the
    // places in it. Return some of it, so that the reading is not left out.
    [[nodiscard]] std::uint64_t touch_delta(std::uint32_t ordinal) const {
        const Delta* const delta = open_delta(ordinal);
        return delta == nullptr ? 0 : delta->row_count();
    }

    [[nodiscard]] std::uint64_t touch_append(std::uint32_t ordinal) const {
        const Delta* const delta = open_delta(ordinal);
        return delta == nullptr ? 0 : delta->touch_append(ordinal % options_.range_size);
    }

    void compact_all(Compactor& compactor);

    /// Removes all rows of some customers (ascending) by rebuilding their chunks; takes back the
    /// counts of their values; texts and property names that nobody uses any more go to `wipes`.
    /// Returns the rows.
    std::uint64_t remove(std::span<const std::uint32_t> ordinals,
                         Compactor& compactor,
                         std::vector<PendingWipe>& wipes);

    /// Whether all chunks match their checksums. One pass over those never touched.
    [[nodiscard]] bool is_intact() const;

    /// The table as it is now; the same pointer until something changes.
    [[nodiscard]] std::shared_ptr<const TableView> publish();

    /// Its dictionaries as they are now. O(texts).
    [[nodiscard]] TableSnapshot snapshot() const;

    /// The name of an erased table must not be read any more.
    void forget_name() {
        name_ = {};
        dirty_ = true;
    }

    /// Without what lies in the pool.
    [[nodiscard]] std::size_t bytes() const;

  private:
    friend class CheckpointReader;

    /// What append() needs of a range, found with one look.
    struct Open {
        Delta* delta = nullptr;
        std::uint32_t compact_at = 0;
    };

    /// The delta that the customer's next row goes to, nullptr where there is none yet.
    [[nodiscard]] const Delta* open_delta(std::uint32_t ordinal) const {
        const std::uint32_t range = ordinal / options_.range_size;
        return range < open_.size() ? open_[range].delta : nullptr;
    }

    struct Property {
        std::shared_ptr<Dictionary> dictionary;
        KindCounts kinds;
    };

    Delta& start_delta(std::uint32_t range);
    [[nodiscard]] std::uint32_t compact_at(std::uint32_t range, const Chunk* base) const;
    void compact(std::uint32_t range, Compactor& compactor);
    void set_base(std::uint32_t range, std::shared_ptr<const Chunk> base);
    void take_back_row(std::span<const DeltaCell> cells,
                       std::vector<std::vector<std::uint32_t>>& unused);
    std::uint64_t take_back(std::uint32_t range,
                            std::span<const std::uint16_t> locals,
                            std::vector<std::vector<std::uint32_t>>& unused);
    void recount_times();

    std::string_view name_;
    StoreOptions options_;
    std::shared_ptr<MemoryPool> pool_;
    std::uint32_t phase_;  ///< that tables which fill alike differ
    TableCounts counts_;
    std::vector<Open> open_;
    ChunkVector chunks_;
    std::shared_ptr<Dictionary> property_names_;
    std::vector<Property> properties_;
    std::shared_ptr<const SymbolList> symbols_;
    std::shared_ptr<const TableView> published_;
    bool dirty_ = true;
};

}  // namespace fineline::columns
