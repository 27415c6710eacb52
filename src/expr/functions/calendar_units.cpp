#include "expr/functions/calendar_units.h"

#include "base/require.h"

#include <algorithm>
#include <chrono>

namespace fineline::expr::functions {

std::int64_t unit_number(const TimeZone& zone, TimeUnit unit, Instant at) {
    const auto day = std::chrono::floor<std::chrono::days>(zone.to_local(at));
    if (unit == TimeUnit::day) {
        return day.time_since_epoch().count();
    }
    if (unit == TimeUnit::week) {
        // 1970-01-01 was a Thursday: the Monday before it lies three days earlier.
        const std::chrono::days since_monday = day.time_since_epoch() + std::chrono::days{3};
        return std::chrono::floor<std::chrono::weeks>(since_monday).count();
    }
    require(unit == TimeUnit::month, "units to count are days, weeks and months");
    const std::chrono::year_month_day date{day};
    return std::int64_t{static_cast<int>(date.year())} * 12 + static_cast<unsigned>(date.month());
}

Datum distinct_units(const AggregateInput& input, TimeUnit unit) {
    // Clocks set back across midnight make local days repeat, so counting changes would not do.
    std::vector<std::int64_t>& units = input.scratch->units;
    units.clear();
    for (const SelectedEvent& event : input.events) {
        units.push_back(unit_number(*input.zone, unit, event.time));
    }
    std::sort(units.begin(), units.end());
    const auto end = std::unique(units.begin(), units.end());
    return Datum::of(static_cast<double>(end - units.begin()));
}

}  // namespace fineline::expr::functions
