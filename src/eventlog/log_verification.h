#pragma once

#include "base/result.h"
#include "eventlog/log_file.h"

namespace fineline::eventlog {

/// Proves that the file holds the whole log and nothing else: the structure of every page, the
/// checksum and encoding of every batch, positions without gap or overlap, and the sums of all
/// three tables against the state row. Errors: corrupt, naming the first thing that does not fit;
/// io. Cost: one pass over the file, at replay speed.
[[nodiscard]] Status verify(LogFile& file);

}  // namespace fineline::eventlog
