#include "expr/test_world.h"

#include <gtest/gtest.h>

// Expectations worked out by hand from the language's contract.

namespace fineline::expr {
namespace {

using test::at;
using test::TestWorld;

constexpr std::string_view noon = "2024-03-31T12:00:00Z";

TEST(Logic, FollowsSqlInThreeValues) {
    TestWorld world;
    world.trait("yes", "", Value(true)).trait("no", "", Value(false));
    // nothing is a trait nobody has: unknown as a condition.
    EXPECT_EQ(world.truth("yes and nothing", noon), Truth::unknown);
    EXPECT_EQ(world.truth("no and nothing", noon), Truth::no);
    EXPECT_EQ(world.truth("nothing and no", noon), Truth::no);
    EXPECT_EQ(world.truth("yes or nothing", noon), Truth::yes);
    EXPECT_EQ(world.truth("nothing or yes", noon), Truth::yes);
    EXPECT_EQ(world.truth("no or nothing", noon), Truth::unknown);
    EXPECT_EQ(world.truth("not nothing", noon), Truth::unknown);
    EXPECT_EQ(world.truth("nothing = 1", noon), Truth::unknown);
    EXPECT_EQ(world.truth("nothing is missing", noon), Truth::yes);
    EXPECT_EQ(world.truth("(nothing = 1) is missing", noon), Truth::yes);
    EXPECT_EQ(world.truth("nothing in (1, 2)", noon), Truth::unknown);
    EXPECT_EQ(world.truth("nothing not in (1, 2)", noon), Truth::unknown);
}

TEST(Logic, DeMorganHoldsForAllNineCombinations) {
    TestWorld world;
    world.trait("t", "", Value(true)).trait("f", "", Value(false));
    for (const std::string a : {"t", "f", "u"}) {
        for (const std::string b : {"t", "f", "u"}) {
            const std::string both = "not (" + a + " and " + b + ")";
            const std::string either = "not " + a + " or not " + b;
            EXPECT_EQ(world.truth(both, noon), world.truth(either, noon)) << both;
        }
    }
}

TEST(Compare, DifferentTypesAreUnknown) {
    TestWorld world;
    world.trait("age", "", Value(30.0)).trait("code", "", Value(std::string("30")));
    EXPECT_EQ(world.truth("age = 30", noon), Truth::yes);
    EXPECT_EQ(world.truth("code = 30", noon), Truth::unknown);
    EXPECT_EQ(world.truth("age = code", noon), Truth::unknown);
    EXPECT_EQ(world.truth("age between 30 and 30", noon), Truth::yes);
    EXPECT_EQ(world.truth("age not between 31 and 40", noon), Truth::yes);
}

TEST(Compare, ReadsIsoTextsAsTimesWhereATimeIsNeeded) {
    TestWorld world;
    world.trait("born", "", Value(std::string("2000-02-29")))
        .trait("word", "", Value(std::string("soon")));
    EXPECT_EQ(world.truth("born < date '2000-03-01'", noon), Truth::yes);
    EXPECT_EQ(world.truth("born + 1 day = date '2000-03-01'", noon), Truth::yes);
    EXPECT_EQ(world.truth("word < date '2000-03-01'", noon), Truth::unknown);
}

TEST(Texts, LikeContainsAndMatches) {
    TestWorld world;
    world.trait("city", "", Value(std::string("K\xc3\xb6ln")));
    EXPECT_EQ(world.truth("city like 'K_ln'", noon), Truth::yes);
    EXPECT_EQ(world.truth("city like 'k%'", noon), Truth::no);
    EXPECT_EQ(world.truth("city like '%l%'", noon), Truth::yes);
    EXPECT_EQ(world.truth("city ~ '\xc3\x96L'", noon), Truth::yes);
    EXPECT_EQ(world.truth("city matches '^K.ln$'", noon), Truth::yes);
    EXPECT_EQ(world.truth("city matches 'l'", noon), Truth::yes);
    EXPECT_EQ(world.truth("length(city) = 4", noon), Truth::yes);
}

TEST(Arrays, ContainsIsAnOrOfEqualities) {
    TestWorld world;
    world.trait("tags", "", Value(Value::List{Value(std::string("a")), Value(std::string("b"))}));
    world.trait("mixed", "", Value(Value::List{Value(std::string("a")), Value(1.0)}));
    EXPECT_EQ(world.truth("tags contains 'b'", noon), Truth::yes);
    EXPECT_EQ(world.truth("'c' in tags", noon), Truth::no);
    EXPECT_EQ(world.truth("mixed contains 'c'", noon), Truth::unknown);
    EXPECT_EQ(world.truth("mixed contains 1", noon), Truth::yes);
    EXPECT_EQ(world.value("length(tags)", noon), "2");
}

TEST(Arithmetic, WhatIsNotFiniteIsMissing) {
    TestWorld world;
    EXPECT_EQ(world.value("1 / 0", noon), "missing");
    EXPECT_EQ(world.value("ln(0)", noon), "missing");
    EXPECT_EQ(world.value("1e308 * 10", noon), "missing");
    EXPECT_EQ(world.value("round(-2.5)", noon), "-3");
    EXPECT_EQ(world.value("round(2.5)", noon), "3");
    EXPECT_EQ(world.value("3 days / 1 day", noon), "3");
    EXPECT_EQ(world.value("(now - date '2024-03-31') * 2", noon), "1 day");
    EXPECT_EQ(world.value("least(3, 1, 2)", noon), "1");
    EXPECT_EQ(world.value("greatest(3, nothing)", noon), "missing");
    EXPECT_EQ(world.value("coalesce(nothing, 7)", noon), "7");
    EXPECT_EQ(world.value("case when nothing then 1 when true then 2 end", noon), "2");
    EXPECT_EQ(world.value("case when false then 1 end", noon), "missing");
}

TEST(Traits, HoldTheLastValueByTimeThenArrival) {
    TestWorld world;
    world.trait("plan", "2024-02-01", Value(std::string("pro")));
    world.trait("plan", "", Value(std::string("free")));
    world.trait("plan", "2024-03-01", Value(std::string("pro")));
    world.trait("plan", "2024-05-01", Value());
    EXPECT_EQ(world.value("plan", "2024-01-01"), "free");
    EXPECT_EQ(world.value("plan", "2024-02-01"), "pro");
    EXPECT_EQ(world.value("plan", "2024-05-01"), "missing");
    EXPECT_EQ(world.value("previous(plan)", "2024-04-01"), "free");
    EXPECT_EQ(world.value("previous(plan)", "2024-01-01"), "missing");
    EXPECT_EQ(world.value("previous(plan)", "2024-05-01"), "pro");
    // Set again on 1 March, which is no change: since 1 February.
    EXPECT_EQ(world.value("since_changed(plan)", "2024-04-01"), "60 days");
    EXPECT_EQ(world.value("since_changed(plan)", "2024-01-01"), "missing");
    EXPECT_EQ(world.holds("plan = 'pro'", "2024-02-10"), "2024-05-01T00:00:00Z");
}

TEST(Accounts, FactsAreThoseOfTheAccountLastJoined) {
    TestWorld world;
    world.join("acme", "2024-01-01")
        .join("", "2024-02-01")
        .account("acme", "industry", Value(std::string("retail")));
    EXPECT_EQ(world.value("account.industry", "2023-12-31"), "missing");
    EXPECT_EQ(world.value("account.industry", "2024-01-15"), "retail");
    EXPECT_EQ(world.value("account.industry", "2024-02-15"), "missing");
}

TEST(Purposes, LeavesOfWhoRefusedAreUnknownAndNotEmpty) {
    TestWorld world;
    world.consent("ads", "2024-01-01", false).consent("ads", "2024-06-01", true);
    world.trait("country", "", Value(std::string("FR")));
    world.segments["french"] = "country = 'FR'";
    world.for_purpose = "ads";
    for (const char* text : {"did not purchase",
                             "country = 'FR'",
                             "country is missing",
                             "segment french",
                             "coalesce(country, 'x') = 'x'",
                             "not segment french",
                             "case when country = 'FR' then true else false end"}) {
        EXPECT_EQ(world.truth(text, "2024-02-01"), Truth::unknown) << text;
        EXPECT_EQ(world.holds(text, "2024-02-01"), "2024-06-01T00:00:00Z") << text;
    }
    EXPECT_EQ(world.truth("consents(ads)", "2024-02-01"), Truth::no);
    EXPECT_EQ(world.truth("did not purchase", "2024-06-01"), Truth::yes);
}

TEST(Segments, AreTrueOrFalseAndNeverUnknown) {
    TestWorld world;
    world.segments["odd"] = "nothing = 1";
    EXPECT_EQ(world.truth("segment odd", noon), Truth::no);
    EXPECT_EQ(world.truth("not segment odd", noon), Truth::yes);
}

TEST(Aggregates, OfFourPurchases) {
    TestWorld world;
    world.event("purchase",
                "2024-01-01T10:00:00Z",
                {{"amount", Value(10.0)}, {"kind", Value(std::string("a"))}});
    world.event("purchase",
                "2024-01-11T10:00:00Z",
                {{"amount", Value(20.0)}, {"kind", Value(std::string("b"))}});
    world.event("purchase",
                "2024-01-11T10:00:00Z",
                {{"amount", Value(std::string("20"))}, {"kind", Value(std::string("b"))}});
    world.event("purchase", "2024-01-31T10:00:00Z", {{"amount", Value(60.0)}});
    const std::string now = "2024-02-01T00:00:00Z";
    EXPECT_EQ(world.value("count(purchase)", now), "4");
    EXPECT_EQ(world.value("sum(purchase.amount)", now), "90");
    EXPECT_EQ(world.value("avg(purchase.amount)", now), "30");
    EXPECT_EQ(world.value("min(purchase.amount)", now), "10");
    EXPECT_EQ(world.value("max(purchase.kind)", now), "b");
    EXPECT_EQ(world.value("median(purchase.amount)", now), "20");
    EXPECT_EQ(world.value("quantile(purchase.amount, 0.75)", now), "40");
    EXPECT_EQ(world.value("first(purchase.kind)", now), "a");
    EXPECT_EQ(world.value("last(purchase.kind)", now), "b");
    EXPECT_EQ(world.value("distinct(purchase.amount)", now), "4");  // 20 and '20' differ
    EXPECT_EQ(world.value("top(purchase.kind)", now), "b");
    EXPECT_EQ(world.value("days(purchase)", now), "3");
    EXPECT_EQ(world.value("weeks(purchase)", now),
              "3");  // 1, 11 and 31 January 2024 are in three weeks
    EXPECT_EQ(world.value("months(purchase)", now), "1");
    EXPECT_EQ(world.value("first_time(purchase)", now), "2024-01-01T10:00:00Z");
    EXPECT_EQ(world.value("since_last(purchase)", now), "14 hours");
    EXPECT_EQ(world.value("gap(purchase)", now), "10 days");
    EXPECT_EQ(world.value("share(purchase where kind = 'b')", now), "0.5");
    EXPECT_EQ(world.value("share(refund where true)", now), "missing");
    EXPECT_EQ(world.value("sum(refund.amount)", now), "0");
    EXPECT_EQ(world.value("count(purchase where amount > 15)", now), "2");
    EXPECT_EQ(world.value("count(purchase where weekday = mon)", now), "1");
    EXPECT_EQ(world.value("count(any, last 1 day)", now), "1");
}

TEST(Trend, IsTheSlopeOfDailyCounts) {
    TestWorld world;
    // Days 1 to 3 January hold 0, 1 and 2 visits: slope 1.
    world.event("visit", "2024-01-02T08:00:00Z")
        .event("visit", "2024-01-03T08:00:00Z")
        .event("visit", "2024-01-03T09:00:00Z");
    EXPECT_EQ(world.value("trend(visit, from 2024-01-01 to 2024-01-04)", "2024-02-01"), "1");
    // Without lower bound from 2 January up to now, 3 January: 1 and 2.
    EXPECT_EQ(world.value("trend(visit)", "2024-01-03T12:00:00Z"), "1");
    EXPECT_EQ(world.value("trend(visit)", "2024-01-02T12:00:00Z"), "missing");
    EXPECT_EQ(world.value("trend(refund, from 2024-01-01 to 2024-01-04)", "2024-02-01"), "0");
}

TEST(Holds, WindowsEndExactlyWhenAnEventLeaves) {
    TestWorld world;
    world.event("purchase", "2024-01-01T10:00:00Z").event("purchase", "2024-01-05T10:00:00Z");
    EXPECT_EQ(world.holds("did purchase last 30 days", "2024-01-10"), "2024-02-04T10:00:00Z");
    EXPECT_EQ(world.holds("count(purchase, last 30 days) >= 2", "2024-01-10"),
              "2024-01-31T10:00:00Z");
    EXPECT_EQ(world.truth("count(purchase, last 30 days) >= 2", "2024-01-31T09:59:59.999999Z"),
              Truth::yes);
    EXPECT_EQ(world.truth("count(purchase, last 30 days) >= 2", "2024-01-31T10:00:00Z"), Truth::no);
    EXPECT_EQ(world.holds("did purchase", "2024-01-10"), "never");
    EXPECT_EQ(world.holds("did purchase 30 to 10 days ago", "2024-01-10"), "2024-01-11T10:00:00Z");
}

TEST(Holds, FutureEventsBecomeVisibleAtTheirTime) {
    TestWorld world;
    world.event("purchase", "2024-06-01T00:00:00Z");
    EXPECT_EQ(world.truth("did purchase", "2024-05-01"), Truth::no);
    EXPECT_EQ(world.holds("did purchase", "2024-05-01"), "2024-06-01T00:00:00Z");
}

TEST(Holds, SinceIsSolvedForEachComparison) {
    TestWorld world;
    world.event("purchase", "2024-01-01T00:00:00Z");
    const std::string now = "2024-01-10";
    EXPECT_EQ(world.holds("since_last(purchase) > 45 days", now), "2024-02-15T00:00:00.000001Z");
    EXPECT_EQ(world.holds("since_last(purchase) >= 45 days", now), "2024-02-15T00:00:00Z");
    EXPECT_EQ(world.holds("since_last(purchase) < 45 days", now), "2024-02-15T00:00:00Z");
    EXPECT_EQ(world.holds("since_last(purchase) = 45 days", now), "2024-02-15T00:00:00Z");
    EXPECT_EQ(world.holds("since_last(purchase) between 5 days and 10 days", now),
              "2024-01-11T00:00:00.000001Z");
    EXPECT_EQ(world.holds("now - 30 days > date '2024-01-01'", now), "2024-01-31T00:00:00.000001Z");
    EXPECT_EQ(world.holds("since_last(purchase) > 45 days", "2024-03-01"), "never");
}

TEST(Holds, MonthsReachAtMostTheNextMidnight) {
    TestWorld world;
    world.event("purchase", "2024-02-29T06:00:00Z");
    // 31 March less a month is 29 February: the event leaves at 06:00.
    EXPECT_EQ(world.truth("did purchase last 1 month", "2024-03-31T05:00:00Z"), Truth::yes);
    EXPECT_EQ(world.holds("did purchase last 1 month", "2024-03-31T05:00:00Z"),
              "2024-03-31T06:00:00Z");
    EXPECT_EQ(world.truth("did purchase last 1 month", "2024-03-31T06:00:00Z"), Truth::no);
    EXPECT_EQ(world.holds("did purchase last 1 month", "2024-03-10T05:00:00Z"),
              "2024-03-11T00:00:00Z");
    EXPECT_EQ(world.truth("since_last(purchase) >= 1 month", "2024-03-29T06:00:00Z"), Truth::yes);
    EXPECT_EQ(world.truth("since_last(purchase) > 1 month", "2024-03-29T06:00:00Z"), Truth::no);
}

TEST(Holds, CalendarSpansTurnAtLocalMidnights) {
    TestWorld world;
    world.settings.zone = *TimeZone::find("Europe/Berlin");
    world.event("visit", "2024-03-30T23:30:00Z");  // 00:30 on Sunday 31 March, the day of 23 hours
    EXPECT_EQ(world.truth("did visit today", "2024-03-31T12:00:00Z"), Truth::yes);
    EXPECT_EQ(world.holds("did visit today", "2024-03-31T12:00:00Z"), "2024-03-31T22:00:00Z");
    EXPECT_EQ(world.truth("did visit yesterday", "2024-03-31T22:00:00Z"), Truth::yes);
    EXPECT_EQ(world.holds("did visit yesterday", "2024-03-31T12:00:00Z"), "2024-03-31T22:00:00Z");
    EXPECT_EQ(world.truth("did visit this week", "2024-03-31T12:00:00Z"), Truth::yes);
    EXPECT_EQ(world.truth("did visit last week", "2024-04-01T12:00:00Z"), Truth::yes);
    EXPECT_EQ(world.holds("did visit last week", "2024-04-01T12:00:00Z"), "2024-04-07T22:00:00Z");
    EXPECT_EQ(world.truth("did visit where hour = 0", "2024-04-01T12:00:00Z"), Truth::yes);
}

TEST(FirstWindow, BeginsAtCreatedAtOrTheFirstEvent) {
    TestWorld world;
    world.event("visit", "2024-01-03T00:00:00Z").event("purchase", "2024-01-10T00:00:00Z");
    EXPECT_EQ(world.truth("did purchase first 7 days", "2024-02-01"), Truth::no);
    world.trait("created_at", "", Value(std::string("2024-01-05")));
    EXPECT_EQ(world.truth("did purchase first 7 days", "2024-02-01"), Truth::yes);
    EXPECT_EQ(world.truth("did visit first 7 days", "2024-02-01"), Truth::no);
}

TEST(Sequences, OrderBoundsAndTies) {
    TestWorld world;
    world.event("view", "2024-01-01T10:00:00Z")
        .event("cart", "2024-01-01T10:00:00Z")
        .event("cart", "2024-01-01T12:00:00Z");
    EXPECT_EQ(world.truth("sequence(view -> cart within 0 seconds)", noon), Truth::yes);
    EXPECT_EQ(world.truth("sequence(cart -> view)", noon), Truth::no);
    EXPECT_EQ(world.truth("sequence(cart -> cart within 1 hour)", noon), Truth::no);
    EXPECT_EQ(world.truth("sequence(cart -> cart within 2 hours)", noon), Truth::yes);
    EXPECT_EQ(world.value("sequence_count(view -> cart)", noon), "1");
    EXPECT_EQ(world.value("sequence_count(cart)", noon), "2");
    EXPECT_EQ(world.value("sequence_count(any -> any)", noon), "1");
}

TEST(Sequences, ALastNoEntersWhenItsBoundHasPassed) {
    TestWorld world;
    world.event("cart", "2024-01-01T10:00:00Z")
        .event("cart", "2024-01-03T10:00:00Z")
        .event("purchase", "2024-01-03T11:00:00Z");
    const std::string text = "sequence(cart -> no purchase within 1 day)";
    EXPECT_EQ(world.truth(text, "2024-01-02T09:59:59.999999Z"), Truth::no);
    EXPECT_EQ(world.holds(text, "2024-01-01T12:00:00Z"), "2024-01-02T10:00:00Z");
    EXPECT_EQ(world.truth(text, "2024-01-02T10:00:00Z"), Truth::yes);
    EXPECT_EQ(world.holds(text, "2024-01-02T10:00:00Z"), "never");
    EXPECT_EQ(world.value("sequence_count(cart -> no purchase within 1 day)", noon), "1");
    // In a window the cart of 1 January leaves first; that of the 3rd never counted.
    const std::string windowed = "sequence(cart -> no purchase within 1 day, last 7 days)";
    EXPECT_EQ(world.holds(windowed, "2024-01-05"), "2024-01-08T10:00:00Z");
}

TEST(Population, PlacesWithTies) {
    DistributionBuilder builder;
    for (const double value : {10.0, 20.0, 20.0, 40.0, 50.0}) {
        builder.add(Datum::of(value));
    }
    builder.add(Datum());
    TestWorld world;
    world.thresholds.by_operand.emplace("score", builder.finish());
    world.trait("score", "", Value(20.0));
    EXPECT_EQ(world.value("percentile(score)", noon), "25");  // one of the four others is smaller
    EXPECT_EQ(world.value("rank(score)", noon), "3");
    EXPECT_EQ(world.value("ntile(4, score)", noon), "2");
    world.trait("score", "2024-01-01", Value(50.0));
    EXPECT_EQ(world.value("percentile(score)", noon), "100");
    EXPECT_EQ(world.value("rank(score)", noon), "1");
    EXPECT_EQ(world.value("ntile(4, score)", noon), "4");
    world.thresholds.refresh_at = at("2024-04-01");
    EXPECT_EQ(world.holds("percentile(score) > 90", noon), "2024-04-01T00:00:00Z");
}

TEST(Occasions, SeeEventsUpToThemselves) {
    TestWorld world;
    world.event("purchase", "2024-01-01T10:00:00Z", {{"gift", Value(true)}});
    world.event("purchase", "2024-01-01T10:00:00Z", {{"gift", Value(false)}});
    world.event("purchase", "2024-02-01T20:00:00Z", {{"gift", Value(true)}});
    const auto program =
        world.program("count(purchase) = 2 or context.gift and context.hour = 20 on purchase");
    const auto answers = world.evaluator().occasions(*program, world, world.world(), at(noon));
    ASSERT_EQ(answers.size(), 3U);
    EXPECT_EQ(answers[0].truth, Truth::no);
    EXPECT_EQ(answers[1].truth, Truth::yes);
    EXPECT_EQ(answers[2].truth, Truth::yes);
}

TEST(Explain, SaysWhichEventsCountAndWhy) {
    TestWorld world;
    world.event("purchase", "2024-01-01T10:00:00Z", {{"amount", Value(12.5)}});
    world.trait("country", "", Value(std::string("FR")));
    const auto program = world.program("sum(purchase.amount) > 20 and country = 'FR'");
    const Explanation why = explain(*program, world, world.world(), at(noon));
    EXPECT_EQ(why.truth, Truth::no);
    EXPECT_EQ(why.reason, "1 of 2 conditions hold; all must");
    ASSERT_EQ(why.parts.size(), 2U);
    EXPECT_EQ(why.parts[0].text, "sum(purchase.amount) > 20");
    EXPECT_EQ(why.parts[0].reason, "12.5 is not more than 20");
    ASSERT_EQ(why.parts[0].parts.size(), 1U);
    EXPECT_EQ(why.parts[0].parts[0].evidence,
              std::vector<std::string>{"2024-01-01T10:00:00Z: 12.5"});
    EXPECT_EQ(why.parts[1].truth, Truth::yes);
    EXPECT_EQ(why.holds_until, instant_max);
}

}  // namespace
}  // namespace fineline::expr
