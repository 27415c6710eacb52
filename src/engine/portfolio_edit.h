#pragma once

#include "base/result.h"
#include "columns/definition.h"
#include "columns/view.h"
#include "engine/definitions.h"
#include "engine/live.h"

#include <memory>
#include <vector>

namespace fineline::engine {

/// One edit, checked: what became of it, and what to store.
struct CheckedEdit {
    Defined defined;
    columns::DefinitionEdit edit;
};

/// Checks edits of the portfolio against a view and against each other, as if all were made: names,
/// expressions, references to what is archived, limits. Returns what to store; `unchanged` ones
/// need not be. Errors: invalid_argument, not_found, conflict, limit_exceeded, naming the edit.
[[nodiscard]] Result<std::vector<CheckedEdit>> check_edits(
    const std::shared_ptr<const columns::View>& view, const std::vector<PortfolioEdit>& edits);

}  // namespace fineline::engine
