#pragma once

#include "base/result.h"
#include "columns/view.h"

#include <functional>

namespace fineline::columns {

/// Compares every block of a view that lies in a checkpoint with its checksum once more, those too
/// that were sound when they were read: a disk may spoil them later. What is damaged shows in
/// View::health. Ends early, without an error, once `is_stopped` says so. Safe beside readers and
/// the writer. Cost: one pass over the blocks. Errors: corrupt.
[[nodiscard]] Status scrub(const View& view, const std::function<bool()>& is_stopped);

}  // namespace fineline::columns
