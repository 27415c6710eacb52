#pragma once

#include "base/result.h"
#include "columns/fold.h"

#include <cstdint>
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
};

/// Opens a checkpoint by mapping it: no replay, and chunks are not copied.
/// Errors: not_found (no such file), corrupt (rebuild from the log), io.
[[nodiscard]] Result<OpenedCheckpoint> open_checkpoint(const std::string& path,
                                                       const StoreOptions& options);

/// Where a checkpoint is written before it has its name.
[[nodiscard]] std::string unfinished_checkpoint(const std::string& path);

/// Writes all of the store into one file, atomically: a temporary file, synced, then renamed.
/// Joins the store's deltas first. Errors: corrupt (a block the store was opened with is damaged:
/// rebuild from the log), conflict (somebody else is writing one), io.
[[nodiscard]] Status write_checkpoint(Store& store,
                                      const std::string& path,
                                      const CheckpointOptions& options = {});

}  // namespace fineline::columns
