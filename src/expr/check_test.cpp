#include "expr/check.h"

#include "expr/parse.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace fineline::expr {
namespace {

using Names = std::vector<std::string>;

Catalog catalog_of(const std::map<std::string, std::string>& segments) {
    Catalog catalog;
    catalog.events = {"purchase", "view", "cart"};
    catalog.properties = {{"amount", "product"}, {"page"}, {}};
    catalog.traits = {"plan", "country", "created_at"};
    catalog.account_traits = {"industry"};
    catalog.purposes = {"marketing"};
    catalog.holidays = {"christmas"};
    catalog.names_known = true;
    for (const auto& [name, text] : segments) {
        catalog.segment_names.push_back(name);
    }
    catalog.segment = [segments](std::string_view name) -> std::optional<std::string> {
        const auto found = segments.find(std::string(name));
        return found == segments.end() ? std::nullopt : std::optional(found->second);
    };
    return catalog;
}

Result<CheckedExpression> compile_value(const std::string& text, Use use = Use::value) {
    return compile(text, use, catalog_of({{"vip", "sum(purchase.amount) > 1000"}}));
}

struct TypeCase {
    const char* text;
    StaticType type;
};

TEST(Check, findsTypes) {
    const std::vector<TypeCase> cases{
        {"true and plan", StaticType::boolean},
        {"plan", StaticType::unknown_type},
        {"count(purchase) + 1", StaticType::number},
        {"count(purchase) + plan", StaticType::unknown_type},
        {"lower(plan)", StaticType::string},
        {"now", StaticType::timestamp},
        {"date '2024-01-01'", StaticType::timestamp},
        {"last_time(purchase) + 3 days", StaticType::timestamp},
        {"now - 3 months", StaticType::timestamp},
        {"3 months + now", StaticType::timestamp},
        {"now - last_time(purchase)", StaticType::duration},
        {"now - created_at", StaticType::unknown_type},
        {"since_last(purchase) * 2", StaticType::duration},
        {"2 * 3 days", StaticType::duration},
        {"since_last(purchase) / 3 days", StaticType::number},
        {"since_last(purchase) / 3", StaticType::duration},
        {"-since_last(purchase)", StaticType::duration},
        {"coalesce(sum(purchase.amount), 0)", StaticType::number},
        {"case when plan then 1 else 2 end", StaticType::number},
        {"case when plan then 1 else 'a' end", StaticType::unknown_type},
        {"case when plan then 1 else missing end", StaticType::number},
        {"sequence(view -> cart)", StaticType::boolean},
        {"sequence_count(view -> cart)", StaticType::number},
        {"percentile(since_last(purchase))", StaticType::number},
        {"rfm.recency", StaticType::number},
        {"consents(marketing)", StaticType::boolean},
        {"previous(plan)", StaticType::unknown_type},
        {"since_changed(plan)", StaticType::duration},
    };
    for (const TypeCase& entry : cases) {
        const auto checked = compile_value(entry.text);
        ASSERT_TRUE(checked) << render_error(checked.error(), entry.text);
        EXPECT_EQ(static_cast<int>(checked->type()), static_cast<int>(entry.type)) << entry.text;
    }
}

TEST(Check, acceptsWhatTheContractAllows) {
    for (const char* text : {
             "created_at < now - 30 days",
             "since_last(purchase) > 3 months",
             "since_last(purchase) between 1 month and 1 year",
             "3 months < since_changed(plan)",
             "last_time(purchase) > '2024-01-01'",
             "min(purchase.amount) > 'a' or min(purchase.amount) > 3",
             "did purchase where weekday in (sat, sun) and plan",
             "did purchase where date = '2024-12-24'",
             "did purchase where amount > customer.limit and account.size > 3",
             "count(purchase, 90 to 0 days ago) > 3",
             "count(purchase, 1 month to 27 days ago) > 3",
             "count(purchase, from 2024-01-01 to 2024-01-02T00:00:00+05:00) > 3",
             "sequence(view -> cart within 0 seconds -> no purchase within 1 month)",
             "did purchase where previous(customer.plan) = 'free'",
             "context.device = 'mobile' on purchase where amount > 3",
             "plan ~ country and plan like 'a%'",
             "1 in plan and plan contains 2",
             "x matches '^a+$'",
         }) {
        const auto checked = compile_value(text, Use::segment);
        EXPECT_TRUE(checked) << render_error(checked.error(), text);
    }
}

TEST(Check, refusesWhatCannotBeMeant) {
    for (const char* text : {
             "1 = 'a'",
             "plan in (1, 'a')",
             "1 in ('a')",
             "count(purchase) = 'a'",
             "last_time(purchase) > 3",
             "last_time(purchase) > 'soon'",
             "since_last(purchase) > 45",
             "gap(purchase) > 1 month",
             "now - last_time(purchase) > 1 month",
             "plan > 1 month",
             "2 * 1 month > 3 days",
             "since_last(purchase) > 1.5 months",
             "count(purchase)",
             "'a'",
             "not count(purchase)",
             "did purchase and 3",
             "count(purchase, last 0 days) > 1",
             "count(purchase, last 1.5 days) > 1",
             "count(purchase, 30 to 90 days ago) > 1",
             "count(purchase, 1 year to 12 months ago) > 1",
             "count(purchase, from 2024-02-01 to 2024-01-01) > 1",
             "count(purchase, from 2024-01-01 to 2024-01-01) > 1",
             "count(purchase, next 3 days) > 1",
             "did purchase next 3 days",
             "did purchase where count(view) > 1",
             "did purchase where did view",
             "did purchase where segment vip",
             "did purchase where rfm.recency > 1",
             "did purchase where percentile(amount) > 1",
             "did purchase where sequence(view -> cart)",
             "did purchase where context.hour > 1",
             "did purchase where previous(plan) = 'a'",
             "did purchase where hour = 'noon'",
             "sum(purchase) > 1",
             "count(purchase.amount) > 1",
             "share(purchase) > 1",
             "quantile(purchase.amount) > 1",
             "quantile(purchase.amount, 90) > 1",
             "round(1, 2) > 1",
             "round('a') > 1",
             "string(plan) = 'a'",
             "rank(plan = 'a') > 1",
             "percentile(context.hour) > 1",
             "plan matches '('",
             "plan matches country",
             "now + now > now",
             "now - 3 > now",
             "3 days - now > now",
             "true + 1 > 1",
             "segment nobody",
             "sequence(view -> cart within 1.5 days)",
         }) {
        const auto checked = compile_value(text, Use::segment);
        ASSERT_FALSE(checked) << text;
        EXPECT_EQ(checked.error().code, ErrorCode::invalid_argument) << text;
        EXPECT_TRUE(checked.error().at.has_value()) << text;
    }
}

TEST(Check, nextStandsOnlyInMetrics) {
    EXPECT_TRUE(compile_value("sum(purchase.amount, next 90 days)", Use::metric));
    EXPECT_FALSE(compile_value("sum(purchase.amount, next 90 days)", Use::value));
}

TEST(Check, mappingsSeeOneRow) {
    Catalog columns;
    columns.traits = {"Invoice", "Price", "Quantity"};
    columns.names_known = true;
    EXPECT_TRUE(compile(
        "case when Invoice like 'C%' then 'refund' else 'purchase' end", Use::mapping, columns));
    EXPECT_TRUE(compile("number(Quantity) * Price", Use::mapping, columns));
    for (const char* text :
         {"did purchase", "count(purchase)", "segment vip", "now", "account.x"}) {
        EXPECT_FALSE(compile(text, Use::mapping, columns)) << text;
    }
    const auto typo = compile("Qantity * Price", Use::mapping, columns);
    ASSERT_TRUE(typo);
    ASSERT_EQ(typo->warnings().size(), 1U);
    EXPECT_EQ(typo->warnings()[0].message, "no column 'Qantity': did you mean 'Quantity'?");
}

TEST(Check, tellsWhatAnExpressionReads) {
    const auto checked = compile_value(
        "did view and sum(purchase.amount where customer.plan = 'a' and account.industry = 'b') > "
        "1 "
        "and segment vip and consents(marketing) and country = 'x' and view_count is missing and "
        "context.device = 'm' or did view");
    ASSERT_TRUE(checked);
    const Dependencies& reads = checked->dependencies();
    EXPECT_EQ(reads.events, (Names{"purchase", "view"}));
    EXPECT_EQ(reads.traits, (Names{"country", "plan", "view_count"}));
    EXPECT_EQ(reads.account_traits, Names{"industry"});
    EXPECT_EQ(reads.purposes, Names{"marketing"});
    EXPECT_EQ(reads.segments, Names{"vip"});
    EXPECT_EQ(reads.context, Names{"device"});
    EXPECT_FALSE(reads.any_event);
    EXPECT_FALSE(reads.population);
    EXPECT_FALSE(reads.clock);
}

TEST(Check, tellsWhatTheClockCanChange) {
    for (const char* text : {"now > created_at",
                             "did view last 3 days",
                             "since_last(view) > 3 days",
                             "since_changed(plan) > 3 days",
                             "sequence(view -> no cart within 1 day)"}) {
        const auto checked = compile_value(text);
        ASSERT_TRUE(checked) << text;
        EXPECT_TRUE(checked->dependencies().clock) << text;
    }
    const auto first = compile_value("did view first 7 days");
    ASSERT_TRUE(first);
    EXPECT_TRUE(first->dependencies().any_event);
    EXPECT_EQ(first->dependencies().traits, Names{"created_at"});
}

TEST(Check, reportsTheCircleOfSegments) {
    const Catalog catalog =
        catalog_of({{"a", "did view and segment b"}, {"b", "segment c"}, {"c", "not segment a"}});
    const auto checked = compile("segment b", Use::segment, catalog);
    ASSERT_FALSE(checked);
    EXPECT_NE(checked.error().message.find("b -> c -> a -> b"), std::string::npos)
        << checked.error().message;
}

TEST(Check, sharedSegmentsAreNoCircle) {
    const Catalog catalog =
        catalog_of({{"a", "segment c and segment b"}, {"b", "segment c"}, {"c", "did view"}});
    EXPECT_TRUE(compile("segment a and segment b and segment c", Use::segment, catalog));
}

TEST(Check, saysNothingOfNamesWhereNoneAreKnown) {
    const auto checked = compile("did purchse and paln = 'a'", Use::segment, Catalog{});
    ASSERT_TRUE(checked);
    EXPECT_TRUE(checked->warnings().empty());
}

TEST(Check, keepsTheCanonicalText) {
    const auto checked = compile("count( view )>=3", Use::segment, Catalog{});
    ASSERT_TRUE(checked);
    EXPECT_EQ(checked->text(), "count(view) >= 3");
}

}  // namespace
}  // namespace fineline::expr
