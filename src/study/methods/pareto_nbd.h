#pragma once

#include "study/methods/repeat_purchases.h"

#include <array>

namespace fineline::study {

/// While alive, customers buy at a rate that is Gamma(r, alpha) distributed over them, and leave at
/// a rate that is Gamma(s, beta) distributed, at any moment. Source: Schmittlein, Morrison &
/// Colombo 1987; the likelihood with Gauss's function as in Fader & Hardie 2005, in log space.
struct ParetoNbd {
    double r = 0;
    double alpha = 0;
    double s = 0;
    double beta = 0;

    [[nodiscard]] double log_likelihood(const PurchaseHistory& of) const;

    /// The probability that the customer has not left at the end of observation.
    [[nodiscard]] double probability_alive(const PurchaseHistory& of) const;

    /// Expected repeat purchases of a new customer within `time`.
    [[nodiscard]] double expected_repeats(double time) const;

    /// Expected purchases of a customer within `time` after the end of observation.
    [[nodiscard]] double expected_further(const PurchaseHistory& of, double time) const;
};

struct ParetoNbdFit {
    ParetoNbd model{};
    /// Of r, alpha, s, beta, from the curvature of the likelihood; not finite where it is flat.
    std::array<double, 4> standard_errors{};
    SearchReport search{};
};

/// Fits by maximum likelihood. Errors: as checked_histories.
[[nodiscard]] Result<ParetoNbdFit> fit_pareto_nbd(std::span<const PurchaseHistory> histories,
                                                  const PurchaseFitOptions& options);

}  // namespace fineline::study
