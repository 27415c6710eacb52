#pragma once

#include "base/instant.h"
#include "base/result.h"
#include "eventlog/event_log.h"
#include "eventlog/log_file.h"
#include "model/record_batch.h"

namespace fineline::eventlog {

/// Decides on duplicates and writes what is left within the transaction, which the caller commits;
/// it may hold batches before. `EventLog::append` says what a duplicate is, and the errors.
[[nodiscard]] Result<Appended> append(LogFile& file,
                                      LogWrite& write,
                                      RecordBatch batch,
                                      Duration dedup_window);

/// Whether append() refused a batch for what it holds, and so before it wrote anything. After any
/// other error the transaction must not be committed.
[[nodiscard]] bool is_refusal(const Error& error);

}  // namespace fineline::eventlog
