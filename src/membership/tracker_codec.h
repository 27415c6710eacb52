#pragma once

#include "base/result.h"
#include "columns/view.h"
#include "membership/tracker.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fineline::membership {

/// All that a checkpoint holds of a tracker, as of one step; shares memory with it. Another thread
/// may read it while the tracker goes on. Like a View it still shows who is erased after it.
struct TrackerSnapshot {
    struct Slot {
        std::string name;
        std::shared_ptr<const std::vector<Size>> sizes;
        std::shared_ptr<const ActiveSegment> active;  ///< nullptr: none serves
        MembersSnapshot members;
    };

    Instant now = instant_min;
    std::uint64_t last_change = 0;
    bool renews_thresholds = false;
    std::vector<std::pair<std::string, Cause>> rebuilding;
    std::shared_ptr<const columns::View> view;
    std::vector<bool> known;  ///< rows that were customers
    std::shared_ptr<const KeptThresholds> thresholds;
    std::vector<Slot> slots;
    DueTable::Snapshot dues;
};

/// Writes a tracker as bytes and back, for the checkpoint: memberships, since, due instants,
/// thresholds, what is being rebuilt. Holds no id of a customer: rows, and a hash of each row's id
/// by which a reader finds out whether the columns number their rows the same way.
class TrackerCodec {
  public:
    /// Returns a version of a segment as it was defined.
    using FindDefinition =
        std::function<Result<Definition>(std::string_view name, std::uint32_t version)>;

    /// Takes the bytes piece by piece, in order; says whether there is use for more.
    using Take = std::function<bool(std::string_view piece)>;

    /// Cost: a bit a customer, and a pointer for some ten thousand memberships. By the thread of
    /// the tracker.
    [[nodiscard]] static TrackerSnapshot snapshot(Tracker& tracker);

    /// Shape: little-endian, varints; see tracker_codec.cpp. Pieces of about a megabyte. Lets go of
    /// what is written, for until then the tracker copies what it changes of it. Cost:
    /// O(memberships + due instants).
    static void encode(TrackerSnapshot tracker, const Take& take);

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
