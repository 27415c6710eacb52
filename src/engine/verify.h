#pragma once

#include "base/result.h"
#include "engine/workspace.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace fineline::engine {

/// The outcome of checking a directory against itself.
struct Verification {
    std::uint64_t records = 0;      ///< read from the log, every checksum compared
    std::string held_digest;        ///< of the columns as opened
    std::string replayed_digest;    ///< of columns folded anew from the empty log
    std::string checkpoint_digest;  ///< of the checkpoint opened anew; empty where there is none

    [[nodiscard]] bool agrees() const {
        return held_digest == replayed_digest &&
               (checkpoint_digest.empty() || checkpoint_digest == held_digest);
    }
};

/// Reads the whole log, folds it anew and compares logical digests with what is held and
/// checkpointed. Cost: a full replay, and the memory of a second copy of the columns. Errors:
/// corrupt, io.
[[nodiscard]] Result<Verification> verify(
    Workspace& workspace, const std::function<void(std::uint64_t, std::uint64_t)>& progress);

/// Stored memberships compared with an evaluation from scratch.
struct MembershipVerification {
    std::uint64_t records_behind = 0;  ///< in the log beyond them; not compared unless 0
    std::uint64_t segments = 0;
    std::uint64_t memberships = 0;         ///< (segment, customer) pairs compared
    std::vector<std::string> differences;  ///< "segment vip: ada belongs, but is not held"; ≤ 100
};

/// Evaluates every segment for every customer, as of the instant the checkpoint of memberships was
/// written and under the thresholds kept with it. Nothing where no server ever ran. Errors:
/// corrupt.
[[nodiscard]] Result<std::optional<MembershipVerification>> verify_memberships(
    Workspace& workspace);

}  // namespace fineline::engine
