#include "expr/functions/table.h"

namespace fineline::expr::functions {

namespace {

Datum since_first(const AggregateInput& input) {
    return input.events.empty() ? Datum() : Datum::of(input.now - input.events.front().time);
}

Datum since_first_rows(const AggregateRows& input) {
    return input.begin == input.end ? Datum() : Datum::of(input.now - input.rows.time(input.begin));
}

}  // namespace

constinit const AggregateFunction since_first_row = {
    .name = "since_first",
    .result = StaticType::duration,
    .on_nothing = "missing",
    .drifts = true,
    .exact_holds = true,
    .evaluate = since_first,
    .evaluate_rows = since_first_rows,
    .summary = "The time from the earliest event up to now.",
    .example = "since_first(purchase) > 45 days",
};

}  // namespace fineline::expr::functions
