#include "http/name_gate.h"

#include "engine/known_names.h"

namespace fineline::http {

void NameGate::enter(const engine::Live& live) {
    const std::lock_guard lock(lock_);
    if (is_stale_ && on_their_way_ == 0) {
        // Taken under the lock: it holds what every request that has left brought.
        names_ = engine::known_names(live.view()->columns());
        is_stale_ = false;
    }
    ++on_their_way_;
}

std::optional<ingest::Flaw> NameGate::flaw(const ingest::RowRecords& records,
                                           const RecordBatchBuilder& batch) {
    const std::lock_guard lock(lock_);
    names_.take_back();  // nothing is noted; it forgets what names it met in another batch
    return records.flaw_in_names(names_, batch);
}

void NameGate::leave(Outcome outcome) {
    const std::lock_guard lock(lock_);
    --on_their_way_;
    is_stale_ = is_stale_ || outcome == Outcome::not_stored;
}

}  // namespace fineline::http
