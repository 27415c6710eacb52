#include "expr/functions/datum_order.h"
#include "expr/functions/table.h"

namespace fineline::expr::functions {

namespace {

Datum least_of(std::span<const Datum> arguments, std::string& /*scratch*/) {
    Datum best = arguments[0];
    for (const Datum& argument : arguments) {
        if (argument.kind() != best.kind() || !is_ordered(argument.kind())) {
            return {};
        }
        if (order_of_same_kind(argument, best) < 0) {
            best = argument;
        }
    }
    return best;
}

}  // namespace

constinit const ScalarFunction least_row = {
    .name = "least",
    .arguments_min = 1,
    .arguments_max = -1,
    .result = StaticType::unknown_type,
    .evaluate = least_of,
    .summary = "The smallest argument; missing if any is missing or of another type.",
    .example = "least(visits, 10) = 10",
};

}  // namespace fineline::expr::functions
