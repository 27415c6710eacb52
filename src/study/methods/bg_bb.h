#pragma once

#include "study/methods/repeat_purchases.h"

namespace fineline::study {

/// Purchases at discrete opportunities (a yearly appeal, a monthly box): while alive a customer
/// buys at each with a probability that is Beta(alpha, beta) distributed, and leaves before each
/// with one that is Beta(gamma, delta) distributed. Histories count opportunities. Source: Fader,
/// Hardie & Shang 2010.
struct BgBb {
    double alpha = 0;
    double beta = 0;
    double gamma = 0;
    double delta = 0;

    /// Cost: O(opportunities since the last purchase).
    [[nodiscard]] double log_likelihood(const PurchaseHistory& of) const;

    /// The probability that the customer is still there at the next opportunity.
    [[nodiscard]] double probability_alive(const PurchaseHistory& of) const;

    /// Expected purchases of a new customer at the next `opportunities`.
    [[nodiscard]] double expected_repeats(double opportunities) const;

    /// Expected purchases at the next `opportunities` after the end of observation.
    [[nodiscard]] double expected_further(const PurchaseHistory& of, double opportunities) const;
};

struct BgBbFit {
    BgBb model{};
    SearchReport search{};
};

/// Fits by maximum likelihood. Errors: as checked_histories, and for counts that are not whole.
[[nodiscard]] Result<BgBbFit> fit_bg_bb(std::span<const PurchaseHistory> histories,
                                        const PurchaseFitOptions& options);

}  // namespace fineline::study
