#pragma once

#include "base/result.h"
#include "engine/change_source.h"
#include "engine/durable_file.h"
#include "membership/tracker_codec.h"
#include "membership/transition.h"
#include "model/ids.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
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
    std::string bytes;  ///< of the file
    std::size_t tracker_at = 0;
    std::size_t tracker_size = 0;

    /// membership::TrackerCodec's bytes.
    [[nodiscard]] std::string_view tracker() const {
        return std::string_view(bytes).substr(tracker_at, tracker_size);
    }
};

/// What such a file is written from, beside a writer that goes on.
struct MembershipSource {
    Position position{0};
    std::uint64_t portfolio_version = 0;
    membership::TrackerSnapshot tracker;
    std::shared_ptr<const ChangeSource> changes;  ///< of these, those told up to the snapshot
};

/// Writes all of such a file, which is still to be finished, in pieces: the memory it takes does
/// not grow with the memberships. Lets go of each part of the tracker once it is written. Errors:
/// unavailable (`is_given_up` said so); others finish() tells.
[[nodiscard]] Status write_memberships(DurableFile& file,
                                       MembershipSource source,
                                       const std::function<bool()>& is_given_up);

/// Nothing if there is no file. Errors: corrupt (checksum or format), io.
[[nodiscard]] Result<std::optional<MembershipFile>> read_membership_file(const std::string& path);

}  // namespace fineline::engine
