#include "study/purpose.h"

#include "mapping/portfolio_file.h"

#include <gtest/gtest.h>

namespace fineline::study {
namespace {

Result<Purpose> read(std::string_view yaml) {
    auto portfolio = mapping::parse_portfolio(yaml, "p.yaml");
    if (!portfolio) {
        return portfolio.error();
    }
    return check_purpose(*portfolio, {});
}

std::string error_of(std::string_view yaml) {
    const auto purpose = read(yaml);
    return purpose ? "none" : purpose.error().message;
}

TEST(Purpose, TakesTheHorizonFromTheLongestNextWindow) {
    const auto purpose = read(
        "purpose: p\n"
        "metric: sum(purchase.amount, next 90 days) - sum(refund.amount, next 4 months)\n");
    ASSERT_TRUE(purpose) << purpose.error().message;
    EXPECT_EQ(to_text(purpose->horizon), "4 months");
    EXPECT_FALSE(purpose->metric_is_rate);
    EXPECT_EQ(purpose->population, "true");
}

TEST(Purpose, AConditionIsARate) {
    const auto purpose = read("purpose: p\nmetric: did purchase next 30 days\n");
    ASSERT_TRUE(purpose) << purpose.error().message;
    EXPECT_TRUE(purpose->metric_is_rate);
    EXPECT_EQ(to_text(purpose->horizon), "30 days");
}

TEST(Purpose, SaysWhatCannotBeMeasured) {
    EXPECT_NE(error_of("purpose: p\n").find("key 'metric': is missing"), std::string::npos);
    EXPECT_NE(error_of("purpose: p\nmetric: sum(purchase.amount, last 90 days)\n")
                  .find("reads the past only"),
              std::string::npos);
    const std::string head = "purpose: p\nmetric: count(purchase, next 9 days)\n";
    EXPECT_NE(error_of(head + "detect: 0 %\n").find("key 'detect'"), std::string::npos);
    EXPECT_NE(error_of(head + "cost: cheap\n").find("key 'cost'"), std::string::npos);
    EXPECT_NE(error_of(head + "review: soon\n").find("key 'review'"), std::string::npos);
    EXPECT_NE(error_of(head + "reviewed: soon\n").find("key 'reviewed'"), std::string::npos);
    EXPECT_NE(error_of(head + "capacity: 0\n").find("capacity"), std::string::npos);
}

TEST(Purpose, ReadsSharesPeriodsAndCosts) {
    EXPECT_EQ(parse_share("5 %"), 0.05);
    EXPECT_EQ(parse_share("0.5%"), 0.005);
    EXPECT_EQ(parse_share("0.05"), 0.05);
    EXPECT_FALSE(parse_share("0 %"));
    EXPECT_FALSE(parse_share("101 %"));
    EXPECT_FALSE(parse_share("few"));
    EXPECT_EQ(parse_period("90 days"), (expr::Period{90, TimeUnit::day}));
    EXPECT_FALSE(parse_period("90"));
    EXPECT_FALSE(parse_period("-1 days"));
    const auto cost = parse_cost("400 EUR per segment per month");
    ASSERT_TRUE(cost);
    EXPECT_EQ(cost->currency, "EUR");
    EXPECT_DOUBLE_EQ(cost->amount, 400);
    EXPECT_DOUBLE_EQ(parse_cost("1200 EUR per segment per year")->amount, 100);
    EXPECT_FALSE(parse_cost("400 EUR"));
}

TEST(Purpose, CountsWhatAReaderHasToKeepInMind) {
    const auto purpose = read(
        "purpose: p\nmetric: did purchase next 30 days\nsegments:\n"
        "  - name: a\n    when: did purchase and count(view, last 9 days) > 3 and country in "
        "('DE', "
        "'FR')\n"
        "  - name: b\n    when: count(purchase where amount > 3 and gift = true) >= 2\n");
    ASSERT_TRUE(purpose) << purpose.error().message;
    EXPECT_EQ(purpose->segments[0].conditions, 3U);
    EXPECT_EQ(purpose->segments[1].conditions, 3U);
}

}  // namespace
}  // namespace fineline::study
