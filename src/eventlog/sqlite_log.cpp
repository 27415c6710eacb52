#include "eventlog/acknowledged_mark.h"
#include "eventlog/directory_lock.h"
#include "eventlog/event_log.h"
#include "eventlog/files.h"
#include "eventlog/grouping_log.h"
#include "eventlog/log_append.h"
#include "eventlog/log_erasure.h"
#include "eventlog/log_file.h"
#include "eventlog/log_verification.h"

#include <optional>
#include <utility>

namespace fineline::eventlog {

namespace {

/// The names of a log's files.
struct Paths {
    std::string directory;

    [[nodiscard]] std::string log() const { return directory + "/log.sqlite"; }

    [[nodiscard]] std::string write_ahead() const { return log() + "-wal"; }

    [[nodiscard]] std::string mark() const { return directory + "/log.acknowledged"; }

    /// The copy that replaces the log when it is complete; one found at opening was not.
    [[nodiscard]] std::string erasing() const { return directory + "/log.erasing"; }
};

Error no_log_yet(const std::string& directory) {
    return Error{
        ErrorCode::not_found, "there is no log yet; load something first: " + directory, {}};
}

/// The log in one SQLite file. One thread at a time.
class SqliteLog final : public GroupingLog {
  public:
    SqliteLog(Paths paths, const LogOptions& options, DirectoryLock lock)
        : paths_(std::move(paths)), options_(options), lock_(std::move(lock)) {}

    /// Opens the file; checks it against the mark of what was acknowledged.
    [[nodiscard]] Status open();

    [[nodiscard]] Result<Appended> append(std::string bytes) override;
    [[nodiscard]] std::vector<Result<Appended>> append_all(
        std::vector<std::string> batches) override;
    [[nodiscard]] Result<StoredBatch> read(Position from) override;

    [[nodiscard]] Position end() const override { return end_; }

    [[nodiscard]] Result<std::uint64_t> content_digest(Position at) override;
    [[nodiscard]] Result<std::uint64_t> last_row(std::string_view sequence) override;
    [[nodiscard]] Status finish_sequence(std::string_view sequence) override;
    [[nodiscard]] Result<bool> is_finished(std::string_view sequence) override;
    [[nodiscard]] Result<ErasedFromLog> erase(const Concerns& concerns) override;
    [[nodiscard]] Status verify() override;
    [[nodiscard]] Status backup(const std::string& path) override;

    [[nodiscard]] std::size_t bytes_in_memory() const override {
        return file_ == nullptr ? 0 : file_->bytes_in_memory();
    }

  private:
    /// Returns the open file; opens it again where replacing it by a copy was interrupted by an
    /// error.
    [[nodiscard]] Result<LogFile*> file();

    /// As file(), for changing it. Errors: forbidden, if the log was opened for reading.
    [[nodiscard]] Result<LogFile*> writable_file();

    [[nodiscard]] Status append_each(std::vector<std::string>& batches,
                                     std::vector<Result<Appended>>& all);
    [[nodiscard]] Status commit(LogWrite& write);

    /// Puts the finished copy in the place of the log.
    [[nodiscard]] Status replace_by_copy();

    Paths paths_;
    LogOptions options_;
    DirectoryLock lock_;
    std::unique_ptr<LogFile> file_;
    std::optional<AcknowledgedMark> mark_;
    Position end_;
};

Status SqliteLog::open() {
    if (options_.access == Access::writing) {
        const Status removed = remove_file(paths_.erasing());
        if (!removed) {
            return removed.error();
        }
    }
    const auto opened = file();
    if (!opened && opened.error().code == ErrorCode::not_found) {
        // Nothing was ever acknowledged of such a log; if the mark says otherwise, it was lost.
        const Status unmarked = AcknowledgedMark::check(paths_.mark(), 0);
        return unmarked ? no_log_yet(paths_.directory) : unmarked.error();
    }
    if (!opened) {
        return opened.error();
    }
    if (options_.access == Access::reading) {
        return AcknowledgedMark::check(paths_.mark(), file_->state().revision);
    }
    auto mark = AcknowledgedMark::open(paths_.mark(), file_->state().revision);
    if (!mark) {
        return mark.error();
    }
    mark_.emplace(std::move(*mark));
    return done;
}

Result<LogFile*> SqliteLog::file() {
    if (file_ == nullptr) {
        const Use use = options_.access == Access::writing ? Use::writing : Use::reading;
        auto opened =
            LogFile::open(paths_.log(), {.use = use, .synchronous = options_.synchronous});
        if (!opened) {
            return opened.error();
        }
        file_ = std::move(*opened);
        end_ = Position(file_->state().end);
    }
    return file_.get();
}

Result<LogFile*> SqliteLog::writable_file() {
    if (options_.access == Access::reading) {
        return Error{
            ErrorCode::forbidden, "the log was opened for reading: " + paths_.directory, {}};
    }
    return file();
}

Status SqliteLog::commit(LogWrite& write) {
    const Status committed = write.commit();
    if (!committed) {
        return committed.error();
    }
    end_ = Position(file_->state().end);
    return mark_->set(file_->state().revision);
}

Result<Appended> SqliteLog::append(std::string bytes) {
    std::vector<std::string> batches;
    batches.push_back(std::move(bytes));
    return std::move(append_all(std::move(batches)).front());
}

std::vector<Result<Appended>> SqliteLog::append_all(std::vector<std::string> batches) {
    std::vector<Result<Appended>> all;
    all.reserve(batches.size());
    const Status stored = append_each(batches, all);
    if (!stored) {
        all.assign(batches.size(), stored.error());
    }
    return all;
}

/// One transaction over all batches; an error is that of all of them.
Status SqliteLog::append_each(std::vector<std::string>& batches,
                              std::vector<Result<Appended>>& all) {
    const auto file = writable_file();
    if (!file) {
        return file.error();
    }
    auto write = LogWrite::begin(**file);
    if (!write) {
        return write.error();
    }
    for (std::string& bytes : batches) {
        auto batch = RecordBatch::open(std::move(bytes));
        if (!batch) {
            all.emplace_back(batch.error());
            continue;
        }
        auto appended = eventlog::append(**file, *write, std::move(*batch), options_.dedup_window);
        if (!appended && !is_refusal(appended.error())) {
            return appended.error();
        }
        all.push_back(std::move(appended));
    }
    return write->state() == (*file)->state() ? Status(done) : commit(*write);
}

Result<StoredBatch> SqliteLog::read(Position from) {
    if (from >= end_) {
        return StoredBatch{.first = end_, .bytes = {}};
    }
    const auto file = this->file();
    if (!file) {
        return file.error();
    }
    auto row = (*file)->batches().read(from);
    if (!row) {
        return row.error();
    }
    if (!*row) {
        return Error{ErrorCode::corrupt,
                     "the log is damaged: its first batch is missing; restore a backup",
                     {}};
    }
    return StoredBatch{.first = (*row)->first, .bytes = std::move((*row)->bytes)};
}

Result<std::uint64_t> SqliteLog::content_digest(Position at) {
    const auto file = this->file();
    if (!file) {
        return file.error();
    }
    if (at == Position(0)) {
        return std::uint64_t{0};
    }
    const auto chain = (*file)->batches().chain_before(at);
    if (!chain) {
        return chain.error();
    }
    if (!*chain) {
        return Error{ErrorCode::not_found,
                     "no batch of the log ends at position " + std::to_string(at.value()),
                     {}};
    }
    return **chain;
}

Result<std::uint64_t> SqliteLog::last_row(std::string_view sequence) {
    const auto file = this->file();
    if (!file) {
        return file.error();
    }
    const auto row = (*file)->sequences().find(sequence);
    if (!row) {
        return row.error();
    }
    return row->last_row;
}

Status SqliteLog::finish_sequence(std::string_view sequence) {
    const auto file = writable_file();
    if (!file) {
        return file.error();
    }
    auto row = (*file)->sequences().find(sequence);
    if (!row) {
        return row.error();
    }
    if (row->is_finished) {
        return done;
    }
    auto write = LogWrite::begin(**file);
    if (!write) {
        return write.error();
    }
    row->is_finished = true;
    const Status put = (*file)->sequences().put(*row, write->state().sequences);
    return put ? commit(*write) : put;
}

Result<bool> SqliteLog::is_finished(std::string_view sequence) {
    const auto file = this->file();
    if (!file) {
        return file.error();
    }
    const auto row = (*file)->sequences().find(sequence);
    if (!row) {
        return row.error();
    }
    return row->is_finished;
}

Result<ErasedFromLog> SqliteLog::erase(const Concerns& concerns) {
    const auto file = writable_file();
    if (!file) {
        return file.error();
    }
    const Status removed = remove_file(paths_.erasing());
    if (!removed) {
        return removed.error();
    }
    auto erased = copy_without(**file, paths_.erasing(), concerns);
    if (!erased || erased->records == 0) {
        const Status discarded = remove_file(paths_.erasing());
        return erased && !discarded ? discarded.error() : erased;
    }
    const Status replaced = replace_by_copy();
    if (!replaced) {
        return replaced.error();
    }
    return erased;
}

Status SqliteLog::replace_by_copy() {
    // The old write-ahead log must be gone before the new file has the name it belongs to.
    const std::unique_ptr<LogFile> old = std::move(file_);
    const Status closed = old->close();
    if (!closed) {
        return closed.error();
    }
    if (file_exists(paths_.write_ahead())) {
        return Error{ErrorCode::unavailable,
                     "the write-ahead log could not be merged into the log; free some disk space "
                     "and erase again",
                     {}};
    }
    const Status renamed = rename_durably(paths_.directory, paths_.erasing(), paths_.log());
    if (!renamed) {
        return renamed.error();
    }
    const auto opened = file();
    if (!opened) {
        return opened.error();
    }
    return mark_->set(file_->state().revision);
}

Status SqliteLog::verify() {
    const auto file = this->file();
    if (!file) {
        return file.error();
    }
    return eventlog::verify(**file);
}

Status SqliteLog::backup(const std::string& path) {
    const auto file = this->file();
    if (!file) {
        return file.error();
    }
    const Status created = create_new_file(path);
    if (!created) {
        return created.error();
    }
    Status copied = (*file)->database().copy_into(path);
    if (copied) {
        copied = sync_to_disk(path);
    }
    if (!copied) {
        // What was copied so far is no backup; the first error is the one to tell.
        static_cast<void>(remove_file(path));
    }
    return copied;
}

Result<std::unique_ptr<EventLog>> open_locked(const Paths& paths, const LogOptions& options) {
    auto lock = DirectoryLock::acquire(paths.directory, options.access);
    if (!lock) {
        return lock.error();
    }
    auto log = std::make_unique<SqliteLog>(paths, options, std::move(*lock));
    const Status opened = log->open();
    if (!opened) {
        return opened.error();
    }
    return std::unique_ptr<EventLog>(std::move(log));
}

/// Merges the write-ahead log that a killed writer left behind, which readers could not see.
Status recover(const Paths& paths, LogOptions options) {
    options.access = Access::writing;
    const auto log = open_locked(paths, options);
    if (!log) {
        return log.error();
    }
    return done;
}

}  // namespace

Result<std::unique_ptr<EventLog>> open_sqlite_log(const std::string& directory,
                                                  const LogOptions& options) {
    const Paths paths{directory};
    if (options.access == Access::writing) {
        const Status made = create_directory(directory);
        if (!made) {
            return made.error();
        }
        return open_locked(paths, options);
    }
    if (!file_exists(paths.log())) {
        return no_log_yet(directory);
    }
    if (file_exists(paths.write_ahead())) {
        const Status recovered = recover(paths, options);
        if (!recovered) {
            return recovered.error();
        }
    }
    return open_locked(paths, options);
}

}  // namespace fineline::eventlog
