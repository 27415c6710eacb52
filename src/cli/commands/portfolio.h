#pragma once

#include "cli/command.h"
#include "engine/portfolio_plan.h"

namespace fineline::cli {

/// Shows a plan for people: what is new, changed, gone, who enters and leaves, overlaps, warnings.
void show_plan(const engine::PortfolioPlan& plan, Terminal& terminal);

/// How plans are made for a command line.
[[nodiscard]] engine::PlanOptions plan_options(const Arguments& arguments, Instant at);

}  // namespace fineline::cli
