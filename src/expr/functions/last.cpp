#include "expr/functions/table.h"

namespace fineline::expr::functions {

namespace {

Datum last(const AggregateInput& input) {
    for (std::size_t i = input.events.size(); i > 0; --i) {
        if (!input.events[i - 1].value.is_missing()) {
            return input.events[i - 1].value;
        }
    }
    return {};
}

Datum last_rows(const AggregateRows& input) {
    for (std::uint32_t row = input.end; input.property && row > input.begin; --row) {
        const Datum value = input.rows.value(*input.property, row - 1);
        if (!value.is_missing()) {
            return value;
        }
    }
    return {};
}

}  // namespace

constinit const AggregateFunction last_row = {
    .name = "last",
    .property = PropertyNeed::required,
    .result = StaticType::unknown_type,
    .on_nothing = "missing",
    .evaluate = last,
    .evaluate_rows = last_rows,
    .summary = "The value at the latest event that has one.",
    .example = "last(purchase.channel, last 90 days) = 'store'",
};

}  // namespace fineline::expr::functions
