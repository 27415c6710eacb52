#include "study/statistics/power.h"

#include "base/require.h"
#include "study/statistics/distributions.h"

#include <cmath>

namespace fineline::study {

namespace {

struct Bounds {
    double significance;
    double power;
};

Bounds bounds_of(const TestPlan& plan) {
    require(plan.comparisons >= 1, "at least one comparison");
    return {normal_quantile(1 - plan.significance / 2 / plan.comparisons),
            normal_quantile(plan.power)};
}

double rate_variance(double rate) {
    return rate * (1 - rate);
}

}  // namespace

std::optional<double> least_size(const OutcomeSpread& outcome, double detect) {
    const double change = detect * outcome.mean;
    if (change == 0) {
        return std::nullopt;
    }
    return 2 * 16 * outcome.variance / (change * change);
}

std::optional<double> size_per_arm_for_rates(const TwoRates& rates, const TestPlan& plan) {
    const double change = rates.treated - rates.control;
    const bool rates_indeed =
        rates.control >= 0 && rates.control <= 1 && rates.treated >= 0 && rates.treated <= 1;
    if (change == 0 || !rates_indeed) {
        return std::nullopt;
    }
    const Bounds z = bounds_of(plan);
    const double pooled = rate_variance((rates.control + rates.treated) / 2);
    const double apart = rate_variance(rates.control) + rate_variance(rates.treated);
    const double reach = z.significance * std::sqrt(2 * pooled) + z.power * std::sqrt(apart);
    return reach * reach / (change * change);
}

std::optional<double> size_per_arm_for_means(const MeanShift& shift, const TestPlan& plan) {
    if (shift.difference == 0) {
        return std::nullopt;
    }
    const Bounds z = bounds_of(plan);
    const double reach = (z.significance + z.power) * shift.standard_deviation / shift.difference;
    return 2 * reach * reach;
}

}  // namespace fineline::study
