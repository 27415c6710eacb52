#pragma once

#include "study/methods/numeric_table.h"

namespace fineline::study {

/// Which moves a start may make.
enum class KMeansMoves : std::uint8_t {
    rounds,           ///< Lloyd's rounds only, as most programs have it
    then_single_rows  ///< after them, single rows move while that helps (Hartigan 1975): never
                      ///< worse
};

/// How often and how long k-means tries.
struct KMeansOptions {
    unsigned clusters = 4;
    unsigned starts = 20;
    unsigned rounds_max = 300;  ///< passes over the rows in one start
    KMeansMoves moves = KMeansMoves::then_single_rows;
    std::uint64_t seed = 1;
    unsigned threads = 1;
};

/// The best partition found. Clusters are ordered by size, largest first.
struct KMeansFit {
    NumericTable centres{};
    std::vector<std::uint32_t> labels{};  ///< one a row, rows of weight 0 included
    std::vector<double> sizes{};          ///< summed weights
    double squares = 0;                   ///< weighted sum of squared distances to the own centre
    double distances = 0;                 ///< the same of distances, not squared
    unsigned starts = 0;
    unsigned best_found = 0;  ///< starts that ended within 1e-6 (relative) of the best
};

/// Partitions rows so that the weighted sum of squared distances to the clusters' centres is as
/// small as found. Each start seeds by greedy k-means++ (Arthur & Vassilvitskii 2007), then moves.
/// `weights` may be empty. Same seed, same answer, whatever the threads. Errors: invalid_argument
/// for an empty table, missing values, or fewer distinct rows than clusters. Cost: O(starts ·
/// rounds · rows · clusters · columns).
[[nodiscard]] Result<KMeansFit> k_means(const NumericTable& rows,
                                        std::span<const double> weights,
                                        const KMeansOptions& options);

/// Returns the nearest centre of each row; ties: the lower.
[[nodiscard]] std::vector<std::uint32_t> nearest_centre(const NumericTable& centres,
                                                        const NumericTable& rows);

}  // namespace fineline::study
