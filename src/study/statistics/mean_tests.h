#pragma once

#include "base/result.h"
#include "study/statistics/interval.h"
#include "study/statistics/moments.h"

#include <span>
#include <vector>

namespace fineline::study {

/// The difference of two means and Welch's test that it is 0.
struct WelchDifference {
    double difference = 0;  ///< a − b, in the unit of the outcome
    double standard_error = 0;
    double freedom = 0;  ///< Welch–Satterthwaite; infinite where nothing varies
    double p_two_sided = 1;
    Interval interval{};
};

/// Compares two independent samples of unequal variance. Errors: invalid_argument where one holds
/// fewer than two values. Where neither varies, p is 1 for equal means and 0 otherwise.
/// Source: Welch (1947).
[[nodiscard]] Result<WelchDifference> welch_difference(const Moments& a,
                                                       const Moments& b,
                                                       double level = interval_level_default);

/// Tests that two means lie within ± `margin` of each other: the greater p of the two one-sided
/// tests; small means shown to be the same. At 5 % it agrees with the 90 % interval lying inside
/// ± margin. Errors: invalid_argument where a sample holds fewer than two values or margin ≤ 0.
/// Source: Schuirmann (1987).
[[nodiscard]] Result<double> equivalence_p_value(const Moments& a, const Moments& b, double margin);

/// Holm's adjusted p-values, in the order given: those ≤ α are rejected with a family-wise error
/// of α at most. Source: Holm (1979).
[[nodiscard]] std::vector<double> holm_adjusted(std::span<const double> p_values);

}  // namespace fineline::study
