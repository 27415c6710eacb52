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
    std::uint64_t chain = 0;
};

/// Continues the digest of all batches before by one more, given by its row checksum: two logs
/// agree in it only if they hold the same batches in the same order.
[[nodiscard]] std::uint64_t chained(std::uint64_t before, std::uint64_t row_checksum);

/// The batches, by the position of their first record. Each row is compressed and carries the
/// checksum of all its columns. One thread at a time; must not outlive its Database.
class BatchTable {
  public:
    /// Makes the table in a new file.
    [[nodiscard]] static Status create(Database& database);

    [[nodiscard]] static Result<BatchTable> open(Database& database);

    /// Adds the batch that begins at `first`, behind all others; keeps the sum and the chain of
    /// `state` up with it.
    [[nodiscard]] Status insert(Position first,
                                std::uint32_t count,
                                std::string_view bytes,
                                LogState& state);

    /// Reads the batch that holds `at`; none if no batch begins at or before it.
    /// Errors: corrupt, if the row does not match its checksum or does not reach `at`.
    [[nodiscard]] Result<std::optional<BatchRow>> read(Position at);

    /// Returns the chain of the batch that ends right before `end`; none if no batch does.
    [[nodiscard]] Result<std::optional<std::uint64_t>> chain_before(Position end);

  private:
    BatchTable() = default;

    [[nodiscard]] Result<BatchRow> decode(Statement& row);

    Statement insert_;
    Statement read_;
    Statement chain_;
    std::unique_ptr<Compression> compression_;
};

}  // namespace fineline::eventlog
