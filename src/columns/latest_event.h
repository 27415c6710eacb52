#pragma once

#include "base/instant.h"
#include "columns/view.h"

namespace fineline::columns {

/// The latest time ≤ `now` of any event of a view, instant_min if there is none. Cost: O(names),
/// and the times of those names that have events later than `now`.
[[nodiscard]] Instant latest_event(const View& view, Instant now);

}  // namespace fineline::columns
