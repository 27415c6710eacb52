#include "study/reference/published_files.h"

#include "base/text.h"
#include "ingest/csv_reader.h"
#include "ingest/input_stream.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>

namespace fineline::study {

DataFolders data_folders(const std::string& more) {
    DataFolders folders{{FINELINE_EXAMPLES "/data", FINELINE_EXAMPLES}};
    if (!more.empty()) folders.roots.push_back(more);
    return folders;
}

Result<std::string> find_data_file(const DataFolders& folders,
                                   std::initializer_list<std::string_view> names) {
    for (const std::string& root : folders.roots) {
        for (const std::string_view name : names) {
            for (const std::string_view ending : {"", ".zst"}) {
                const std::string path = root + "/" + std::string(name) + std::string(ending);
                std::error_code ignored;
                if (std::filesystem::is_regular_file(path, ignored)) return path;
            }
        }
    }
    return Error{
        ErrorCode::not_found,
        "needs " + std::string(*names.begin()) + "; set FINELINE_DATA to a folder that holds it",
        {}};
}

Result<std::string> read_text_file(const std::string& path) {
    auto source = ingest::open_source(path);
    if (!source) return source.error();
    auto input = ingest::InputStream::open(std::move(*source));
    if (!input) return input.error();
    std::string text;
    std::array<char, 65536> buffer{};
    for (;;) {
        const auto count = (*input)->read(buffer);
        if (!count) return count.error();
        if (*count == 0) return text;
        text.append(buffer.data(), *count);
    }
}

Status read_csv_file(const std::string& path,
                     std::span<const std::string_view> columns,
                     const std::function<void(std::span<const std::string_view>)>& each) {
    auto source = ingest::open_source(path);
    if (!source) return source.error();
    auto input = ingest::InputStream::open(std::move(*source));
    if (!input) return input.error();
    auto reader = ingest::CsvReader::open(**input, {});
    if (!reader) return reader.error();
    std::vector<std::size_t> places;
    for (const std::string_view column : columns) {
        const auto& all = (*reader)->columns();
        const auto found = std::find(all.begin(), all.end(), column);
        if (found == all.end()) {
            return Error{ErrorCode::not_found, path + " has no column " + std::string(column), {}};
        }
        places.push_back(static_cast<std::size_t>(found - all.begin()));
    }
    std::vector<std::string_view> cells(columns.size());
    for (;;) {
        const auto outcome = (*reader)->next();
        if (!outcome) return outcome.error();
        if (*outcome == ingest::CsvReader::Outcome::end) return done;
        if (*outcome == ingest::CsvReader::Outcome::reject) {
            return Error{
                ErrorCode::invalid_argument,
                path + ": row " + std::to_string((*reader)->row().number + 1) + " cannot be read",
                {}};
        }
        const auto row = (*reader)->row().cells;
        std::transform(
            places.begin(), places.end(), cells.begin(), [&](std::size_t at) { return row[at]; });
        each(cells);
    }
}

Result<std::vector<double>> read_csv_numbers(const std::string& path,
                                             std::span<const std::string_view> columns) {
    std::vector<double> numbers;
    std::string bad;
    const auto read = read_csv_file(path, columns, [&](std::span<const std::string_view> cells) {
        for (const std::string_view cell : cells) {
            double number = std::numeric_limits<double>::quiet_NaN();
            if (!cell.empty() && !parse_number(cell, number)) bad = cell;
            numbers.push_back(number);
        }
    });
    if (!read) return read.error();
    if (!bad.empty()) {
        return Error{ErrorCode::invalid_argument, path + " holds no number: " + bad, {}};
    }
    return numbers;
}

}  // namespace fineline::study
