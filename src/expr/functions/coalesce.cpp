#include "expr/functions/table.h"

namespace fineline::expr::functions {

namespace {

Datum coalesce_of(std::span<const Datum> arguments, std::string& /*scratch*/) {
    for (const Datum& argument : arguments) {
        if (!argument.is_missing()) {
            return argument;
        }
    }
    return {};
}

}  // namespace

constinit const ScalarFunction coalesce_row = {
    .name = "coalesce",
    .arguments_min = 1,
    .arguments_max = -1,
    .evaluate = coalesce_of,
    .sees_missing = true,
    .summary = "The first argument that is not missing.",
    .example = "coalesce(age, 0) > 30",
};

}  // namespace fineline::expr::functions
