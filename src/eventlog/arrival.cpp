#include "eventlog/arrival.h"

#include "model/record_batch.h"

#include <cstdint>
#include <utility>

namespace fineline::eventlog {

Result<Position> arrived_until(EventLog& log, Instant at) {
    std::uint64_t known = 0;  // where a batch begins; all before it had arrived
    std::uint64_t unknown = log.end().value();
    while (known < unknown) {
        auto stored = log.read(Position(known + (unknown - known) / 2));
        if (!stored) {
            return stored.error();
        }
        const auto batch = RecordBatch::open(std::move(stored->bytes));
        if (!batch) {
            return batch.error();
        }
        if (batch->header().received_at <= at) {
            known = stored->first.value() + batch->count();
        } else {
            unknown = stored->first.value();
        }
    }
    return Position(known);
}

}  // namespace fineline::eventlog
