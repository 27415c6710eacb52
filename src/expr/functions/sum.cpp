#include "expr/functions/exact_sum.h"
#include "expr/functions/table.h"

namespace fineline::expr::functions {

namespace {

Datum sum(const AggregateInput& input) {
    ExactSum total;
    for (const SelectedEvent& event : input.events) {
        if (event.value.kind() == ValueKind::number) {
            total.add(event.value.number());
        }
    }
    return finite(total.rounded());
}

Datum sum_rows(const AggregateRows& input) {
    ExactSum total;
    if (input.property) {
        for (std::uint32_t row = input.begin; row < input.end; ++row) {
            const Datum value = input.rows.value(*input.property, row);
            if (value.kind() == ValueKind::number) {
                total.add(value.number());
            }
        }
    }
    return finite(total.rounded());
}

}  // namespace

constinit const AggregateFunction sum_row = {
    .name = "sum",
    .property = PropertyNeed::required,
    .result = StaticType::number,
    .on_nothing = "0",
    .exact_holds = true,
    .evaluate = sum,
    .evaluate_rows = sum_rows,
    .summary = "The exact sum of the numbers, rounded once; what is not a number is ignored.",
    .example = "sum(purchase.amount, last 365 days) > 500",
};

}  // namespace fineline::expr::functions
