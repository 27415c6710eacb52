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
    Position from{0};
    if (options_.use_checkpoint && fs::exists(checkpoint_path())) {
        auto restored = columns::open_checkpoint(checkpoint_path(), options_.store);
        if (restored && restored->store->position().value() <= log_->end().value()) {
            store_ = std::move(restored->store);
            from = store_->position();
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
    return replay(from);
}

Status Workspace::replay(Position from) {
    std::uint64_t reported = from.value();
    while (from < log_->end()) {
        auto stored = log_->read(from);
        if (!stored) {
            return stored.error();
        }
        auto batch = RecordBatch::open(std::move(stored->bytes));
        if (!batch) {
            return batch.error();
        }
        if (auto applied = store_->apply(*batch, stored->first); !applied) {
            return applied.error();
        }
        open_report_.replayed_records += batch->count();
        from = Position(stored->first.value() + batch->count());
        if (options_.on_replay && from.value() - reported >= replay_report_every) {
            options_.on_replay(from.value(), log_->end().value());
            reported = from.value();
        }
    }
    return done;
}

Result<eventlog::Appended> Workspace::append(std::string batch) {
    auto appended = append_to_log(std::move(batch));
    if (!appended) {
        return appended;
    }
    const eventlog::Appended counts{.first = appended->first,
                                    .kept = appended->kept,
                                    .duplicates = appended->duplicates,
                                    .bytes = {}};
    if (auto folded = fold(std::move(*appended)); !folded) {
        return folded.error();
    }
    return counts;
}

Status Workspace::fold(eventlog::Appended appended) {
    if (appended.kept == 0) {
        return done;
    }
    const auto stored = RecordBatch::open(std::move(appended.bytes));
    require(stored.has_value(), "the log returned a batch that does not decode");
    return store_->apply(*stored, appended.first);
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
