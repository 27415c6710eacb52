#pragma once

#include "base/result.h"
#include "ingest/record_check.h"
#include "mapping/loader.h"
#include "model/record_batch.h"

#include <cstdint>
#include <string>

namespace fineline::mapping {

/// Gathers the records of rows into batches for a sink. A row's records lie in one batch; rows that
/// an earlier load had are passed over. One thread at a time.
class BatchWriter {
  public:
    /// `header` says what all batches share. `sink` must outlive the writer.
    BatchWriter(BatchHeader header, std::uint64_t after_row, const BatchSink& sink);

    /// Where the records of the next row are to intern their names.
    [[nodiscard]] RecordBatchBuilder& batch() { return batch_; }

    /// Takes the records of row `row`; rows come in ascending order. Returns whether a batch was
    /// handed over, so that names must be interned anew. Errors: of the sink.
    [[nodiscard]] Result<bool> take(const ingest::RowRecords& records, std::uint64_t row);

    /// Hands over what is left. Errors: of the sink.
    [[nodiscard]] Status finish();

    [[nodiscard]] const ingest::RecordTally& tally() const { return tally_; }

    /// Rows passed over because an earlier load had them.
    [[nodiscard]] std::uint64_t already() const { return already_; }

  private:
    [[nodiscard]] Status hand_over();

    BatchHeader header_;
    std::uint64_t after_row_ = 0;
    const BatchSink& sink_;
    RecordBatchBuilder batch_;
    ingest::RecordTally tally_;
    std::uint64_t already_ = 0;
};

}  // namespace fineline::mapping
