#include "ingest/csv_types.h"

#include <gtest/gtest.h>

namespace fineline::ingest {
namespace {

ColumnType type_of(const std::vector<std::string_view>& cells) {
    const std::vector<std::string> names{"x"};
    TypeInference inference(names);
    std::uint64_t line = 2;
    for (const std::string_view& cell : cells) {
        inference.add(std::span(&cell, 1), line++);
    }
    return inference.finish()[0].type;
}

TEST(CsvTypes, ANumericColumnHoldsNumbersOnly) {
    EXPECT_EQ(type_of({"1", "-2.5", "1e3", "0", "0.5", "-0"}), ColumnType::number);
    EXPECT_EQ(type_of({"1", "", "2"}), ColumnType::number);
    EXPECT_EQ(type_of({"1", "x"}), ColumnType::string);
    EXPECT_EQ(type_of({"1", " 2"}), ColumnType::string);
    EXPECT_EQ(type_of({"1", "2,5"}), ColumnType::string);
    EXPECT_EQ(type_of({"1", "0x10"}), ColumnType::string);
}

TEST(CsvTypes, LeadingZerosAndPlusesMakeAString) {
    EXPECT_EQ(type_of({"10115", "01067"}), ColumnType::string);
    EXPECT_EQ(type_of({"-1", "-01"}), ColumnType::string);
    EXPECT_EQ(type_of({"1", "00"}), ColumnType::string);
    EXPECT_EQ(type_of({"1", "00.5"}), ColumnType::string);
    EXPECT_EQ(type_of({"+4930123"}), ColumnType::string);
}

TEST(CsvTypes, AnEmptyColumnIsAString) {
    EXPECT_EQ(type_of({}), ColumnType::string);
    EXPECT_EQ(type_of({"", ""}), ColumnType::string);
}

TEST(CsvTypes, NumbersThatCannotBeHeldDecideNothing) {
    EXPECT_EQ(type_of({"1", "NaN", "-inf", "1e999"}), ColumnType::number);
    EXPECT_EQ(type_of({"nan", "bread"}), ColumnType::string);
    EXPECT_EQ(type_of({"inf"}), ColumnType::string);
    EXPECT_TRUE(is_unholdable_number("+Infinity"));
    EXPECT_TRUE(is_unholdable_number("-1.5E+400"));
    EXPECT_FALSE(is_unholdable_number("1e5"));
    EXPECT_FALSE(is_unholdable_number("e"));
    EXPECT_FALSE(is_unholdable_number("nanny"));
    EXPECT_FALSE(is_unholdable_number("1e9x"));
    EXPECT_FALSE(is_unholdable_number("01e999"));
}

TEST(CsvTypes, TellsTheCellThatDecided) {
    const std::vector<std::string> names{"x", "y"};
    TypeInference inference(names);
    const std::vector<std::vector<std::string_view>> rows{{"1", "a"}, {"C2", ""}, {"D3", "4"}};
    for (std::size_t i = 0; i < rows.size(); ++i) {
        inference.add(rows[i], i + 2);
    }
    const std::vector<Column> columns = inference.finish();
    EXPECT_EQ(columns[0].first_text, "C2");
    EXPECT_EQ(columns[0].first_text_line, 3U);
    EXPECT_EQ(columns[1].first_text, "a");
}

TEST(CsvTypes, LearnsOnlyFromRowsThatTellSomethingNew) {
    const std::vector<std::string> names{"x", "y"};
    TypeInference inference(names);
    const auto learns = [&](std::string_view x, std::string_view y) {
        const std::vector<std::string_view> cells{x, y};
        const bool learned = inference.learns_from(cells);
        inference.add(cells, 2);
        return learned;
    };
    EXPECT_FALSE(learns("", ""));
    EXPECT_FALSE(learns("inf", "")) << "decides nothing";
    EXPECT_TRUE(learns("1", "")) << "the first number";
    EXPECT_FALSE(learns("2.5", "")) << "another number";
    EXPECT_TRUE(learns("3", "a")) << "the first text of y";
    EXPECT_FALSE(learns("4", "b"));
    EXPECT_TRUE(learns("007", "5")) << "the first text of x";
    EXPECT_FALSE(learns("8", "9"));
    EXPECT_FALSE(learns("c", "d")) << "both are columns of strings";
}

TEST(CsvTypes, ReadsTypeWords) {
    EXPECT_EQ(*column_type("number"), ColumnType::number);
    EXPECT_EQ(*column_type("timestamp"), ColumnType::timestamp);
    EXPECT_STREQ(to_string(ColumnType::boolean), "boolean");
    EXPECT_FALSE(column_type("integer"));
}

}  // namespace
}  // namespace fineline::ingest
