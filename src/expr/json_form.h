#pragma once

#include "expr/ast.h"

#include <array>
#include <cstddef>
#include <string_view>

// The words of the JSON form, shared by its writer and its reader. The shape of each part is
// described in docs/expression_json.md.

namespace fineline::expr::json_form {

/// The binary operators in the order of BinaryOp. Those without a comparison's operator text are
/// kinds of their own, with a list of operands.
struct OperatorWords {
    BinaryOp op;
    std::string_view kind;
    std::string_view compares;
};

inline constexpr std::array operators{
    OperatorWords{BinaryOp::logical_or, "or", {}},
    OperatorWords{BinaryOp::logical_and, "and", {}},
    OperatorWords{BinaryOp::equal, "compare", "="},
    OperatorWords{BinaryOp::not_equal, "compare", "!="},
    OperatorWords{BinaryOp::less, "compare", "<"},
    OperatorWords{BinaryOp::less_equal, "compare", "<="},
    OperatorWords{BinaryOp::greater, "compare", ">"},
    OperatorWords{BinaryOp::greater_equal, "compare", ">="},
    OperatorWords{BinaryOp::like, "compare", "like"},
    OperatorWords{BinaryOp::contains_text, "compare", "~"},
    OperatorWords{BinaryOp::matches, "compare", "matches"},
    OperatorWords{BinaryOp::contains, "compare", "contains"},
    OperatorWords{BinaryOp::in_array, "compare", "in"},
    OperatorWords{BinaryOp::add, "add", {}},
    OperatorWords{BinaryOp::subtract, "subtract", {}},
    OperatorWords{BinaryOp::multiply, "multiply", {}},
    OperatorWords{BinaryOp::divide, "divide", {}},
};

inline constexpr std::array<std::string_view, 4> scopes{"bare", "customer", "account", "context"};
inline constexpr std::array<std::string_view, 3> rfm_fields{"recency", "frequency", "monetary"};
inline constexpr std::array<std::string_view, 3> populations{"percentile", "rank", "ntile"};

/// The units in the order of TimeUnit.
inline constexpr std::array<std::string_view, 8> units{
    "second", "minute", "hour", "day", "week", "month", "year", "quarter"};

}  // namespace fineline::expr::json_form
