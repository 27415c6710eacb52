#pragma once

#include "base/result.h"
#include "expr/evaluate.h"
#include "mapping/mapping.h"
#include "mapping/row_values.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::mapping {

/// The row that expressions are evaluated on, and all that evaluation needs. Texts that evaluation
/// makes live in it until clear_texts(). One thread at a time.
class RowContext {
  public:
    /// `now` stands for `now` in expressions: the arrival of the load.
    RowContext(std::size_t columns, const TimeZone& zone, Instant now);

    RowContext(const RowContext&) = delete;
    RowContext& operator=(const RowContext&) = delete;
    RowContext(RowContext&&) = delete;
    RowContext& operator=(RowContext&&) = delete;
    ~RowContext() = default;

    RowValues values;
    std::vector<std::string_view>
        cells;  ///< as written; empty where a column was not written but computed

    [[nodiscard]] Datum evaluate(const expr::Program& program);

    /// Keeps a text until clear_texts().
    std::string_view keep(std::string_view text);

    void clear_texts() { texts_used_ = 0; }

  private:
    expr::Evaluator evaluator_;
    expr::Settings settings_;
    expr::World world_;
    Instant now_;
    std::deque<std::string> texts_;
    std::size_t texts_used_ = 0;
};

/// A right-hand side compiled over the columns of an input. A bare column and a literal are read
/// directly, without the evaluator. Immutable; cheap to copy.
class RowExpression {
  public:
    /// What a bare name that is no column means.
    enum class UnknownName : std::uint8_t {
        refused,  ///< an error that suggests the nearest column
        literal,  ///< itself, as a text: names of events and purposes
    };

    /// Nothing: evaluates to missing.
    RowExpression() = default;

    /// Errors: invalid_argument with the place in `file`, the expression and a caret.
    [[nodiscard]] static Result<RowExpression> compile(const MappingText& text,
                                                       const ColumnNames& columns,
                                                       const std::string& file,
                                                       UnknownName unknown = UnknownName::refused);

    [[nodiscard]] bool empty() const { return kind_ == Kind::nothing; }

    /// The column, where the expression is nothing but its name.
    [[nodiscard]] std::optional<std::uint32_t> column() const;

    /// The columns whose values it reads.
    [[nodiscard]] const std::vector<std::uint32_t>& reads() const { return reads_; }

    /// A string lives as long as the row's cells and texts do.
    [[nodiscard]] Datum value(RowContext& row) const;

    /// As an id or name: a bare column as it is written (so that 007 stays 007), other values as
    /// texts; missing is empty.
    [[nodiscard]] std::string_view text(RowContext& row) const;

    [[nodiscard]] bool is_true(RowContext& row) const;

  private:
    enum class Kind : std::uint8_t { nothing, column, literal, program };

    Kind kind_ = Kind::nothing;
    std::uint32_t column_ = 0;
    std::shared_ptr<const Value> literal_;
    std::shared_ptr<const expr::Program> program_;
    std::vector<std::uint32_t> reads_;
};

}  // namespace fineline::mapping
