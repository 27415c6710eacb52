#include "base/text.h"
#include "expr/functions/table.h"

namespace fineline::expr::functions {

namespace {

Datum upper_of(std::span<const Datum> arguments, std::string& scratch) {
    if (arguments[0].kind() != ValueKind::string) {
        return {};
    }
    scratch = upper_case(arguments[0].string());
    return Datum::of(std::string_view(scratch));
}

}  // namespace

constinit const ScalarFunction upper_row = {
    .name = "upper",
    .argument = StaticType::string,
    .result = StaticType::string,
    .evaluate = upper_of,
    .summary = "The text in upper case, code point by code point.",
    .example = "upper(country) = 'FR'",
};

}  // namespace fineline::expr::functions
