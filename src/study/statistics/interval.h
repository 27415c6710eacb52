#pragma once

#include <optional>

namespace fineline::study {

/// A closed range in the unit of what it is an interval of; low ≤ high, both finite.
struct Interval {
    double low = 0;
    double high = 0;

    [[nodiscard]] bool contains(double value) const { return low <= value && value <= high; }

    friend bool operator==(const Interval&, const Interval&) = default;
};

/// A number with what is known of its error, in its own unit. The interval is missing where too
/// little was seen to say one.
struct Measured {
    double value = 0;
    double standard_error = 0;
    std::optional<Interval> interval{};

    friend bool operator==(const Measured&, const Measured&) = default;
};

/// The share of draws an interval covers unless a caller says otherwise.
inline constexpr double interval_level_default = 0.90;

}  // namespace fineline::study
