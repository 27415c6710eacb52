#include "expr/functions/table.h"

#include <cmath>

namespace fineline::expr::functions {

namespace {

Datum ceil_of(std::span<const Datum> arguments, std::string& /*scratch*/) {
    if (arguments[0].kind() != ValueKind::number) {
        return {};
    }
    const double x = arguments[0].number();
    return Datum::of(std::ceil(x) + 0.0);
}

}  // namespace

constinit const ScalarFunction ceil_row = {
    .name = "ceil",
    .argument = StaticType::number,
    .result = StaticType::number,
    .evaluate = ceil_of,
    .summary = "The least whole number that is not less.",
    .example = "ceil(age / 10) = 4",
};

}  // namespace fineline::expr::functions
