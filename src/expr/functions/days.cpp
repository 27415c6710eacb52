#include "expr/functions/calendar_units.h"
#include "expr/functions/table.h"

namespace fineline::expr::functions {

namespace {

Datum days(const AggregateInput& input) {
    return distinct_units(input, TimeUnit::day);
}

}  // namespace

constinit const AggregateFunction days_row = {
    .name = "days",
    .result = StaticType::number,
    .on_nothing = "0",
    .by_local_day = true,
    .evaluate = days,
    .summary = "The number of different calendar days with an event.",
    .example = "days(visit, last 90 days) >= 3",
};

}  // namespace fineline::expr::functions
