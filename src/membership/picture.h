#pragma once

#include "membership/membership_bits.h"
#include "membership/rebuild.h"
#include "membership/segment.h"
#include "membership/segment_members.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace fineline::membership {

/// The number of members at an instant.
struct Size {
    Instant at{};
    std::uint64_t members = 0;
};

/// One segment in a picture. Immutable.
struct SegmentPicture {
    std::string name;
    std::shared_ptr<const ActiveSegment> active;  ///< nullptr: none serves (yet, or any more)
    SinceVector::Snapshot since;
    std::uint64_t count = 0;
    /// A point per hour in which it changed, oldest first; shared by pictures until the next.
    std::shared_ptr<const std::vector<Size>> sizes;
};

/// Memberships as readers see them. Immutable; safe to share.
struct Picture {
    std::vector<std::shared_ptr<const SegmentPicture>> segments;  ///< by slot
    std::vector<std::uint32_t> order;  ///< slots of those that serve, each after what it refers to
    EarliestDues::Snapshot due;        ///< per customer, when the earliest verdict runs out
    MembershipBits::Snapshot memberships;  ///< per customer, the slots in whose `since` he stands
    std::shared_ptr<const KeptThresholds> thresholds;
    std::shared_ptr<const Portfolio> portfolio;  ///< what is defined; what serves may be older
    std::shared_ptr<const Rebuild> rebuild;      ///< under way, or nullptr
    std::map<std::string, std::string, std::less<>>
        failures;  ///< why a newest version does not serve
    Instant as_of = instant_min;
    std::uint64_t last_change = 0;
};

}  // namespace fineline::membership
