#include "eventlog/log_erasure.h"

#include <vector>

namespace fineline::eventlog {

namespace {

/// Copies a log into a new file, record by record where some are erased. One thread at a time.
class ErasingCopy {
  public:
    ErasingCopy(LogFile& from, LogFile& to, const Concerns& concerns)
        : from_(from), to_(to), concerns_(concerns) {}

    Result<ErasedFromLog> run() {
        auto write = LogWrite::begin(to_);
        if (!write) {
            return write.error();
        }
        write->state().revision = from_.state().revision;
        write->state().end = from_.state().end;
        write->state().clock = from_.state().clock;
        for (const auto copy :
             {&ErasingCopy::copy_batches, &ErasingCopy::copy_sequences, &ErasingCopy::copy_ids}) {
            const Status copied = (this->*copy)(write->state());
            if (!copied) {
                return copied.error();
            }
        }
        const Status committed = write->commit();
        if (!committed) {
            return committed.error();
        }
        return erased_;
    }

  private:
    Status copy_batches(LogState& state) {
        Position at(0);
        while (at.value() < state.end) {
            auto row = from_.batches().read(at);
            if (!row) {
                return row.error();
            }
            if (!*row) {
                return Error{
                    ErrorCode::corrupt, "the log is damaged: its first batch is missing", {}};
            }
            const std::uint32_t count = (*row)->count;
            auto bytes = rewrite(std::move((*row)->bytes));
            if (!bytes) {
                return bytes.error();
            }
            const Status inserted = to_.batches().insert(at, count, *bytes, state);
            if (!inserted) {
                return inserted.error();
            }
            at = Position(at.value() + count);
        }
        return done;
    }

    /// Returns the batch with the records concerned as tombstones; as it is where there are none.
    Result<std::string> rewrite(std::string bytes) {
        auto batch = RecordBatch::open(std::move(bytes));
        if (!batch) {
            return batch.error();
        }
        std::vector<bool> is_erased(batch->count());
        std::uint64_t records = 0;
        batch->for_each([&](const RecordView& record) {
            if (record.kind == RecordKind::tombstone || !concerns_(*batch, record)) {
                return;
            }
            is_erased[record.index] = true;
            ++records;
            if (!record.message_id.empty()) {
                erased_ids_.push_back(MessageDigest::of(batch->header().source, record.message_id));
            }
        });
        if (records == 0) {
            return std::move(*batch).take_bytes();
        }
        erased_.records += records;
        ++erased_.batches_rewritten;
        return batch->without(is_erased);
    }

    Status copy_sequences(LogState& state) {
        return from_.sequences().for_each(
            [&](const SequenceRow& row) { return to_.sequences().put(row, state.sequences); });
    }

    Status copy_ids(LogState& state) {
        const Status copied = from_.message_ids().copy_to(to_.message_ids(), state);
        if (!copied) {
            return copied.error();
        }
        for (const MessageDigest& digest : erased_ids_) {
            const Status kept = to_.message_ids().keep_for_ever(digest, state);
            if (!kept) {
                return kept.error();
            }
        }
        return done;
    }

    LogFile& from_;
    LogFile& to_;
    const Concerns& concerns_;
    std::vector<MessageDigest> erased_ids_;
    ErasedFromLog erased_;
};

}  // namespace

Result<ErasedFromLog> copy_without(LogFile& from,
                                   const std::string& path,
                                   const Concerns& concerns) {
    auto to = LogFile::open(path, {.use = Use::composing, .synchronous = false});
    if (!to) {
        return to.error();
    }
    auto erased = ErasingCopy(from, **to, concerns).run();
    if (!erased) {
        return erased.error();
    }
    const Status closed = (*to)->close();
    if (!closed) {
        return closed.error();
    }
    return erased;
}

}  // namespace fineline::eventlog
