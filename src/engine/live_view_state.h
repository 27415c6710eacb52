#pragma once

#include "columns/view.h"
#include "membership/picture.h"

#include <memory>

namespace fineline::engine {

/// What a LiveView consists of. Immutable.
struct LiveViewState {
    std::shared_ptr<const columns::View> columns;
    std::shared_ptr<const membership::Picture> picture;
};

}  // namespace fineline::engine
