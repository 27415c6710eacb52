#pragma once

#include "base/result.h"

#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::study {

/// Folders that may hold published data sets, in the order they are searched.
struct DataFolders {
    std::vector<std::string> roots{};
};

/// Returns where the sets lie that ship with the program, followed by `more` (empty: none).
[[nodiscard]] DataFolders data_folders(const std::string& more);

/// Finds the first of several names, each tried plain and with .zst, in the first folder that has
/// it. Errors: not_found, naming the first.
[[nodiscard]] Result<std::string> find_data_file(const DataFolders& folders,
                                                 std::initializer_list<std::string_view> names);

/// Reads a whole text, decompressed. Errors: io, corrupt.
[[nodiscard]] Result<std::string> read_text_file(const std::string& path);

/// Reads a CSV file and hands on the named cells of each row, in the order of `columns`; views are
/// valid within the call. Errors: not_found for a column, io, corrupt; invalid_argument for a row
/// that cannot be read.
[[nodiscard]] Status read_csv_file(
    const std::string& path,
    std::span<const std::string_view> columns,
    const std::function<void(std::span<const std::string_view>)>& each);

/// Reads the named columns as numbers, by row; an empty cell is NaN. Errors: as read_csv_file;
/// invalid_argument for a cell that is no number.
[[nodiscard]] Result<std::vector<double>> read_csv_numbers(
    const std::string& path, std::span<const std::string_view> columns);

}  // namespace fineline::study
