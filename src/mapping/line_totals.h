#pragma once

#include "base/result.h"
#include "mapping/mapping.h"
#include "model/value.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::mapping {

/// What `one event per` may say of a group's lines.
enum class LineFunction : std::uint8_t {
    sum,    ///< of the numbers, compensated (Neumaier 1974); 0 where there is none
    count,  ///< of the lines; with an argument: of the lines where it is present
    first,  ///< present value
    last,   ///< present value
    list,   ///< of the present values, in the order of the lines
    min,    ///< of the numbers
    max,    ///< of the numbers
};

/// One call of such a function, e.g. `sum(Quantity * Price)`.
struct LineTotal {
    LineFunction function = LineFunction::count;
    MappingText argument{};  ///< empty: count()
    std::string column{};    ///< the computed column that stands for it in the rewritten expression
};

/// Takes the calls of line functions out of an expression and puts computed columns in their place,
/// as long as the calls were, so that places in messages stay right. Calls are appended to
/// `totals`. Errors: invalid_argument for a call without its closing parenthesis or without an
/// argument it needs; limit_exceeded above 100 calls in a mapping.
[[nodiscard]] Result<MappingText> extract_totals(const MappingText& text,
                                                 const std::string& file,
                                                 std::vector<LineTotal>& totals);

/// Collects one total over the lines of one group. One thread at a time.
class TotalState {
  public:
    void add(LineFunction function, const Datum& value);

    /// A text or list lives as long as the state.
    [[nodiscard]] Datum result(LineFunction function);

    /// Bytes held beyond the object itself.
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

    /// True once a list is longer than limits::list_elements_max.
    [[nodiscard]] bool too_long() const;

  private:
    void add_number(LineFunction function, double number);

    double sum_ = 0;
    double compensation_ = 0;
    std::uint64_t count_ = 0;
    Value value_;  ///< of first and last
    Value::List list_;
    std::string storage_;
    std::size_t bytes_ = 0;
};

}  // namespace fineline::mapping
