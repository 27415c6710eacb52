#include "expr/functions/quantiles.h"
#include "expr/functions/table.h"

namespace fineline::expr::functions {

namespace {

Datum median(const AggregateInput& input) {
    return quantile_of(input, 0.5);
}

}  // namespace

constinit const AggregateFunction median_row = {
    .name = "median",
    .property = PropertyNeed::required,
    .result = StaticType::number,
    .on_nothing = "missing",
    .evaluate = median,
    .summary = "The middle number, linearly interpolated.",
    .example = "median(purchase.amount) > 20",
};

}  // namespace fineline::expr::functions
