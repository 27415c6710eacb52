#include "study/statistics/distributions.h"

#include "base/require.h"
#include "study/statistics/special_functions.h"

#include <cmath>
#include <limits>
#include <numbers>

namespace fineline::study {

namespace {

constexpr int steps_max = 300;
constexpr double precision = 1e-15;

/// Finds where an increasing function reaches p, by halving a bracket that is first widened.
template <class Cdf>
double invert(double p, Cdf cdf) {
    double low = -1;
    double high = 1;
    while (cdf(low) > p) {
        low *= 2;
    }
    while (cdf(high) < p) {
        high *= 2;
    }
    for (int step = 0; step < steps_max; ++step) {
        const double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high) {
            break;
        }
        (cdf(middle) < p ? low : high) = middle;
    }
    return low + (high - low) / 2;
}

/// One factor of Lentz's method, kept away from zero so that it can be divided by.
double away_from_zero(double value) {
    constexpr double tiny = 1e-300;
    return std::abs(value) < tiny ? tiny : value;
}

/// The continued fraction of I_x(a, b); converges fast for x below a / (a + b).
double beta_fraction(double x, double a, double b) {
    double c = 1;
    double d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
    double value = d;
    for (int m = 1; m <= steps_max * 10; ++m) {
        const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 / away_from_zero(1 + even * d);
        c = away_from_zero(1 + even / c);
        value *= d * c;
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / away_from_zero(1 + odd * d);
        c = away_from_zero(1 + odd / c);
        value *= d * c;
        if (std::abs(d * c - 1) < precision) {
            break;
        }
    }
    return value;
}

}  // namespace

double normal_cdf(double z) {
    return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

double normal_quantile(double p) {
    require(p > 0 && p < 1, "a probability strictly between 0 and 1");
    // The lower tail keeps its digits; the upper one is its mirror image.
    if (p > 0.5) {
        return -normal_quantile(1 - p);
    }
    return invert(p, [](double z) { return normal_cdf(z); });
}

double incomplete_beta(double x, double a, double b) {
    require(a > 0 && b > 0 && x >= 0 && x <= 1, "the incomplete beta function is defined here");
    if (x == 0 || x == 1) {
        return x;
    }
    const double front = std::exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * std::log(x) +
                                  b * std::log1p(-x));
    if (x < (a + 1) / (a + b + 2)) {
        return front * beta_fraction(x, a, b) / a;
    }
    return 1 - front * beta_fraction(1 - x, b, a) / b;
}

double student_t_cdf(double t, double freedom) {
    require(freedom > 0, "degrees of freedom above 0");
    // Beyond a million degrees the two distributions agree to 1e-7 of a probability.
    if (freedom > 1e6) {
        return normal_cdf(t);
    }
    const double tail = 0.5 * incomplete_beta(freedom / (freedom + t * t), freedom / 2, 0.5);
    return t < 0 ? tail : 1 - tail;
}

double student_t_quantile(double p, double freedom) {
    require(p > 0 && p < 1, "a probability strictly between 0 and 1");
    if (p > 0.5) {
        return -student_t_quantile(1 - p, freedom);
    }
    return invert(p, [freedom](double t) { return student_t_cdf(t, freedom); });
}

}  // namespace fineline::study
