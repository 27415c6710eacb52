#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace fineline::study {

/// A dense table of numbers, one row after the other.
struct NumericTable {
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::vector<double> values{};  ///< rows × columns

    NumericTable() = default;

    NumericTable(std::size_t row_count, std::size_t column_count)
        : rows(row_count), columns(column_count), values(row_count * column_count, 0.0) {}

    [[nodiscard]] std::span<const double> row(std::size_t at) const {
        return std::span(values).subspan(at * columns, columns);
    }

    [[nodiscard]] std::span<double> row(std::size_t at) {
        return std::span(values).subspan(at * columns, columns);
    }

    [[nodiscard]] double at(std::size_t row_at, std::size_t column) const {
        return values[row_at * columns + column];
    }

    double& at(std::size_t row_at, std::size_t column) { return values[row_at * columns + column]; }
};

/// The distinct rows of a table, how often each occurs, and which of them each row is. Survey
/// answers repeat: fitting the patterns by weight gives the same answer in a fraction of the time.
struct Patterns {
    NumericTable rows{};
    std::vector<double> weights{};
    std::vector<std::uint32_t> pattern_of_row{};
};

/// Finds the distinct rows, in order of first appearance. Cost: one hash per row.
[[nodiscard]] Patterns distinct_rows(const NumericTable& table);

/// Checks that a table has rows and columns and holds only finite numbers. Errors:
/// invalid_argument, with the first row and column (counted from 1) that does not.
[[nodiscard]] Status check_finite(const NumericTable& table);

/// Checks that there is one weight a row, none negative or not finite, not all zero; an empty list
/// stands for ones and is returned as such. Errors: invalid_argument.
[[nodiscard]] Result<std::vector<double>> checked_weights(std::span<const double> weights,
                                                          std::size_t rows);

/// Subtracts each column's mean and divides by its standard deviation (divisor n). Errors:
/// invalid_argument for a column that is constant, or for what check_finite refuses.
[[nodiscard]] Result<NumericTable> standardised(const NumericTable& table);

/// Returns the squared Euclidean distance of two rows of equal length.
[[nodiscard]] inline double squared_distance(std::span<const double> a, std::span<const double> b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double difference = a[i] - b[i];
        sum += difference * difference;
    }
    return sum;
}

/// Returns, for each old label, its place in the order of weight, largest first (ties: the lower
/// label).
[[nodiscard]] std::vector<std::uint32_t> order_by_size(std::span<const double> sizes);

}  // namespace fineline::study
