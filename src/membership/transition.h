#pragma once

#include "base/id.h"
#include "base/instant.h"
#include "model/ids.h"

#include <cstdint>

namespace fineline::membership {

/// A segment's place among all ever defined in a workspace, in order of their first definition;
/// stable for ever, across versions and restarts.
using SegmentSlot = Id<struct SegmentSlotTag, std::uint32_t>;

enum class Direction : std::uint8_t { entered = 0, left = 1 };

/// Why somebody entered or left. The numbers are stored: never renumber, only add.
enum class Cause : std::uint8_t {
    event = 0,  ///< a record about the customer or their account arrived
    clock = 1,  ///< time passed: a window moved on, a deadline went by
    definition =
        2,  ///< a new version of the segment, or of one it refers to, took over; or archived
    thresholds = 3,  ///< the thresholds of the population were computed anew
    settings = 4,    ///< a setting of the workspace changed (time zone, holidays …)
    merge = 5,       ///< two identities became one person
    erasure = 6,     ///< the person was erased; such a transition names nobody
    catch_up = 7,    ///< what arrived while nobody followed (loaded from the command line)
};

/// Returns the word of the API: "event", "clock", …
[[nodiscard]] const char* to_string(Cause cause);
[[nodiscard]] const char* to_string(Direction direction);

/// One customer entered or left one segment. Numbers run 1, 2, 3 … without gaps; number, order and
/// content are a function of the log. Holds no id: `who` is the row of the identity that was the
/// person's printed id at that moment, so an erasure of the person reaches it by itself.
struct Transition {
    std::uint64_t number = 0;
    Instant at{};  ///< the instant it holds from
    CustomerOrdinal who{0};
    SegmentSlot segment{0};
    std::uint32_t version = 0;  ///< of the segment
    Direction direction = Direction::entered;
    Cause cause = Cause::event;
};

}  // namespace fineline::membership
