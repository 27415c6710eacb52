#include "expr/functions/extremum.h"
#include "expr/functions/table.h"

namespace fineline::expr::functions {

namespace {

/// Says whether `a` goes before `b` as the greatest; both of one kind.
bool better(const Datum& a, const Datum& b) {
    return order_of_same_kind(a, b) > 0;
}

Datum max(const AggregateInput& input) {
    return extremum_of(input, better);
}

Datum max_rows(const AggregateRows& input) {
    return extremum_of(input, better);
}

}  // namespace

constinit const AggregateFunction max_row = {
    .name = "max",
    .property = PropertyNeed::required,
    .result = StaticType::unknown_type,
    .on_nothing = "missing",
    .evaluate = max,
    .evaluate_rows = max_rows,
    .summary = "The greatest number; of timestamps where there is no number, else of strings.",
    .example = "max(purchase.amount, last 30 days) > 100",
};

}  // namespace fineline::expr::functions
