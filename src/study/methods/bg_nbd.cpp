#include "study/methods/bg_nbd.h"

#include "study/statistics/special_functions.h"

#include <cmath>
#include <limits>

namespace fineline::study {

namespace {

/// The two models differ by one chance to leave: MBG/NBD has one more than BG/NBD.
double chances(const BgNbd& model) {
    return model.dropout == Dropout::after_purchases ? 1.0 : 0.0;
}

/// log of P(left after the last purchase, history) / P(alive, history).
double log_odds_left(const BgNbd& model, const PurchaseHistory& of) {
    const double survived = of.repeats + chances(model) - 1;
    if (survived < 0) return -std::numeric_limits<double>::infinity();
    return std::log(model.a) - std::log(model.b + survived) +
           (model.r + of.repeats) * std::log((model.alpha + of.observed) / (model.alpha + of.last));
}

/// (a + b′ − 1) / (a − 1) · (1 − (1 − z)^(a − 1) · ₂F₁(a + b′ − 1 − r₀, a − 1; a + b′ − 1 + x; z)):
/// the expectation of (1 − exp(−λpt)) / p, with Euler's transformation taken first, so that no
/// power of the count is left.
double expectation(const BgNbd& model, double survived, double repeats, double z) {
    const double a = std::abs(model.a - 1) < 1e-7 ? 1 + 1e-7 : model.a;
    const double b = model.b + survived;
    const double c = a + b - 1;
    const double rest = std::pow(1 - z, a - 1) *
                        hypergeometric({.a = c - model.r - repeats, .b = a - 1, .c = c, .z = z});
    return c / (a - 1) * (1 - rest);
}

}  // namespace

double BgNbd::log_likelihood(const PurchaseHistory& of) const {
    const double x = of.repeats;
    const double alive = log_beta(a, b + x + chances(*this)) - log_beta(a, b) + log_gamma(r + x) -
                         log_gamma(r) + r * std::log(alpha) -
                         (r + x) * std::log(alpha + of.observed);
    return alive + log_sum(0.0, log_odds_left(*this, of));
}

double BgNbd::probability_alive(const PurchaseHistory& of) const {
    return 1 / (1 + std::exp(log_odds_left(*this, of)));
}

double BgNbd::expected_repeats(double time) const {
    const double still_there = dropout == Dropout::after_purchases ? b / (a + b) : 1.0;
    return still_there * expectation(*this, chances(*this), 0, time / (alpha + time));
}

double BgNbd::expected_further(const PurchaseHistory& of, double time) const {
    const double z = time / (alpha + of.observed + time);
    return probability_alive(of) * expectation(*this, of.repeats + chances(*this), of.repeats, z);
}

Result<BgNbdFit> fit_bg_nbd(std::span<const PurchaseHistory> histories,
                            Dropout dropout,
                            const PurchaseFitOptions& options) {
    const auto joined = checked_histories(histories);
    if (!joined) return joined.error();
    const auto model_of = [dropout](std::span<const double> p) {
        return BgNbd{.r = p[0], .alpha = p[1], .a = p[2], .b = p[3], .dropout = dropout};
    };
    const Objective log_likelihood = [&](std::span<const double> parameters) {
        const BgNbd model = model_of(parameters);
        double total = 0;
        for (const PurchaseHistory& one : *joined) {
            total += one.weight * model.log_likelihood(one);
        }
        return total;
    };
    const auto fit = fit_positive(log_likelihood, 4, options);
    if (!fit) return fit.error();
    return BgNbdFit{model_of(fit->parameters), fit->search};
}

}  // namespace fineline::study
