#pragma once

#include "base/instant.h"
#include "ingest/reject.h"
#include "model/name_limits.h"
#include "model/record_batch.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fineline::ingest {

/// Why a row or message cannot be loaded; becomes a Reject where its place is known.
struct Flaw {
    RejectReason reason = RejectReason::bad_message;
    std::string message{};
};

/// What was handed over: records by kind, and the span of the events' times.
struct RecordTally {
    std::array<std::uint64_t, 10> by_kind{};
    Instant first_time = instant_max;
    Instant last_time = instant_min;
};

/// The records that one row or message yields: all of them enter the batch, or none. The texts that
/// drafts view must outlive commit(). One thread at a time.
class RowRecords {
  public:
    void clear();

    /// Takes a record; its properties are copied (what their Datums view is not).
    void add(const RecordDraft& draft);

    [[nodiscard]] bool empty() const { return records_.empty(); }

    [[nodiscard]] std::size_t count() const { return records_.size(); }

    /// Returns the first thing that the log must not hold: no customer, an id or value too long,
    /// too many properties, a number that is not finite.
    [[nodiscard]] std::optional<Flaw> flaw() const;

    /// Returns the first name too many, with none of the records' names noted; otherwise all are.
    /// Names must be of `batch`.
    [[nodiscard]] std::optional<Flaw> flaw_in_names(NameLimits& names,
                                                    const RecordBatchBuilder& batch) const;

    /// Adds the records to the batch and to the tally.
    void commit(RecordBatchBuilder& batch, RecordTally& tally) const;

  private:
    struct Held {
        RecordDraft draft{};
        std::size_t properties_at = 0;
        std::size_t property_count = 0;
    };

    [[nodiscard]] std::optional<Flaw> flaw_in(const Held& held) const;
    [[nodiscard]] RecordDraft draft_of(const Held& held) const;

    std::vector<Held> records_;
    std::vector<NamedDatum> properties_;
};

/// Checks the name of an event, property, trait, purpose: not empty, at most
/// limits::name_bytes_max.
[[nodiscard]] std::optional<Flaw> flaw_in_name(std::string_view name, const char* what);

}  // namespace fineline::ingest
