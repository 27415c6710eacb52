#pragma once

#include "base/result.h"
#include "mapping/portfolio.h"

#include <string>
#include <string_view>

namespace fineline::mapping {

/// Reads the text of a portfolio file; `file` is its name in messages. Metric, population and
/// segments must be sound expressions for their use. Errors: invalid_argument as `file:line:column:
/// message`.
[[nodiscard]] Result<Portfolio> parse_portfolio(std::string_view text, const std::string& file);

/// Reads a portfolio file. Errors: as parse_portfolio; not_found, io, limit_exceeded.
[[nodiscard]] Result<Portfolio> read_portfolio_file(const std::string& path);

/// Prints a portfolio as a file: parse_portfolio(to_yaml(p)) == p.
[[nodiscard]] std::string to_yaml(const Portfolio& portfolio);

}  // namespace fineline::mapping
