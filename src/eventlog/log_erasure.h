#pragma once

#include "base/result.h"
#include "eventlog/event_log.h"
#include "eventlog/log_file.h"

#include <functional>
#include <string>

namespace fineline::eventlog {

/// Says which records are to be erased.
using Concerns = std::function<bool(const RecordBatch&, const RecordView&)>;

/// Writes a complete copy of `from` to the new file `path`, with the records that `concerns` says
/// yes to as tombstones; the ids of their messages are kept for ever. Nothing of an erased record
/// is ever in the copy, neither in a row nor in a free or half-used page. The copy is closed, not
/// yet synced or renamed. Errors: as Database; corrupt as well where a batch of `from` is damaged.
/// Cost: reads and writes the whole log once, at replay speed; disk: its size again; memory: one
/// batch.
[[nodiscard]] Result<ErasedFromLog> copy_without(LogFile& from,
                                                 const std::string& path,
                                                 const Concerns& concerns);

}  // namespace fineline::eventlog
