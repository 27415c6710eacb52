#pragma once

#include "base/instant.h"
#include "base/result.h"
#include "model/ids.h"
#include "model/record_batch.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::eventlog {

/// What became of a batch.
struct Appended {
    Position first;                ///< position of the batch's first kept record
    std::uint32_t kept = 0;        ///< records now durable
    std::uint32_t duplicates = 0;  ///< records dropped because their id (or row) was logged before
    std::optional<RecordBatch> batch;  ///< as stored, to be folded; none if nothing was kept
    std::string source;                ///< of the batch's header
};

/// A stored batch, checksum verified.
struct StoredBatch {
    Position first;
    std::string bytes;
};

/// What a physical erasure did to the log.
struct ErasedFromLog {
    std::uint64_t records = 0;
    std::uint64_t batches_rewritten = 0;
};

/// The durable, ordered log. One writer; readers on their own handles. The interface knows nothing
/// of its storage, so that Kafka can stand here. One thread at a time per object.
class EventLog {
  public:
    EventLog() = default;
    EventLog(const EventLog&) = delete;
    EventLog& operator=(const EventLog&) = delete;
    EventLog(EventLog&&) = delete;
    EventLog& operator=(EventLog&&) = delete;
    virtual ~EventLog() = default;

    /// Decides on duplicates and stores the rest, in one transaction; durable when it returns.
    /// A record is a duplicate if its message id was logged before by the same source within the
    /// window, or occurs earlier in the batch; or, in a sequenced batch (header.sequence), if the
    /// batch's rows lie at or below the highest row logged for that sequence (such a batch is
    /// dropped whole; one whose rows are partly logged is refused). Errors: io, corrupt,
    /// limit_exceeded (batch too large), unavailable (disk full), conflict (rows partly logged),
    /// invalid_argument (a sequence without rows). Nothing of the batch is logged then.
    [[nodiscard]] virtual Result<Appended> append(std::string batch) = 0;

    /// Reads the first stored batch that holds `from` or a later position; an empty `bytes` at the
    /// end. Errors: io, corrupt (names position and what did not match).
    [[nodiscard]] virtual Result<StoredBatch> read(Position from) = 0;

    /// The position after the last record.
    [[nodiscard]] virtual Position end() const = 0;

    /// A digest of the log's content up to `at`, where a batch must end: logs agree in it only if
    /// all batches before are the same, so it tells whether what was derived from a log belongs to
    /// this one. An erasure changes it. Errors: not_found (no batch ends there), io, corrupt.
    [[nodiscard]] virtual Result<std::uint64_t> content_digest(Position at) = 0;

    /// The highest input row logged for a sequence, 0 if none. For resuming a load.
    [[nodiscard]] virtual Result<std::uint64_t> last_row(std::string_view sequence) = 0;

    /// Marks a sequence as wholly loaded, and asks for it: so that loading it again can say so.
    [[nodiscard]] virtual Status finish_sequence(std::string_view sequence) = 0;
    [[nodiscard]] virtual Result<bool> is_finished(std::string_view sequence) = 0;

    /// Rewrites every batch that `concerns` says yes to for any record, with those records as
    /// tombstones and positions kept, then purges free pages and the write-ahead log so that no
    /// erased byte remains in the files. Ids of erased messages stay known as digests. Restartable:
    /// a crash at any step leaves either old or new batches, and calling it again finishes the
    /// work.
    [[nodiscard]] virtual Result<ErasedFromLog> erase(
        const std::function<bool(const RecordBatch&, const RecordView&)>& concerns) = 0;

    /// Reads everything and proves it whole: structure, checksums, positions without gap, and that
    /// no row was lost, doubled or changed. Errors: corrupt (says where), io. Cost: one pass over
    /// the log.
    [[nodiscard]] virtual Status verify() = 0;

    /// Memory of what the log keeps to know messages again, and of its pages, in bytes.
    [[nodiscard]] virtual std::size_t bytes_in_memory() const = 0;

    /// Copies a consistent snapshot into a new file, while in use. Errors: conflict if the file
    /// exists, io.
    [[nodiscard]] virtual Status backup(const std::string& file) = 0;
};

/// Writers exclude everybody else from a directory, readers exclude writers only.
enum class Access : std::uint8_t { writing, reading };

struct LogOptions {
    /// reading: a shared lock; append, erase and finish_sequence are refused (forbidden).
    Access access = Access::writing;
    /// How long a message id stays known after it was logged, on the log's clock: the latest
    /// arrival time of any batch, so that the decision depends on the log alone.
    Duration dedup_window = std::chrono::hours(24 * 30);
    bool synchronous = true;  ///< false only in tests and benches: no fsync
};

/// Opens the log in `directory`/log.sqlite; for writing, makes it and the directory where they are
/// missing. Holds a lock file, exclusive or shared, for as long as it lives. Errors: not_found
/// (reading, no log), conflict ("another fineline has this directory open"), unavailable, io,
/// corrupt (also if the log has lost transactions it had acknowledged).
[[nodiscard]] Result<std::unique_ptr<EventLog>> open_sqlite_log(const std::string& directory,
                                                                const LogOptions& options);

}  // namespace fineline::eventlog
