#include "engine/workspace.h"

#include "columns/checkpoint.h"
#include "engine/erasure.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <system_error>
#include <thread>

namespace fineline::engine {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t replay_report_every = 262'144;

Status prepare_directory(const std::string& directory, const OpenOptions& options) {
    std::error_code failed;
    const bool exists = fs::exists(fs::path(directory) / "log.sqlite", failed);
    if (!options.create && !exists) {
        return Error{ErrorCode::not_found,
                     "no fineline data in '" + directory +
                         "': load some first with `fineline load --data " + directory + " FILE`",
                     {}};
    }
    fs::create_directories(directory, failed);
    if (failed) {
        return Error{ErrorCode::io,
                     "cannot make the directory '" + directory + "': " + failed.message(),
                     {}};
    }
    return done;
}

}  // namespace

Workspace::~Workspace() = default;

Result<std::unique_ptr<Workspace>> Workspace::open(const std::string& directory,
                                                   const OpenOptions& options,
                                                   const Clock& clock) {
    if (auto prepared = prepare_directory(directory, options); !prepared) {
        return prepared.error();
    }
    std::unique_ptr<Workspace> workspace(new Workspace(directory, options, clock));
    auto log = eventlog::open_sqlite_log(directory, options.log);
    if (!log) {
        return log.error();
    }
    workspace->log_ = std::move(*log);
    if (auto loaded = workspace->load_state(); !loaded) {
        return loaded.error();
    }
    workspace->publish();
    if (auto finished = finish_interrupted_erasure(*workspace); !finished) {
        return finished.error();
    }
    return workspace;
}

Status Workspace::load_state() {
    std::error_code unreadable;
    if (options_.use_checkpoint && fs::exists(checkpoint_path(), unreadable)) {
        if (auto opened = open_checkpoint(); !opened) {
            open_report_.warning =
                "the checkpoint was set aside and the log replayed: " + opened.error().message;
        }
    }
    const bool set_aside = !open_report_.warning.empty();
    if (store_ == nullptr) {
        store_ = std::make_unique<columns::Store>(options_.store);
    }
    if (auto replayed = replay(options_.replay_until.value_or(log_->end())); !replayed) {
        return replayed;
    }
    return set_aside && !options_.replay_until && !erasure_is_pending(directory_)
               ? replace_checkpoint()
               : Status(done);
}

/// Takes the checkpoint if it is sound as far as one can tell without reading all of it, and of
/// this log.
Status Workspace::open_checkpoint() {
    auto restored = columns::open_checkpoint(checkpoint_path(), options_.store);
    if (!restored) {
        return restored.error();
    }
    const Position position = restored->store->position();
    if (position > log_->end()) {
        return Error{ErrorCode::conflict, "it is ahead of the log", {}};
    }
    const auto digest = log_->content_digest(position);
    if (!digest && digest.error().code != ErrorCode::not_found) {
        return digest.error();
    }
    if (!digest || *digest != restored->log_digest) {
        return Error{ErrorCode::conflict,
                     "it is of another log, or of this one before somebody was erased from it",
                     {}};
    }
    store_ = std::move(restored->store);
    open_report_.from_checkpoint = true;
    return done;
}

/// Writes a checkpoint in the place of one that is of no use. One that cannot be written (no room,
/// a directory that may only be read, another reader doing the same) costs the next opening a
/// replay and nothing else.
Status Workspace::replace_checkpoint() {
    std::error_code failed;
    fs::remove(checkpoint_path(), failed);
    if (auto written = write_checkpoint();
        !written && written.error().code != ErrorCode::conflict) {
        warn("no new checkpoint was written, so the next command replays the log as well: " +
             written.error().message);
    }
    return done;
}

void Workspace::warn(const std::string& what) const {
    if (options_.on_warning) {
        options_.on_warning(what);
    }
}

Status Workspace::rebuild() {
    warn("a block of the checkpoint does not match its checksum: folding the log anew");
    store_ = std::make_unique<columns::Store>(options_.store);
    open_report_.from_checkpoint = false;
    if (auto replayed = replay(log_->end()); !replayed) {
        return replayed;
    }
    publish();
    return replace_checkpoint();
}

Status Workspace::make_sound() {
    return store_->verify() ? Status(done) : rebuild();
}

Status Workspace::replay(Position until) {
    std::uint64_t reported = store_->position().value();
    while (store_->position() < until) {
        const auto folded = replay_next();
        if (!folded) {
            return folded.error();
        }
        if (!*folded) {
            return done;
        }
        const std::uint64_t at = store_->position().value();
        if (options_.on_replay && at - reported >= replay_report_every) {
            options_.on_replay(at, log_->end().value());
            reported = at;
        }
    }
    return done;
}

Result<bool> Workspace::replay_next(const FoldWatch& watch) {
    if (store_->position() >= log_->end()) {
        return false;
    }
    auto stored = log_->read(store_->position());
    if (!stored) {
        return stored.error();
    }
    auto batch = RecordBatch::open(std::move(stored->bytes));
    if (!batch) {
        return batch.error();
    }
    Status folded = fold_watched(*batch, stored->first, watch);
    if (!watch.after) {
        folded = mend(std::move(folded));
    }
    if (!folded) {
        return folded.error();
    }
    open_report_.replayed_records += batch->count();
    return true;
}

Status Workspace::fold_watched(const RecordBatch& batch, Position first, const FoldWatch& watch) {
    if (watch.before) {
        watch.before(batch);
    }
    if (auto applied = store_->apply(batch, first); !applied) {
        return applied;
    }
    return watch.after ? watch.after(batch) : Status(done);
}

Result<eventlog::Appended> Workspace::append(std::string batch, const FoldWatch& watch) {
    auto appended = append_to_log(std::move(batch));
    if (!appended) {
        return appended;
    }
    eventlog::Appended counts{.first = appended->first,
                              .kept = appended->kept,
                              .duplicates = appended->duplicates,
                              .batch = std::nullopt,
                              .source = appended->source};
    Status folded = fold(std::move(*appended), watch);
    if (!watch.after) {
        folded = mend(std::move(folded));
    }
    if (!folded) {
        return folded.error();
    }
    return counts;
}

Status Workspace::fold(eventlog::Appended appended, const FoldWatch& watch) {
    return appended.batch ? fold_watched(*appended.batch, appended.first, watch) : Status(done);
}

/// Goes on after folding a logged batch. Joining rows may be the first to touch a damaged block:
/// then all of the log is folded anew, that batch included.
Status Workspace::mend(Status folded) {
    const bool damaged = !folded && folded.error().code == ErrorCode::corrupt;
    return damaged && open_report_.from_checkpoint ? rebuild() : folded;
}

void Workspace::publish() {
    std::atomic_store(&view_, store_->publish());
}

std::shared_ptr<const columns::View> Workspace::view() const {
    return std::atomic_load(&view_);
}

void Workspace::compact() {
    store_->compact_all();
    publish();
}

Status Workspace::write_checkpoint() {
    const auto digest = log_->content_digest(store_->position());
    if (!digest) {
        return digest.error();
    }
    const columns::CheckpointOptions written{
        .log_digest = *digest,
        .rivals = options_.log.access == eventlog::Access::reading
                      ? columns::CheckpointRivals::others
                      : columns::CheckpointRivals::none,
        .threads = std::max(1U, std::thread::hardware_concurrency())};
    auto outcome = columns::write_checkpoint(*store_, checkpoint_path(), written);
    if (!outcome && outcome.error().code == ErrorCode::corrupt && open_report_.from_checkpoint) {
        return rebuild();
    }
    return outcome;
}

Result<std::uint64_t> Workspace::purge_set_aside(const std::vector<std::string>& ids) {
    return options_.purge_set_aside ? options_.purge_set_aside(rejects_directory(), ids)
                                    : std::uint64_t{0};
}

std::string Workspace::checkpoint_path() const {
    return (fs::path(directory_) / "columns.checkpoint").string();
}

std::string Workspace::rejects_directory() const {
    return (fs::path(directory_) / "rejects").string();
}

}  // namespace fineline::engine
