#include "engine/verify.h"

#include "columns/checkpoint.h"

#include <filesystem>

namespace fineline::engine {

namespace {

/// Folds the whole log into an empty store.
Status replay_into(columns::Store& store,
                   Workspace& workspace,
                   const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
    Position from{0};
    const Position end = workspace.log().end();
    while (from < end) {
        auto stored = workspace.log().read(from);
        if (!stored) {
            return stored.error();
        }
        auto batch = RecordBatch::open(std::move(stored->bytes));
        if (!batch) {
            return batch.error();
        }
        if (auto applied = store.apply(*batch, stored->first); !applied) {
            return applied;
        }
        from = Position(stored->first.value() + batch->count());
        if (progress) {
            progress(from.value(), end.value());
        }
    }
    return done;
}

}  // namespace

Result<Verification> verify(Workspace& workspace,
                            const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
    Verification verification;
    verification.records = workspace.log().end().value();
    if (auto sound = workspace.log().verify(); !sound) {
        return sound.error();
    }
    if (auto sound = workspace.store().verify(); !sound) {
        return Error{ErrorCode::corrupt,
                     sound.error().message +
                         "; the log is sound, and the next command that meets the block folds the "
                         "log anew",
                     {}};
    }
    verification.held_digest = workspace.store().digest();
    columns::Store replayed(workspace.store().options());
    if (auto folded = replay_into(replayed, workspace, progress); !folded) {
        return folded.error();
    }
    verification.replayed_digest = replayed.digest();
    if (std::filesystem::exists(workspace.checkpoint_path())) {
        auto opened =
            columns::open_checkpoint(workspace.checkpoint_path(), workspace.store().options());
        if (!opened) {
            return opened.error();
        }
        if (opened->store->position() == workspace.log().end()) {
            verification.checkpoint_digest = opened->store->digest();
        }
    }
    return verification;
}

}  // namespace fineline::engine
