#include "engine/verify.h"

#include "columns/checkpoint.h"
#include "engine/replay.h"

#include <filesystem>

namespace fineline::engine {

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
    if (auto folded = replay(workspace.log(), workspace.log().end(), replayed, progress); !folded) {
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
