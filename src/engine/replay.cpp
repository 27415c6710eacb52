#include "engine/replay.h"

#include "eventlog/arrival.h"
#include "model/record_batch.h"

#include <utility>

namespace fineline::engine {

Status replay(eventlog::EventLog& log,
              Position until,
              columns::Store& store,
              const ReplayProgress& progress) {
    Position from{0};
    while (from < until) {
        auto stored = log.read(from);
        if (!stored) {
            return stored.error();
        }
        auto batch = RecordBatch::open(std::move(stored->bytes));
        if (!batch) {
            return batch.error();
        }
        if (auto applied = store.apply(*batch, stored->first); !applied) {
            return applied;
        }
        from = Position(stored->first.value() + batch->count());
        if (progress) {
            progress(from.value(), until.value());
        }
    }
    return done;
}

Result<std::shared_ptr<const columns::View>> view_as_known(eventlog::EventLog& log,
                                                           Instant at,
                                                           const columns::StoreOptions& options,
                                                           const ReplayProgress& progress) {
    const auto until = eventlog::arrived_until(log, at);
    if (!until) {
        return until.error();
    }
    columns::Store store(options);
    if (auto folded = replay(log, *until, store, progress); !folded) {
        return folded.error();
    }
    store.compact_all();
    return store.publish();
}

}  // namespace fineline::engine
