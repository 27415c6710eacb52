#pragma once

namespace fineline::study {

/// P(Z ≤ z) of a standard normal variable.
[[nodiscard]] double normal_cdf(double z);

/// The z with normal_cdf(z) = p, for 0 < p < 1 (required). Accurate to 1e-13: Newton's steps on
/// normal_cdf from a bracket.
[[nodiscard]] double normal_quantile(double p);

/// The regularised incomplete beta function I_x(a, b) for a, b > 0 and 0 ≤ x ≤ 1 (required),
/// to 1e-13. Source: the continued fraction DLMF 8.17.22, evaluated by Lentz's method.
[[nodiscard]] double incomplete_beta(double x, double a, double b);

/// P(T ≤ t) of Student's t with `freedom` > 0 degrees of freedom, not necessarily whole; infinity
/// is the normal distribution.
[[nodiscard]] double student_t_cdf(double t, double freedom);

/// The t with student_t_cdf(t, freedom) = p, for 0 < p < 1 (required).
[[nodiscard]] double student_t_quantile(double p, double freedom);

}  // namespace fineline::study
