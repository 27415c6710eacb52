#pragma once

#include "base/instant.h"
#include "base/result.h"
#include "ingest/csv_types.h"
#include "ingest/reject.h"
#include "mapping/mapping.h"
#include "model/calendar.h"
#include "model/name_limits.h"
#include "model/record_batch.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::mapping {

enum class InputKind : std::uint8_t {
    /// .jsonl, .ndjson (also .gz, .zst), and what begins with a brace, are JSON Lines, all else CSV
    detected,
    csv,
    json_lines,  ///< messages in the shape of Segment's; the mapping is not used
};

/// One file to load and all that decides what it means.
struct LoadRequest {
    std::string file{};  ///< a path, or "-" for standard input; pipes are read like that
    InputKind kind = InputKind::detected;
    Mapping mapping{};  ///< from read_mapping_file or default_mapping; for CSV
    TimeZone zone{};    ///< the workspace's: for times without offset where the mapping has no zone
    Instant received_at{};  ///< arrival time of every record
    /// Who the records are from. Empty: a CSV file's own name, and for messages
    /// `default_message_source`; a message id is told apart within its source.
    std::string source{};
    /// Where the file of rejected rows is written (created on the first one); empty: they are only
    /// counted.
    std::string rejects_directory{};
    /// JSON Lines: `alias` merges two identities instead of being passed over.
    bool alias_merges = false;
    /// JSON Lines: says whether an anonymousId was joined to a user by an earlier load; may be
    /// empty.
    std::function<bool(std::string_view anonymous_id)> is_joined{};
    /// The names the workspace holds: rows that would bring one too many are set aside. Must
    /// outlive the load; null: names are not counted.
    NameLimits* names = nullptr;
};

enum class LoadPhase : std::uint8_t {
    scan,   ///< first reading of the whole file: digest, types
    check,  ///< `one event per`, large files only: whether lines of a group lie near each other
    load,
};

struct LoadProgress {
    LoadPhase phase = LoadPhase::scan;
    std::uint64_t bytes_done = 0;                ///< of the file as it lies on disk
    std::optional<std::uint64_t> bytes_total{};  ///< unknown for standard input
    std::uint64_t rows = 0;
    std::uint64_t rejected = 0;
};

/// How the caller watches a load; both may be empty. Called about every megabyte of input, from the
/// calling thread.
struct LoadWatch {
    std::function<void(const LoadProgress&)> progress{};
    std::function<bool()> cancelled{};
};

/// What a load did (or, cancelled, has done so far).
struct LoadReport {
    bool finished = false;   ///< false: cancelled; load again to go on where it stopped
    std::uint64_t rows = 0;  ///< rows or messages read, rejected ones included
    /// Rows that `skip` took out or no `when` wanted, and messages that tell of nothing.
    std::uint64_t skipped = 0;
    std::uint64_t already = 0;  ///< rows (groups) passed over because an earlier load had them
    std::map<RecordKind, std::uint64_t> records{};  ///< handed to the sink
    /// Of the whole file, also those that an interrupted load has named before.
    ingest::RejectCounts rejected{};
    std::string rejects_file{};        ///< empty: no row was rejected, or no directory given
    Instant first_time = instant_max;  ///< of the events handed over
    Instant last_time = instant_min;
};

/// Takes one encoded batch (RecordBatch): at most limits::load_batch_records_max records. An error
/// stops the load and is returned by run().
using BatchSink = std::function<Status(std::string batch)>;

/// Loads one file: scans it (digest, types), then streams its rows through the mapping into
/// batches. One thread at a time.
///
/// Identity: `sequence` is the digest of the file's content (decompressed) and of the mapping's
/// meaning, so the same file under the same mapping is the same load wherever it lies. Rows are
/// numbered from 1, rejected and skipped ones included (with `one event per`: groups, in the order
/// of their first lines). A batch's header says which of them it covers, so that a load can go on
/// after the last one logged. Standard input has no sequence: it cannot be resumed, and loading it
/// twice is loading it twice (JSON Lines with messageIds excepted).
///
///     auto loader = Loader::open(request, watch);
///     if (log.is_finished(loader->sequence())) … "loaded already"
///     auto report = loader->run({.after_row = log.last_row(loader->sequence()), .sink = append});
///     if (report->finished) log.finish_sequence(loader->sequence());
class Loader {
  public:
    /// Scans the file and compiles the mapping over its columns. Errors: io, corrupt (broken
    /// compression), invalid_argument (a column that is not there, a bad expression: with place in
    /// the mapping file), limit_exceeded, unavailable (cancelled during the scan).
    [[nodiscard]] static Result<std::unique_ptr<Loader>> open(LoadRequest request,
                                                              const LoadWatch& watch);

    ~Loader();
    Loader(const Loader&) = delete;
    Loader& operator=(const Loader&) = delete;
    Loader(Loader&&) = delete;
    Loader& operator=(Loader&&) = delete;

    /// The file's identity in the log; empty for standard input. `occurrence` tells loads of the
    /// same file on purpose apart: 0 is the first, 1 the second …
    [[nodiscard]] std::string sequence(std::uint32_t occurrence = 0) const;

    /// The columns of a CSV file with their types and what decided them; empty for JSON Lines.
    [[nodiscard]] const std::vector<ingest::Column>& columns() const;

    /// Says whether the input holds messages: then the mapping is not used.
    [[nodiscard]] bool reads_messages() const;

    struct Run {
        std::uint32_t occurrence = 0;  ///< which load of this file it is, see sequence()
        std::uint64_t after_row = 0;   ///< rows up to this one are logged already
        BatchSink sink{};
        LoadWatch watch{};
    };

    /// Streams the file. May be called once. Errors: of the sink, io, corrupt, limit_exceeded
    /// (groups of `one event per` that lie too far apart), conflict (the file changed since the
    /// scan).
    [[nodiscard]] Result<LoadReport> run(const Run& run);

  private:
    struct State;
    explicit Loader(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace fineline::mapping
