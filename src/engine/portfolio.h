#pragma once

#include "base/result.h"
#include "columns/view.h"
#include "mapping/portfolio.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::engine {

/// The purpose of that name as it is stored, with its segments in order of priority. Errors:
/// not_found, with the nearest name; corrupt (what is stored cannot be read).
[[nodiscard]] Result<mapping::Portfolio> stored_portfolio(const columns::View& view,
                                                          std::string_view purpose);

/// What must be stored so that the workspace holds the portfolio: its purpose and segments as they
/// are now to be, and those of its segments that it no longer names, archived. What is stored
/// already is left out. Expressions are canonical, and checked against the workspace as it will be.
struct PortfolioEdits {
    std::vector<columns::DefinitionEdit> edits;
    std::shared_ptr<const columns::View> after;  ///< the view with them
};

/// Errors: invalid_argument (an expression, with place in `file`; a name; a cycle), conflict (a
/// segment that belongs to another purpose, or one that would go while others depend on it).
[[nodiscard]] Result<PortfolioEdits> edits_of(const std::shared_ptr<const columns::View>& view,
                                              const mapping::Portfolio& portfolio,
                                              const std::string& file);

/// Refuses edits that would leave a segment or purpose referring to a segment that is gone.
/// `after` is the view with them. Errors: conflict, with the list of who depends on what.
[[nodiscard]] Status check_dependents(const std::shared_ptr<const columns::View>& after,
                                      const std::vector<columns::DefinitionEdit>& edits);

/// All segments that `name` is built on, through other segments too, ascending.
[[nodiscard]] std::vector<std::string> built_on(const columns::View& view, std::string_view name);

}  // namespace fineline::engine
