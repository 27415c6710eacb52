#pragma once

#include "cli/command.h"
#include "engine/portfolio_apply.h"
#include "engine/portfolio_history.h"

#include <vector>

namespace fineline::cli {

/// Shows a plan for people: what is new, changed, gone, who enters and leaves, overlaps, warnings.
void show_plan(const engine::PortfolioPlan& plan, Terminal& terminal);

/// Says what was made so, for people or as JSON.
void show_applied(const engine::AppliedPlan& applied,
                  const Arguments& arguments,
                  Terminal& terminal);

/// Shows a history for people, oldest change first.
void show_history(const std::vector<engine::HistoryChange>& history, Terminal& terminal);

/// How plans are made for a command line.
[[nodiscard]] engine::PlanOptions plan_options(const Arguments& arguments, Instant at);

}  // namespace fineline::cli
