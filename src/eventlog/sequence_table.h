#pragma once

#include "base/result.h"
#include "eventlog/log_state.h"
#include "eventlog/sqlite_database.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace fineline::eventlog {

/// How far a source that can be counted (a file) has been logged.
struct SequenceRow {
    std::string name;            ///< the digest that identifies the source
    std::uint64_t last_row = 0;  ///< the highest input row logged
    bool is_finished = false;
};

/// One row per source that can be counted. One thread at a time; must not outlive its Database.
class SequenceTable {
  public:
    /// Makes the table in a new file.
    [[nodiscard]] static Status create(Database& database);

    [[nodiscard]] static Result<SequenceTable> open(Database& database);

    /// Reads the row of a sequence; one never seen is at row 0, unfinished.
    [[nodiscard]] Result<SequenceRow> find(std::string_view name);

    /// Adds or replaces the row of a sequence.
    [[nodiscard]] Status put(const SequenceRow& row, TableSum& sum);

    /// Calls `visit` for each row in order of the names, until it fails.
    [[nodiscard]] Status for_each(const std::function<Status(const SequenceRow&)>& visit);

    /// What a row adds to the table's sum.
    [[nodiscard]] static std::uint64_t row_checksum(const SequenceRow& row);

  private:
    SequenceTable() = default;

    Statement find_;
    Statement put_;
    Statement all_;
};

}  // namespace fineline::eventlog
