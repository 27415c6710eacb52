#include "study/methods/pareto_nbd.h"

#include "study/methods/symmetric_inverse.h"
#include "study/statistics/special_functions.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fineline::study {

namespace {

/// log of ₂F₁(r+s+x, ·; r+s+x+1; z) / (max(α, β) + u)^(r+s+x) at time u. After Euler's
/// transformation every term of the series is below z^n, so that neither large counts nor large
/// rates overflow.
double log_kernel(const ParetoNbd& model, double repeats, double u) {
    const double buy = model.r + repeats;
    const double alpha = std::log(model.alpha + u);
    const double beta = std::log(model.beta + u);
    const double c = buy + model.s + 1;
    if (model.alpha >= model.beta) {
        const double z = (model.alpha - model.beta) / (model.alpha + u);
        return -model.s * beta - buy * alpha +
               std::log(hypergeometric({.a = 1, .b = buy, .c = c, .z = z}));
    }
    const double z = (model.beta - model.alpha) / (model.beta + u);
    return (1 - buy) * alpha - (model.s + 1) * beta +
           std::log(hypergeometric({.a = 1, .b = model.s + 1, .c = c, .z = z}));
}

/// log of P(alive, history) without the factors both cases share.
double log_alive(const ParetoNbd& model, const PurchaseHistory& of) {
    return -(model.r + of.repeats) * std::log(model.alpha + of.observed) -
           model.s * std::log(model.beta + of.observed);
}

/// The same of having left between the last purchase and the end.
double log_left(const ParetoNbd& model, const PurchaseHistory& of) {
    return std::log(model.s) - std::log(model.r + model.s + of.repeats) +
           log_difference(log_kernel(model, of.repeats, of.last),
                          log_kernel(model, of.repeats, of.observed));
}

/// ∫ over (0, time) of ((shift) / (shift + u))^s du / shift, with its limit at s = 1.
double expected_lifetime_shares(double s, double shift, double time) {
    const double growth = std::log1p(time / shift);
    if (std::abs(s - 1) < 1e-9) return growth;
    return -std::expm1((1 - s) * growth) / (s - 1);
}

}  // namespace

double ParetoNbd::log_likelihood(const PurchaseHistory& of) const {
    return log_gamma(r + of.repeats) - log_gamma(r) + r * std::log(alpha) + s * std::log(beta) +
           log_sum(log_alive(*this, of), log_left(*this, of));
}

double ParetoNbd::probability_alive(const PurchaseHistory& of) const {
    return 1 / (1 + std::exp(log_left(*this, of) - log_alive(*this, of)));
}

double ParetoNbd::expected_repeats(double time) const {
    return r / alpha * beta * expected_lifetime_shares(s, beta, time);
}

double ParetoNbd::expected_further(const PurchaseHistory& of, double time) const {
    const double rate = (r + of.repeats) / (alpha + of.observed);
    const double shift = beta + of.observed;
    return probability_alive(of) * rate * shift * expected_lifetime_shares(s, shift, time);
}

Result<ParetoNbdFit> fit_pareto_nbd(std::span<const PurchaseHistory> histories,
                                    const PurchaseFitOptions& options) {
    const auto joined = checked_histories(histories);
    if (!joined) return joined.error();
    const Objective log_likelihood = [&](std::span<const double> p) {
        const ParetoNbd model{.r = p[0], .alpha = p[1], .s = p[2], .beta = p[3]};
        double total = 0;
        for (const PurchaseHistory& one : *joined) {
            total += one.weight * model.log_likelihood(one);
        }
        return total;
    };
    const auto found = fit_positive(log_likelihood, 4, options);
    if (!found) return found.error();
    const auto& p = found->parameters;
    ParetoNbdFit fit{.model = {.r = p[0], .alpha = p[1], .s = p[2], .beta = p[3]},
                     .standard_errors = {},
                     .search = found->search};
    fit.standard_errors.fill(std::numeric_limits<double>::infinity());
    const Objective loss = [&](std::span<const double> at) { return -log_likelihood(at); };
    const auto covariance = symmetric_inverse(second_derivatives(loss, p, 1e-3), 4);
    for (std::size_t i = 0; covariance && i < 4; ++i) {
        fit.standard_errors[i] = std::sqrt((*covariance)[i * 4 + i]);
    }
    return fit;
}

}  // namespace fineline::study
