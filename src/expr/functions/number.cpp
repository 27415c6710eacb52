#include "base/text.h"
#include "expr/functions/table.h"

namespace fineline::expr::functions {

namespace {

Datum number_of(std::span<const Datum> arguments, std::string& /*scratch*/) {
    if (arguments[0].kind() == ValueKind::number) {
        return arguments[0];
    }
    double number = 0;
    if (arguments[0].kind() != ValueKind::string || !parse_number(arguments[0].string(), number)) {
        return {};
    }
    return Datum::of(number);
}

}  // namespace

constinit const ScalarFunction number_row = {
    .name = "number",
    .result = StaticType::number,
    .evaluate = number_of,
    .mapping_only = true,
    .summary = "The number that a text is wholly; else missing.",
    .example = "number(Quantity) > 0",
};

}  // namespace fineline::expr::functions
