#pragma once

#include <map>
#include <string>
#include <vector>

namespace fineline::study_tests {

/// A CSV file by column, as text.
using CsvColumns = std::map<std::string, std::vector<std::string>>;

/// Reads a whole file, compressed or not; ends the process where it can't.
[[nodiscard]] CsvColumns read_csv_columns(const std::string& path);

}  // namespace fineline::study_tests
