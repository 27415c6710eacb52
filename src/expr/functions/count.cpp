#include "expr/functions/table.h"

namespace fineline::expr::functions {

namespace {

Datum count(const AggregateInput& input) {
    return Datum::of(static_cast<double>(input.events.size()));
}

Datum count_rows(const AggregateRows& input) {
    return Datum::of(static_cast<double>(input.end - input.begin));
}

}  // namespace

constinit const AggregateFunction count_row = {
    .name = "count",
    .result = StaticType::number,
    .on_nothing = "0",
    .exact_holds = true,
    .evaluate = count,
    .evaluate_rows = count_rows,
    .summary = "The number of events.",
    .example = "count(purchase, last 90 days) >= 3",
};

}  // namespace fineline::expr::functions
