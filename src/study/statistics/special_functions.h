#pragma once

namespace fineline::study {

/// log Γ(x) for x > 0. Unlike std::lgamma it writes no global and so is safe to share.
[[nodiscard]] double log_gamma(double x);

/// log B(a, b) for a, b > 0.
[[nodiscard]] double log_beta(double a, double b);

/// The parameters of Gauss's hypergeometric function ₂F₁(a, b; c; z).
struct Hypergeometric {
    double a = 0;
    double b = 0;
    double c = 0;
    double z = 0;
};

/// Sums the series of ₂F₁ for 0 ≤ z < 1, c no whole number ≤ 0. Callers transform their arguments
/// (DLMF 15.8.1) so that terms do not grow: then nothing overflows, whatever the counts. Cost:
/// about 36 / −log z terms, 100,000 at most.
[[nodiscard]] double hypergeometric(const Hypergeometric& at);

/// log(exp(larger) − exp(smaller)); −∞ where they are equal or out of order by rounding.
[[nodiscard]] double log_difference(double larger, double smaller);

/// log(exp(a) + exp(b)).
[[nodiscard]] double log_sum(double a, double b);

}  // namespace fineline::study
