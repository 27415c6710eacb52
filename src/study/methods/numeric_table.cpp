#include "study/methods/numeric_table.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <string>
#include <string_view>
#include <unordered_map>

namespace fineline::study {

namespace {

Error wrong(std::string message) {
    return {ErrorCode::invalid_argument, std::move(message), {}};
}

/// The bytes of a row, with the two zeros made one, so that equal rows have equal bytes.
std::string row_key(std::span<const double> row) {
    std::string key(row.size() * sizeof(double), '\0');
    for (std::size_t i = 0; i < row.size(); ++i) {
        const double value = row[i] == 0.0 ? 0.0 : row[i];
        std::memcpy(key.data() + i * sizeof(double), &value, sizeof(double));
    }
    return key;
}

}  // namespace

Patterns distinct_rows(const NumericTable& table) {
    Patterns patterns;
    patterns.rows.columns = table.columns;
    patterns.pattern_of_row.reserve(table.rows);
    std::unordered_map<std::string, std::uint32_t> seen;
    for (std::size_t row = 0; row < table.rows; ++row) {
        const auto values = table.row(row);
        const auto next = static_cast<std::uint32_t>(patterns.weights.size());
        const auto [found, is_new] = seen.try_emplace(row_key(values), next);
        if (is_new) {
            patterns.rows.values.insert(patterns.rows.values.end(), values.begin(), values.end());
            patterns.weights.push_back(0);
        }
        patterns.weights[found->second] += 1;
        patterns.pattern_of_row.push_back(found->second);
    }
    patterns.rows.rows = patterns.weights.size();
    return patterns;
}

Status check_finite(const NumericTable& table) {
    if (table.rows == 0 || table.columns == 0) {
        return wrong("there is nothing to fit: the table has " + std::to_string(table.rows) +
                     " rows and " + std::to_string(table.columns) + " columns");
    }
    for (std::size_t i = 0; i < table.values.size(); ++i) {
        if (!std::isfinite(table.values[i])) {
            return wrong("row " + std::to_string(i / table.columns + 1) + ", column " +
                         std::to_string(i % table.columns + 1) +
                         " is missing or no finite number; fill or leave out such rows first");
        }
    }
    return done;
}

Result<std::vector<double>> checked_weights(std::span<const double> weights, std::size_t rows) {
    if (weights.empty()) {
        return std::vector<double>(rows, 1.0);
    }
    if (weights.size() != rows) {
        return wrong(std::to_string(weights.size()) + " weights for " + std::to_string(rows) +
                     " rows");
    }
    double total = 0;
    for (const double weight : weights) {
        if (!std::isfinite(weight) || weight < 0) {
            return wrong("a weight is negative or no finite number");
        }
        total += weight;
    }
    if (total <= 0) {
        return wrong("all weights are zero");
    }
    return std::vector<double>(weights.begin(), weights.end());
}

Result<NumericTable> standardised(const NumericTable& table) {
    if (const auto checked = check_finite(table); !checked) {
        return checked.error();
    }
    NumericTable scaled = table;
    const auto rows = static_cast<double>(table.rows);
    for (std::size_t column = 0; column < table.columns; ++column) {
        double sum = 0;
        for (std::size_t row = 0; row < table.rows; ++row) {
            sum += table.at(row, column);
        }
        const double mean = sum / rows;
        double squares = 0;
        for (std::size_t row = 0; row < table.rows; ++row) {
            squares += (table.at(row, column) - mean) * (table.at(row, column) - mean);
        }
        const double deviation = std::sqrt(squares / rows);
        if (!(deviation > 1e-12 * std::max(1.0, std::abs(mean)))) {
            return wrong("column " + std::to_string(column + 1) +
                         " is constant and tells nobody apart; leave it out");
        }
        for (std::size_t row = 0; row < table.rows; ++row) {
            scaled.at(row, column) = (table.at(row, column) - mean) / deviation;
        }
    }
    return scaled;
}

std::vector<std::uint32_t> order_by_size(std::span<const double> sizes) {
    std::vector<std::uint32_t> labels(sizes.size());
    std::iota(labels.begin(), labels.end(), 0U);
    std::stable_sort(labels.begin(), labels.end(), [&](std::uint32_t a, std::uint32_t b) {
        return sizes[a] > sizes[b];
    });
    std::vector<std::uint32_t> place(sizes.size());
    for (std::uint32_t at = 0; at < labels.size(); ++at) {
        place[labels[at]] = at;
    }
    return place;
}

}  // namespace fineline::study
