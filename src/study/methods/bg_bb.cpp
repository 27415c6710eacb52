#include "study/methods/bg_bb.h"

#include "study/statistics/special_functions.h"

#include <cmath>
#include <string>

namespace fineline::study {

namespace {

/// log Γ(1 + δ + n) / Γ(γ + δ + n), whose differences count the opportunities lived through.
double log_survival(const BgBb& model, double n) {
    return log_gamma(1 + model.delta + n) - log_gamma(model.gamma + model.delta + n);
}

double log_alive_history(const BgBb& model, const PurchaseHistory& of) {
    return log_beta(model.alpha + of.repeats, model.beta + of.observed - of.repeats) -
           log_beta(model.alpha, model.beta) + log_beta(model.gamma, model.delta + of.observed) -
           log_beta(model.gamma, model.delta);
}

/// δ / (γ − 1) · Γ(γ+δ) / Γ(1+δ) · (S(from) − S(to)): opportunities lived through, with its limit's
/// neighbourhood where γ is 1.
double opportunities_alive(const BgBb& model, double from, double to) {
    BgBb used = model;
    if (std::abs(used.gamma - 1) < 1e-7) used.gamma = 1 + 1e-7;
    const double scale = -log_survival(used, 0);
    return used.delta / (used.gamma - 1) *
           (std::exp(scale + log_survival(used, from)) - std::exp(scale + log_survival(used, to)));
}

}  // namespace

double BgBb::log_likelihood(const PurchaseHistory& of) const {
    double total = log_alive_history(*this, of);
    const double normal = log_beta(alpha, beta) + log_beta(gamma, delta);
    for (double missed = 0; missed < of.observed - of.last; ++missed) {
        const double term = log_beta(alpha + of.repeats, beta + of.last - of.repeats + missed) +
                            log_beta(gamma + 1, delta + of.last + missed) - normal;
        total = log_sum(total, term);
    }
    return total;
}

double BgBb::probability_alive(const PurchaseHistory& of) const {
    const double next =
        log_beta(gamma, delta + of.observed + 1) - log_beta(gamma, delta + of.observed);
    return std::exp(log_alive_history(*this, of) + next - log_likelihood(of));
}

double BgBb::expected_repeats(double opportunities) const {
    return alpha / (alpha + beta) * opportunities_alive(*this, 0, opportunities);
}

double BgBb::expected_further(const PurchaseHistory& of, double opportunities) const {
    const double buys = log_beta(alpha + of.repeats + 1, beta + of.observed - of.repeats) -
                        log_beta(alpha, beta) - log_likelihood(of);
    return std::exp(buys) * opportunities_alive(*this, of.observed, of.observed + opportunities);
}

Result<BgBbFit> fit_bg_bb(std::span<const PurchaseHistory> histories,
                          const PurchaseFitOptions& options) {
    const auto joined = checked_histories(histories);
    if (!joined) return joined.error();
    for (const PurchaseHistory& one : *joined) {
        const bool whole = one.repeats == std::floor(one.repeats) &&
                           one.last == std::floor(one.last) &&
                           one.observed == std::floor(one.observed);
        if (!whole || one.repeats > one.last) {
            return Error{ErrorCode::invalid_argument,
                         "opportunities are counted in whole numbers, with one purchase at most at "
                         "each: " +
                             std::to_string(one.repeats) + " purchases by opportunity " +
                             std::to_string(one.last) + " cannot be",
                         {}};
        }
    }
    const Objective log_likelihood = [&](std::span<const double> p) {
        const BgBb model{.alpha = p[0], .beta = p[1], .gamma = p[2], .delta = p[3]};
        double total = 0;
        for (const PurchaseHistory& one : *joined) {
            total += one.weight * model.log_likelihood(one);
        }
        return total;
    };
    const auto found = fit_positive(log_likelihood, 4, options);
    if (!found) return found.error();
    const auto& p = found->parameters;
    return BgBbFit{{.alpha = p[0], .beta = p[1], .gamma = p[2], .delta = p[3]}, found->search};
}

}  // namespace fineline::study
