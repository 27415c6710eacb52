#pragma once

#include "base/result.h"
#include "study/statistics/moments.h"

#include <cstdint>
#include <span>
#include <vector>

namespace fineline::study {

/// A treatment's effect: the mean of an arm less that of the control.
struct ArmEffect {
    double effect = 0;          ///< in the unit of the outcome, per customer
    double standard_error = 0;  ///< √(s²/n + s₀²/n₀)
};

/// The outcome of each arm of a randomised test. `arm_of[i]` < `arms` names the arm of outcome i;
/// lengths are equal (required). Shape: a value per arm.
[[nodiscard]] std::vector<Moments> arm_moments(std::span<const double> outcomes,
                                               std::span<const std::uint32_t> arm_of,
                                               std::size_t arms);

/// The effect of one arm against another. Errors: invalid_argument where one has fewer than two
/// customers. Source: Neyman (1923), the unpooled variance.
[[nodiscard]] Result<ArmEffect> effect_of(const Moments& treated, const Moments& control);

}  // namespace fineline::study
