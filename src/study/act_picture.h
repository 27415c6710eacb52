#pragma once

#include "study/act_audit.h"

#include <string>

namespace fineline::study {

/// Draws what acting on segments brings, and what it seemed to bring, over the number of segments
/// (log scale), as a picture of 1280 × 720: where the two part, segments were picked by chance.
[[nodiscard]] std::string draw_act_curve(const ActReport& report);

}  // namespace fineline::study
