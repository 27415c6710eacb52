#pragma once

#include "base/result.h"
#include "engine/live.h"
#include "engine/portfolio_plan.h"
#include "engine/workspace.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace fineline::engine {

/// What was made so.
struct AppliedPlan {
    PortfolioPlan plan;
    std::uint64_t change = 0;  ///< its number; that of the newest one where nothing was to change
};

/// Makes the workspace hold the portfolio, as one change: durable and published when it returns.
/// `expected` is the id of a plan that somebody has seen, or empty: if another plan would be made
/// now, nothing is done. Errors: conflict (says what changed since that plan), and as
/// plan_portfolio.
[[nodiscard]] Result<AppliedPlan> apply_portfolio(Workspace& workspace,
                                                  const mapping::Portfolio& portfolio,
                                                  const PlanOptions& options,
                                                  std::string_view expected);

/// Archives a segment, as one change. Errors: as plan_removal.
[[nodiscard]] Result<AppliedPlan> apply_removal(Workspace& workspace,
                                                std::string_view segment,
                                                const PlanOptions& options);

/// Makes all segments and purposes what they were after a change, as a new change. Errors: as
/// plan_rollback.
[[nodiscard]] Result<AppliedPlan> apply_rollback(Workspace& workspace,
                                                 std::uint64_t change,
                                                 const PlanOptions& options);

// The same on a directory that lives: planned beside the writer, stored in turn with the batches,
// so that every membership follows as one version. Errors also: conflict where something was
// defined while the plan was made; unavailable.

[[nodiscard]] Result<AppliedPlan> apply_portfolio(Live& live,
                                                  const mapping::Portfolio& portfolio,
                                                  const PlanOptions& options,
                                                  std::string_view expected);

[[nodiscard]] Result<AppliedPlan> apply_rollback(Live& live,
                                                 std::uint64_t change,
                                                 const PlanOptions& options);

}  // namespace fineline::engine
