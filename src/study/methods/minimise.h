#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace fineline::study {

/// A function of several numbers. May return infinity where it is not defined; never NaN.
using Objective = std::function<double(std::span<const double>)>;

struct MinimiseOptions {
    double step = 0.5;         ///< edge of the first simplex, in the unit of the arguments
    double tolerance = 1e-13;  ///< ends when values differ less than this, relative to the value
    unsigned evaluations_max = 20'000;
    unsigned restarts = 5;  ///< new simplices at the point found, until one gains nothing
};

/// The least value found.
struct Minimum {
    std::vector<double> at{};
    double value = 0;
    unsigned evaluations = 0;
    bool converged = false;
};

/// Finds a local minimum without derivatives: the simplex of Nelder & Mead (1965) with the adaptive
/// coefficients of Gao & Han (2012), begun anew at its result until that gains nothing, for a
/// collapsed simplex is no minimum. For up to about ten arguments. Deterministic.
[[nodiscard]] Minimum minimise(const Objective& objective,
                               std::span<const double> start,
                               const MinimiseOptions& options);

/// The best of minimise() from each of several starts, and how many ended within 1e-6 of it,
/// relative to its value.
struct BestOfStarts {
    Minimum best{};
    unsigned starts = 0;
    unsigned best_found = 0;
};

/// Runs minimise() from every start, on at most `threads` threads. At least one start (required).
[[nodiscard]] BestOfStarts minimise_from(const Objective& objective,
                                         std::span<const std::vector<double>> starts,
                                         const MinimiseOptions& options,
                                         unsigned threads);

/// Returns the matrix of second derivatives at a point by central differences, by row, with steps
/// of `step` times the size of each argument (at least `step`²). Cost: 2 · n² evaluations.
[[nodiscard]] std::vector<double> second_derivatives(const Objective& objective,
                                                     std::span<const double> at,
                                                     double step);

}  // namespace fineline::study
