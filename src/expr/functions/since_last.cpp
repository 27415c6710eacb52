#include "expr/functions/table.h"

namespace fineline::expr::functions {

namespace {

Datum since_last(const AggregateInput& input) {
    return input.events.empty() ? Datum() : Datum::of(input.now - input.events.back().time);
}

Datum since_last_rows(const AggregateRows& input) {
    return input.begin == input.end ? Datum()
                                    : Datum::of(input.now - input.rows.time(input.end - 1));
}

}  // namespace

constinit const AggregateFunction since_last_row = {
    .name = "since_last",
    .result = StaticType::duration,
    .on_nothing = "missing",
    .drifts = true,
    .exact_holds = true,
    .evaluate = since_last,
    .evaluate_rows = since_last_rows,
    .summary = "The time from the latest event up to now.",
    .example = "since_last(purchase) > 45 days",
};

}  // namespace fineline::expr::functions
