#include "study/methods/k_medoids.h"

#include "base/random.h"

#include <gtest/gtest.h>

#include <limits>

namespace fineline::study {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

MixedTable mixed(std::size_t rows, std::uint64_t seed) {
    Random random(seed);
    MixedTable table{.values = NumericTable(rows, 3),
                     .kinds = {ColumnKind::number, ColumnKind::number, ColumnKind::category}};
    for (std::size_t row = 0; row < rows; ++row) {
        table.values.at(row, 0) = random.uniform();
        table.values.at(row, 1) = random.below(10) == 0 ? missing : random.uniform();
        table.values.at(row, 2) = static_cast<double>(random.below(3));
    }
    return table;
}

/// The least sum of distances over every pair of medoids.
double least_of_pairs(const MixedTable& table) {
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t a = 0; a < table.values.rows; ++a) {
        for (std::size_t b = 0; b < a; ++b) {
            double sum = 0;
            for (std::size_t row = 0; row < table.values.rows; ++row) {
                const double to_a = row == a ? 0 : gower_distance(table, row, a);
                const double to_b = row == b ? 0 : gower_distance(table, row, b);
                sum += std::min(to_a, to_b);
            }
            least = std::min(least, sum);
        }
    }
    return least;
}

TEST(Gower, IsTheMeanOfWhatBothKnow) {
    MixedTable table{.values = NumericTable(3, 3),
                     .kinds = {ColumnKind::number, ColumnKind::number, ColumnKind::category}};
    table.values.values = {0, 10, 1, 5, missing, 2, 10, 30, 1};
    const auto ranged = with_ranges(table);
    ASSERT_TRUE(ranged);
    EXPECT_DOUBLE_EQ((0.5 + 1) / 2, gower_distance(*ranged, 0, 1));
    EXPECT_DOUBLE_EQ((1.0 + 1 + 0) / 3, gower_distance(*ranged, 0, 2));
}

TEST(KMedoids, IsNearTheBestPairOfMedoids) {
    unsigned best = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const auto table = with_ranges(mixed(30, seed));
        ASSERT_TRUE(table);
        const auto fit = k_medoids(*table, {.clusters = 2, .seed = seed});
        ASSERT_TRUE(fit);
        const double least = least_of_pairs(*table);
        EXPECT_GE(fit->distances, least - 1e-6);
        EXPECT_LE(fit->distances, least * 1.05);
        best += fit->distances <= least + 1e-5 ? 1U : 0U;
    }
    EXPECT_GE(best, 14U) << "swapping finds the best pair in most small tables";
}

TEST(KMedoids, SamplesComeCloseToAllRows) {
    const MixedTable table = mixed(400, 9);
    const auto all = k_medoids(table, {.clusters = 3, .seed = 1});
    const auto sampled = k_medoids(table, {.clusters = 3, .sample_rows_max = 100, .seed = 1});
    ASSERT_TRUE(all && sampled);
    EXPECT_EQ(1U, all->samples);
    EXPECT_EQ(5U, sampled->samples);
    EXPECT_GE(sampled->distances, all->distances - 1e-3);
    EXPECT_LE(sampled->distances, all->distances * 1.1);
}

TEST(KMedoids, ThreadsDoNotChangeTheAnswer) {
    const MixedTable table = mixed(300, 2);
    KMedoidsOptions options{.clusters = 4, .sample_rows_max = 80, .seed = 3};
    const auto one = k_medoids(table, options);
    options.threads = 4;
    const auto four = k_medoids(table, options);
    ASSERT_TRUE(one && four);
    EXPECT_EQ(one->labels, four->labels);
}

TEST(KMedoids, SaysWhatCannotBe) {
    EXPECT_EQ(ErrorCode::invalid_argument, k_medoids({}, {}).error().code);
    EXPECT_EQ(ErrorCode::invalid_argument, k_medoids(mixed(3, 1), {.clusters = 4}).error().code);
    MixedTable table = mixed(5, 1);
    for (std::size_t row = 0; row < 5; ++row) {
        table.values.at(row, 1) = missing;
    }
    const auto unknown = k_medoids(table, {.clusters = 2});
    ASSERT_FALSE(unknown);
    EXPECT_NE(std::string::npos,
              unknown.error().message.find("column 2 is constant or all missing"));
    table.values.at(2, 1) = std::numeric_limits<double>::infinity();
    EXPECT_FALSE(k_medoids(table, {.clusters = 2}));
}

}  // namespace

}  // namespace fineline::study
