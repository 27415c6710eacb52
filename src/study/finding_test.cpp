#include "study/finding.h"

#include <gtest/gtest.h>

#include <limits>

namespace fineline::study {
namespace {

TEST(Finding, PrintsNumbersByTheirScale) {
    EXPECT_EQ(print_number(0.812, Scale::share), "81 %");
    EXPECT_EQ(print_number(0.0523, Scale::share), "5.2 %");
    EXPECT_EQ(print_number(0.05, Scale::share), "5 %");
    EXPECT_EQ(print_number(0, Scale::share), "0 %");
    EXPECT_EQ(print_number(-0.0004, Scale::share), "0.0 %");
    EXPECT_EQ(print_number(1067371, Scale::count), "1,067,371");
    EXPECT_EQ(print_number(1234.5, Scale::amount), "1,234.50");
    EXPECT_EQ(print_number(-0.05, Scale::amount), "-0.05");
    EXPECT_EQ(print_number(0.0123, Scale::plain), "0.0123");
    EXPECT_EQ(print_number(999.6, Scale::plain), "1,000");
}

TEST(Finding, AnEstimateHasAnIntervalOrSaysWhyNot) {
    const Estimate sure{.name = "value captured",
                        .value = 0.81,
                        .interval = Interval{0.77, 0.85},
                        .scale = Scale::share};
    EXPECT_EQ(print(sure), "81 % (77 to 85)");
    const Estimate counted{.value = 12, .why_no_interval = "a count", .scale = Scale::count};
    EXPECT_EQ(print(counted), "12 (no interval: a count)");
}

TEST(Finding, TablesAlignAndTravelAsNumbers) {
    const Table table{.title = "Sizes",
                      .columns = {"segment", "members"},
                      .rows = {{std::string("a"), Estimate{.value = 7, .scale = Scale::count}},
                               {std::string("longer"), std::monostate{}}}};
    EXPECT_EQ(print(Shape(table)),
              "Sizes\n"
              "  segment  members\n"
              "  a        7\n"
              "  longer   -\n");
    const Json json = to_json(Shape(table));
    EXPECT_EQ(*json.find("shape")->string(), "table");
    EXPECT_EQ(*(*(*json.find("rows")->array())[0].array())[1].find("value")->number(), 7);
}

TEST(Finding, SaysWhatIsNotFinite) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_TRUE(is_finite(Shape(Note{"x"})));
    EXPECT_FALSE(is_finite(Shape(Estimate{.value = nan})));
    EXPECT_FALSE(is_finite(Shape(Table{.rows = {{Estimate{.interval = Interval{0, nan}}}}})));
    EXPECT_FALSE(is_finite(Shape(Curve{.points = {{.x = 1, .y = nan}}})));
}

}  // namespace
}  // namespace fineline::study
