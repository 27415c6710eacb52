#pragma once

#include "study/methods/latent_classes.h"

namespace fineline::study {

/// A latent class model whose class shares depend on covariates: a multinomial logit with the
/// largest class as reference, estimated together with the classes, not after them.
struct LatentClassRegression {
    std::vector<double> shares{};  ///< mean membership, largest first
    /// Of class 2, 3 … against class 1, each: intercept, then one per covariate.
    NumericTable coefficients{};
    /// Of the coefficients, from the empirical information (sum of outer products of the scores of
    /// all parameters); empty where that is singular.
    NumericTable standard_errors{};
    std::vector<double> probabilities{};  ///< as in LatentClassFit
    NumericTable memberships{};           ///< rows × classes
    double log_likelihood = 0;
    std::size_t parameters = 0;
    unsigned starts = 0;
    unsigned best_found = 0;  ///< starts that ended within 0.01 of the best log-likelihood
};

/// Fits by EM with a Newton step for the coefficients. Covariates should be of like size
/// (standardise them). Source: Bandeen-Roche, Miglioretti, Zeger & Rathouz 1997; Linzer & Lewis
/// 2011. Errors: as latent_classes; invalid_argument for covariates that are missing, constant, or
/// not one row a row. Cost: O(starts · rounds · rows · items · classes).
[[nodiscard]] Result<LatentClassRegression> latent_class_regression(
    const AnswerTable& table, const NumericTable& covariates, const LatentClassOptions& options);

}  // namespace fineline::study
