#include "base/require.h"
#include "ingest/json_lines.h"
#include "ingest/message_reader.h"

#include <cstddef>
#include <cstdint>
#include <string>

using fineline::RecordBatch;
using fineline::RecordBatchBuilder;
using fineline::require;
using namespace fineline::ingest;  // NOLINT(google-build-using-namespace)

/// Reads any bytes as messages: what is accepted must make a batch that can be opened.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto input = InputStream::open(
        memory_source(std::string(reinterpret_cast<const char*>(data), size), "fuzz"));
    if (!input) {
        return 0;
    }
    auto reader = JsonLinesReader::open(**input);
    if (!reader) {
        return 0;
    }
    MessageReader messages({.alias_merges = true});
    RecordBatchBuilder batch;
    RowRecords records;
    RecordTally tally;
    while (true) {
        auto outcome = (*reader)->next();
        if (!outcome || *outcome == JsonLinesReader::Outcome::end) {
            break;
        }
        if (*outcome == JsonLinesReader::Outcome::reject) {
            continue;
        }
        auto flaw = messages.read((*reader)->line().value, {}, batch, records);
        require(flaw.has_value(), "a message failed that is only flawed");
        require(!*flaw || records.empty(), "a flawed message left records");
        records.commit(batch, tally);
    }
    const std::uint32_t count = batch.count();
    auto opened = RecordBatch::open(batch.finish({}));
    require(opened.has_value() && opened->count() == count,
            "accepted messages made a batch that cannot be read");
    return 0;
}
