#pragma once

#include "base/instant.h"
#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace fineline::eventlog {

/// Sums up a table without regard to order: how many rows, and their checksums added up modulo
/// 2^64. A row lost, doubled or changed behind our back makes it differ from what the table holds.
struct TableSum {
    std::uint64_t rows = 0;
    std::uint64_t checksums = 0;

    void add(std::uint64_t row_checksum) {
        ++rows;
        checksums += row_checksum;
    }

    void remove(std::uint64_t row_checksum) {
        --rows;
        checksums -= row_checksum;
    }

    friend bool operator==(const TableSum&, const TableSum&) = default;
};

/// What the log knows about itself as a whole; stored as one checksummed row and rewritten by each
/// transaction, so that the tables can be proved complete.
struct LogState {
    std::uint64_t revision = 0;  ///< transactions committed so far
    std::uint64_t end = 0;       ///< the position after the last record
    Instant clock =
        instant_min;          ///< the latest arrival time of any batch; the dedup window ends here
    std::uint64_t chain = 0;  ///< of the last batch: a digest of all batches, in order
    TableSum batches;
    TableSum message_runs;
    TableSum erased_ids;
    TableSum sequences;

    friend bool operator==(const LogState&, const LogState&) = default;
};

[[nodiscard]] std::string encode(const LogState& state);

/// Errors: corrupt.
[[nodiscard]] Result<LogState> decode_log_state(std::string_view bytes);

}  // namespace fineline::eventlog
