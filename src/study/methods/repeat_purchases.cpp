#include "study/methods/repeat_purchases.h"

#include "base/random.h"
#include "study/methods/nth_seed.h"
#include "study/statistics/parallel.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <tuple>

namespace fineline::study {

Result<std::vector<PurchaseHistory>> checked_histories(std::span<const PurchaseHistory> histories) {
    bool any_repeats = false;
    for (std::size_t i = 0; i < histories.size(); ++i) {
        const PurchaseHistory& one = histories[i];
        const bool ordered =
            one.last >= 0 && one.last <= one.observed && std::isfinite(one.observed);
        const bool agrees = one.repeats >= 0 && std::isfinite(one.repeats) &&
                            (one.repeats > 0 || one.last == 0) && one.weight >= 0;
        if (!ordered || !agrees) {
            return Error{ErrorCode::invalid_argument,
                         "purchase history " + std::to_string(i + 1) +
                             " cannot be: repeats must be 0 or more, the last of them between the "
                             "first purchase and the end, and 0 without repeats",
                         {}};
        }
        any_repeats = any_repeats || (one.repeats > 0 && one.weight > 0);
    }
    if (!any_repeats) {
        return Error{
            ErrorCode::invalid_argument,
            "nobody bought twice: nothing tells how often people come back; observe for longer",
            {}};
    }
    std::vector<PurchaseHistory> sorted(histories.begin(), histories.end());
    const auto key = [](const PurchaseHistory& one) {
        return std::tuple(one.repeats, one.last, one.observed);
    };
    std::sort(sorted.begin(),
              sorted.end(),
              [&](const PurchaseHistory& a, const PurchaseHistory& b) { return key(a) < key(b); });
    std::vector<PurchaseHistory> joined;
    for (const PurchaseHistory& one : sorted) {
        if (!joined.empty() && key(joined.back()) == key(one)) {
            joined.back().weight += one.weight;
        } else {
            joined.push_back(one);
        }
    }
    return joined;
}

std::vector<std::vector<double>> log_starts(std::size_t count, const PurchaseFitOptions& options) {
    std::vector<std::vector<double>> starts;
    Random random(nth_seed(options.seed, 0));
    for (unsigned start = 0; start < std::max(1U, options.starts); ++start) {
        std::vector<double> at(count, 0.0);
        for (double& value : at) {
            value = start == 0 ? 0.0 : 6 * random.uniform() - 3;
        }
        starts.push_back(std::move(at));
    }
    return starts;
}

Result<PositiveFit> fit_positive(const Objective& log_likelihood,
                                 std::size_t count,
                                 const PurchaseFitOptions& options) {
    constexpr double log_max = 30;  // beyond, the likelihood is flat and the numbers lose meaning
    const Objective loss = [&](std::span<const double> logs) {
        std::vector<double> parameters(logs.size());
        for (std::size_t i = 0; i < logs.size(); ++i) {
            if (std::abs(logs[i]) > log_max) return std::numeric_limits<double>::infinity();
            parameters[i] = std::exp(logs[i]);
        }
        const double value = -log_likelihood(parameters);
        return std::isnan(value) ? std::numeric_limits<double>::infinity() : value;
    };
    const auto found = minimise_from(loss, log_starts(count, options), {}, options.threads);
    if (!std::isfinite(found.best.value)) {
        return Error{ErrorCode::unavailable,
                     "no start found a finite likelihood; check the units of the data",
                     {}};
    }
    PositiveFit fit;
    for (const double value : found.best.at) {
        fit.parameters.push_back(std::exp(value));
    }
    fit.search = {.log_likelihood = -found.best.value,
                  .starts = found.starts,
                  .best_found = found.best_found};
    return fit;
}

}  // namespace fineline::study
