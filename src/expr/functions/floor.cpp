#include "expr/functions/table.h"

#include <cmath>

namespace fineline::expr::functions {

namespace {

Datum floor_of(std::span<const Datum> arguments, std::string& /*scratch*/) {
    if (arguments[0].kind() != ValueKind::number) {
        return {};
    }
    const double x = arguments[0].number();
    return Datum::of(std::floor(x));
}

}  // namespace

constinit const ScalarFunction floor_row = {
    .name = "floor",
    .argument = StaticType::number,
    .result = StaticType::number,
    .evaluate = floor_of,
    .summary = "The greatest whole number that is not greater.",
    .example = "floor(age / 10) = 3",
};

}  // namespace fineline::expr::functions
