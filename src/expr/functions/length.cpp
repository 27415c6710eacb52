#include "base/text.h"
#include "expr/functions/table.h"

namespace fineline::expr::functions {

namespace {

Datum length_of(std::span<const Datum> arguments, std::string& /*scratch*/) {
    const Datum& argument = arguments[0];
    if (argument.kind() == ValueKind::string) {
        return Datum::of(static_cast<double>(code_points(argument.string())));
    }
    if (argument.kind() != ValueKind::list) {
        return {};
    }
    double elements = 0;
    ListReader reader(argument.list_encoding());
    for (Datum element; reader.next(element);) {
        ++elements;
    }
    return Datum::of(elements);
}

}  // namespace

constinit const ScalarFunction length_row = {
    .name = "length",
    .result = StaticType::number,
    .evaluate = length_of,
    .summary = "The number of code points of a text, or of elements of an array.",
    .example = "length(products) >= 3",
};

}  // namespace fineline::expr::functions
