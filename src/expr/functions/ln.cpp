#include "expr/functions/table.h"

#include <cmath>

namespace fineline::expr::functions {

namespace {

Datum ln_of(std::span<const Datum> arguments, std::string& /*scratch*/) {
    if (arguments[0].kind() != ValueKind::number) {
        return {};
    }
    const double x = arguments[0].number();
    return x > 0 ? Datum::of(std::log(x)) : Datum();
}

}  // namespace

constinit const ScalarFunction ln_row = {
    .name = "ln",
    .argument = StaticType::number,
    .result = StaticType::number,
    .evaluate = ln_of,
    .summary = "The natural logarithm; missing for zero and below.",
    .example = "ln(sum(purchase.amount)) > 5",
};

}  // namespace fineline::expr::functions
