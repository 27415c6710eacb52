#pragma once

#include "base/result.h"
#include "eventlog/compression.h"
#include "eventlog/log_state.h"
#include "eventlog/sqlite_database.h"
#include "model/ids.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fineline::eventlog {

/// A batch out of the table, its checksum verified.
struct BatchRow {
    Position first;
    std::uint32_t count = 0;
    std::string bytes;  ///< decompressed
    std::uint64_t checksum = 0;
};

/// The batches, by the position of their first record. Each row is compressed and carries the
/// checksum of all its columns. One thread at a time; must not outlive its Database.
class BatchTable {
  public:
    /// Makes the table in a new file.
    [[nodiscard]] static Status create(Database& database);

    [[nodiscard]] static Result<BatchTable> open(Database& database);

    /// Adds the batch that begins at `first`, and itself to `sum`.
    [[nodiscard]] Status insert(Position first,
                                std::uint32_t count,
                                std::string_view bytes,
                                TableSum& sum);

    /// Reads the batch that holds `at`; none if no batch begins at or before it.
    /// Errors: corrupt, if the row does not match its checksum or does not reach `at`.
    [[nodiscard]] Result<std::optional<BatchRow>> read(Position at);

  private:
    BatchTable() = default;

    [[nodiscard]] Result<BatchRow> decode(Statement& row);

    Statement insert_;
    Statement read_;
    std::unique_ptr<Compression> compression_;
};

}  // namespace fineline::eventlog
