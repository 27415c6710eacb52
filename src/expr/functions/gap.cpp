#include "expr/functions/table.h"

namespace fineline::expr::functions {

namespace {

/// Returns the mean of the gaps: they add up to the whole span, cut to whole microseconds.
Datum mean_gap(Instant first, Instant last, std::size_t events) {
    return Datum::of((last - first) / static_cast<std::int64_t>(events - 1));
}

Datum gap(const AggregateInput& input) {
    if (input.events.size() < 2) {
        return {};
    }
    return mean_gap(input.events.front().time, input.events.back().time, input.events.size());
}

Datum gap_rows(const AggregateRows& input) {
    if (input.end - input.begin < 2) {
        return {};
    }
    return mean_gap(
        input.rows.time(input.begin), input.rows.time(input.end - 1), input.end - input.begin);
}

}  // namespace

constinit const AggregateFunction gap_row = {
    .name = "gap",
    .result = StaticType::duration,
    .on_nothing = "missing",
    .evaluate = gap,
    .evaluate_rows = gap_rows,
    .summary = "The mean time between consecutive events; missing below two.",
    .example = "gap(purchase) < 30 days",
};

}  // namespace fineline::expr::functions
