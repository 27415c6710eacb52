#include "study/methods/gamma_gamma.h"

#include "study/statistics/special_functions.h"

#include <cmath>
#include <limits>
#include <string>

namespace fineline::study {

double GammaGamma::log_likelihood(const SpendHistory& of) const {
    const double shape = p * of.purchases;
    return log_gamma(shape + q) - log_gamma(shape) - log_gamma(q) + q * std::log(gamma) +
           (shape - 1) * std::log(of.mean) + shape * std::log(of.purchases) -
           (shape + q) * std::log(gamma + of.purchases * of.mean);
}

double GammaGamma::expected_spend(const SpendHistory& of) const {
    const double rest = p * of.purchases + q - 1;
    if (rest <= 0) return std::numeric_limits<double>::infinity();
    return p * (gamma + of.purchases * of.mean) / rest;
}

double GammaGamma::population_mean() const {
    return expected_spend({.purchases = 0, .mean = 0});
}

Result<GammaGammaFit> fit_gamma_gamma(std::span<const SpendHistory> histories,
                                      const PurchaseFitOptions& options) {
    std::vector<SpendHistory> used;
    for (std::size_t i = 0; i < histories.size(); ++i) {
        const SpendHistory& one = histories[i];
        const bool sound = one.purchases >= 0 && one.mean >= 0 && one.weight >= 0 &&
                           std::isfinite(one.purchases) && std::isfinite(one.mean);
        if (!sound) {
            return Error{ErrorCode::invalid_argument,
                         "spend of customer " + std::to_string(i + 1) + " is missing or negative",
                         {}};
        }
        if (one.purchases > 0 && one.mean > 0 && one.weight > 0) used.push_back(one);
    }
    if (used.size() < 2) {
        return Error{ErrorCode::invalid_argument,
                     "spend over customers needs two of them with purchases at least",
                     {}};
    }
    const Objective log_likelihood = [&](std::span<const double> parameters) {
        const GammaGamma model{.p = parameters[0], .q = parameters[1], .gamma = parameters[2]};
        double total = 0;
        for (const SpendHistory& one : used) {
            total += one.weight * model.log_likelihood(one);
        }
        return total;
    };
    const auto found = fit_positive(log_likelihood, 3, options);
    if (!found) return found.error();
    const auto& parameters = found->parameters;
    return GammaGammaFit{{.p = parameters[0], .q = parameters[1], .gamma = parameters[2]},
                         found->search};
}

}  // namespace fineline::study
