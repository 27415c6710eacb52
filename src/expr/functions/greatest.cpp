#include "expr/functions/datum_order.h"
#include "expr/functions/table.h"

namespace fineline::expr::functions {

namespace {

Datum greatest_of(std::span<const Datum> arguments, std::string& /*scratch*/) {
    Datum best = arguments[0];
    for (const Datum& argument : arguments) {
        if (argument.kind() != best.kind() || !is_ordered(argument.kind())) {
            return {};
        }
        if (order_of_same_kind(argument, best) > 0) {
            best = argument;
        }
    }
    return best;
}

}  // namespace

constinit const ScalarFunction greatest_row = {
    .name = "greatest",
    .arguments_min = 1,
    .arguments_max = -1,
    .result = StaticType::unknown_type,
    .evaluate = greatest_of,
    .summary = "The largest argument; missing if any is missing or of another type.",
    .example = "greatest(count(visit), count(purchase)) > 5",
};

}  // namespace fineline::expr::functions
