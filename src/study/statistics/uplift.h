#pragma once

#include "base/result.h"

#include <cstdint>
#include <span>
#include <vector>

namespace fineline::study {

/// A randomised test of one treatment with a score that ranks whom to treat first. Lengths are
/// equal (required); `treated[i]` is 0 or 1.
struct ScoredTest {
    std::span<const double> outcomes{};
    std::span<const double> scores{};
    std::span<const std::uint8_t> treated{};
};

/// A point of a curve over the customers targeted, best score first.
struct UpliftPoint {
    double targeted = 0;  ///< customers
    double gained = 0;    ///< outcome gained by treating them, in the outcome's unit

    friend bool operator==(const UpliftPoint&, const UpliftPoint&) = default;
};

/// The Qini curve: Y_t − Y_c · n_t / n_c among the first k, a point after each distinct score and
/// (0, 0) first; no gain is counted where the first k hold no control. Cost: sorts.
/// Source: Radcliffe (2007); ties grouped.
[[nodiscard]] std::vector<UpliftPoint> qini_curve(const ScoredTest& test);

/// The uplift curve: (Y_t / n_t − Y_c / n_c) · k among the first k, an empty arm counting 0.
/// Source: Jaśkowski & Jaroszewicz (2012).
[[nodiscard]] std::vector<UpliftPoint> uplift_curve(const ScoredTest& test);

/// The area between a score's curve and the straight line to the end of the perfect curve, over the
/// same area of the perfect curve; 1 is perfect, 0 no better than chance, negative worse. The
/// perfect order puts treated responders first and control responders last (Qini), as scikit-uplift
/// defines it. Errors: invalid_argument for outcomes other than 0 and 1 (no perfect order is known
/// for amounts), an empty arm, or a perfect curve without area.
[[nodiscard]] Result<double> qini_coefficient(const ScoredTest& test);
[[nodiscard]] Result<double> uplift_coefficient(const ScoredTest& test);

}  // namespace fineline::study
