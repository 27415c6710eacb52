#pragma once

#include "expr/ast.h"
#include "expr/sql/dialect.h"

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace fineline::expr::sql {

/// What the SQL of a part of the expression yields. `dynamic` is JSON text whose type only a row
/// can tell.
enum class SqlType : std::uint8_t {
    missing,
    boolean,
    number,
    string,
    timestamp,
    duration,
    dynamic
};

/// How tightly a fragment's outermost operator binds, loosest first.
enum class Binding : std::uint8_t {
    disjunction,
    conjunction,
    negation,
    comparison,
    sum,
    product,
    atom
};

/// The SQL of one part of an expression.
struct Fragment {
    std::string text;
    SqlType type = SqlType::missing;
    Binding binding = Binding::atom;
    /// An upper bound of a number's absolute value; infinite if none is known.
    double magnitude = std::numeric_limits<double>::infinity();
    bool integer = false;  ///< a number that SQL holds as an integer
    bool withheld =
        false;  ///< reads what the customer has not consented to; its text is NULL there
    /// Of a dynamic value that lies in a column: the column that holds it in the wanted reading.
    std::function<std::string(ReadAs)> column;
    /// Of a literal: what it holds.
    std::optional<Value> literal;
    /// Of a literal duration: as it was written.
    std::optional<Period> period;
    /// Of since_…(x): the SQL of the instant counted from.
    std::string counted_from;
};

/// The text, in parentheses if its operator binds looser than `needed`.
[[nodiscard]] std::string bound(const Fragment& fragment, Binding needed);

[[nodiscard]] Fragment null_fragment(SqlType type = SqlType::missing);

/// A fragment that yields one of the alternatives; its type is left to the caller.
[[nodiscard]] Fragment merged(std::string text, const std::vector<const Fragment*>& alternatives);

/// The one type of all values that are not missing; dynamic if they differ.
[[nodiscard]] SqlType common_type(const std::vector<Fragment>& values);

}  // namespace fineline::expr::sql
