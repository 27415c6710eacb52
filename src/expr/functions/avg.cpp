#include "expr/functions/exact_sum.h"
#include "expr/functions/table.h"

namespace fineline::expr::functions {

namespace {

Datum mean(const ExactSum& total) {
    return total.count() == 0 ? Datum()
                              : finite(total.rounded() / static_cast<double>(total.count()));
}

Datum avg(const AggregateInput& input) {
    ExactSum total;
    for (const SelectedEvent& event : input.events) {
        if (event.value.kind() == ValueKind::number) {
            total.add(event.value.number());
        }
    }
    return mean(total);
}

Datum avg_rows(const AggregateRows& input) {
    ExactSum total;
    if (input.property) {
        for (std::uint32_t row = input.begin; row < input.end; ++row) {
            const Datum value = input.rows.value(*input.property, row);
            if (value.kind() == ValueKind::number) {
                total.add(value.number());
            }
        }
    }
    return mean(total);
}

}  // namespace

constinit const AggregateFunction avg_row = {
    .name = "avg",
    .property = PropertyNeed::required,
    .result = StaticType::number,
    .on_nothing = "missing",
    .evaluate = avg,
    .evaluate_rows = avg_rows,
    .summary = "The mean of the numbers: their exact sum, rounded once, by their number.",
    .example = "avg(purchase.amount) >= 40",
};

}  // namespace fineline::expr::functions
