#pragma once

#include "base/json.h"
#include "study/audit.h"

#include <string>

namespace fineline::study {

/// Prints the Fine Line for a terminal: a table of sizes with a bar each, the points named.
[[nodiscard]] std::string print_curve(const FineLine& line);

/// Draws the Fine Line as a picture of 1280 × 720, fit for a slide: value captured with its band
/// over the number of segments (log scale, then "one each" behind a break), today's portfolio, its
/// merge path, the capacity, the recommended number.
[[nodiscard]] std::string draw_curve(const FineLine& line);

/// The Fine Line as JSON; numbers unrounded.
[[nodiscard]] Json to_json(const FineLine& line);

}  // namespace fineline::study
