#include "expr/functions/datum_order.h"
#include "expr/functions/table.h"

#include <algorithm>

namespace fineline::expr::functions {

namespace {

Datum top(const AggregateInput& input) {
    std::vector<RankedDatum>& values = input.scratch->values;
    values.clear();
    for (std::size_t i = 0; i < input.events.size(); ++i) {
        if (!input.events[i].value.is_missing()) {
            values.push_back({.value = input.events[i].value, .rank = i});
        }
    }
    std::sort(values.begin(), values.end(), [](const RankedDatum& a, const RankedDatum& b) {
        const int order = grouping_order(a.value, b.value);
        return order != 0 ? order < 0 : a.rank < b.rank;
    });
    Datum best;
    std::size_t best_count = 0;
    std::size_t best_rank = 0;
    for (std::size_t begin = 0; begin < values.size();) {
        std::size_t end = begin + 1;
        while (end < values.size() && values[end].value == values[begin].value) {
            ++end;
        }
        const std::size_t times = end - begin;
        if (times > best_count || (times == best_count && values[begin].rank < best_rank)) {
            best = values[begin].value;
            best_count = times;
            best_rank = values[begin].rank;
        }
        begin = end;
    }
    return best;
}

}  // namespace

constinit const AggregateFunction top_row = {
    .name = "top",
    .property = PropertyNeed::required,
    .result = StaticType::unknown_type,
    .on_nothing = "missing",
    .evaluate = top,
    .summary = "The most frequent value; of equally frequent ones the first seen.",
    .example = "top(purchase.category) = 'shoes'",
};

}  // namespace fineline::expr::functions
