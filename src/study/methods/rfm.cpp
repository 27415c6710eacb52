#include "study/methods/rfm.h"

#include "study/statistics/quantile.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace fineline::study {

namespace {

std::vector<double> cuts(std::vector<double> values, unsigned bins) {
    std::sort(values.begin(), values.end());
    std::vector<double> result;
    for (unsigned cut = 1; cut < bins; ++cut) {
        result.push_back(quantile_of_sorted(values, static_cast<double>(cut) / bins));
    }
    return result;
}

std::uint8_t score(double value, std::span<const double> of_cuts) {
    const auto below = std::lower_bound(of_cuts.begin(), of_cuts.end(), value) - of_cuts.begin();
    return static_cast<std::uint8_t>(1 + below);
}

std::vector<double> column(std::span<const BuyerSummary> buyers, double BuyerSummary::*of) {
    std::vector<double> values;
    values.reserve(buyers.size());
    for (const BuyerSummary& buyer : buyers) {
        values.push_back(buyer.*of);
    }
    return values;
}

}  // namespace

Result<RfmScores> rfm_scores(std::span<const BuyerSummary> buyers, unsigned bins) {
    if (bins < 2 || bins > 9) {
        return Error{
            ErrorCode::invalid_argument, "RFM takes 2 to 9 bins, not " + std::to_string(bins), {}};
    }
    if (buyers.empty()) {
        return Error{ErrorCode::invalid_argument, "there are no buyers to score", {}};
    }
    for (std::size_t i = 0; i < buyers.size(); ++i) {
        const BuyerSummary& buyer = buyers[i];
        if (!std::isfinite(buyer.recency + buyer.frequency + buyer.money)) {
            return Error{
                ErrorCode::invalid_argument,
                "recency, frequency or money of buyer " + std::to_string(i + 1) + " is missing",
                {}};
        }
    }
    RfmScores result{.scores = {},
                     .recency_cuts = cuts(column(buyers, &BuyerSummary::recency), bins),
                     .frequency_cuts = cuts(column(buyers, &BuyerSummary::frequency), bins),
                     .money_cuts = cuts(column(buyers, &BuyerSummary::money), bins)};
    for (const BuyerSummary& buyer : buyers) {
        const unsigned late = score(buyer.recency, result.recency_cuts);
        result.scores.push_back({.recency = static_cast<std::uint8_t>(bins + 1 - late),
                                 .frequency = score(buyer.frequency, result.frequency_cuts),
                                 .money = score(buyer.money, result.money_cuts)});
    }
    return result;
}

std::vector<std::uint64_t> score_counts(std::span<const RfmScore> scores,
                                        std::uint8_t RfmScore::*of,
                                        unsigned bins) {
    std::vector<std::uint64_t> counts(bins, 0);
    for (const RfmScore& one : scores) {
        counts[static_cast<std::size_t>(one.*of) - 1] += 1;
    }
    return counts;
}

}  // namespace fineline::study
