#include "expr/functions/datum_order.h"
#include "expr/functions/table.h"

#include <algorithm>

namespace fineline::expr::functions {

namespace {

Datum distinct(const AggregateInput& input) {
    std::vector<RankedDatum>& values = input.scratch->values;
    values.clear();
    for (const SelectedEvent& event : input.events) {
        if (!event.value.is_missing()) {
            values.push_back({.value = event.value, .rank = 0});
        }
    }
    std::sort(values.begin(), values.end(), [](const RankedDatum& a, const RankedDatum& b) {
        return grouping_order(a.value, b.value) < 0;
    });
    const auto end =
        std::unique(values.begin(), values.end(), [](const RankedDatum& a, const RankedDatum& b) {
            return a.value == b.value;
        });
    return Datum::of(static_cast<double>(end - values.begin()));
}

}  // namespace

constinit const AggregateFunction distinct_row = {
    .name = "distinct",
    .property = PropertyNeed::required,
    .result = StaticType::number,
    .on_nothing = "0",
    .evaluate = distinct,
    .summary = "The exact number of different values; 1 and '1' differ, an array is one value.",
    .example = "distinct(purchase.product) >= 10",
};

}  // namespace fineline::expr::functions
