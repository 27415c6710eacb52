#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fineline::expr {

/// Returns the tables of functions as Markdown, from the rows that define them: the part of
/// docs/language.md that nobody writes by hand.
[[nodiscard]] std::string language_reference();

/// What an editor shows of a function.
struct FunctionEntry {
    std::string_view name;
    std::string takes;  ///< "sum(e.p)"
    std::string_view summary;
    std::string_view example;
};

/// The functions of expressions over customers, in the order of the language reference.
[[nodiscard]] std::vector<FunctionEntry> function_entries();

}  // namespace fineline::expr
