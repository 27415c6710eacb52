#pragma once

#include "base/result.h"
#include "study/methods/gamma_gamma.h"

#include <cstdint>
#include <span>
#include <vector>

namespace fineline::study {

/// Segments' values drawn towards what all have in common, by as much as their own data leave open.
struct Shrunk {
    std::vector<double> values{};
    double centre = 0;  ///< what they are drawn towards
    double factor = 0;  ///< the share of an average segment's own deviation that is kept, 0 … 1
};

/// A segment's rate: successes of trials.
struct RateCount {
    double successes = 0;
    double trials = 0;
};

/// A segment's effect or mean with its standard error.
struct MeasuredMean {
    double mean = 0;
    double standard_error = 0;
};

/// James & Stein's estimator for equal, known variance: the mean plus (1 − (k − 3) σ² / Σ (y − ȳ)²)
/// of each deviation, never below 0. Source: Efron & Morris 1975. Errors: invalid_argument for
/// fewer than four values, a value that is missing, or a variance that is not positive.
[[nodiscard]] Result<Shrunk> james_stein(std::span<const double> values, double variance);

/// Rates: successes are binomial, rates Beta(α, β) over segments, fitted by maximum likelihood.
struct BetaBinomial {
    double alpha = 0;
    double beta = 0;
    Shrunk shrunk{};
};

/// Errors: invalid_argument for fewer than two segments, no trials, or successes outside 0 …
/// trials.
[[nodiscard]] Result<BetaBinomial> shrink_rates(std::span<const RateCount> segments,
                                                const PurchaseFitOptions& options);

/// Means and effects: normal around their own truth with known standard errors, truths normal over
/// segments; the variance between them by Paule & Mandel (1982). Errors: invalid_argument for fewer
/// than two segments, or a standard error that is not positive.
struct NormalNormal {
    double between = 0;  ///< the standard deviation of the truths
    Shrunk shrunk{};
};

[[nodiscard]] Result<NormalNormal> shrink_means(std::span<const MeasuredMean> segments);

/// Money: a segment's mean spend of n purchases, by the gamma-gamma model. Errors: as
/// fit_gamma_gamma.
struct GammaGammaShrinkage {
    GammaGamma model{};
    Shrunk shrunk{};
};

[[nodiscard]] Result<GammaGammaShrinkage> shrink_spend(std::span<const SpendHistory> segments,
                                                       const PurchaseFitOptions& options);

}  // namespace fineline::study
