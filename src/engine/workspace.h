#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "columns/fold.h"
#include "columns/view.h"
#include "eventlog/event_log.h"
#include "expr/check.h"
#include "expr/evaluate.h"
#include "model/record_batch.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::engine {

/// How a directory is opened.
struct OpenOptions {
    bool create = false;  ///< make the directory and an empty log where there is none
    eventlog::LogOptions log;
    columns::StoreOptions store;
    bool use_checkpoint = true;  ///< false: replay the whole log (tests, verify)
    /// Stop replaying at the first batch that begins there or later; Workspace::replay_next goes
    /// on. A checkpoint of the columns may lie beyond.
    std::optional<Position> replay_until;
    /// Removes set-aside input rows that name one of the ids from the workspace's rejects
    /// directory; returns how many. Reading inputs is not the engine's business, so it is handed
    /// in.
    std::function<Result<std::uint64_t>(const std::string& directory,
                                        const std::vector<std::string>& ids)>
        purge_set_aside;
    /// Called now and then while the log is replayed: records done, records in all.
    std::function<void(std::uint64_t done, std::uint64_t total)> on_replay;
    /// Told what was found wrong and mended after opening: a damaged block of the checkpoint.
    std::function<void(const std::string& what)> on_warning;
};

/// What looks on while a batch is folded into the columns, to follow it. Columns that are followed
/// are not rebuilt behind its back: a damaged block is then reported (corrupt).
struct FoldWatch {
    std::function<void(const RecordBatch&)> before;
    std::function<Status(const RecordBatch&)> after;
};

/// What opening had to do; shown to people when it is slow or when something was wrong.
struct OpenReport {
    std::uint64_t replayed_records = 0;
    bool from_checkpoint = false;
    std::string warning;  ///< e.g. why the checkpoint was set aside
};

/// One data directory: the log, the columns folded from it, and what is defined in it. Owner of the
/// writer's side; readers take view(). One thread at a time, except for view().
class Workspace {
  public:
    /// Opens a directory: maps the checkpoint, replays what the log holds beyond it, finishes an
    /// erasure that was cut off. Errors: not_found (no data there), conflict (another fineline has
    /// it), corrupt, io.
    [[nodiscard]] static Result<std::unique_ptr<Workspace>> open(const std::string& directory,
                                                                 const OpenOptions& options,
                                                                 const Clock& clock);
    ~Workspace();
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;
    Workspace(Workspace&&) = delete;
    Workspace& operator=(Workspace&&) = delete;

    [[nodiscard]] const OpenReport& open_report() const { return open_report_; }

    [[nodiscard]] const std::string& directory() const { return directory_; }

    [[nodiscard]] const Clock& clock() const { return clock_; }

    [[nodiscard]] eventlog::EventLog& log() { return *log_; }

    [[nodiscard]] columns::Store& store() { return *store_; }

    /// Stores an encoded batch durably and folds it. Readers see it after publish().
    Result<eventlog::Appended> append(std::string batch, const FoldWatch& watch = {});

    /// Folds the next batch that the log holds beyond the columns; false if there is none.
    /// Errors: corrupt, io.
    Result<bool> replay_next(const FoldWatch& watch = {});

    /// The halves of append, for one who folds on a second thread: the log's, after which the batch
    /// is durable, and the columns', which must follow in the same order. The first may be called
    /// while another thread folds or publishes. A damaged block of the checkpoint is not mended
    /// here, but reported (corrupt): make_sound() first.
    Result<eventlog::Appended> append_to_log(std::string batch) {
        return log_->append(std::move(batch));
    }

    Status fold(eventlog::Appended appended, const FoldWatch& watch = {});

    /// Makes everything appended so far visible to new readers.
    void publish();

    /// The newest published picture. Safe to call from any thread.
    [[nodiscard]] std::shared_ptr<const columns::View> view() const;

    /// Joins deltas into clustered columns, for who goes on asking after a large load.
    void compact();

    /// Writes the checkpoint, so that the next opening does not replay; joins deltas into it, on
    /// all cores. Errors: io.
    Status write_checkpoint();

    /// Folds the log anew in the place of columns of which a block turned out to be damaged,
    /// publishes them, replaces the checkpoint and says so through OpenOptions::on_warning. Views
    /// given out before stay as they are. Cost: a replay. Errors: corrupt (the log itself), io.
    Status rebuild();

    /// Rebuilds the columns if a block of the checkpoint is damaged. One pass over those blocks
    /// that nobody touched yet.
    Status make_sound();

    /// Runs `read(view)` over the newest view and returns what it returns. If it met a damaged
    /// block of the checkpoint, its answer is thrown away, the columns are rebuilt, and it runs
    /// once more. `read` must have no effect but its answer, a Result. Errors: of `read` and of
    /// rebuild().
    template <class Read>
    [[nodiscard]] auto answer(Read read) -> decltype(read(view())) {
        {
            const std::shared_ptr<const columns::View> asked = view();
            auto result = read(asked);
            if (asked->health()) {
                return result;
            }
        }
        if (auto rebuilt = rebuild(); !rebuilt) {
            return rebuilt.error();
        }
        return read(view());
    }

    /// Removes set-aside input rows that name one of the ids; returns how many. Errors: io.
    Result<std::uint64_t> purge_set_aside(const std::vector<std::string>& ids);

    [[nodiscard]] std::string checkpoint_path() const;
    [[nodiscard]] std::string rejects_directory() const;

  private:
    Workspace(std::string directory, const OpenOptions& options, const Clock& clock)
        : directory_(std::move(directory)), options_(options), clock_(clock) {}

    Status load_state();
    Status open_checkpoint();
    Status replay(Position until);
    Status fold_watched(const RecordBatch& batch, Position first, const FoldWatch& watch);
    Status replace_checkpoint();
    Status mend(Status folded);
    void warn(const std::string& what) const;

    std::string directory_;
    OpenOptions options_;
    const Clock& clock_;
    OpenReport open_report_;
    std::unique_ptr<eventlog::EventLog> log_;
    std::unique_ptr<columns::Store> store_;
    std::shared_ptr<const columns::View> view_;  ///< read and replaced atomically
};

}  // namespace fineline::engine
