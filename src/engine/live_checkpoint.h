#pragma once

#include "base/result.h"
#include "columns/store_snapshot.h"
#include "engine/membership_file.h"
#include "model/ids.h"

#include <cstdint>
#include <functional>
#include <string>

namespace fineline::engine {

/// What a checkpoint of a LiveFollower holds, as of one position: cheap to take, since it shares
/// memory, and written while the follower goes on. Not to be held while somebody is erased.
struct LiveCheckpoint {
    std::string columns_path;
    std::string membership_path;
    std::uint64_t log_digest = 0;
    columns::StoreSnapshot columns;
    MembershipSource memberships;

    [[nodiscard]] Position position() const { return memberships.position; }
};

/// What is asked and told while one is written, on the writing thread.
struct CheckpointWatch {
    std::function<bool()> is_given_up = [] { return false; };
    std::function<void()> memberships_written = [] {};
};

/// Writes both files, each replaced as a whole; a crash in between leaves columns that lag behind
/// the memberships, which an opening replays. Lets go of each part once it is written. Cost:
/// O(data). Errors: corrupt (a block of the columns is damaged; nothing was replaced), unavailable
/// (given up, disk full), io.
[[nodiscard]] Status write_live_checkpoint(LiveCheckpoint checkpoint, const CheckpointWatch& watch);

}  // namespace fineline::engine
