#include "study/methods/symmetric_inverse.h"

#include <cmath>

namespace fineline::study {

namespace {

/// The lower triangle L with L · Lᵀ = matrix.
std::optional<std::vector<double>> lower_triangle(std::span<const double> matrix,
                                                  std::size_t size) {
    std::vector<double> lower(size * size, 0.0);
    for (std::size_t row = 0; row < size; ++row) {
        for (std::size_t column = 0; column <= row; ++column) {
            double rest = matrix[row * size + column];
            for (std::size_t i = 0; i < column; ++i) {
                rest -= lower[row * size + i] * lower[column * size + i];
            }
            if (row != column) {
                lower[row * size + column] = rest / lower[column * size + column];
                continue;
            }
            if (!(rest > 1e-14 * std::abs(matrix[row * size + row]))) return std::nullopt;
            lower[row * size + row] = std::sqrt(rest);
        }
    }
    return lower;
}

std::vector<double> solved(std::span<const double> lower, std::span<const double> right) {
    const std::size_t size = right.size();
    std::vector<double> x(right.begin(), right.end());
    for (std::size_t row = 0; row < size; ++row) {
        for (std::size_t i = 0; i < row; ++i) {
            x[row] -= lower[row * size + i] * x[i];
        }
        x[row] /= lower[row * size + row];
    }
    for (std::size_t row = size; row-- > 0;) {
        for (std::size_t i = row + 1; i < size; ++i) {
            x[row] -= lower[i * size + row] * x[i];
        }
        x[row] /= lower[row * size + row];
    }
    return x;
}

}  // namespace

std::optional<std::vector<double>> symmetric_inverse(std::span<const double> matrix,
                                                     std::size_t size) {
    const auto lower = lower_triangle(matrix, size);
    if (!lower) return std::nullopt;
    std::vector<double> inverse(size * size, 0.0);
    for (std::size_t column = 0; column < size; ++column) {
        std::vector<double> unit(size, 0.0);
        unit[column] = 1;
        const auto x = solved(*lower, unit);
        for (std::size_t row = 0; row < size; ++row) {
            inverse[row * size + column] = x[row];
        }
    }
    return inverse;
}

std::optional<std::vector<double>> symmetric_solve(std::span<const double> matrix,
                                                   std::span<const double> right) {
    const auto lower = lower_triangle(matrix, right.size());
    if (!lower) return std::nullopt;
    return solved(*lower, right);
}

}  // namespace fineline::study
