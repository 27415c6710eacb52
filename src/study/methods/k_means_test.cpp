#include "study/methods/k_means.h"

#include "base/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace fineline::study {

namespace {

NumericTable random_table(std::size_t rows, std::size_t columns, std::uint64_t seed) {
    Random random(seed);
    NumericTable table(rows, columns);
    for (double& value : table.values) {
        value = random.uniform();
    }
    return table;
}

/// The least sum of squares over every way to give rows one of `clusters` labels.
double least_squares(const NumericTable& rows, std::span<const double> weights, unsigned clusters) {
    double least = std::numeric_limits<double>::infinity();
    const auto ways = static_cast<std::size_t>(std::pow(clusters, rows.rows));
    for (std::size_t way = 0; way < ways; ++way) {
        double squares = 0;
        for (unsigned cluster = 0; cluster < clusters; ++cluster) {
            for (std::size_t column = 0; column < rows.columns; ++column) {
                double weight = 0;
                double sum = 0;
                double sum_of_squares = 0;
                for (std::size_t row = 0, rest = way; row < rows.rows; ++row, rest /= clusters) {
                    if (rest % clusters != cluster) continue;
                    weight += weights[row];
                    sum += weights[row] * rows.at(row, column);
                    sum_of_squares += weights[row] * rows.at(row, column) * rows.at(row, column);
                }
                squares += weight > 0 ? sum_of_squares - sum * sum / weight : 0;
            }
        }
        least = std::min(least, squares);
    }
    return least;
}

TEST(KMeans, FindsTheBestPartitionOfAFewRows) {
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const NumericTable rows = random_table(8, 2, seed);
        const std::vector<double> weights{1, 2, 1, 3, 1, 1, 2, 1};
        const auto fit = k_means(rows, weights, {.clusters = 3, .starts = 50, .seed = seed});
        ASSERT_TRUE(fit);
        EXPECT_NEAR(least_squares(rows, weights, 3), fit->squares, 1e-9) << "seed " << seed;
    }
}

TEST(KMeans, WeightsAreRepeatedRows) {
    const NumericTable rows = random_table(12, 3, 5);
    NumericTable repeated(0, 3);
    std::vector<double> weights;
    for (std::size_t row = 0; row < rows.rows; ++row) {
        const std::size_t times = 1 + row % 3;
        weights.push_back(static_cast<double>(times));
        for (std::size_t time = 0; time < times; ++time) {
            repeated.values.insert(
                repeated.values.end(), rows.row(row).begin(), rows.row(row).end());
            ++repeated.rows;
        }
    }
    const KMeansOptions options{.clusters = 3, .starts = 100, .seed = 2};
    const auto by_weight = k_means(rows, weights, options);
    const auto by_row = k_means(repeated, {}, options);
    ASSERT_TRUE(by_weight && by_row);
    EXPECT_NEAR(by_row->squares, by_weight->squares, 1e-9);
}

TEST(KMeans, ThreadsDoNotChangeTheAnswer) {
    const NumericTable rows = random_table(200, 4, 3);
    const auto one = k_means(rows, {}, {.clusters = 5, .starts = 9, .seed = 7, .threads = 1});
    const auto four = k_means(rows, {}, {.clusters = 5, .starts = 9, .seed = 7, .threads = 4});
    ASSERT_TRUE(one && four);
    EXPECT_EQ(one->labels, four->labels);
    EXPECT_EQ(one->squares, four->squares);
}

TEST(KMeans, SingleMovesNeverMakeItWorse) {
    const NumericTable rows = random_table(60, 3, 11);
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        KMeansOptions options{.clusters = 4, .starts = 1, .seed = seed};
        const auto further = k_means(rows, {}, options);
        options.moves = KMeansMoves::rounds;
        const auto rounds = k_means(rows, {}, options);
        ASSERT_TRUE(further && rounds);
        EXPECT_LE(further->squares, rounds->squares + 1e-12);
    }
}

TEST(KMeans, ClustersComeBySizeAndLabelsAreNearest) {
    const NumericTable rows = random_table(100, 2, 4);
    const auto fit = k_means(rows, {}, {.clusters = 4, .moves = KMeansMoves::rounds, .seed = 1});
    ASSERT_TRUE(fit);
    EXPECT_TRUE(std::is_sorted(fit->sizes.rbegin(), fit->sizes.rend()));
    EXPECT_EQ(nearest_centre(fit->centres, rows), fit->labels);
}

TEST(KMeans, SaysWhatCannotBe) {
    NumericTable rows = random_table(3, 2, 1);
    EXPECT_EQ(ErrorCode::invalid_argument, k_means(rows, {}, {.clusters = 4}).error().code);
    EXPECT_EQ(ErrorCode::invalid_argument, k_means({}, {}, {.clusters = 1}).error().code);
    EXPECT_EQ(ErrorCode::invalid_argument, k_means(rows, {}, {.clusters = 0}).error().code);
    const std::vector<double> none{0, 0, 0};
    EXPECT_EQ(ErrorCode::invalid_argument, k_means(rows, none, {.clusters = 1}).error().code);
    rows.at(1, 1) = std::numeric_limits<double>::quiet_NaN();
    const auto missing = k_means(rows, {}, {.clusters = 2});
    ASSERT_FALSE(missing);
    EXPECT_NE(std::string::npos, missing.error().message.find("row 2, column 2"));
}

TEST(Standardised, RefusesAConstantColumn) {
    NumericTable rows = random_table(5, 2, 1);
    for (std::size_t row = 0; row < rows.rows; ++row) {
        rows.at(row, 1) = 7;
    }
    const auto scaled = standardised(rows);
    ASSERT_FALSE(scaled);
    EXPECT_NE(std::string::npos, scaled.error().message.find("column 2 is constant"));
}

}  // namespace

}  // namespace fineline::study
