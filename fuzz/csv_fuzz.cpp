#include "base/require.h"
#include "ingest/csv_reader.h"

#include <cstddef>
#include <cstdint>
#include <string>

using fineline::require;
using fineline::ingest::CsvReader;
using fineline::ingest::InputStream;
using fineline::ingest::memory_source;

/// Reads any bytes as CSV: it must end, number rows without gaps and keep every row as wide as the
/// header.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto input = InputStream::open(
        memory_source(std::string(reinterpret_cast<const char*>(data), size), "fuzz"));
    if (!input) {
        return 0;
    }
    auto reader = CsvReader::open(**input, {});
    if (!reader) {
        return 0;
    }
    std::uint64_t rows = 0;
    std::uint64_t offset = 0;
    while (true) {
        auto outcome = (*reader)->next();
        if (!outcome || *outcome == CsvReader::Outcome::end) {
            return 0;
        }
        ++rows;
        const bool good = *outcome == CsvReader::Outcome::row;
        const std::uint64_t at =
            good ? (*reader)->row().byte_offset : (*reader)->reject().byte_offset;
        require(rows == 1 || at > offset, "a row does not begin behind the one before");
        offset = at;
        if (good) {
            require((*reader)->row().number == rows, "a row has the wrong number");
            require((*reader)->row().cells.size() == (*reader)->columns().size(),
                    "a row has the wrong width");
        }
    }
}
