#pragma once

#include "base/result.h"
#include "columns/view.h"
#include "engine/definitions.h"
#include "engine/live.h"

#include <memory>
#include <vector>

namespace fineline::engine {

/// Checks edits of the portfolio against a view and against each other, as if all were made: names,
/// expressions, references to what is archived, limits. Returns what to store; `unchanged` ones
/// need not be. Errors: invalid_argument, not_found, conflict, limit_exceeded, naming the edit.
[[nodiscard]] Result<std::vector<DefinitionRecord>> check_edits(
    const std::shared_ptr<const columns::View>& view, const std::vector<PortfolioEdit>& edits);

}  // namespace fineline::engine
