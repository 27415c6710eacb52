#pragma once

#include "base/result.h"
#include "eventlog/event_log.h"

#include <string>
#include <vector>

namespace fineline::eventlog {

/// A log that makes several batches durable at the price of one. One thread at a time per object.
class GroupingLog : public EventLog {
  public:
    /// As append(), for each batch in order, in one transaction. A batch that is refused for what
    /// it holds leaves the others alone; io, unavailable and what is corrupt in the log concern
    /// all: then nothing of any is logged. As many results as batches.
    [[nodiscard]] virtual std::vector<Result<Appended>> append_all(
        std::vector<std::string> batches) = 0;
};

/// Appends batches in order: as a group where the log can, else one after the other.
[[nodiscard]] std::vector<Result<Appended>> append_all(EventLog& log,
                                                       std::vector<std::string> batches);

}  // namespace fineline::eventlog
