#include "study/methods/shrinkage.h"

#include "study/statistics/special_functions.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace fineline::study {

namespace {

Error wrong(std::string message) {
    return {ErrorCode::invalid_argument, std::move(message), {}};
}

/// Σ (y − centre)² / (se² + between²) and the centre that belongs to it.
struct Spread {
    double centre = 0;
    double squares = 0;
};

Spread spread_at(std::span<const MeasuredMean> segments, double variance_between) {
    double weights = 0;
    double sum = 0;
    for (const MeasuredMean& one : segments) {
        const double weight = 1 / (one.standard_error * one.standard_error + variance_between);
        weights += weight;
        sum += weight * one.mean;
    }
    Spread spread{.centre = sum / weights, .squares = 0};
    for (const MeasuredMean& one : segments) {
        const double deviation = one.mean - spread.centre;
        spread.squares +=
            deviation * deviation / (one.standard_error * one.standard_error + variance_between);
    }
    return spread;
}

/// The variance between at which the squares are what chance alone gives, k − 1; by bisection, for
/// they fall as it grows.
double variance_between(std::span<const MeasuredMean> segments) {
    const double expected = static_cast<double>(segments.size()) - 1;
    if (spread_at(segments, 0).squares <= expected) return 0;
    double low = 0;
    double high = 1;
    while (spread_at(segments, high).squares > expected && high < 1e300) {
        high *= 4;
    }
    for (int step = 0; step < 200; ++step) {
        const double middle = low + (high - low) / 2;
        (spread_at(segments, middle).squares > expected ? low : high) = middle;
    }
    return low + (high - low) / 2;
}

/// The log-likelihood of the rates without the constant binomial coefficient.
double beta_binomial_likelihood(std::span<const RateCount> segments, double alpha, double beta) {
    double total = 0;
    for (const RateCount& one : segments) {
        total += log_beta(alpha + one.successes, beta + one.trials - one.successes);
    }
    return total - static_cast<double>(segments.size()) * log_beta(alpha, beta);
}

}  // namespace

Result<Shrunk> james_stein(std::span<const double> values, double variance) {
    if (values.size() < 4) {
        return wrong("shrinking needs four values at least, not " + std::to_string(values.size()));
    }
    if (!(variance > 0) || !std::isfinite(variance)) {
        return wrong("the variance of the values must be positive");
    }
    const auto count = static_cast<double>(values.size());
    Shrunk shrunk;
    for (const double value : values) {
        if (!std::isfinite(value)) return wrong("a value is missing or no finite number");
        shrunk.centre += value / count;
    }
    double squares = 0;
    for (const double value : values) {
        squares += (value - shrunk.centre) * (value - shrunk.centre);
    }
    shrunk.factor = squares > 0 ? std::max(0.0, 1 - (count - 3) * variance / squares) : 0.0;
    for (const double value : values) {
        shrunk.values.push_back(shrunk.centre + shrunk.factor * (value - shrunk.centre));
    }
    return shrunk;
}

Result<BetaBinomial> shrink_rates(std::span<const RateCount> segments,
                                  const PurchaseFitOptions& options) {
    if (segments.size() < 2) return wrong("shrinking rates needs two segments at least");
    double trials = 0;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const RateCount& one = segments[i];
        if (!(one.successes >= 0) || !(one.successes <= one.trials) || !std::isfinite(one.trials)) {
            return wrong("segment " + std::to_string(i + 1) + " has " +
                         std::to_string(one.successes) + " successes of " +
                         std::to_string(one.trials) + " trials");
        }
        trials += one.trials;
    }
    if (trials <= 0) return wrong("no segment has a trial");
    // As mean odds and size: on these axes the likelihood's ridge (size without bound, where the
    // rates are all alike) runs along one of them.
    const Objective log_likelihood = [&](std::span<const double> p) {
        const double mean = p[0] / (1 + p[0]);
        return beta_binomial_likelihood(segments, mean * p[1], (1 - mean) * p[1]);
    };
    const auto found = fit_positive(log_likelihood, 2, options);
    if (!found) return found.error();
    const double mean = found->parameters[0] / (1 + found->parameters[0]);
    const double size = found->parameters[1];
    BetaBinomial fit{.alpha = mean * size, .beta = (1 - mean) * size, .shrunk = {}};
    fit.shrunk.centre = mean;
    for (const RateCount& one : segments) {
        fit.shrunk.values.push_back((fit.alpha + one.successes) / (size + one.trials));
        fit.shrunk.factor +=
            one.trials / (size + one.trials) / static_cast<double>(segments.size());
    }
    return fit;
}

Result<NormalNormal> shrink_means(std::span<const MeasuredMean> segments) {
    if (segments.size() < 2) return wrong("shrinking means needs two segments at least");
    for (std::size_t i = 0; i < segments.size(); ++i) {
        if (!std::isfinite(segments[i].mean) || !(segments[i].standard_error > 0) ||
            !std::isfinite(segments[i].standard_error)) {
            return wrong("segment " + std::to_string(i + 1) +
                         " has no mean or no positive standard error");
        }
    }
    const double between = variance_between(segments);
    NormalNormal fit{.between = std::sqrt(between), .shrunk = {}};
    fit.shrunk.centre = spread_at(segments, between).centre;
    for (const MeasuredMean& one : segments) {
        const double kept = between / (between + one.standard_error * one.standard_error);
        fit.shrunk.values.push_back(fit.shrunk.centre + kept * (one.mean - fit.shrunk.centre));
        fit.shrunk.factor += kept / static_cast<double>(segments.size());
    }
    return fit;
}

Result<GammaGammaShrinkage> shrink_spend(std::span<const SpendHistory> segments,
                                         const PurchaseFitOptions& options) {
    const auto fit = fit_gamma_gamma(segments, options);
    if (!fit) return fit.error();
    GammaGammaShrinkage result{.model = fit->model, .shrunk = {}};
    result.shrunk.centre = fit->model.population_mean();
    for (const SpendHistory& one : segments) {
        result.shrunk.values.push_back(fit->model.expected_spend(one));
        const double own = fit->model.p * one.purchases;
        result.shrunk.factor +=
            std::max(0.0, own / (own + fit->model.q - 1)) / static_cast<double>(segments.size());
    }
    return result;
}

}  // namespace fineline::study
