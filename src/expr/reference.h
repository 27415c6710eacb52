#pragma once

#include <string>

namespace fineline::expr {

/// Returns the tables of functions as Markdown, from the rows that define them: the part of
/// docs/language.md that nobody writes by hand.
[[nodiscard]] std::string language_reference();

}  // namespace fineline::expr
