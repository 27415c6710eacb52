#include "base/text.h"
#include "expr/functions/table.h"

namespace fineline::expr::functions {

namespace {

Datum lower_of(std::span<const Datum> arguments, std::string& scratch) {
    if (arguments[0].kind() != ValueKind::string) {
        return {};
    }
    scratch = lower_case(arguments[0].string());
    return Datum::of(std::string_view(scratch));
}

}  // namespace

constinit const ScalarFunction lower_row = {
    .name = "lower",
    .argument = StaticType::string,
    .result = StaticType::string,
    .evaluate = lower_of,
    .summary = "The text in lower case, code point by code point.",
    .example = "lower(email) like '%@example.com'",
};

}  // namespace fineline::expr::functions
