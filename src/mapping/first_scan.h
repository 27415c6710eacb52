#pragma once

#include "base/checksum.h"
#include "base/result.h"
#include "ingest/csv_reader.h"
#include "ingest/csv_types.h"
#include "mapping/loader.h"
#include "mapping/mapping.h"

#include <cstdint>
#include <string>
#include <vector>

namespace fineline::mapping {

/// What reading a whole file once has told.
struct ScannedFile {
    Digest128 digest{};            ///< of the content, decompressed
    std::uint64_t text_bytes = 0;  ///< of the content
    std::uint64_t rows = 0;
    std::vector<ingest::Column> columns{};  ///< of a CSV file
};

/// Calls the watch about every megabyte of text. One thread at a time.
class WatchPulse {
  public:
    WatchPulse(const LoadWatch& watch, const ingest::InputStream& input, LoadPhase phase)
        : watch_(watch), input_(input), phase_(phase) {}

    /// Errors: unavailable once the caller has cancelled.
    [[nodiscard]] Status beat(std::uint64_t rows, std::uint64_t rejected) {
        return input_.text_bytes() >= next_ ? tell(rows, rejected) : Status(done);
    }

    /// Tells the progress at once. Errors: as beat().
    [[nodiscard]] Status tell(std::uint64_t rows, std::uint64_t rejected);

  private:
    const LoadWatch& watch_;
    const ingest::InputStream& input_;
    LoadPhase phase_;
    std::uint64_t next_ = 0;
};

/// How the mapping says a CSV file is written.
[[nodiscard]] ingest::CsvFormat csv_format(const Mapping& mapping);

/// Gives columns the types that the mapping names. Errors: invalid_argument for a column that is
/// not there.
[[nodiscard]] Status declare_types(const Mapping& mapping, std::vector<ingest::Column>& columns);

/// Reads a CSV file through for its digest and the types of its columns. Rows that will be rejected
/// decide no type: those that cannot be read, those whose customer is an empty cell (unless the
/// mapping may skip them first), and those whose time is a cell that is no time; this is told for
/// customers and times that are plain columns. Errors: as CsvReader and declare_types; unavailable
/// (cancelled).
[[nodiscard]] Result<ScannedFile> scan_csv(const std::string& file,
                                           const Mapping& mapping,
                                           const LoadWatch& watch);

/// Reads any file through for its digest. Errors: io, corrupt, unavailable (cancelled).
[[nodiscard]] Result<ScannedFile> scan_bytes(const std::string& file, const LoadWatch& watch);

}  // namespace fineline::mapping
