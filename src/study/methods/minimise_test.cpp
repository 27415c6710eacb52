#include "study/methods/minimise.h"

#include "study/methods/symmetric_inverse.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace fineline::study {

namespace {

double rosenbrock(std::span<const double> at) {
    double sum = 0;
    for (std::size_t i = 0; i + 1 < at.size(); ++i) {
        sum += 100 * std::pow(at[i + 1] - at[i] * at[i], 2) + std::pow(1 - at[i], 2);
    }
    return sum;
}

TEST(Minimise, FindsTheEndOfACurvedValley) {
    for (const std::size_t size : {std::size_t{2}, std::size_t{4}}) {
        const auto found = minimise(rosenbrock, std::vector<double>(size, -1.2), {});
        for (const double value : found.at) {
            EXPECT_NEAR(1, value, 1e-4) << size;
        }
    }
}

TEST(Minimise, WorksInOneDimensionAndAroundWhatIsNotDefined) {
    const Objective objective = [](std::span<const double> at) {
        return at[0] <= 0 ? std::numeric_limits<double>::infinity() : at[0] - std::log(at[0]);
    };
    const auto found = minimise(objective, std::vector<double>{4}, {});
    EXPECT_NEAR(1, found.at[0], 1e-5);
    EXPECT_TRUE(found.converged);
}

TEST(Minimise, SeveralStartsEscapeAPoorMinimum) {
    const Objective two_wells = [](std::span<const double> at) {
        return std::pow(at[0] * at[0] - 4, 2) + at[0];
    };
    const std::vector<std::vector<double>> starts{{2.1}, {-1.9}};
    const auto found = minimise_from(two_wells, starts, {.step = 0.1}, 2);
    EXPECT_LT(found.best.at[0], 0);
    EXPECT_EQ(1U, found.best_found);
}

TEST(SecondDerivatives, OfAQuadraticAreItsMatrix) {
    const Objective quadratic = [](std::span<const double> at) {
        return 3 * at[0] * at[0] + 2 * at[0] * at[1] + 5 * at[1] * at[1];
    };
    const auto found = second_derivatives(quadratic, std::vector<double>{1, 2}, 1e-3);
    EXPECT_NEAR(6, found[0], 1e-4);
    EXPECT_NEAR(2, found[1], 1e-4);
    EXPECT_NEAR(10, found[3], 1e-4);
}

TEST(SymmetricInverse, TimesTheMatrixIsOne) {
    const std::vector<double> matrix{4, 1, 0.5, 1, 3, 0.2, 0.5, 0.2, 2};
    const auto inverse = symmetric_inverse(matrix, 3);
    ASSERT_TRUE(inverse);
    for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t j = 0; j < 3; ++j) {
            double sum = 0;
            for (std::size_t k = 0; k < 3; ++k) {
                sum += matrix[i * 3 + k] * (*inverse)[k * 3 + j];
            }
            EXPECT_NEAR(i == j ? 1 : 0, sum, 1e-12);
        }
    }
    EXPECT_FALSE(symmetric_inverse(std::vector<double>{1, 2, 2, 1}, 2));
    EXPECT_FALSE(symmetric_solve(std::vector<double>{0, 0, 0, 0}, std::vector<double>{1, 1}));
}

}  // namespace

}  // namespace fineline::study
