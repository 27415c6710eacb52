#pragma once

#include "base/result.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::ingest {

enum class ColumnType : std::uint8_t { string, number, boolean, timestamp };

/// Returns the word of mapping files: "string", "number", …
[[nodiscard]] const char* to_string(ColumnType type);

/// Reads the word of a mapping file. Errors: invalid_argument, with the words there are.
[[nodiscard]] Result<ColumnType> column_type(std::string_view word);

/// What a scan of a whole file says of one column.
struct Column {
    std::string name{};
    ColumnType type = ColumnType::string;
    bool declared = false;  ///< the type was named under `types:`, not inferred
    /// The first cell that is no number, which made the column a string; none in a column of
    /// numbers.
    std::optional<std::string> first_text{};
    std::uint64_t first_text_line = 0;
};

/// Says whether a cell counts as a number when types are inferred: base's parse_number, but no
/// leading zeros (0171, -007) and no leading plus (+49 30 …), for these are codes and telephone
/// numbers.
[[nodiscard]] bool is_plain_number(std::string_view cell);

/// Says whether a cell tries to be a number and is none that can be held: NaN, inf, 1e999.
[[nodiscard]] bool is_unholdable_number(std::string_view cell);

/// Infers the types of columns from all rows of a file (LANGUAGE.md, fine print 1): a column is
/// numeric if every non-empty cell is a plain number and at least one is; else it is a string
/// column. A cell that is_unholdable_number decides nothing: in a column otherwise numeric its row
/// is rejected (bad_number), in a column of strings it is a string like any other. One thread at a
/// time.
class TypeInference {
  public:
    explicit TypeInference(std::span<const std::string> names);

    /// Says whether adding a row would change anything. Few do: whether the others will be rejected
    /// need not be found out.
    [[nodiscard]] bool learns_from(std::span<const std::string_view> cells) const;

    /// Adds a row of as many cells as there are columns. Rows that will be rejected must be left
    /// out.
    void add(std::span<const std::string_view> cells, std::uint64_t line);

    [[nodiscard]] std::vector<Column> finish() const;

  private:
    struct State {
        bool any_number = false;
        std::optional<std::string> first_text{};
        std::uint64_t first_text_line = 0;
    };

    std::vector<std::string> names_;
    std::vector<State> states_;
};

}  // namespace fineline::ingest
