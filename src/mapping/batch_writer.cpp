#include "mapping/batch_writer.h"

#include "model/limits.h"

#include <utility>

namespace fineline::mapping {

BatchWriter::BatchWriter(BatchHeader header, std::uint64_t after_row, const BatchSink& sink)
    : header_(std::move(header)), after_row_(after_row), sink_(sink) {
    header_.first_row = after_row + 1;
    header_.last_row = after_row;
}

Result<bool> BatchWriter::take(const ingest::RowRecords& records, std::uint64_t row) {
    if (row <= after_row_) {
        ++already_;
        return false;
    }
    records.commit(batch_, tally_);
    header_.last_row = row;
    if (batch_.count() < limits::load_batch_records_max &&
        batch_.bytes() < limits::load_batch_bytes_max) {
        return false;
    }
    if (auto handed = hand_over(); !handed) {
        return handed.error();
    }
    return true;
}

Status BatchWriter::hand_over() {
    const BatchHeader header = header_;
    header_.first_row = header_.last_row + 1;
    return sink_(batch_.finish(header));
}

Status BatchWriter::finish() {
    return batch_.empty() ? Status(done) : hand_over();
}

}  // namespace fineline::mapping
