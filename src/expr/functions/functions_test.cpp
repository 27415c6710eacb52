#include "expr/functions/exact_sum.h"
#include "expr/test_world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace fineline::expr {
namespace {

using functions::ExactSum;
using test::TestTable;

/// The sum, which is the same whether numbers come one by one or all at once.
double sum_of(const std::vector<double>& numbers) {
    ExactSum sum;
    for (const double number : numbers) {
        sum.add(number);
    }
    EXPECT_EQ(sum.rounded(),
              functions::exact_sum(numbers.size(), [&](std::size_t i) { return numbers[i]; }));
    return sum.rounded();
}

TEST(ExactSumOf, RoundsOnce) {
    EXPECT_EQ(sum_of({}), 0);
    EXPECT_EQ(sum_of({1e100, 1, -1e100}), 1);
    EXPECT_EQ(sum_of({1e308, 1e308, -1e308}), 1e308);
    // 0.1 is 0x1.999999999999ap-4 and ten of them exceed 1 by 2^-54, which is lost in rounding.
    EXPECT_EQ(sum_of(std::vector<double>(10, 0.1)), 1);
    EXPECT_TRUE(std::isinf(sum_of({1.7e308, 1.7e308})));
}

TEST(ExactSumOf, TiesGoToEvenAndTheSmallestBitBreaksThem) {
    const double one = 1;
    const double half_ulp = 0x1p-53;
    EXPECT_EQ(sum_of({one, half_ulp}), 1);
    EXPECT_EQ(sum_of({one + 0x1p-52, half_ulp}), one + 0x1p-51);
    EXPECT_EQ(sum_of({one, half_ulp, std::numeric_limits<double>::denorm_min()}), one + 0x1p-52);
    EXPECT_EQ(sum_of({-one, -half_ulp, -std::numeric_limits<double>::denorm_min()}),
              -one - 0x1p-52);
}

TEST(ExactSumOf, KeepsTheSmallestNumbers) {
    const double least = std::numeric_limits<double>::denorm_min();
    EXPECT_EQ(sum_of({least, least, least}), 3 * least);
    EXPECT_EQ(sum_of({least, -least}), 0);
    EXPECT_FALSE(std::signbit(sum_of({-0.0})));
}

TEST(ExactSumOf, DoesNotDependOnOrder) {
    std::vector<double> numbers;
    for (int i = 0; i < 200; ++i) {
        numbers.push_back(std::ldexp(1 + i / 7.0, (i * 37) % 400 - 200) * (i % 3 == 0 ? -1 : 1));
    }
    const double forward = sum_of(numbers);
    std::reverse(numbers.begin(), numbers.end());
    EXPECT_EQ(sum_of(numbers), forward);
    std::sort(numbers.begin(), numbers.end());
    EXPECT_EQ(sum_of(numbers), forward);
}

Datum call(std::string_view name, std::vector<Datum> arguments, std::string& scratch) {
    return find_scalar(name)->evaluate(arguments, scratch);
}

TEST(Scalars, WorkedOutByHand) {
    std::string scratch;
    EXPECT_EQ(call("round", {Datum::of(0.5)}, scratch), Datum::of(1.0));
    EXPECT_EQ(call("round", {Datum::of(-0.5)}, scratch), Datum::of(-1.0));
    EXPECT_EQ(call("ceil", {Datum::of(-0.5)}, scratch), Datum::of(0.0));
    EXPECT_EQ(call("upper", {Datum::of(std::string_view("k\xc3\xb6ln"))}, scratch).string(),
              "K\xc3\x96LN");
    EXPECT_EQ(call("number", {Datum::of(std::string_view("1e3"))}, scratch), Datum::of(1000.0));
    EXPECT_TRUE(call("number", {Datum::of(std::string_view("1 000"))}, scratch).is_missing());
    // A quarter of the equator: from Greenwich to 90 degrees east.
    const Datum quarter = call(
        "distance", {Datum::of(0.0), Datum::of(0.0), Datum::of(0.0), Datum::of(90.0)}, scratch);
    EXPECT_NEAR(quarter.number(), 6371.009 * 3.14159265358979 / 2, 1e-6);
}

TEST(Functions, EachHasASummaryAnExampleAndAnUniqueName) {
    std::vector<std::string_view> names;
    for (const AggregateFunction* function : aggregate_functions()) {
        EXPECT_FALSE(function->summary.empty() || function->example.empty()) << function->name;
        EXPECT_NE(function->evaluate, nullptr) << function->name;
        names.push_back(function->name);
    }
    for (const ScalarFunction* function : scalar_functions()) {
        EXPECT_FALSE(function->summary.empty() || function->example.empty()) << function->name;
        names.push_back(function->name);
    }
    std::sort(names.begin(), names.end());
    EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

/// Fills a table whose property is of every kind, or missing, by turns.
void fill_mixed(TestTable& table, std::uint32_t rows) {
    table.name_property("p");
    for (std::uint32_t i = 0; i < rows; ++i) {
        const Instant time{Duration{std::int64_t{1'000'000} * ((i * 7919) % 50)}};
        test::Fields fields;
        switch (i % 4) {
            case 0: fields["p"] = Value(i * 0.1); break;
            case 1: fields["p"] = Value(std::string(1, static_cast<char>('a' + i % 5))); break;
            case 2: fields["p"] = Value(time); break;
            default: break;
        }
        table.add(time, i, fields);
    }
}

TEST(Functions, ShortCutsOverRowsGiveTheSameAsTheGenericEntry) {
    TestTable table;
    fill_mixed(table, 40);
    const columns::EventRows rows = table.rows();
    AggregateScratch scratch;
    const TimeZone utc;
    const Instant now{Duration{100'000'000}};
    for (const AggregateFunction* function : aggregate_functions()) {
        for (std::uint32_t begin = 0; function->evaluate_rows != nullptr && begin <= rows.size();
             begin += 3) {
            for (std::uint32_t end = begin; end <= rows.size(); ++end) {
                std::vector<SelectedEvent> events;
                for (std::uint32_t row = begin; row < end; ++row) {
                    events.push_back(
                        {rows.time(row), rows.arrival(row), rows.value(PropertyId{0}, row)});
                }
                AggregateInput input;
                input.events = events;
                input.now = now;
                input.zone = &utc;
                input.has_property = true;
                input.scratch = &scratch;
                const Datum by_rows = function->evaluate_rows({.rows = rows,
                                                               .begin = begin,
                                                               .end = end,
                                                               .property = PropertyId{0},
                                                               .now = now});
                EXPECT_EQ(function->evaluate(input), by_rows)
                    << function->name << " " << begin << " " << end;
            }
        }
    }
}

}  // namespace
}  // namespace fineline::expr
