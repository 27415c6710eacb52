#pragma once

#include "study/methods/numeric_table.h"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace fineline::study {

/// Fits a partition on rows taken `draws` times each and labels *every* row by it. Must depend on
/// its arguments alone; called from several threads at once.
using Refit = std::function<Result<std::vector<std::uint32_t>>(std::span<const double> draws,
                                                               std::uint64_t seed)>;

struct StabilityOptions {
    unsigned pairs = 60;  ///< of bootstrap samples
    std::uint64_t seed = 1;
    unsigned threads = 1;
};

/// Would the same segments be found again?
struct Stability {
    /// The adjusted Rand index of each pair's two labelings of all rows, ascending (global
    /// stability; Dolnicar & Leisch 2010).
    std::vector<double> agreement{};
    double agreement_median = 0;
    /// Of each segment of the whole solution: its best Jaccard index with a bootstrap's segments,
    /// over all rows, the median over pairs of the pair's mean (SLSw; Dolnicar & Leisch 2017).
    std::vector<double> within{};
    /// The same over the rows that the bootstrap drew, the mean over all bootstraps (Hennig 2007);
    /// below 0.6 a segment is not to be trusted.
    std::vector<double> bootstrap_jaccard{};
};

/// Refits on pairs of bootstrap samples. `weights[i]` rows are like row i (empty: 1 each; whole
/// numbers otherwise), `labels` the solution on all. Errors: those of `refit`; invalid_argument for
/// no rows or no pairs. Cost: 2 · pairs fits.
[[nodiscard]] Result<Stability> stability(std::span<const double> weights,
                                          std::span<const std::uint32_t> labels,
                                          const Refit& refit,
                                          const StabilityOptions& options);

/// For solutions of 2, 3 … clusters: for each from the second on, and each of its segments, the
/// entropy of where its members were in the solution before; 0 is a segment taken over unchanged
/// (SLSa; Dolnicar & Leisch 2017).
[[nodiscard]] std::vector<std::vector<double>> stability_across(
    std::span<const std::vector<std::uint32_t>> solutions, std::span<const double> weights);

}  // namespace fineline::study
