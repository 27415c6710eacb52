#pragma once

#include "base/result.h"
#include "columns/fold.h"
#include "columns/view.h"
#include "eventlog/event_log.h"
#include "model/ids.h"

#include <cstdint>
#include <functional>
#include <memory>

namespace fineline::engine {

/// How a replay goes on: records done, records in all.
using ReplayProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// Folds the log's batches up to a position, where one must end, into an empty store. Errors:
/// corrupt, io. Cost: reads and folds all of them.
[[nodiscard]] Status replay(eventlog::EventLog& log,
                            Position until,
                            columns::Store& store,
                            const ReplayProgress& progress);

/// The columns as they stood when only what had arrived by an instant was known: an event of before
/// that was told later is not there, persons who were merged later are still two. Customers have
/// other ordinals than in a view of today. Errors and cost: those of replay().
[[nodiscard]] Result<std::shared_ptr<const columns::View>> view_as_known(
    eventlog::EventLog& log,
    Instant at,
    const columns::StoreOptions& options,
    const ReplayProgress& progress);

}  // namespace fineline::engine
