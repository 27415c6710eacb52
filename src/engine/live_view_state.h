#pragma once

#include "base/instant.h"
#include "columns/view.h"
#include "membership/picture.h"

#include <memory>

namespace fineline::engine {

/// What a LiveView consists of. Immutable.
struct LiveViewState {
    std::shared_ptr<const columns::View> columns;
    std::shared_ptr<const membership::Picture> picture;
    Instant event_watermark = instant_min;  ///< the latest time of an event; instant_min: none yet
    Instant next_due = instant_max;         ///< when somebody's verdict runs out first
};

}  // namespace fineline::engine
