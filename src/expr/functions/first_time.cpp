#include "expr/functions/table.h"

namespace fineline::expr::functions {

namespace {

Datum first_time(const AggregateInput& input) {
    return input.events.empty() ? Datum() : Datum::of(input.events.front().time);
}

Datum first_time_rows(const AggregateRows& input) {
    return input.begin == input.end ? Datum() : Datum::of(input.rows.time(input.begin));
}

}  // namespace

constinit const AggregateFunction first_time_row = {
    .name = "first_time",
    .result = StaticType::timestamp,
    .on_nothing = "missing",
    .exact_holds = true,
    .evaluate = first_time,
    .evaluate_rows = first_time_rows,
    .summary = "The time of the earliest event.",
    .example = "first_time(purchase) < date '2024-01-01'",
};

}  // namespace fineline::expr::functions
