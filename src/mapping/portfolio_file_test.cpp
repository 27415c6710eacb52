#include "mapping/portfolio_file.h"

#include <gtest/gtest.h>

namespace fineline::mapping {
namespace {

constexpr std::string_view whole = R"(purpose: second-order
question: Who will buy again soon, and how much?
metric: sum(purchase.amount, next 90 days)   # a comment
better: lower
population: did purchase
consent: marketing
no_record: granted
static: [country]
capacity: 6
cost: 400 EUR per segment per month
detect: 5 %
review: 90 days
reviewed: 2011-09-01
owner: growth
exposure: {event: mailing, propensity: chance}
protected: [age]
small_cell: 20
segments:
  - name: weekend_regulars
    when: count(purchase where weekend, last 180 days) >= 3
    because: They shop when they have time; weekday mails annoy them.
    action: Saturday early access
  - {name: rest, when: not segment weekend_regulars}
)";

std::string error_of(std::string_view text) {
    auto portfolio = parse_portfolio(text, "p.yaml");
    return portfolio ? "none" : portfolio.error().message;
}

TEST(PortfolioFile, ReadsPurposeAndSegments) {
    auto portfolio = parse_portfolio(whole, "p.yaml");
    ASSERT_TRUE(portfolio) << portfolio.error().message;
    EXPECT_EQ(portfolio->purpose.name, "second-order");
    EXPECT_EQ(portfolio->purpose.metric.text, "sum(purchase.amount, next 90 days)");
    EXPECT_FALSE(portfolio->purpose.higher_is_better);
    EXPECT_TRUE(portfolio->purpose.no_record_is_granted);
    EXPECT_EQ(portfolio->purpose.capacity, 6);
    EXPECT_EQ(portfolio->purpose.detect, "5 %");
    EXPECT_EQ(portfolio->purpose.exposure.event, "mailing");
    EXPECT_EQ(portfolio->purpose.exposure.action, "action");
    EXPECT_EQ(portfolio->purpose.exposure.propensity, "chance");
    EXPECT_EQ(portfolio->purpose.small_cell, 20);
    ASSERT_EQ(portfolio->segments.size(), 2U);
    EXPECT_EQ(portfolio->segments[0].action, "Saturday early access");
    EXPECT_EQ(portfolio->segments[0].when.line, 20);
}

TEST(PortfolioFile, PrintsWhatItReads) {
    auto portfolio = parse_portfolio(whole, "p.yaml");
    ASSERT_TRUE(portfolio);
    auto again = parse_portfolio(to_yaml(*portfolio), "printed");
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(*again, *portfolio);
}

TEST(PortfolioFile, SaysWhatIsWrongAndWhere) {
    EXPECT_NE(
        error_of("purpos: x")
            .find("p.yaml:1:1: a portfolio file has no key 'purpos': did you mean 'purpose'?"),
        std::string::npos);
    EXPECT_NE(error_of("purpose: x\ncapacity: 0").find("at least 1, not '0'"), std::string::npos);
    EXPECT_NE(error_of("purpose: x\nexposure: {action: a}").find("needs the key 'event'"),
              std::string::npos);
    EXPECT_NE(error_of("question: x").find("needs the key 'purpose'"), std::string::npos);
    EXPECT_NE(error_of("purpose: x\ncapacity: many").find("p.yaml:2:11"), std::string::npos);
    EXPECT_NE(error_of("purpose: x\nsegments:\n  - name: a").find("'when'"), std::string::npos);
    EXPECT_NE(error_of("purpose: x\nsegments:\n  - {name: a, when: did}").find("p.yaml:3:21"),
              std::string::npos);
    EXPECT_NE(
        error_of("purpose: x\nsegments:\n  - {name: a, when: did x}\n  - {name: a, when: did y}")
            .find("same name: 'a'"),
        std::string::npos);
    EXPECT_NE(error_of("purpose: x\npurpose: y").find("stands here already"), std::string::npos);
    EXPECT_NE(error_of("purpose: &a x").find("anchor"), std::string::npos);
}

}  // namespace
}  // namespace fineline::mapping
