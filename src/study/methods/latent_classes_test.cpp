#include "study/methods/latent_classes.h"

#include "base/random.h"
#include "study/methods/latent_class_regression.h"

#include <gtest/gtest.h>

#include <cmath>

namespace fineline::study {

namespace {

/// Two classes, 0.7 and 0.3, that answer three items with 0.9 and 0.2.
AnswerTable two_classes(std::size_t rows, std::uint64_t seed) {
    Random random(seed);
    AnswerTable table{.levels = {2, 2, 2, 2}};
    for (std::size_t row = 0; row < rows; ++row) {
        const double yes = random.uniform() < 0.7 ? 0.9 : 0.2;
        for (std::size_t item = 0; item < 4; ++item) {
            table.answers.push_back(random.uniform() < yes ? 1 : 0);
        }
    }
    return table;
}

TEST(LatentClasses, OneClassIsIndependence) {
    const AnswerTable table = two_classes(500, 1);
    const auto fit = latent_classes(table, {.classes = 1, .starts = 1});
    ASSERT_TRUE(fit);
    double expected = 0;
    for (std::size_t item = 0; item < 4; ++item) {
        double yes = 0;
        for (std::size_t row = 0; row < 500; ++row) {
            yes += table.row(row)[item];
        }
        const double share = yes / 500;
        expected += yes * std::log(share) + (500 - yes) * std::log(1 - share);
    }
    EXPECT_NEAR(expected, fit->log_likelihood, 1e-6);
    EXPECT_EQ(4U, fit->parameters);
    EXPECT_NEAR(-2 * expected + 3 * 4, fit->criteria.aic3, 1e-6);
}

TEST(LatentClasses, FindsThePlantedClasses) {
    const auto fit =
        latent_classes(two_classes(20'000, 2), {.classes = 2, .starts = 10, .seed = 1});
    ASSERT_TRUE(fit);
    EXPECT_NEAR(0.7, fit->shares[0], 0.02);
    EXPECT_NEAR(0.9, fit->probability(0, 0, 1), 0.02);
    EXPECT_NEAR(0.2, fit->probability(1, 3, 1), 0.03);
    EXPECT_GE(fit->best_found, 9U) << "there is one optimum";
}

TEST(LatentClasses, WeightsAreRepeatedRows) {
    AnswerTable table = two_classes(300, 3);
    const AnswerPatterns patterns = distinct_answers(table);
    const LatentClassOptions options{.classes = 2, .starts = 10, .seed = 4};
    const auto by_row = latent_classes(table, options);
    const auto by_weight = latent_classes(patterns.table, options);
    ASSERT_TRUE(by_row && by_weight);
    EXPECT_NEAR(by_row->log_likelihood, by_weight->log_likelihood, 1e-6);
    EXPECT_LE(patterns.table.rows(), 16U);
}

TEST(LatentClasses, AnItemNobodyLinksAddsItsOwnLikelihoodOnly) {
    AnswerTable table = two_classes(400, 5);
    AnswerTable with_missing{.levels = {2, 2, 2, 2, 2}};
    for (std::size_t row = 0; row < 400; ++row) {
        with_missing.answers.insert(
            with_missing.answers.end(), table.row(row).begin(), table.row(row).end());
        with_missing.answers.push_back(row < 2 ? static_cast<std::uint8_t>(row)
                                               : AnswerTable::missing);
    }
    const LatentClassOptions options{.classes = 1, .starts = 1};
    const auto without = latent_classes(table, options);
    const auto with = latent_classes(with_missing, options);
    ASSERT_TRUE(without && with);
    EXPECT_NEAR(without->log_likelihood + 2 * std::log(0.5), with->log_likelihood, 1e-6);
}

TEST(LatentClasses, ThreadsDoNotChangeTheAnswer) {
    const AnswerTable table = two_classes(300, 6);
    LatentClassOptions options{.classes = 3, .starts = 8, .seed = 2};
    const auto one = latent_classes(table, options);
    options.threads = 4;
    const auto four = latent_classes(table, options);
    ASSERT_TRUE(one && four);
    EXPECT_EQ(one->shares, four->shares);
}

TEST(LatentClasses, SaysWhatCannotBe) {
    EXPECT_FALSE(latent_classes({}, {}));
    AnswerTable table = two_classes(50, 7);
    EXPECT_FALSE(latent_classes(table, {.classes = 40}));
    AnswerTable out_of_range = table;
    out_of_range.answers[5] = 9;
    const auto wrong = latent_classes(out_of_range, {});
    ASSERT_FALSE(wrong);
    EXPECT_NE(std::string::npos, wrong.error().message.find("row 2, item 2 has level 9 of 2"));
    for (std::size_t row = 0; row < 50; ++row) {
        table.answers[row * 4] = 1;
    }
    EXPECT_FALSE(latent_classes(table, {}));
}

TEST(LatentClassRegression, FindsThePlantedSlope) {
    Random random(8);
    AnswerTable table{.levels = {2, 2, 2, 2}};
    NumericTable covariate(6000, 1);
    for (std::size_t row = 0; row < 6000; ++row) {
        covariate.at(row, 0) = 4 * random.uniform() - 2;
        const double rare = 1 / (1 + std::exp(1 - 0.8 * covariate.at(row, 0)));
        const double yes = random.uniform() < rare ? 0.15 : 0.9;
        for (std::size_t item = 0; item < 4; ++item) {
            table.answers.push_back(random.uniform() < yes ? 1 : 0);
        }
    }
    const auto fit =
        latent_class_regression(table, covariate, {.classes = 2, .starts = 4, .seed = 1});
    ASSERT_TRUE(fit);
    EXPECT_NEAR(-1, fit->coefficients.at(0, 0), 4 * fit->standard_errors.at(0, 0));
    EXPECT_NEAR(0.8, fit->coefficients.at(0, 1), 4 * fit->standard_errors.at(0, 1));
    EXPECT_LT(fit->standard_errors.at(0, 1), 0.1);
}

TEST(LatentClassRegression, SaysWhatCannotBe) {
    const AnswerTable table = two_classes(50, 7);
    EXPECT_FALSE(latent_class_regression(table, NumericTable(49, 1), {}));
    EXPECT_FALSE(latent_class_regression(table, NumericTable(50, 1), {}));
}

TEST(LogSumExp, NeitherOverflowsNorVanishes) {
    const std::vector<double> large{1000, 1000};
    EXPECT_DOUBLE_EQ(1000 + std::log(2.0), log_sum_exp(large));
    const std::vector<double> small{-2000, -2001};
    EXPECT_DOUBLE_EQ(-2000 + std::log1p(std::exp(-1.0)), log_sum_exp(small));
}

}  // namespace

}  // namespace fineline::study
