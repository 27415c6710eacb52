#pragma once

#include "base/result.h"
#include "columns/view.h"
#include "membership/tracker.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace fineline::membership {

/// Writes a tracker as bytes and back, for the checkpoint: memberships, since, due instants,
/// thresholds, what is being rebuilt. Holds no id of a customer: rows, and a hash of each row's id
/// by which a reader finds out whether the columns number their rows the same way.
class TrackerCodec {
  public:
    /// Returns a version of a segment as it was defined.
    using FindDefinition =
        std::function<Result<Definition>(std::string_view name, std::uint32_t version)>;

    /// Shape: little-endian, varints; see tracker_codec.cpp. Cost: O(memberships + due instants).
    [[nodiscard]] static std::string encode(const Tracker& tracker);

    /// What restoring left to do.
    struct Restored {
        bool was_rebuilding = false;
        bool renews_thresholds = false;
    };

    /// Fills a new tracker. `view` may be of a later position than the bytes, if it numbers the
    /// rows the same way. A rebuild that was under way is not begun: define() finds what it was
    /// about. Errors: corrupt (bytes), conflict (rows are numbered otherwise), those of
    /// FindDefinition.
    [[nodiscard]] static Result<Restored> restore(std::string_view bytes,
                                                  const std::shared_ptr<const columns::View>& view,
                                                  const std::shared_ptr<const Portfolio>& portfolio,
                                                  const FindDefinition& find,
                                                  Tracker& tracker);
};

}  // namespace fineline::membership
