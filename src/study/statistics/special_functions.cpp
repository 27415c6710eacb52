#include "study/statistics/special_functions.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fineline::study {

double log_gamma(double x) {
    int sign = 0;
    return ::lgamma_r(x, &sign);
}

double log_beta(double a, double b) {
    return log_gamma(a) + log_gamma(b) - log_gamma(a + b);
}

double hypergeometric(const Hypergeometric& at) {
    constexpr int terms_max = 100'000;
    double term = 1;
    double sum = 1;
    for (int n = 0; n < terms_max; ++n) {
        term *= (at.a + n) / (at.c + n) * ((at.b + n) / (1.0 + n)) * at.z;
        sum += term;
        // Terms shrink at least as fast as z^n from some n on; the rest is then below term / (1 −
        // z).
        if (std::abs(term) <= 1e-16 * (1 - at.z) * std::abs(sum)) break;
    }
    return sum;
}

double log_difference(double larger, double smaller) {
    if (!(larger > smaller)) return -std::numeric_limits<double>::infinity();
    return larger + std::log1p(-std::exp(smaller - larger));
}

double log_sum(double a, double b) {
    const double larger = std::max(a, b);
    if (!std::isfinite(larger)) return larger;
    return larger + std::log1p(std::exp(std::min(a, b) - larger));
}

}  // namespace fineline::study
