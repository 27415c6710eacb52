#include "expr/functions/table.h"

namespace fineline::expr::functions {

namespace {

Datum share(const AggregateInput& input) {
    if (input.unfiltered_count == 0) {
        return {};
    }
    return Datum::of(static_cast<double>(input.events.size()) /
                     static_cast<double>(input.unfiltered_count));
}

}  // namespace

constinit const AggregateFunction share_row = {
    .name = "share",
    .where_required = true,
    .result = StaticType::number,
    .on_nothing = "missing",
    .evaluate = share,
    .summary = "The share of the events that meet the condition: count(e where c) / count(e).",
    .example = "share(purchase where weekend) > 0.5",
};

}  // namespace fineline::expr::functions
