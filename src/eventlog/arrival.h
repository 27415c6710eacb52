#pragma once

#include "base/instant.h"
#include "base/result.h"
#include "eventlog/event_log.h"
#include "model/ids.h"

namespace fineline::eventlog {

/// The position after the last batch that had arrived at an instant: what was known then lies
/// before it. Arrival times ascend with positions; where the clock was set back between two
/// batches, the answer is one of the places that part earlier from later ones. Cost: as many reads
/// as the number of batches has binary digits. Errors: io, corrupt.
[[nodiscard]] Result<Position> arrived_until(EventLog& log, Instant at);

}  // namespace fineline::eventlog
