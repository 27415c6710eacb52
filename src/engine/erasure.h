#pragma once

#include "base/result.h"
#include "engine/workspace.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fineline::engine {

/// What an erasure did, for the person who asked for it. Names no erased content but the ids given.
struct ErasureReceipt {
    std::string receipt_id;  ///< digest of the ids and the instant
    Instant erased_at{};
    std::vector<std::string> identities;  ///< every id of the person
    std::uint64_t log_records = 0;        ///< records replaced by tombstones
    std::uint64_t log_batches = 0;        ///< batches rewritten
    std::uint64_t reject_entries = 0;     ///< set-aside input rows that named the person
    std::vector<std::pair<std::string, std::uint64_t>> events;  ///< per event name
    std::uint64_t trait_values = 0;
    std::vector<std::string> not_reached;  ///< what this program cannot erase
};

/// What goes along with an erasure where somebody follows the log.
struct ErasureWatch {
    std::optional<Instant> at;  ///< what the clock says, unless it was looked at already
    /// The person is still in the columns. Returns what the erasure's record says beside the
    /// receipt.
    std::function<std::vector<std::pair<std::string, double>>(CustomerOrdinal who)> before;
    FoldWatch fold;  ///< of the erasure's record
    std::function<Status()> write_checkpoint;
};

/// Erases a customer with all identities: invisible at once, then gone from memory, log, checkpoint
/// and set-aside rows. Written down before it begins, so that a crash at any step is finished by
/// the next opening. Waits for readers of older views. Errors: not_found, io, unavailable (an old
/// view is held for longer than a minute; the rest is done, and the next opening finishes).
[[nodiscard]] Result<ErasureReceipt> erase_customer(Workspace& workspace,
                                                    std::string_view id,
                                                    const ErasureWatch& watch = {});

/// Says whether a crash cut off an erasure in the directory: it must then be opened for writing,
/// whatever the command, so that the erasure is finished first.
[[nodiscard]] bool erasure_is_pending(const std::string& directory);

/// Finishes what a crash cut off; does nothing where nothing is pending.
[[nodiscard]] Status finish_interrupted_erasure(Workspace& workspace);

}  // namespace fineline::engine
