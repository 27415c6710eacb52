#pragma once

#include "study/findings/check.h"

namespace fineline::study {

/// A card for each segment: size, metric, what its members differ in from everybody (index 100 =
/// average), typical customers, movement in and out since the snapshot before. Cost: judging rows ·
/// features.
[[nodiscard]] std::vector<Finding> cards(const AuditFacts& facts);

}  // namespace fineline::study
