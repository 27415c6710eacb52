#include "study/statistics/clustered_mean.h"

#include "study/statistics/distributions.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fineline::study {

ClusteredMean clustered_mean(std::vector<ClusteredValue> values) {
    ClusteredMean found;
    if (values.empty()) {
        return found;
    }
    std::ranges::stable_sort(values, {}, &ClusteredValue::unit);
    const auto count = static_cast<double>(values.size());
    for (const ClusteredValue& value : values) {
        found.mean += value.value / count;
    }
    for (auto next = values.begin(); next != values.end();) {
        const std::uint32_t unit = next->unit;
        double off = 0;
        for (; next != values.end() && next->unit == unit; ++next) {
            off += (next->value - found.mean) / count;
        }
        found.variance += off * off;
        ++found.units;
    }
    const auto units = static_cast<double>(found.units);
    found.variance = found.units < 2 ? 0 : found.variance * units / (units - 1);
    return found;
}

bool shown_to_differ(const ClusteredMean& a, const ClusteredMean& b, double level) {
    if (a.units < 2 || b.units < 2) {
        return false;
    }
    const double variance = a.variance + b.variance;
    const auto share = [](const ClusteredMean& of) {
        return of.variance * of.variance / static_cast<double>(of.units - 1);
    };
    const double freedom = variance > 0 ? variance * variance / (share(a) + share(b))
                                        : std::numeric_limits<double>::infinity();
    const double half = student_t_quantile(0.5 + level / 2, freedom) * std::sqrt(variance);
    return std::abs(a.mean - b.mean) > half;
}

}  // namespace fineline::study
