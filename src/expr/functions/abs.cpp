#include "expr/functions/table.h"

#include <cmath>

namespace fineline::expr::functions {

namespace {

Datum abs_of(std::span<const Datum> arguments, std::string& /*scratch*/) {
    if (arguments[0].kind() != ValueKind::number) {
        return {};
    }
    const double x = arguments[0].number();
    return Datum::of(std::abs(x));
}

}  // namespace

constinit const ScalarFunction abs_row = {
    .name = "abs",
    .argument = StaticType::number,
    .result = StaticType::number,
    .evaluate = abs_of,
    .summary = "The number without its sign.",
    .example = "abs(balance) > 100",
};

}  // namespace fineline::expr::functions
