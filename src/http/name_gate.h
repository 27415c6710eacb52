#pragma once

#include "engine/live.h"
#include "ingest/record_check.h"
#include "model/name_limits.h"

#include <cstdint>
#include <mutex>
#include <optional>

namespace fineline::http {

/// Keeps requests from bringing more names (events, properties, traits, purposes) than a workspace
/// may hold: knows those of the newest view and those on their way. Names of a batch that was not
/// stored after all are forgotten when next nothing is on its way. Safe to share.
///
///     gate.enter(live); … gate.flaw(records, builder) for each message … gate.leave(outcome)
class NameGate {
  public:
    enum class Outcome : std::uint8_t { stored, not_stored };

    /// Before a request is read. O(names) the first time and after a batch that was not stored.
    void enter(const engine::Live& live);

    /// Returns the first name too many, or takes the names of one message. Names must be of
    /// `batch`.
    [[nodiscard]] std::optional<ingest::Flaw> flaw(const ingest::RowRecords& records,
                                                   const RecordBatchBuilder& batch);

    /// Once for each enter(), when what came of the request is visible in new views.
    void leave(Outcome outcome);

  private:
    std::mutex lock_;
    NameLimits names_;
    std::uint64_t on_their_way_ = 0;
    bool is_stale_ = true;
};

}  // namespace fineline::http
