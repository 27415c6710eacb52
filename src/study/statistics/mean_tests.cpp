#include "study/statistics/mean_tests.h"

#include "base/require.h"
#include "study/statistics/distributions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace fineline::study {

namespace {

struct Spread {
    double difference = 0;
    double standard_error = 0;
    double freedom = 0;
};

Result<Spread> spread_of(const Moments& a, const Moments& b) {
    if (a.count() < 2 || b.count() < 2) {
        return Error{ErrorCode::invalid_argument,
                     "comparing two means needs two values on each side; there are " +
                         std::to_string(a.count()) + " and " + std::to_string(b.count()),
                     {}};
    }
    const double from_a = a.variance() / static_cast<double>(a.count());
    const double from_b = b.variance() / static_cast<double>(b.count());
    Spread spread{
        a.mean() - b.mean(), std::sqrt(from_a + from_b), std::numeric_limits<double>::infinity()};
    if (spread.standard_error > 0) {
        const double parts = from_a * from_a / static_cast<double>(a.count() - 1) +
                             from_b * from_b / static_cast<double>(b.count() - 1);
        spread.freedom = (from_a + from_b) * (from_a + from_b) / parts;
    }
    return spread;
}

/// P that the difference is as far above `than` as seen, were the truth `than`.
double upper_tail(const Spread& spread, double than) {
    const double beyond = spread.difference - than;
    if (spread.standard_error == 0) {
        return beyond > 0 ? 0 : 1;
    }
    return student_t_cdf(-beyond / spread.standard_error, spread.freedom);
}

double lower_tail(const Spread& spread, double than) {
    const double beyond = spread.difference - than;
    if (spread.standard_error == 0) {
        return beyond < 0 ? 0 : 1;
    }
    return student_t_cdf(beyond / spread.standard_error, spread.freedom);
}

}  // namespace

Result<WelchDifference> welch_difference(const Moments& a, const Moments& b, double level) {
    const auto spread = spread_of(a, b);
    if (!spread) {
        return spread.error();
    }
    WelchDifference welch{spread->difference, spread->standard_error, spread->freedom, 1, {}};
    welch.p_two_sided = std::min(1.0, 2 * std::min(upper_tail(*spread, 0), lower_tail(*spread, 0)));
    const double reach = student_t_quantile((1 + level) / 2, spread->freedom);
    welch.interval = {welch.difference - reach * welch.standard_error,
                      welch.difference + reach * welch.standard_error};
    return welch;
}

Result<double> equivalence_p_value(const Moments& a, const Moments& b, double margin) {
    if (!(margin > 0)) {
        return Error{ErrorCode::invalid_argument,
                     "two means are shown to be the same within a margin above 0, not " +
                         std::to_string(margin),
                     {}};
    }
    const auto spread = spread_of(a, b);
    if (!spread) {
        return spread.error();
    }
    return std::max(upper_tail(*spread, -margin), lower_tail(*spread, margin));
}

std::vector<double> holm_adjusted(std::span<const double> p_values) {
    std::vector<std::size_t> order(p_values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return p_values[a] < p_values[b];
    });
    std::vector<double> adjusted(p_values.size());
    double so_far = 0;
    for (std::size_t rank = 0; rank < order.size(); ++rank) {
        const auto left = static_cast<double>(order.size() - rank);
        so_far = std::max(so_far, std::min(1.0, left * p_values[order[rank]]));
        adjusted[order[rank]] = so_far;
    }
    return adjusted;
}

}  // namespace fineline::study
