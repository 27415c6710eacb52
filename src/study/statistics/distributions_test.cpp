#include "study/statistics/distributions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace fineline::study {
namespace {

// Printed tables of the normal and t distributions.
TEST(Distributions, NormalQuantilesOfTheTables) {
    EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-12);
    EXPECT_NEAR(normal_quantile(0.95), 1.644853626951473, 1e-12);
    EXPECT_NEAR(normal_quantile(0.80), 0.841621233572914, 1e-12);
    EXPECT_NEAR(normal_quantile(0.001), -3.090232306167813, 1e-12);
    EXPECT_NEAR(normal_quantile(0.5), 0, 1e-12);
}

TEST(Distributions, StudentQuantilesOfTheTables) {
    EXPECT_NEAR(student_t_quantile(0.95, 1), 6.313751515, 1e-8);
    EXPECT_NEAR(student_t_quantile(0.975, 2), 4.302652730, 1e-8);
    EXPECT_NEAR(student_t_quantile(0.975, 10), 2.228138852, 1e-8);
    EXPECT_NEAR(student_t_quantile(0.995, 30), 2.749995654, 1e-8);
    EXPECT_NEAR(student_t_quantile(0.9, 120), 1.288646, 1e-6);
    const double infinite = std::numeric_limits<double>::infinity();
    EXPECT_NEAR(student_t_quantile(0.975, infinite), 1.959963985, 1e-8);
}

TEST(Distributions, StudentWithOneDegreeIsCauchy) {
    for (const double t : {-40.0, -2.0, -0.1, 0.0, 0.5, 3.0, 1000.0}) {
        EXPECT_NEAR(student_t_cdf(t, 1), 0.5 + std::atan(t) / 3.14159265358979323846, 1e-13);
    }
}

/// I_x(a, b) of whole a, b is the upper tail of a binomial.
double binomial_tail(double x, int a, int b) {
    const int n = a + b - 1;
    double sum = 0;
    for (int k = a; k <= n; ++k) {
        sum += std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1)) *
               std::pow(x, k) * std::pow(1 - x, n - k);
    }
    return sum;
}

TEST(Distributions, IncompleteBetaIsTheBinomialTail) {
    for (int a = 1; a <= 30; a += 4) {
        for (int b = 1; b <= 30; b += 3) {
            for (const double x : {0.01, 0.2, 0.5, 0.77, 0.99}) {
                EXPECT_NEAR(incomplete_beta(x, a, b), binomial_tail(x, a, b), 1e-11);
            }
        }
    }
}

}  // namespace
}  // namespace fineline::study
