#pragma once

#include "base/result.h"
#include "columns/fold.h"

#include <memory>
#include <string>

namespace fineline::columns {

struct OpenedCheckpoint {
    std::unique_ptr<Store> store;
};

/// Opens a checkpoint by mapping it: no replay, and chunks are not copied.
/// Errors: not_found (no such file), corrupt (rebuild from the log), io.
[[nodiscard]] Result<OpenedCheckpoint> open_checkpoint(const std::string& path,
                                                       const StoreOptions& options);

/// Writes all of the store into one file, atomically: a temporary file, synced, then renamed.
/// Joins the store's deltas first. Errors: io.
[[nodiscard]] Status write_checkpoint(Store& store, const std::string& path);

}  // namespace fineline::columns
