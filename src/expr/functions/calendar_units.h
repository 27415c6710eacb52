#pragma once

#include "expr/functions/function.h"

namespace fineline::expr::functions {

/// Numbers the local calendar days, weeks (from Monday) or months, so that neighbours differ by
/// one.
[[nodiscard]] std::int64_t unit_number(const TimeZone& zone, TimeUnit unit, Instant at);

/// Returns the number of different calendar units that hold an event.
[[nodiscard]] Datum distinct_units(const AggregateInput& input, TimeUnit unit);

}  // namespace fineline::expr::functions
