#pragma once

#include "base/json.h"
#include "engine/portfolio_history.h"
#include "engine/portfolio_plan.h"

#include <vector>

namespace fineline::engine {

/// A plan as the command line and the API print it.
[[nodiscard]] Json to_json(const PortfolioPlan& plan);

/// A history, oldest change first.
[[nodiscard]] Json to_json(const std::vector<HistoryChange>& history);

}  // namespace fineline::engine
