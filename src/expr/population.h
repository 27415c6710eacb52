#pragma once

#include "expr/evaluate.h"

namespace fineline::expr {

/// Which function of the population, and the tiles of ntile.
struct PopulationFunction {
    PopulationKind kind = PopulationKind::percentile;
    int tiles = 0;
};

/// Returns a value's place among the customers of the distribution; missing and withheld stay what
/// they are, and a value of another kind than the distribution's has no place. A value that no
/// customer had when the distribution was made stands where it would go. Cost: O(log n).
[[nodiscard]] Datum place_in(const Distribution& distribution,
                             const PopulationFunction& function,
                             const Datum& value);

}  // namespace fineline::expr
