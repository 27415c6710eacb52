#pragma once

#include <span>
#include <vector>

namespace fineline::study {

/// The q-quantile of ascending finite values, interpolated between neighbours (type 7 of Hyndman &
/// Fan 1996). Requires a value and 0 ≤ q ≤ 1.
[[nodiscard]] double quantile_of_sorted(std::span<const double> ascending, double q);

/// The same of values in any order. Cost: sorts a copy.
[[nodiscard]] double quantile_of(std::span<const double> values, double q);

}  // namespace fineline::study
