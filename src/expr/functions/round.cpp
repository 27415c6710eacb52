#include "expr/functions/table.h"

#include <cmath>

namespace fineline::expr::functions {

namespace {

Datum round_of(std::span<const Datum> arguments, std::string& /*scratch*/) {
    if (arguments[0].kind() != ValueKind::number) {
        return {};
    }
    const double x = arguments[0].number();
    return Datum::of(std::round(x) + 0.0);
}

}  // namespace

constinit const ScalarFunction round_row = {
    .name = "round",
    .argument = StaticType::number,
    .result = StaticType::number,
    .evaluate = round_of,
    .summary = "The nearest whole number, half away from zero.",
    .example = "round(avg(purchase.amount)) = 40",
};

}  // namespace fineline::expr::functions
