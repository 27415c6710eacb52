#pragma once

#include "base/result.h"
#include "study/statistics/interval.h"

#include <cstdint>
#include <span>

namespace fineline::study {

/// The chance that a score is higher for a positive than for a negative, ties counting half, with
/// the error and normal interval of DeLong, DeLong & Clarke-Pearson (1988), cut at 0 and 1.
/// `positive[i]` is 0 or 1; lengths are equal (required). Errors: invalid_argument where one of the
/// two classes has fewer than two members. Cost: sorts.
[[nodiscard]] Result<Measured> area_under_curve(std::span<const double> scores,
                                                std::span<const std::uint8_t> positive,
                                                double level = interval_level_default);

}  // namespace fineline::study
