#pragma once

#include "study/methods/repeat_purchases.h"

namespace fineline::study {

/// When a customer may silently leave for good.
enum class Dropout : std::uint8_t {
    after_repeats,    ///< BG/NBD: after each repeat purchase, so that one-time buyers are all alive
    after_purchases,  ///< MBG/NBD: after each purchase, the first included
};

/// While alive, customers buy at a rate that is Gamma(r, alpha) distributed over them, and leave
/// after a purchase with a probability that is Beta(a, b) distributed. `alpha` is in the histories'
/// unit of time. Source: Fader, Hardie & Lee 2005 (BG/NBD); Batislam, Denizel & Filiztekin 2007
/// (MBG/NBD).
struct BgNbd {
    double r = 0;
    double alpha = 0;
    double a = 0;
    double b = 0;
    Dropout dropout = Dropout::after_repeats;

    [[nodiscard]] double log_likelihood(const PurchaseHistory& of) const;

    /// The probability that the customer has not left at the end of observation.
    [[nodiscard]] double probability_alive(const PurchaseHistory& of) const;

    /// Expected repeat purchases of a new customer within `time`.
    [[nodiscard]] double expected_repeats(double time) const;

    /// Expected purchases of a customer within `time` after the end of observation.
    [[nodiscard]] double expected_further(const PurchaseHistory& of, double time) const;
};

struct BgNbdFit {
    BgNbd model{};
    SearchReport search{};
};

/// Fits by maximum likelihood. Errors: as checked_histories.
[[nodiscard]] Result<BgNbdFit> fit_bg_nbd(std::span<const PurchaseHistory> histories,
                                          Dropout dropout,
                                          const PurchaseFitOptions& options);

}  // namespace fineline::study
