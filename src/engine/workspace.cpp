#include "engine/workspace.h"

#include "columns/checkpoint.h"
#include "engine/erasure.h"

#include <atomic>
#include <filesystem>
#include <system_error>

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
    if (options_.use_checkpoint && fs::exists(checkpoint_path())) {
        auto restored = columns::open_checkpoint(checkpoint_path(), options_.store);
        if (restored && restored->store->position().value() <= log_->end().value()) {
            store_ = std::move(restored->store);
            open_report_.from_checkpoint = true;
        } else {
            open_report_.warning =
                "the checkpoint was set aside and the log replayed: " +
                (restored ? std::string("it is ahead of the log") : restored.error().message);
        }
    }
    if (store_ == nullptr) {
        store_ = std::make_unique<columns::Store>(options_.store);
    }
    return replay(options_.replay_until.value_or(log_->end()));
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
    if (auto folded = fold_watched(*batch, stored->first, watch); !folded) {
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
                              .bytes = {},
                              .source = appended->source};
    if (auto folded = fold(std::move(*appended), watch); !folded) {
        return folded.error();
    }
    return counts;
}

Status Workspace::fold(eventlog::Appended appended, const FoldWatch& watch) {
    if (appended.kept == 0) {
        return done;
    }
    const auto stored = RecordBatch::open(std::move(appended.bytes));
    require(stored.has_value(), "the log returned a batch that does not decode");
    return fold_watched(*stored, appended.first, watch);
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
    return columns::write_checkpoint(*store_, checkpoint_path());
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
