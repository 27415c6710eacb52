#include "eventlog/message_id_table.h"

#include "base/bytes.h"
#include "base/checksum.h"

#include <cstring>

namespace fineline::eventlog {

namespace {

std::int64_t micros(Instant at) {
    return at.time_since_epoch().count();
}

Result<MessageRow> decode(const Statement& row) {
    const std::string_view digest = row.blob(0);
    MessageRow message;
    if (digest.size() != message.digest.bytes.size()) {
        return Error{
            ErrorCode::corrupt, "a message id of the log is malformed; restore a backup", {}};
    }
    std::memcpy(message.digest.bytes.data(), digest.data(), digest.size());
    message.logged_at = Instant(Duration(row.integer(1)));
    return message;
}

}  // namespace

MessageDigest MessageDigest::of(std::string_view source, std::string_view message_id) {
    std::string text;
    ByteWriter(text).text(source);
    text += message_id;
    const Digest128 digest = digest128(text);
    MessageDigest message;
    std::memcpy(message.bytes.data(), &digest.low, sizeof digest.low);
    std::memcpy(message.bytes.data() + sizeof digest.low, &digest.high, sizeof digest.high);
    return message;
}

Status MessageIdTable::create(Database& database) {
    return database.execute(
        "CREATE TABLE message_ids(digest BLOB PRIMARY KEY, logged_at INTEGER NOT NULL) WITHOUT "
        "ROWID");
}

Result<MessageIdTable> MessageIdTable::open(Database& database) {
    struct Text {
        Statement MessageIdTable::*statement;
        std::string_view sql;
    };

    constexpr std::array<Text, 5> texts{{
        {&MessageIdTable::find_, "SELECT logged_at FROM message_ids WHERE digest = ?1"},
        {&MessageIdTable::put_, "INSERT INTO message_ids VALUES(?1, ?2)"},
        {&MessageIdTable::after_,
         "SELECT digest, logged_at FROM message_ids WHERE digest > ?1 ORDER BY digest LIMIT ?2"},
        {&MessageIdTable::all_, "SELECT digest, logged_at FROM message_ids ORDER BY digest"},
        {&MessageIdTable::remove_, "DELETE FROM message_ids WHERE digest = ?1"},
    }};
    MessageIdTable table;
    for (const Text& text : texts) {
        auto statement = database.prepare(text.sql);
        if (!statement) {
            return statement.error();
        }
        table.*text.statement = std::move(*statement);
    }
    return table;
}

Result<std::optional<Instant>> MessageIdTable::find(const MessageDigest& digest) {
    const ResetAtExit reset_at_exit(find_);
    const auto found = find_.bind_blob(1, digest.view()).step();
    if (!found) {
        return found.error();
    }
    return *found ? std::optional(Instant(Duration(find_.integer(0)))) : std::nullopt;
}

Status MessageIdTable::put(const MessageRow& row, std::optional<Instant> before, TableSum& sum) {
    if (before) {
        const Status removed = remove({.digest = row.digest, .logged_at = *before}, sum);
        if (!removed) {
            return removed;
        }
    }
    const Status inserted =
        put_.bind_blob(1, row.digest.view()).bind(2, micros(row.logged_at)).run();
    if (!inserted) {
        return inserted;
    }
    sum.add(row_checksum(row));
    return done;
}

Status MessageIdTable::prune(Instant horizon, std::uint32_t rows_max, TableSum& sum) {
    std::vector<MessageRow> expired;
    std::uint32_t seen = 0;
    {
        const ResetAtExit reset_at_exit(after_);
        const MessageDigest from = pruned_up_to_;
        after_.bind_blob(1, from.view()).bind(2, rows_max);
        while (true) {
            const auto stepped = after_.step();
            if (!stepped) {
                return stepped.error();
            }
            if (!*stepped) {
                break;
            }
            const auto row = decode(after_);
            if (!row) {
                return row.error();
            }
            ++seen;
            pruned_up_to_ = row->digest;
            if (row->logged_at < horizon) {
                expired.push_back(*row);
            }
        }
    }
    if (seen < rows_max) {
        pruned_up_to_ = {};
    }
    for (const MessageRow& row : expired) {
        const Status removed = remove(row, sum);
        if (!removed) {
            return removed;
        }
    }
    return done;
}

Status MessageIdTable::remove(const MessageRow& row, TableSum& sum) {
    const Status removed = remove_.bind_blob(1, row.digest.view()).run();
    if (!removed) {
        return removed;
    }
    sum.remove(row_checksum(row));
    return done;
}

Status MessageIdTable::for_each(const std::function<Status(const MessageRow&)>& visit) {
    const ResetAtExit reset_at_exit(all_);
    while (true) {
        const auto stepped = all_.step();
        if (!stepped) {
            return stepped.error();
        }
        if (!*stepped) {
            return done;
        }
        const auto row = decode(all_);
        if (!row) {
            return row.error();
        }
        const Status visited = visit(*row);
        if (!visited) {
            return visited;
        }
    }
}

std::uint64_t MessageIdTable::row_checksum(const MessageRow& row) {
    std::string bytes(row.digest.view());
    ByteWriter(bytes).u64(static_cast<std::uint64_t>(micros(row.logged_at)));
    return checksum(bytes);
}

}  // namespace fineline::eventlog
