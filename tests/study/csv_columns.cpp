#include "csv_columns.h"

#include "base/require.h"
#include "ingest/csv_reader.h"
#include "ingest/input_stream.h"

namespace fineline::study_tests {

CsvColumns read_csv_columns(const std::string& path) {
    auto source = ingest::open_source(path);
    require(source.has_value(), "the file opens");
    auto input = ingest::InputStream::open(std::move(*source));
    require(input.has_value(), "the file is text");
    auto reader = ingest::CsvReader::open(**input, {});
    require(reader.has_value(), "the file has a header");
    std::vector<std::vector<std::string>> columns((*reader)->columns().size());
    while (true) {
        const auto outcome = (*reader)->next();
        require(outcome.has_value() && *outcome != ingest::CsvReader::Outcome::reject,
                "every row is readable");
        if (*outcome == ingest::CsvReader::Outcome::end) {
            break;
        }
        for (std::size_t c = 0; c < columns.size(); ++c) {
            columns[c].emplace_back((*reader)->row().cells[c]);
        }
    }
    CsvColumns named;
    for (std::size_t c = 0; c < columns.size(); ++c) {
        named.emplace((*reader)->columns()[c], std::move(columns[c]));
    }
    return named;
}

}  // namespace fineline::study_tests
