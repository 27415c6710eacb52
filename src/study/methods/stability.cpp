#include "study/methods/stability.h"

#include "base/random.h"
#include "study/methods/nth_seed.h"
#include "study/methods/partition_agreement.h"
#include "study/statistics/parallel.h"
#include "study/statistics/quantile.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

namespace fineline::study {

namespace {

/// Draws as many rows as there are, with replacement: how often each was taken.
std::vector<double> bootstrap_draws(std::span<const std::uint32_t> row_of,
                                    std::size_t rows,
                                    Random& random) {
    std::vector<double> draws(rows, 0.0);
    for (std::size_t drawn = 0; drawn < row_of.size(); ++drawn) {
        draws[row_of[random.below(row_of.size())]] += 1;
    }
    return draws;
}

struct PairOutcome {
    std::optional<Error> error{};
    double agreement = 0;
    std::vector<double> within{};     ///< mean of the two
    std::vector<double> bootstrap{};  ///< sum of the two
};

/// All that one pair of bootstrap samples is compared with.
struct Whole {
    std::span<const double> weights;
    std::span<const std::uint32_t> labels;
    std::span<const std::uint32_t> row_of;
    std::size_t clusters = 0;
};

PairOutcome run_pair(const Whole& whole, const Refit& refit, std::uint64_t seed) {
    Random random(seed);
    PairOutcome outcome;
    outcome.within.assign(whole.clusters, 0.0);
    outcome.bootstrap.assign(whole.clusters, 0.0);
    std::vector<std::vector<std::uint32_t>> labelings;
    for (int member = 0; member < 2; ++member) {
        const auto draws = bootstrap_draws(whole.row_of, whole.labels.size(), random);
        auto labels = refit(draws, random.next());
        if (!labels) {
            outcome.error = labels.error();
            return outcome;
        }
        const auto within = best_jaccard({whole.labels, *labels, whole.weights}, whole.clusters);
        const auto drawn = best_jaccard({whole.labels, *labels, draws}, whole.clusters);
        for (std::size_t cluster = 0; cluster < whole.clusters; ++cluster) {
            outcome.within[cluster] += within[cluster] / 2;
            outcome.bootstrap[cluster] += drawn[cluster];
        }
        labelings.push_back(std::move(*labels));
    }
    outcome.agreement = adjusted_rand_index({labelings[0], labelings[1], whole.weights});
    return outcome;
}

/// One entry per original row: the index of the row (or pattern) it is like.
Result<std::vector<std::uint32_t>> expanded(std::span<const double> weights) {
    std::vector<std::uint32_t> row_of;
    for (std::uint32_t row = 0; row < weights.size(); ++row) {
        if (weights[row] != std::floor(weights[row])) {
            return Error{ErrorCode::invalid_argument,
                         "rows are drawn whole: their weights must be whole numbers",
                         {}};
        }
        row_of.insert(row_of.end(), static_cast<std::size_t>(weights[row]), row);
    }
    return row_of;
}

}  // namespace

Result<Stability> stability(std::span<const double> weights,
                            std::span<const std::uint32_t> labels,
                            const Refit& refit,
                            const StabilityOptions& options) {
    const auto used = checked_weights(weights, labels.size());
    if (!used) return used.error();
    if (labels.empty() || options.pairs == 0) {
        return Error{ErrorCode::invalid_argument, "stability needs rows and a pair of draws", {}};
    }
    const auto row_of = expanded(*used);
    if (!row_of) return row_of.error();
    const Whole whole{.weights = *used,
                      .labels = labels,
                      .row_of = *row_of,
                      .clusters = std::size_t{*std::max_element(labels.begin(), labels.end())} + 1};
    std::vector<PairOutcome> outcomes(options.pairs);
    for_each_index(options.pairs, options.threads, [&](std::size_t pair) {
        outcomes[pair] = run_pair(whole, refit, nth_seed(options.seed, pair));
    });
    Stability result;
    result.bootstrap_jaccard.assign(whole.clusters, 0.0);
    std::vector<std::vector<double>> within(whole.clusters);
    for (const PairOutcome& outcome : outcomes) {
        if (outcome.error) return *outcome.error;
        result.agreement.push_back(outcome.agreement);
        for (std::size_t cluster = 0; cluster < whole.clusters; ++cluster) {
            within[cluster].push_back(outcome.within[cluster]);
            result.bootstrap_jaccard[cluster] += outcome.bootstrap[cluster] / (2.0 * options.pairs);
        }
    }
    for (const auto& of_cluster : within) {
        result.within.push_back(quantile_of(of_cluster, 0.5));
    }
    std::sort(result.agreement.begin(), result.agreement.end());
    result.agreement_median = quantile_of_sorted(result.agreement, 0.5);
    return result;
}

std::vector<std::vector<double>> stability_across(
    std::span<const std::vector<std::uint32_t>> solutions, std::span<const double> weights) {
    std::vector<std::vector<double>> result;
    for (std::size_t i = 1; i < solutions.size(); ++i) {
        const std::size_t clusters =
            solutions[i].empty()
                ? 0
                : std::size_t{*std::max_element(solutions[i].begin(), solutions[i].end())} + 1;
        result.push_back(origin_entropy({solutions[i - 1], solutions[i], weights}, clusters));
    }
    return result;
}

}  // namespace fineline::study
