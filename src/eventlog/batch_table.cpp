#include "eventlog/batch_table.h"

#include "base/checksum.h"
#include "model/limits.h"

#include <array>

namespace fineline::eventlog {

namespace {

/// The checksum of a row: over its numbers and the checksum of its payload, so that a change of any
/// column is found.
std::uint64_t row_checksum(Position first,
                           std::uint32_t count,
                           std::uint64_t bytes_raw,
                           std::string_view payload) {
    const std::array<std::uint64_t, 4> parts{first.value(), count, bytes_raw, checksum(payload)};
    return checksum({reinterpret_cast<const char*>(parts.data()), sizeof parts});
}

Error damaged(Position at, const std::string& what) {
    return {ErrorCode::corrupt,
            "the log is damaged at position " + std::to_string(at.value()) + ": " + what +
                "; restore a backup",
            {}};
}

}  // namespace

std::uint64_t chained(std::uint64_t before, std::uint64_t row_checksum) {
    const std::array<std::uint64_t, 2> parts{before, row_checksum};
    return checksum({reinterpret_cast<const char*>(parts.data()), sizeof parts});
}

Status BatchTable::create(Database& database) {
    return database.execute(
        "CREATE TABLE batches(first INTEGER PRIMARY KEY, count INTEGER NOT NULL, bytes_raw INTEGER "
        "NOT NULL, "
        "checksum INTEGER NOT NULL, chain INTEGER NOT NULL, payload BLOB NOT NULL)");
}

Result<BatchTable> BatchTable::open(Database& database) {
    auto insert = database.prepare("INSERT INTO batches VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
    if (!insert) {
        return insert.error();
    }
    auto read = database.prepare(
        "SELECT first, count, bytes_raw, checksum, payload, chain FROM batches WHERE first <= ?1 "
        "ORDER "
        "BY first DESC LIMIT 1");
    if (!read) {
        return read.error();
    }
    auto chain = database.prepare(
        "SELECT first, count, chain FROM batches WHERE first < ?1 ORDER BY first DESC LIMIT 1");
    if (!chain) {
        return chain.error();
    }
    BatchTable table;
    table.insert_ = std::move(*insert);
    table.read_ = std::move(*read);
    table.chain_ = std::move(*chain);
    table.compression_ = std::make_unique<Compression>();
    return table;
}

Status BatchTable::insert(Position first,
                          std::uint32_t count,
                          std::string_view bytes,
                          LogState& state) {
    const auto payload = compression_->compress(bytes);
    if (!payload) {
        return payload.error();
    }
    const std::uint64_t row = row_checksum(first, count, bytes.size(), *payload);
    const std::uint64_t chain = chained(state.chain, row);
    const Status inserted = insert_.bind(1, static_cast<std::int64_t>(first.value()))
                                .bind(2, count)
                                .bind(3, static_cast<std::int64_t>(bytes.size()))
                                .bind(4, static_cast<std::int64_t>(row))
                                .bind(5, static_cast<std::int64_t>(chain))
                                .bind_blob(6, *payload)
                                .run();
    if (!inserted) {
        return inserted.error();
    }
    state.batches.add(row);
    state.chain = chain;
    return done;
}

Result<std::optional<std::uint64_t>> BatchTable::chain_before(Position end) {
    const ResetAtExit reset_at_exit(chain_);
    const auto found = chain_.bind(1, static_cast<std::int64_t>(end.value())).step();
    if (!found) {
        return found.error();
    }
    const bool ends_there =
        *found && static_cast<std::uint64_t>(chain_.integer(0) + chain_.integer(1)) == end.value();
    return ends_there ? std::optional(static_cast<std::uint64_t>(chain_.integer(2)))
                      : std::optional<std::uint64_t>();
}

Result<std::optional<BatchRow>> BatchTable::read(Position at) {
    const ResetAtExit reset_at_exit(read_);
    const auto found = read_.bind(1, static_cast<std::int64_t>(at.value())).step();
    if (!found) {
        return found.error();
    }
    if (!*found) {
        return std::optional<BatchRow>();
    }
    auto row = decode(read_);
    if (!row) {
        return row.error();
    }
    if (at.value() - row->first.value() >= row->count) {
        return damaged(at, "a batch is missing");
    }
    return std::optional(std::move(*row));
}

Result<BatchRow> BatchTable::decode(Statement& row) {
    const auto bytes_raw = static_cast<std::uint64_t>(row.integer(2));
    const std::string_view payload = row.blob(4);
    BatchRow batch;
    batch.first = Position(static_cast<std::uint64_t>(row.integer(0)));
    batch.count = static_cast<std::uint32_t>(row.integer(1));
    batch.checksum = static_cast<std::uint64_t>(row.integer(3));
    batch.chain = static_cast<std::uint64_t>(row.integer(5));
    if (batch.checksum != row_checksum(batch.first, batch.count, bytes_raw, payload) ||
        bytes_raw > limits::batch_bytes_max) {
        return damaged(batch.first, "a batch does not match its checksum");
    }
    auto bytes = compression_->restore(payload, bytes_raw);
    if (!bytes) {
        return damaged(batch.first, bytes.error().message);
    }
    batch.bytes = std::move(*bytes);
    return batch;
}

}  // namespace fineline::eventlog
