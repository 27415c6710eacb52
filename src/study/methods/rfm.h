#pragma once

#include "base/result.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace fineline::study {

/// What RFM looks at.
struct BuyerSummary {
    double recency = 0;    ///< days since the last order
    double frequency = 0;  ///< orders
    double money = 0;      ///< sum of orders
};

/// A customer's three scores, 1 … bins; 1 is the least recent, least frequent, least money.
struct RfmScore {
    std::uint8_t recency = 0;
    std::uint8_t frequency = 0;
    std::uint8_t money = 0;

    friend bool operator==(const RfmScore&, const RfmScore&) = default;
};

/// Scores and the bounds they come from.
struct RfmScores {
    std::vector<RfmScore> scores{};
    std::vector<double> recency_cuts{};  ///< bins − 1 quantiles, ascending
    std::vector<double> frequency_cuts{};
    std::vector<double> money_cuts{};
};

/// Scores each customer by quantiles. The tie rule: a score is 1 plus the number of the 1/bins,
/// 2/bins … quantiles (type 7 of Hyndman & Fan 1996) that lie *strictly below* the value, so that
/// equal values always share a score, and a value on a bound belongs to the bin below it; recency
/// counts down from `bins`. Where many customers tie (a third of them with one order), bins are
/// unequal, and some may be empty: equal ones do not exist then. Source: the rule of R's rfm
/// package; Hughes 1994. Errors: invalid_argument for no customers, a number that is missing, or
/// bins outside 2 … 9.
[[nodiscard]] Result<RfmScores> rfm_scores(std::span<const BuyerSummary> buyers, unsigned bins);

/// Counts customers by score, 1 … bins, of one of the three.
[[nodiscard]] std::vector<std::uint64_t> score_counts(std::span<const RfmScore> scores,
                                                      std::uint8_t RfmScore::*of,
                                                      unsigned bins);

}  // namespace fineline::study
