#include "expr/functions/extremum.h"
#include "expr/functions/table.h"

namespace fineline::expr::functions {

namespace {

/// Says whether `a` goes before `b` as the least; both of one kind.
bool better(const Datum& a, const Datum& b) {
    return order_of_same_kind(a, b) < 0;
}

Datum min(const AggregateInput& input) {
    return extremum_of(input, better);
}

Datum min_rows(const AggregateRows& input) {
    return extremum_of(input, better);
}

}  // namespace

constinit const AggregateFunction min_row = {
    .name = "min",
    .property = PropertyNeed::required,
    .result = StaticType::unknown_type,
    .on_nothing = "missing",
    .evaluate = min,
    .evaluate_rows = min_rows,
    .summary = "The least number; of timestamps where there is no number, else of strings.",
    .example = "min(purchase.amount) < 10",
};

}  // namespace fineline::expr::functions
