#include "study/statistics/quantile.h"

#include "base/require.h"

#include <algorithm>
#include <cmath>

namespace fineline::study {

double quantile_of_sorted(std::span<const double> ascending, double q) {
    require(!ascending.empty() && q >= 0 && q <= 1, "a quantile of some values");
    const double place = q * static_cast<double>(ascending.size() - 1);
    const auto below = static_cast<std::size_t>(std::floor(place));
    const std::size_t above = std::min(below + 1, ascending.size() - 1);
    const double share = place - static_cast<double>(below);
    return ascending[below] + share * (ascending[above] - ascending[below]);
}

double quantile_of(std::span<const double> values, double q) {
    std::vector<double> ascending(values.begin(), values.end());
    std::sort(ascending.begin(), ascending.end());
    return quantile_of_sorted(ascending, q);
}

}  // namespace fineline::study
