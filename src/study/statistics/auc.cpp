#include "study/statistics/auc.h"

#include "base/require.h"
#include "study/statistics/distributions.h"
#include "study/statistics/moments.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace fineline::study {

namespace {

/// Positives and negatives that share a score.
struct Tie {
    double positives = 0;
    double negatives = 0;
};

std::vector<Tie> ties_by_score(std::span<const double> scores,
                               std::span<const std::uint8_t> positive) {
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return scores[a] < scores[b];
    });
    std::vector<Tie> ties;
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (i == 0 || scores[order[i]] != scores[order[i - 1]]) {
            ties.emplace_back();
        }
        (positive[order[i]] != 0 ? ties.back().positives : ties.back().negatives) += 1;
    }
    return ties;
}

/// Variance (divisor n − 1) of values given with their multiplicities around a known mean.
class Scatter {
  public:
    explicit Scatter(double mean) : mean_(mean) {}

    void add(double value, double times) { squares_ += times * (value - mean_) * (value - mean_); }

    [[nodiscard]] double of_mean(double count) const { return squares_ / (count - 1) / count; }

  private:
    double mean_;
    double squares_ = 0;
};

}  // namespace

Result<Measured> area_under_curve(std::span<const double> scores,
                                  std::span<const std::uint8_t> positive,
                                  double level) {
    require(scores.size() == positive.size(), "a class for every score");
    const std::vector<Tie> ties = ties_by_score(scores, positive);
    Tie all;
    for (const Tie& tie : ties) {
        all.positives += tie.positives;
        all.negatives += tie.negatives;
    }
    if (all.positives < 2 || all.negatives < 2) {
        return Error{ErrorCode::invalid_argument,
                     "an area under the curve needs two members of each class",
                     {}};
    }
    double area = 0;
    double negatives_below = 0;
    for (const Tie& tie : ties) {
        area += tie.positives * (negatives_below + tie.negatives / 2);
        negatives_below += tie.negatives;
    }
    area /= all.positives * all.negatives;

    Scatter of_positives(area);
    Scatter of_negatives(area);
    Tie below;
    for (const Tie& tie : ties) {
        const double positives_above = all.positives - below.positives - tie.positives;
        of_positives.add((below.negatives + tie.negatives / 2) / all.negatives, tie.positives);
        of_negatives.add((positives_above + tie.positives / 2) / all.positives, tie.negatives);
        below.positives += tie.positives;
        below.negatives += tie.negatives;
    }
    const double error =
        std::sqrt(of_positives.of_mean(all.positives) + of_negatives.of_mean(all.negatives));
    const double reach = normal_quantile((1 + level) / 2) * error;
    return Measured{
        area, error, Interval{std::max(0.0, area - reach), std::min(1.0, area + reach)}};
}

}  // namespace fineline::study
