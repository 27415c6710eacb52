#pragma once

#include "engine/live.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace fineline::http {

/// Who moved within a span of time, net: one who entered and left again did not move.
struct Movement {
    /// By customer, then segment: +1 entered, -1 left.
    std::map<std::string, std::map<std::string, int>> moves;
    bool is_complete = true;  ///< false: the feed no longer reaches back to the beginning
};

/// Reads the feed's changes of [from, to). Persons erased since count for nobody, and whom a new
/// definition took in or let go did not move. Cost: the changes of the span. Errors: of
/// Live::changes_after.
[[nodiscard]] Result<Movement> movement_within(const engine::Live& live, Instant from, Instant to);

/// How many people entered and left a segment, and where they came from and went.
struct Flow {
    std::uint64_t entered = 0;
    std::uint64_t left = 0;
    std::map<std::string, std::uint64_t> came_from;  ///< segments they left; "": none
    std::map<std::string, std::uint64_t> went_to;    ///< segments they entered; "": none
};

/// One person counts once for each segment they came from or went to.
[[nodiscard]] Flow flow_of(const Movement& movement, const std::string& segment);

}  // namespace fineline::http
