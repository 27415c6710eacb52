#pragma once

#include "columns/view.h"
#include "model/name_limits.h"

#include <memory>

namespace fineline::engine {

/// The names a view holds, to be handed to whatever reads new records: what they would bring beyond
/// the limits is refused there, before it is logged. O(names).
[[nodiscard]] NameLimits known_names(const std::shared_ptr<const columns::View>& view);

}  // namespace fineline::engine
