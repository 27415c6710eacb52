#pragma once

#include "base/result.h"
#include "columns/view.h"
#include "mapping/portfolio.h"

#include <memory>
#include <string>
#include <vector>

namespace fineline::study {

/// Judges a purpose that is about to be stored, for engine::PlanOptions: check_purpose over the
/// view as it would be. Returns warnings. Errors: as check_purpose.
[[nodiscard]] Result<std::vector<std::string>> check_planned_purpose(
    const std::shared_ptr<const columns::View>& after, const mapping::Portfolio& portfolio);

}  // namespace fineline::study
