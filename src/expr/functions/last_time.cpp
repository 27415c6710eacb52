#include "expr/functions/table.h"

namespace fineline::expr::functions {

namespace {

Datum last_time(const AggregateInput& input) {
    return input.events.empty() ? Datum() : Datum::of(input.events.back().time);
}

Datum last_time_rows(const AggregateRows& input) {
    return input.begin == input.end ? Datum() : Datum::of(input.rows.time(input.end - 1));
}

}  // namespace

constinit const AggregateFunction last_time_row = {
    .name = "last_time",
    .result = StaticType::timestamp,
    .on_nothing = "missing",
    .exact_holds = true,
    .evaluate = last_time,
    .evaluate_rows = last_time_rows,
    .summary = "The time of the latest event.",
    .example = "last_time(purchase) < date '2024-01-01'",
};

}  // namespace fineline::expr::functions
