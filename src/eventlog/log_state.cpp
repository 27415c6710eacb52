#include "eventlog/log_state.h"

#include "base/bytes.h"
#include "base/checksum.h"

#include <array>

namespace fineline::eventlog {

namespace {

constexpr std::size_t content_bytes = 12 * sizeof(std::uint64_t);

}  // namespace

std::string encode(const LogState& state) {
    std::string bytes;
    ByteWriter writer(bytes);
    writer.u64(state.revision);
    writer.u64(state.end);
    writer.u64(static_cast<std::uint64_t>(state.clock.time_since_epoch().count()));
    writer.u64(state.chain);
    for (const TableSum& sum :
         {state.batches, state.message_runs, state.erased_ids, state.sequences}) {
        writer.u64(sum.rows);
        writer.u64(sum.checksums);
    }
    writer.u64(checksum(bytes));
    return bytes;
}

Result<LogState> decode_log_state(std::string_view bytes) {
    ByteReader reader(bytes);
    LogState state;
    state.revision = reader.u64();
    state.end = reader.u64();
    state.clock = Instant(Duration(static_cast<std::int64_t>(reader.u64())));
    state.chain = reader.u64();
    for (TableSum* sum :
         {&state.batches, &state.message_runs, &state.erased_ids, &state.sequences}) {
        sum->rows = reader.u64();
        sum->checksums = reader.u64();
    }
    const std::uint64_t stored = reader.u64();
    if (!reader.ok() || !reader.at_end() || stored != checksum(bytes.substr(0, content_bytes))) {
        return Error{
            ErrorCode::corrupt, "the state row of the log does not match its checksum", {}};
    }
    return state;
}

}  // namespace fineline::eventlog
