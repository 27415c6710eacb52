#pragma once

#include "base/result.h"
#include "membership/transition.h"
#include "model/ids.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fineline::engine {

/// The checkpoint of what is followed: memberships and the tail of the change feed at one position.
/// Holds no customer's id (see membership::TrackerCodec), so nothing of an erased person.
struct MembershipFile {
    Position position{0};
    std::uint64_t portfolio_version = 0;
    std::uint64_t last_change = 0;
    std::uint64_t oldest_change = 1;
    std::vector<membership::Transition> changes;
    std::string tracker;  ///< membership::TrackerCodec's bytes
};

/// Replaces the file as a whole. Errors: io, unavailable (disk full).
[[nodiscard]] Status write_membership_file(const std::string& path, const MembershipFile& file);

/// Nothing if there is no file. Errors: corrupt (checksum or format), io.
[[nodiscard]] Result<std::optional<MembershipFile>> read_membership_file(const std::string& path);

}  // namespace fineline::engine
