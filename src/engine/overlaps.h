#pragma once

#include "model/ids.h"

#include <cstdint>
#include <span>
#include <vector>

namespace fineline::engine {

/// How many are in both of two groups.
struct GroupOverlap {
    std::size_t a = 0;  ///< places of the groups, a < b
    std::size_t b = 0;
    std::uint64_t both = 0;
};

struct GroupOverlaps {
    std::vector<GroupOverlap> pairs;  ///< those with somebody in both, by a, then b
    std::uint64_t in_some = 0;        ///< in at least one group
};

/// Counts who is in which groups together; each group holds distinct rows. Cost: rows, plus for
/// each row the square of the groups it is in.
[[nodiscard]] GroupOverlaps overlaps_of(std::span<const std::vector<CustomerOrdinal>> groups);

}  // namespace fineline::engine
