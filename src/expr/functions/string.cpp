#include "expr/functions/table.h"

namespace fineline::expr::functions {

namespace {

Datum string_of(std::span<const Datum> arguments, std::string& scratch) {
    if (arguments[0].kind() == ValueKind::string) {
        return arguments[0];
    }
    scratch = to_display(arguments[0]);
    return Datum::of(std::string_view(scratch));
}

}  // namespace

constinit const ScalarFunction string_row = {
    .name = "string",
    .result = StaticType::string,
    .evaluate = string_of,
    .mapping_only = true,
    .summary = "The value as a text.",
    .example = "string(InvoiceNo)",
};

}  // namespace fineline::expr::functions
