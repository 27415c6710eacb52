#include "expr/functions/calendar_units.h"
#include "expr/functions/exact_sum.h"
#include "expr/functions/table.h"

namespace fineline::expr::functions {

namespace {

/// Returns the least-squares slope of the daily totals over x = 0, 1, 2 … With D days the mean of x
/// is (D − 1)/2 and the sum of its squared deviations D(D² − 1)/12, so one pass over the events is
/// enough: days without events add nothing to the numerator Σ (x − mean)·y.
Datum trend(const AggregateInput& input) {
    const bool bounded = input.window_begin != instant_min;
    if ((!bounded && input.events.empty()) || input.window_begin > input.window_end) {
        return {};
    }
    const Instant begin = bounded ? input.window_begin : input.events.front().time;
    const std::int64_t first = unit_number(*input.zone, TimeUnit::day, begin);
    const std::int64_t last = unit_number(*input.zone, TimeUnit::day, input.window_end);
    const auto days = static_cast<double>(last - first + 1);
    if (days < 2) {
        return {};
    }
    // Twice the deviation of x is a whole number, so counts stay exact up to the last division.
    ExactSum doubled;
    for (const SelectedEvent& event : input.events) {
        const auto x =
            static_cast<double>(unit_number(*input.zone, TimeUnit::day, event.time) - first);
        if (!input.has_property) {
            doubled.add(2 * x - (days - 1));
        } else if (event.value.kind() == ValueKind::number) {
            doubled.add((2 * x - (days - 1)) * event.value.number());
        }
    }
    return finite(doubled.rounded() * 6 / (days * (days * days - 1)));
}

}  // namespace

constinit const AggregateFunction trend_row = {
    .name = "trend",
    .property = PropertyNeed::optional,
    .result = StaticType::number,
    .on_nothing = "missing",
    .by_local_day = true,
    .by_window_day = true,
    .evaluate = trend,
    .summary =
        "The least-squares slope per day of the daily count (or sum of the property) over the "
        "window.",
    .example = "trend(visit, last 28 days) < 0",
};

}  // namespace fineline::expr::functions
