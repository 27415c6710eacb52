#pragma once

#include "base/result.h"
#include "columns/store_snapshot.h"
#include "columns/table.h"
#include "columns/view.h"
#include "model/ids.h"
#include "model/record_batch.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fineline::columns {

/// What an erasure removed from memory, for the receipt.
struct ErasedFromColumns {
    using Counts = std::vector<std::pair<std::string, std::uint64_t>>;

    bool found = false;                   ///< false: nobody had that id
    std::vector<std::string> identities;  ///< all ids of the person, ascending
    Counts events;                        ///< rows by event name
    Counts traits;                        ///< values by trait, former ones included
    Counts consents;                      ///< states by purpose, former ones included
    std::uint64_t trait_values = 0;       ///< sum of `traits`
    std::uint64_t account_joins = 0;
    std::vector<std::string>
        names_gone;  ///< event names, traits and purposes that nobody else used
};

/// The columns while they are written: folds the log's records, in order of position, into tables
/// of rows clustered by customer, and publishes immutable Views of them. One thread at a time;
/// Views may be read by any thread meanwhile, and outlive the Store.
///
/// How definitions are read: name = kind, text = name, properties `text` (string), `warnings` (list
/// of strings), `archived` (boolean), `change` (number); other strings are details; time (else the
/// batch's arrival) is when it was defined. Every record adds a version.
class Store {
  public:
    explicit Store(const StoreOptions& options = {});
    ~Store();
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;
    Store(Store&&) = delete;
    Store& operator=(Store&&) = delete;

    [[nodiscard]] const StoreOptions& options() const;

    /// Folds a batch whose first record has that position. Amortised O(records). Records without
    /// the customer or account they need, and names beyond the limits of model/limits.h, are passed
    /// over: what to refuse is decided before the log. Errors: conflict if positions go back;
    /// corrupt if a block of the opened checkpoint turned out to be damaged (rebuild from the log).
    [[nodiscard]] Status apply(const RecordBatch& batch, Position first);

    /// The position after the last record folded.
    [[nodiscard]] Position position() const;

    /// An immutable picture of now. O(tables touched since the last one), not O(data).
    [[nodiscard]] std::shared_ptr<const View> publish();

    /// What a checkpoint of now holds. O(texts + tables).
    [[nodiscard]] StoreSnapshot snapshot();

    /// Removes the person with that id (all merged identities) at once; Views published before
    /// still show it. The same as folding an erasure record. O(chunks that hold the person +
    /// dictionary indexes).
    ErasedFromColumns erase(std::string_view customer);

    /// Overwrites the texts that only erased persons used, if no View that may show them is alive
    /// any more. Returns whether nothing is left to overwrite. Publish after erasing, let old Views
    /// go, call until true.
    [[nodiscard]] bool scrub();

    /// Checks every stored block that was not touched yet. Errors: corrupt. Cost: one pass over
    /// them.
    [[nodiscard]] Status verify();

    /// Joins all deltas into their chunks: after a bulk load. O(chunks with a delta).
    void compact_all();

    /// 32 hexadecimal digits: a digest of the logical content, ordered by customer id: equal for
    /// equal histories however they were batched, compacted, restored or numbered. O(data).
    [[nodiscard]] std::string digest();

    /// Memory held by the columns, in bytes, without Views that only old readers hold.
    [[nodiscard]] std::size_t bytes_in_memory() const;

    /// Number of event rows held.
    [[nodiscard]] std::uint64_t event_count() const;

    /// The parts, for the checkpoint.
    struct State;

    [[nodiscard]] State& state() { return *state_; }

  private:
    std::unique_ptr<State> state_;
};

}  // namespace fineline::columns
