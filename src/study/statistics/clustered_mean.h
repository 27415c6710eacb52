#pragma once

#include "study/statistics/interval.h"

#include <cstdint>
#include <vector>

namespace fineline::study {

/// A value of somebody who may have several.
struct ClusteredValue {
    std::uint32_t unit = 0;  ///< whose it is
    double value = 0;
};

/// A mean, and the variance of that mean, in the unit of the values and its square.
struct ClusteredMean {
    double mean = 0;
    double variance = 0;  ///< 0 of fewer than two units, which says nothing
    std::uint64_t units = 0;
};

/// The mean of values some of which are of one unit: units are independent, what one unit says
/// twice is not, so deviations are summed within a unit before they are squared, with the factor
/// units / (units − 1). With one value a unit that is an ordinary mean. Cost: sorts the values.
/// Source: Liang & Zeger (1986), under working independence.
[[nodiscard]] ClusteredMean clustered_mean(std::vector<ClusteredValue> values);

/// Whether two means are shown to differ at a level: 0 lies outside the interval of their
/// difference, Student's with Welch's freedom counted in units. Never with fewer than two units.
[[nodiscard]] bool shown_to_differ(const ClusteredMean& a,
                                   const ClusteredMean& b,
                                   double level = interval_level_default);

}  // namespace fineline::study
