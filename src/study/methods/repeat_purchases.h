#pragma once

#include "base/result.h"
#include "study/methods/minimise.h"

#include <cstdint>
#include <span>
#include <vector>

namespace fineline::study {

/// What models of repeat buying know of one customer: purchases after the first, and when. Times
/// count from the customer's first purchase, in one unit for all (weeks, days).
struct PurchaseHistory {
    double repeats = 0;   ///< x: purchase occasions after the first
    double last = 0;      ///< t_x: the last repeat purchase; 0 where there is none
    double observed = 0;  ///< T: the end of observation
    double weight = 1;    ///< customers with this history

    friend bool operator==(const PurchaseHistory&, const PurchaseHistory&) = default;
};

/// Joins equal histories, in ascending order. Errors: invalid_argument for none, a number that is
/// missing or negative, a last purchase after the end or without repeats, or nobody with repeats.
[[nodiscard]] Result<std::vector<PurchaseHistory>> checked_histories(
    std::span<const PurchaseHistory> histories);

/// How a model of repeat buying is fitted: its likelihood's surface is flat, so from several
/// starts.
struct PurchaseFitOptions {
    unsigned starts = 8;
    std::uint64_t seed = 1;
    unsigned threads = 1;
};

/// How sure the search for the parameters is.
struct SearchReport {
    double log_likelihood = 0;
    unsigned starts = 0;
    unsigned best_found = 0;  ///< starts that ended within 1e-6 (relative) of the best
};

/// Starts for the logarithms of `count` parameters: all 0, then drawn from −3 … 3.
[[nodiscard]] std::vector<std::vector<double>> log_starts(std::size_t count,
                                                          const PurchaseFitOptions& options);

/// Maximises a likelihood over positive parameters from several starts, in their logarithms.
/// `log_likelihood` may return −∞ or NaN where it is not defined. Returns the parameters. Errors:
/// unavailable where no start found a finite value.
struct PositiveFit {
    std::vector<double> parameters{};
    SearchReport search{};
};

[[nodiscard]] Result<PositiveFit> fit_positive(const Objective& log_likelihood,
                                               std::size_t count,
                                               const PurchaseFitOptions& options);

}  // namespace fineline::study
