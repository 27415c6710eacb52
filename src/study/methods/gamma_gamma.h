#pragma once

#include "study/methods/repeat_purchases.h"

namespace fineline::study {

/// What a customer spent on average, over how many purchases.
struct SpendHistory {
    double purchases = 0;
    double mean = 0;
    double weight = 1;
};

/// Each purchase of a customer is Gamma(p, ν) distributed around the customer's own mean, and ν is
/// Gamma(q, gamma) over customers. Assumes that how much does not depend on how often. Source:
/// Fader & Hardie 2013; Colombo & Jiang 1999.
struct GammaGamma {
    double p = 0;
    double q = 0;
    double gamma = 0;

    [[nodiscard]] double log_likelihood(const SpendHistory& of) const;

    /// The expected mean spend of a customer: what was seen, drawn towards the population's. Where
    /// q ≤ 1 and nothing was seen there is none (infinity).
    [[nodiscard]] double expected_spend(const SpendHistory& of) const;

    /// The population's mean; infinity for q ≤ 1.
    [[nodiscard]] double population_mean() const;
};

struct GammaGammaFit {
    GammaGamma model{};
    SearchReport search{};
};

/// Fits by maximum likelihood over customers with a purchase; those without, or with a mean of 0
/// (which a gamma distribution cannot hold), are left out. Errors: invalid_argument for a number
/// that is missing or negative, or fewer than two customers left.
[[nodiscard]] Result<GammaGammaFit> fit_gamma_gamma(std::span<const SpendHistory> histories,
                                                    const PurchaseFitOptions& options);

}  // namespace fineline::study
