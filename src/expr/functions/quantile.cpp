#include "expr/functions/quantiles.h"
#include "expr/functions/table.h"

namespace fineline::expr::functions {

namespace {

Datum quantile(const AggregateInput& input) {
    return quantile_of(input, input.numbers[0]);
}

}  // namespace

constinit const AggregateFunction quantile_row = {
    .name = "quantile",
    .property = PropertyNeed::required,
    .numbers = 1,
    .result = StaticType::number,
    .on_nothing = "missing",
    .evaluate = quantile,
    .summary =
        "The number below which that share (0 to 1) of the numbers lies, linearly interpolated.",
    .example = "quantile(purchase.amount, 0.9) > 100",
};

}  // namespace fineline::expr::functions
