#include "expr/functions/table.h"

namespace fineline::expr::functions {

namespace {

Datum first(const AggregateInput& input) {
    for (const SelectedEvent& event : input.events) {
        if (!event.value.is_missing()) {
            return event.value;
        }
    }
    return {};
}

Datum first_rows(const AggregateRows& input) {
    for (std::uint32_t row = input.begin; input.property && row < input.end; ++row) {
        const Datum value = input.rows.value(*input.property, row);
        if (!value.is_missing()) {
            return value;
        }
    }
    return {};
}

}  // namespace

constinit const AggregateFunction first_row = {
    .name = "first",
    .property = PropertyNeed::required,
    .result = StaticType::unknown_type,
    .on_nothing = "missing",
    .evaluate = first,
    .evaluate_rows = first_rows,
    .summary = "The value at the earliest event that has one.",
    .example = "first(purchase.channel) = 'web'",
};

}  // namespace fineline::expr::functions
