#include "expr/sql/sql.h"

#include <gtest/gtest.h>

namespace fineline::expr {
namespace {

CheckedExpression checked(const std::string& text) {
    Catalog catalog;
    catalog.segment_names = {"vip"};
    catalog.segment = [](std::string_view name) -> std::optional<std::string> {
        return name == "vip" ? std::optional<std::string>("did purchase") : std::nullopt;
    };
    auto expression = compile(text, Use::segment, catalog);
    EXPECT_TRUE(expression.has_value()) << (expression ? "" : expression.error().message);
    return *expression;
}

SqlOptions at_new_year() {
    SqlOptions options;
    options.now = std::chrono::sys_days{std::chrono::year{2025} / 1 / 1};
    return options;
}

TEST(Sql, PrintsATableForALeafAndTheConditionLast) {
    const auto sql = to_sql(checked("count(purchase, last 90 days) >= 3"), at_new_year());
    ASSERT_TRUE(sql.has_value());
    EXPECT_EQ(*sql,
              "WITH customers AS (\n"
              "    SELECT customer_id FROM events WHERE time <= TIMESTAMP '2025-01-01 00:00:00'\n"
              "    UNION\n"
              "    SELECT customer_id FROM traits WHERE time IS NULL OR time <= TIMESTAMP "
              "'2025-01-01 00:00:00'\n"
              "),\n"
              "count_purchase AS (\n"
              "    SELECT customer_id, count(*) AS value\n"
              "    FROM events AS e\n"
              "    WHERE e.event = 'purchase'\n"
              "      AND e.time > TIMESTAMP '2024-10-03 00:00:00'\n"
              "      AND e.time <= TIMESTAMP '2025-01-01 00:00:00'\n"
              "    GROUP BY customer_id\n"
              ")\n"
              "SELECT customer_id\n"
              "FROM customers\n"
              "LEFT JOIN count_purchase USING (customer_id)\n"
              "WHERE coalesce(count_purchase.value, 0) >= 3\n"
              "ORDER BY customer_id\n");
}

TEST(Sql, PrintsEqualLeavesOnce) {
    const auto sql =
        to_sql(checked("sum(purchase.amount) > 5 and sum(purchase.amount) < 9"), at_new_year());
    ASSERT_TRUE(sql.has_value());
    EXPECT_EQ(sql->find("sum_purchase_2"), std::string::npos);
}

TEST(Sql, QuotesNamesAndTexts) {
    const auto sql = to_sql(checked("did `it's` where note = 'a\n''b'"), at_new_year());
    ASSERT_TRUE(sql.has_value());
    EXPECT_NE(sql->find("e.event = 'it''s'"), std::string::npos) << *sql;
    EXPECT_NE(sql->find("E'a\\x0a''b'"), std::string::npos) << *sql;
}

TEST(Sql, NamesTheDialectsThereAre) {
    SqlOptions options = at_new_year();
    options.dialect = "cobol";
    const auto sql = to_sql(checked("did purchase"), options);
    ASSERT_FALSE(sql.has_value());
    EXPECT_EQ(sql.error().code, ErrorCode::not_found);
    EXPECT_NE(sql.error().message.find("duckdb"), std::string::npos);
}

TEST(Sql, WantsTheDefinitionOfASegment) {
    const CheckedExpression expression = checked("segment vip");
    EXPECT_FALSE(to_sql(expression, at_new_year()).has_value());
    SqlOptions options = at_new_year();
    options.segment = [](std::string_view) -> Result<CheckedExpression> {
        return checked("did purchase");
    };
    const auto sql = to_sql(expression, options);
    ASSERT_TRUE(sql.has_value());
    EXPECT_NE(sql->find("segment_vip AS ("), std::string::npos);
}

TEST(Sql, RefusesSegmentsThatReferToThemselves) {
    SqlOptions options = at_new_year();
    options.segment = [](std::string_view) -> Result<CheckedExpression> {
        return checked("segment vip");
    };
    const auto sql = to_sql(checked("segment vip"), options);
    ASSERT_FALSE(sql.has_value());
    EXPECT_NE(sql.error().message.find("refers to itself"), std::string::npos);
}

TEST(Sql, RefusesRanksAtEachOccasion) {
    const auto sql = to_sql(checked("rank(count(purchase)) = 1 on purchase"), at_new_year());
    ASSERT_FALSE(sql.has_value());
    EXPECT_EQ(sql.error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace fineline::expr
