#include "eventlog/log_verification.h"

#include "model/record_batch.h"

namespace fineline::eventlog {

namespace {

Status compare(const TableSum& found, const TableSum& stated, const std::string& table) {
    if (found == stated) {
        return done;
    }
    return Error{ErrorCode::corrupt,
                 "the log is damaged: table " + table + " holds " + std::to_string(found.rows) +
                     " rows that do not add up to the " + std::to_string(stated.rows) +
                     " rows its state tells of; restore a backup",
                 {}};
}

Status verify_batches(LogFile& file) {
    TableSum found;
    std::uint64_t chain = 0;
    Position at(0);
    while (at.value() < file.state().end) {
        auto row = file.batches().read(at);
        if (!row) {
            return row.error();
        }
        if (!*row || (*row)->first != at) {
            return Error{ErrorCode::corrupt,
                         "the log is damaged at position " + std::to_string(at.value()) +
                             ": no batch begins there",
                         {}};
        }
        const std::uint32_t count = (*row)->count;
        found.add((*row)->checksum);
        chain = chained(chain, (*row)->checksum);
        if (chain != (*row)->chain) {
            return Error{ErrorCode::corrupt,
                         "the log is damaged at position " + std::to_string(at.value()) +
                             ": a batch does not follow from those before it",
                         {}};
        }
        const auto batch = RecordBatch::open(std::move((*row)->bytes));
        if (!batch) {
            return batch.error();
        }
        if (batch->count() != count) {
            return Error{ErrorCode::corrupt,
                         "the log is damaged at position " + std::to_string(at.value()) +
                             ": a batch holds another number of records than it says",
                         {}};
        }
        at = Position(at.value() + count);
    }
    const auto rows = file.database().query_integer("SELECT count(*) FROM batches");
    if (!rows) {
        return rows.error();
    }
    if (static_cast<std::uint64_t>(*rows) != found.rows) {
        found.rows = static_cast<std::uint64_t>(*rows);
    }
    if (chain != file.state().chain) {
        return Error{ErrorCode::corrupt,
                     "the log is damaged: its last batch is not the one its state tells of",
                     {}};
    }
    return compare(found, file.state().batches, "batches");
}

Status verify_message_ids(LogFile& file) {
    TableSum runs;
    TableSum erased;
    const Status summed = file.message_ids().sum_up(runs, erased);
    if (!summed) {
        return summed.error();
    }
    const Status compared = compare(runs, file.state().message_runs, "message_runs");
    return compared ? compare(erased, file.state().erased_ids, "erased_ids") : compared;
}

Status verify_sequences(LogFile& file) {
    TableSum found;
    const Status walked = file.sequences().for_each([&](const SequenceRow& row) -> Status {
        found.add(SequenceTable::row_checksum(row));
        return done;
    });
    return walked ? compare(found, file.state().sequences, "sequences") : walked;
}

}  // namespace

Status verify(LogFile& file) {
    const Status structure = file.database().check_structure();
    if (!structure) {
        return structure.error();
    }
    for (const auto check : {&verify_batches, &verify_message_ids, &verify_sequences}) {
        const Status checked = check(file);
        if (!checked) {
            return checked.error();
        }
    }
    return done;
}

}  // namespace fineline::eventlog
