#pragma once

#include "base/instant.h"
#include "base/result.h"
#include "expr/check.h"
#include "expr/evaluate.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace fineline::expr {

/// Everything around an expression that its SQL depends on.
struct SqlOptions {
    std::string dialect = "duckdb";  ///< a row of sql::dialects()
    Instant now{};  ///< the instant of evaluation; thresholds are computed at it as well
    Settings settings;
    /// Returns the checked current definition of a segment; required if the expression refers to
    /// one.
    std::function<Result<CheckedExpression>(std::string_view)> segment;
    /// Evaluate for this purpose: what customers without that consent hold is unknown.
    std::optional<std::string> purpose;
    bool no_record_is_granted = false;  ///< consent never stated counts as granted
};

/// Prints a query over the relational schema of docs/sql.md that returns, in one column
/// `customer_id`, the customers for whom the expression is true at `now`, each once, ascending
/// bytewise. An expression `… on EVENT` yields `customer_id, time, seq` of each occasion at which
/// it is true. Errors: not_found (dialect, segment); invalid_argument (what the dialect cannot say,
/// with the span of the construct; an expression that is not a condition; segments that refer to
/// each other in a cycle).
[[nodiscard]] Result<std::string> to_sql(const CheckedExpression& expression,
                                         const SqlOptions& options);

}  // namespace fineline::expr
