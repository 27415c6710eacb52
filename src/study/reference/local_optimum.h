#pragma once

#include "study/methods/k_means.h"

namespace fineline::study {

/// What is looked for among the ends of single starts of Lloyd's rounds.
struct WantedOptimum {
    unsigned clusters = 0;
    double squares = 0;  ///< as published
    unsigned starts = 0;
};

/// Published k-means solutions are ends of Lloyd's rounds, and often not the best there are:
/// returns the end, of so many starts, whose sum of squares lies nearest to the published one.
/// Errors: as k_means.
[[nodiscard]] Result<KMeansFit> local_optimum(const NumericTable& rows,
                                              std::span<const double> weights,
                                              const WantedOptimum& wanted);

}  // namespace fineline::study
