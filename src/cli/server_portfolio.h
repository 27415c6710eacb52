#pragma once

#include "base/result.h"
#include "cli/arguments.h"
#include "cli/terminal.h"
#include "mapping/portfolio.h"

namespace fineline::cli {

// The commands of a portfolio, done by a running server, whose memberships follow at once. Errors:
// as call_server; what the server finds wrong in a file it says with line and column.

[[nodiscard]] Status plan_by_server(const mapping::Portfolio& portfolio,
                                    const Arguments& arguments,
                                    Terminal& terminal);
[[nodiscard]] Status apply_by_server(const mapping::Portfolio& portfolio,
                                     const Arguments& arguments,
                                     Terminal& terminal);
[[nodiscard]] Status history_of_server(const Arguments& arguments, Terminal& terminal);
[[nodiscard]] Status rollback_by_server(const Arguments& arguments, Terminal& terminal);

}  // namespace fineline::cli
