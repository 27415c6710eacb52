#include "expr/functions/calendar_units.h"
#include "expr/functions/table.h"

namespace fineline::expr::functions {

namespace {

Datum months(const AggregateInput& input) {
    return distinct_units(input, TimeUnit::month);
}

}  // namespace

constinit const AggregateFunction months_row = {
    .name = "months",
    .result = StaticType::number,
    .on_nothing = "0",
    .by_local_day = true,
    .evaluate = months,
    .summary = "The number of different calendar months with an event.",
    .example = "months(visit, last 90 days) >= 3",
};

}  // namespace fineline::expr::functions
