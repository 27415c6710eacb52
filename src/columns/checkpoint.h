#pragma once

#include "base/result.h"
#include "columns/fold.h"
#include "columns/store_snapshot.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace fineline::columns {

struct OpenedCheckpoint {
    std::unique_ptr<Store> store;
    /// The digest of the log up to the store's position, as it was given when this was written: of
    /// another log it differs, and the checkpoint is not of that log.
    std::uint64_t log_digest = 0;
};

/// Who else may be writing the same checkpoint.
enum class CheckpointRivals : std::uint8_t {
    none,   ///< the directory is ours alone; an unfinished file is what a killed writer left
    others  ///< other readers may do the same: an unfinished file is theirs
};

struct CheckpointOptions {
    std::uint64_t log_digest = 0;  ///< of the log up to the store's position
    CheckpointRivals rivals = CheckpointRivals::none;
    unsigned threads = 1;                 ///< that join and pack; 1: the thread that writes
    std::function<bool()> is_given_up{};  ///< asked on the way; nothing: never
};

/// Opens a checkpoint by mapping it: no replay, and chunks are not copied.
/// Errors: not_found (no such file), corrupt (rebuild from the log), io.
[[nodiscard]] Result<OpenedCheckpoint> open_checkpoint(const std::string& path,
                                                       const StoreOptions& options);

/// Where a checkpoint is written before it has its name.
[[nodiscard]] std::string unfinished_checkpoint(const std::string& path);

/// Writes what a Store held into one file that has no name of its own yet, durably. Deltas are
/// joined on the way, one at a time, and the Store keeps them. May run beside the Store's thread.
/// Leaves no file after an error. Errors: corrupt (a block the store was opened with is damaged,
/// which shows in View::health too: rebuild from the log), conflict (somebody else is writing one),
/// unavailable (given up), io.
[[nodiscard]] Status write_unfinished_checkpoint(const StoreSnapshot& snapshot,
                                                 const std::string& path,
                                                 const CheckpointOptions& options);

/// Gives the written file its name, in the place of an older one, at once and durably. Errors: io.
[[nodiscard]] Status place_checkpoint(const std::string& path);

/// Both, of all of the store as it is now. Errors: of both.
[[nodiscard]] Status write_checkpoint(Store& store,
                                      const std::string& path,
                                      const CheckpointOptions& options = {});

}  // namespace fineline::columns
