#include "eventlog/sequence_table.h"

#include "base/bytes.h"
#include "base/checksum.h"

namespace fineline::eventlog {

Status SequenceTable::create(Database& database) {
    return database.execute(
        "CREATE TABLE sequences(name BLOB PRIMARY KEY, last_row INTEGER NOT NULL, finished INTEGER "
        "NOT NULL) "
        "WITHOUT ROWID");
}

Result<SequenceTable> SequenceTable::open(Database& database) {
    auto find = database.prepare("SELECT last_row, finished FROM sequences WHERE name = ?1");
    if (!find) {
        return find.error();
    }
    auto put = database.prepare("INSERT OR REPLACE INTO sequences VALUES(?1, ?2, ?3)");
    if (!put) {
        return put.error();
    }
    auto all = database.prepare("SELECT name, last_row, finished FROM sequences ORDER BY name");
    if (!all) {
        return all.error();
    }
    SequenceTable table;
    table.find_ = std::move(*find);
    table.put_ = std::move(*put);
    table.all_ = std::move(*all);
    return table;
}

Result<SequenceRow> SequenceTable::find(std::string_view name) {
    SequenceRow row;
    row.name = name;
    const ResetAtExit reset_at_exit(find_);
    const auto found = find_.bind_blob(1, name).step();
    if (!found) {
        return found.error();
    }
    if (*found) {
        row.last_row = static_cast<std::uint64_t>(find_.integer(0));
        row.is_finished = find_.integer(1) != 0;
    }
    return row;
}

Status SequenceTable::put(const SequenceRow& row, TableSum& sum) {
    require(row.last_row > 0 || row.is_finished, "a sequence that was never used has no row");
    const auto before = find(row.name);
    if (!before) {
        return before.error();
    }
    const Status replaced = put_.bind_blob(1, row.name)
                                .bind(2, static_cast<std::int64_t>(row.last_row))
                                .bind(3, row.is_finished ? 1 : 0)
                                .run();
    if (!replaced) {
        return replaced.error();
    }
    if (before->last_row > 0 || before->is_finished) {
        sum.remove(row_checksum(*before));
    }
    sum.add(row_checksum(row));
    return done;
}

Status SequenceTable::for_each(const std::function<Status(const SequenceRow&)>& visit) {
    const ResetAtExit reset_at_exit(all_);
    while (true) {
        const auto stepped = all_.step();
        if (!stepped) {
            return stepped.error();
        }
        if (!*stepped) {
            return done;
        }
        SequenceRow row;
        row.name = all_.blob(0);
        row.last_row = static_cast<std::uint64_t>(all_.integer(1));
        row.is_finished = all_.integer(2) != 0;
        const Status visited = visit(row);
        if (!visited) {
            return visited.error();
        }
    }
}

std::uint64_t SequenceTable::row_checksum(const SequenceRow& row) {
    std::string bytes;
    ByteWriter writer(bytes);
    writer.text(row.name);
    writer.u64(row.last_row);
    writer.u8(row.is_finished ? 1 : 0);
    return checksum(bytes);
}

}  // namespace fineline::eventlog
