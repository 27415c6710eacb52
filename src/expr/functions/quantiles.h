#pragma once

#include "expr/functions/function.h"

namespace fineline::expr::functions {

/// Returns the quantile of the numbers among the events by linear interpolation: with h = (n −
/// 1)·q, x[⌊h⌋] + (h − ⌊h⌋)(x[⌊h⌋ + 1] − x[⌊h⌋]). Missing if there is none. Source: Hyndman & Fan
/// (1996), "Sample quantiles in statistical packages", definition 7.
[[nodiscard]] Datum quantile_of(const AggregateInput& input, double q);

}  // namespace fineline::expr::functions
