#pragma once

#include "base/json.h"
#include "base/result.h"
#include "expr/ast.h"

#include <string>
#include <string_view>

namespace fineline::expr {

/// Parses an expression of the segment language. Errors: invalid_argument with the span of the
/// offending text; limit_exceeded above limits::expression_bytes_max, _depth_max, _nodes_max.
[[nodiscard]] Result<Expression> parse(std::string_view text);

/// Prints the canonical form: parse(print(e)) == e, and print is idempotent.
[[nodiscard]] std::string print(const Expression& expression);
[[nodiscard]] std::string print(const Node& node);

/// The same tree as JSON, for builders of user interfaces. expression_from_json(to_json(e)) == e.
[[nodiscard]] Json to_json(const Expression& expression);

/// Errors: invalid_argument, with a JSON path in the message.
[[nodiscard]] Result<Expression> expression_from_json(const Json& json);

/// Renders an error with the line it points into and a caret:
///
///     error: unknown function 'cuont' at line 1, column 1
///       cuont(purchase) > 3
///       ^^^^^ did you mean 'count'?
[[nodiscard]] std::string render_error(const Error& error, std::string_view source);

}  // namespace fineline::expr
