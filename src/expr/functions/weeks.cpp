#include "expr/functions/calendar_units.h"
#include "expr/functions/table.h"

namespace fineline::expr::functions {

namespace {

Datum weeks(const AggregateInput& input) {
    return distinct_units(input, TimeUnit::week);
}

}  // namespace

constinit const AggregateFunction weeks_row = {
    .name = "weeks",
    .result = StaticType::number,
    .on_nothing = "0",
    .by_local_day = true,
    .evaluate = weeks,
    .summary = "The number of different calendar weeks, from Monday, with an event.",
    .example = "weeks(visit, last 90 days) >= 3",
};

}  // namespace fineline::expr::functions
