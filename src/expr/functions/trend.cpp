#include "expr/functions/calendar_units.h"
#include "expr/functions/exact_sum.h"
#include "expr/functions/table.h"

#include <algorithm>

namespace fineline::expr::functions {

namespace {

bool adds(const AggregateInput& input, const SelectedEvent& event) {
    return !input.has_property || event.value.kind() == ValueKind::number;
}

/// Returns where the days begin: the window's lower bound, else the first event that adds
/// something; instant_max if there is neither.
Instant window_start(const AggregateInput& input) {
    if (input.window_begin != instant_min) {
        return input.window_begin;
    }
    const auto first = std::find_if(input.events.begin(),
                                    input.events.end(),
                                    [&](const SelectedEvent& event) { return adds(input, event); });
    return first == input.events.end() ? instant_max : first->time;
}

/// Returns the least-squares slope of the daily totals over x = 0, 1, 2 … With D days the mean of x
/// is (D − 1)/2 and the sum of its squared deviations D(D² − 1)/12, so one pass over the events is
/// enough: days without events add nothing to the numerator Σ (x − mean)·y.
Datum trend(const AggregateInput& input) {
    const Instant begin = window_start(input);
    if (begin > input.window_end) {
        return {};
    }
    const std::int64_t first = unit_number(*input.zone, TimeUnit::day, begin);
    const std::int64_t last = unit_number(*input.zone, TimeUnit::day, input.window_end);
    const auto days = static_cast<double>(last - first + 1);
    if (days < 2) {
        return {};
    }
    // Twice the deviation of x is a whole number, so counts stay exact up to the last division.
    ExactSum doubled;
    for (const SelectedEvent& event : input.events) {
        if (adds(input, event)) {
            const std::int64_t day = unit_number(*input.zone, TimeUnit::day, event.time);
            const double deviation = 2 * static_cast<double>(day - first) - (days - 1);
            doubled.add(input.has_property ? deviation * event.value.number() : deviation);
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
