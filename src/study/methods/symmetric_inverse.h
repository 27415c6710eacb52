#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace fineline::study {

/// Inverts a symmetric positive definite matrix, given by row, by Cholesky's decomposition. Empty
/// where it is not positive definite. Cost: O(size³).
[[nodiscard]] std::optional<std::vector<double>> symmetric_inverse(std::span<const double> matrix,
                                                                   std::size_t size);

/// Solves matrix · x = right for a symmetric positive definite matrix. Empty where it is not.
[[nodiscard]] std::optional<std::vector<double>> symmetric_solve(std::span<const double> matrix,
                                                                 std::span<const double> right);

}  // namespace fineline::study
