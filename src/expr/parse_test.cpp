#include "expr/parse.h"

#include "model/limits.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace fineline::expr {
namespace {

struct Printed {
    const char* written;
    const char* canonical;  ///< null: the same
};

/// Derived by hand from the contract of the language: precedence, contextual words, windows,
/// backticks.
constexpr std::array cases{
    Printed{"true", nullptr},
    Printed{"a = 1 or b = 2 and c = 3", nullptr},
    Printed{"(a = 1 or b = 2) and c = 3", nullptr},
    Printed{"a = 1 or (b = 2 and c = 3)", "a = 1 or b = 2 and c = 3"},
    Printed{"(a and b) and c", "a and b and c"},
    Printed{"a and (b and c)", nullptr},
    Printed{"not a = b", nullptr},
    Printed{"not (a = b)", "not a = b"},
    Printed{"(not a) = b", nullptr},
    Printed{"not not a", nullptr},
    Printed{"not (a or b)", nullptr},
    Printed{"(a < b) = (c < d)", nullptr},
    Printed{"x + y * 2 > 3", nullptr},
    Printed{"(x + y) * 2 > 3", nullptr},
    Printed{"x - (y - z)", nullptr},
    Printed{"x - y - z", nullptr},
    Printed{"x / (y * z)", nullptr},
    Printed{"-x * -y", nullptr},
    Printed{"-(x + y)", nullptr},
    Printed{"-(-x)", nullptr},
    Printed{"-5 - -6", nullptr},
    Printed{"-(5)", nullptr},
    Printed{"-(-5)", nullptr},
    Printed{"-0", "0"},
    Printed{"-3 days", nullptr},
    Printed{"1.50 + 1e3 + 1E-7", "1.5 + 1000 + 1e-07"},
    Printed{"x between 1 and 2 and y", nullptr},
    Printed{"x not between 1 and 2 + 3", nullptr},
    Printed{"x between (a and b) and c", nullptr},
    Printed{"x in (1, 2, -3)", nullptr},
    Printed{"x not in ('a')", nullptr},
    Printed{"x in products", nullptr},
    Printed{"x not in products", "not x in products"},
    Printed{"products contains 'x'", nullptr},
    Printed{"name like '%it''s_%'", nullptr},
    Printed{"name not like 'a%'", "not name like 'a%'"},
    Printed{"name ~ 'b' or name matches '^a\\d'", nullptr},
    Printed{"x is missing and y is present", nullptr},
    Printed{"x is not missing", "x is present"},
    Printed{"coalesce(x, missing) is missing", nullptr},
    Printed{"case when a > 1 then 'x' when b then 'y' else 'z' end = 'x'", nullptr},
    Printed{"case when a then 1 end > 0", nullptr},
    Printed{"round( abs(x) ,  2 )", "round(abs(x), 2)"},
    Printed{"now - 30 days > created_at", nullptr},
    Printed{"now - 1 days > created_at + 1 day + 2 day",
            "now - 1 day > created_at + 1 day + 2 days"},
    Printed{"30days < x", "30 days < x"},
    Printed{"x > date '2024-01-01'", nullptr},
    Printed{"x > date '2024-01-01 10:00'", "x > date '2024-01-01T10:00:00'"},
    Printed{"x > date '2024-01-01T10:00:00.250+00:00'", "x > date '2024-01-01T10:00:00.250000Z'"},
    Printed{"x > date '2024-01-01T10:00-0530'", "x > date '2024-01-01T10:00:00-05:30'"},
    Printed{"date > 3 and date = date '2024-01-01'", nullptr},
    // Names.
    Printed{"address.city = 'Rome'", nullptr},
    Printed{"customer.plan = account.plan", nullptr},
    Printed{"context.hour > 3", nullptr},
    Printed{"`Customer ID` is missing", nullptr},
    Printed{"`plan` = 'pro'", "plan = 'pro'"},
    Printed{"`a.b` = address.`zip code`", nullptr},
    Printed{"`customer`.x = `customer.x`", "`customer.x` = `customer.x`"},
    Printed{"`end` = `a``b`", nullptr},
    Printed{"`hour` = 3", "hour = 3"},
    Printed{"segment vip and `segment` = 3", nullptr},
    Printed{"segment = 3", "`segment` = 3"},
    Printed{"`customer` = `rfm` + customer.customer", nullptr},
    Printed{"previous(`account`) = 1", nullptr},
    Printed{"segment `big spenders`", nullptr},
    Printed{"count > 3 and last = 1 and no and any and first", nullptr},
    Printed{"rfm.recency >= 4 and rfm.monetary = 5", nullptr},
    Printed{"previous(plan) = 'free' and since_changed(account.plan) < 3 days", nullptr},
    Printed{"consents(marketing)", nullptr},
    // Aggregates and windows.
    Printed{"count(e)>0", "count(e) > 0"},
    Printed{"count(any, last 1 days) > 3", "count(any, last 1 day) > 3"},
    Printed{"count(`any`) + count(`Order Completed`) > 3", nullptr},
    Printed{"sum(purchase.amount where amount > 5 and gift, last 90 days) > 3", nullptr},
    Printed{"sum(purchase.address.city)", nullptr},
    Printed{"sum(purchase.`unit price`)", nullptr},
    Printed{"quantile(e.p, 0.9, 90 to 30 days ago)", nullptr},
    Printed{"quantile(e.p where x, 0.9, today)", "quantile(e.p, 0.9 where x, today)"},
    Printed{"quantile(e.p, 0.9 where x, today)", nullptr},
    Printed{"count(e, 3 months to 10 days ago)", nullptr},
    Printed{"count(e, 3 months to 1 months ago)", "count(e, 3 to 1 month ago)"},
    Printed{"count(e, since 2024-01-01)", nullptr},
    Printed{"count(e, before 2024-01-01T10:00Z)", "count(e, before 2024-01-01T10:00:00Z)"},
    Printed{"count(e, from 2024-01-01 to 2024-04-01)", nullptr},
    Printed{"count(e, yesterday) + count(e, this week) + count(e, last quarter)", nullptr},
    Printed{"count(e, first 7 days) + count(e, next 90 days)", nullptr},
    Printed{"share(e where c, last year) > 0.5", nullptr},
    Printed{"trend(e) > trend(e.p, last 2 weeks)", nullptr},
    Printed{"since_last(e) > 3 months", nullptr},
    // Did.
    Printed{"did e", nullptr},
    Printed{"did not app_open last 30 days", nullptr},
    Printed{"not did e", nullptr},
    Printed{"did e where a > 1 and b", nullptr},
    Printed{"did e where (a > 1 and b) last 30 days", nullptr},
    Printed{"did e where (a > 1) last 30 days", "did e where a > 1 last 30 days"},
    Printed{"did e where not gift last 30 days or did f", nullptr},
    Printed{"did e where not holiday('x')", nullptr},
    Printed{"did e where (not a > 3) last 2 days", nullptr},
    Printed{"did e where not (a and b) today", "did e where (not (a and b)) today"},
    Printed{"did e where (not not a)", nullptr},
    Printed{"did e where x in (1, 2) 90 to 30 days ago", nullptr},
    Printed{"did e where x = 1 90 to 30 days ago", nullptr},
    Printed{"(did e where gift) = true", nullptr},
    Printed{"did e last week = true", nullptr},
    Printed{"did last last week", nullptr},
    Printed{"did any where segment = 1 today", "did any where `segment` = 1 today"},
    Printed{"did a where (did b) last 2 days", nullptr},
    // Moments in where.
    Printed{"did e where weekday in (sat, sun)", "did e where weekday in ('sat', 'sun')"},
    Printed{"did e where mon = weekday", "did e where 'mon' = weekday"},
    Printed{"did e where weekday = `mon`", nullptr},
    Printed{"did e where x = mon", nullptr},
    Printed{"did e where `hour` > hour and x", nullptr},
    Printed{"did e where holiday last 1 year", nullptr},
    Printed{"did e where `holiday` = customer.`holiday`",
            "did e where `holiday` = customer.holiday"},
    Printed{"count(e where date >= date '2024-01-01' and time < now)", nullptr},
    // Sequences.
    Printed{"sequence(view->cart within 1 hours->purchase where amount > 50 within 1 day, last 30 "
            "days)",
            "sequence(view -> cart within 1 hour -> purchase where amount > 50 within 1 day, last "
            "30 days)"},
    Printed{"sequence(cart -> no purchase within 1 day)", nullptr},
    Printed{"sequence(no -> `no` -> no no within 0 days)",
            "sequence(`no` -> `no` -> no `no` within 0 days)"},
    Printed{"sequence(a -> no)", "sequence(a -> `no`)"},
    Printed{"sequence_count(any -> `any`) >= 2", nullptr},
    // The population and occasions.
    Printed{"percentile(sum(purchase.amount)) > 90 or rank(x) <= 10", nullptr},
    Printed{"ntile(4, count(e where (a or b) and c)) = 4", nullptr},
    Printed{"context.device = 'mobile' and did e on purchase where amount > 10 or gift", nullptr},
    Printed{"`on` = 1 on `on`", "on = 1 on on"},
    // Layout.
    Printed{"-- all of them\ntrue -- and no more", "true"},
    Printed{" a\n  -- so\n and\tb ", "a and b"},
};

TEST(Parse, printsCanonicalForm) {
    for (const Printed& entry : cases) {
        const auto parsed = parse(entry.written);
        ASSERT_TRUE(parsed) << entry.written << "\n" << render_error(parsed.error(), entry.written);
        const std::string canonical = entry.canonical == nullptr ? entry.written : entry.canonical;
        EXPECT_EQ(print(*parsed), canonical);
    }
}

TEST(Parse, printedFormReadsBackAsTheSameTree) {
    for (const Printed& entry : cases) {
        const auto parsed = parse(entry.written);
        ASSERT_TRUE(parsed) << entry.written;
        const auto again = parse(print(*parsed));
        ASSERT_TRUE(again) << print(*parsed) << "\n" << render_error(again.error(), print(*parsed));
        EXPECT_TRUE(*again == *parsed) << entry.written << " became " << print(*again);
    }
}

TEST(Parse, betweenTakesTheFirstAndOfItsOwn) {
    const auto parsed = parse("x between 1 and 2 and y");
    ASSERT_TRUE(parsed);
    const auto* whole = std::get_if<Binary>(&parsed->root.kind);
    ASSERT_NE(whole, nullptr);
    EXPECT_EQ(whole->op, BinaryOp::logical_and);
    EXPECT_TRUE(std::holds_alternative<Between>(whole->left->kind));
}

TEST(Parse, didWhereTakesOneComparisonAndLeavesTheRest) {
    const auto parsed = parse("did purchase where amount > 100 and gift");
    ASSERT_TRUE(parsed);
    const auto* whole = std::get_if<Binary>(&parsed->root.kind);
    ASSERT_NE(whole, nullptr);
    const auto* did = std::get_if<Did>(&whole->left->kind);
    ASSERT_NE(did, nullptr);
    EXPECT_EQ(print(**did->where), "amount > 100");
}

TEST(Parse, nestingIsLimited) {
    const std::size_t deep = 50'000;
    for (const char* opening : {"(", "not ", "- ", "abs(", "case when "}) {
        std::string text;
        while (text.size() < deep) {
            text += opening;
        }
        const auto parsed = parse(text);
        ASSERT_FALSE(parsed);
        EXPECT_EQ(parsed.error().code, ErrorCode::limit_exceeded) << opening;
    }
}

TEST(Parse, chainsMayBeLongerThanNestingIsDeep) {
    std::string text = "a = 1";
    for (int i = 0; i < 500; ++i) {
        text += " or a = 1";
    }
    EXPECT_TRUE(parse(text));
    for (int i = 0; i < 1'000; ++i) {
        text += " or a";
    }
    const auto too_long = parse(text);
    ASSERT_FALSE(too_long);
    EXPECT_EQ(too_long.error().code, ErrorCode::limit_exceeded);
}

TEST(Parse, partsAndBytesAreLimited) {
    std::string list = "a in (1";
    for (std::size_t i = 0; i < limits::expression_nodes_max; ++i) {
        list += ",1";
    }
    const auto many = parse(list + ")");
    ASSERT_FALSE(many);
    EXPECT_EQ(many.error().code, ErrorCode::limit_exceeded);
    const auto big = parse(std::string(limits::expression_bytes_max + 1, ' '));
    ASSERT_FALSE(big);
    EXPECT_EQ(big.error().code, ErrorCode::limit_exceeded);
}

TEST(Parse, refusesWhatIsNotUtf8) {
    const auto parsed = parse("a = '\xff'");
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace fineline::expr
