#include "expr/parse.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace fineline::expr {
namespace {

/// One of each construct and option, so that each member of the JSON form is written and read.
constexpr std::array texts{
    "1",
    "-1.5 = x or 'it''s' = y or true or false or missing is missing",
    "30 days < now - date '2024-01-01T10:00:00Z'",
    "a and b and (c and d)",
    "a - (b - c) - d + e * f / g > -h",
    "not (not a)",
    "customer.a = account.b.c or context.hour ~ `d.e`",
    "did e where `hour` = hour and `on` like 'a%'",
    "x between 1 and 2 or x not between 1 and 2",
    "x in (1, 2) and x not in ('a') and x in products and products contains 3 and n matches 'a'",
    "x is missing or x is present",
    "case when a then 1 when b then 2 else 3 end != case when c then 1 end",
    "coalesce(a, b, 3) <= 4",
    "quantile(any.p where x > 1, 0.9, 90 to 30 days ago) < 3",
    "count(e, 1 year to 3 days ago) + count(e, since 2024-01-01) + count(e, before 2024-01-01) > 1",
    "did e from 2024-01-01 to 2024-02-01 or did not any last week or did f today",
    "did `any` first 7 days or did not f where g next 1 month",
    "sequence(a -> b where c within 1 hour -> no any within 2 days, last 30 days)",
    "sequence_count(a) > 1",
    "segment vip and segment `a b`",
    "percentile(x) > 1 and rank(x) > 1 and ntile(5, x) > 1 and rfm.frequency = 5",
    "consents(marketing) and previous(plan) = 'a' and since_changed(account.plan) > 1 day",
    "did e where holiday or did e where holiday('x')",
    "context.device = 'm' on purchase",
    "a on any where b",
};

TEST(JsonForm, readsBackAsTheSameTree) {
    for (const char* text : texts) {
        const auto parsed = parse(text);
        ASSERT_TRUE(parsed) << render_error(parsed.error(), text);
        const std::string written = to_json(*parsed).text();
        const auto json = parse_json(written);
        ASSERT_TRUE(json) << written;
        const auto read = expression_from_json(*json);
        ASSERT_TRUE(read) << written << "\n" << read.error().message;
        EXPECT_TRUE(*read == *parsed) << written;
        EXPECT_EQ(to_json(*read), *json);
    }
}

TEST(JsonForm, isReadable) {
    const auto parsed =
        parse("count(purchase where amount > 5, last 30 days) >= 3 and plan = 'pro'");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(to_json(*parsed).text(),
              R"({"kind":"and","operands":[{"kind":"compare","op":">=","left":{"kind":"aggregate",)"
              R"("function":"count","event":"purchase","where":{"kind":"compare","op":">","left":)"
              R"({"kind":"name","name":"amount"},"right":{"kind":"literal","value":5}},"window":)"
              R"({"kind":"last","count":30,"unit":"day"}},"right":{"kind":"literal","value":3}},)"
              R"({"kind":"compare","op":"=","left":{"kind":"name","name":"plan"},"right":)"
              R"({"kind":"literal","value":"pro"}}]})");
}

struct Refused {
    const char* json;
    const char* message;
};

TEST(JsonForm, errorsNameThePath) {
    const std::array cases{
        Refused{"3", "expected an object with a kind at $"},
        Refused{"{}", "missing member 'kind' at $"},
        Refused{R"({"kind":"nope"})", "unknown kind 'nope' at $"},
        Refused{R"({"kind":"not","operand":{"kind":"name"}})",
                "missing member 'name' at $.operand"},
        Refused{R"({"kind":"and","operands":[{"kind":"now"},{"kind":"now","x":1}]})",
                "unknown member 'x' at $.operands[1]"},
        Refused{R"({"kind":"and","operands":[{"kind":"now"}]})",
                "expected at least two operands at $"},
        Refused{R"({"kind":"did","event":"e","window":{"kind":"last","count":"3","unit":"day"}})",
                "expected a number for 'count' at $.window"},
        Refused{
            R"({"kind":"did","event":"e","window":{"kind":"last","count":3,"unit":"fortnight"}})",
            "unknown unit 'fortnight' at $.window"},
        Refused{R"({"kind":"sequence","steps":[{"event":"a"},{"event":"b","within":{"count":1}}]})",
                "missing member 'unit' at $.steps[1].within"},
        Refused{R"({"kind":"not","on":{"event":"a"},"operand":{"kind":"now","on":{}}})",
                "unknown member 'on' at $.operand"},
        Refused{R"({"kind":"literal","value":[1]})",
                "a literal is a number, a text, true, false or null at $"},
    };
    for (const Refused& entry : cases) {
        const auto json = parse_json(entry.json);
        ASSERT_TRUE(json) << entry.json;
        const auto read = expression_from_json(*json);
        ASSERT_FALSE(read) << entry.json;
        EXPECT_EQ(read.error().code, ErrorCode::invalid_argument);
        EXPECT_EQ(read.error().message, entry.message);
    }
}

TEST(JsonForm, refusesTreesThatTheLanguageCannotWrite) {
    for (
        const char* text : {
            R"({"kind":"name","name":""})",
            R"({"kind":"duration","count":-1,"unit":"day"})",
            R"({"kind":"duration","count":1,"unit":"quarter"})",
            R"({"kind":"call","function":"nope","arguments":[]})",
            R"({"kind":"in","operand":{"kind":"name","name":"x"},"items":[]})",
            R"({"kind":"sequence","steps":[{"event":"a","negated":true,"within":{"count":1,"unit":"day"}}]})",
            R"({"kind":"sequence","steps":[]})",
        }) {
        const auto json = parse_json(text);
        ASSERT_TRUE(json) << text;
        EXPECT_FALSE(expression_from_json(*json)) << text;
    }
}

TEST(JsonForm, chainsAreLimited) {
    Json operands;
    for (int i = 0; i < 20'000; ++i) {
        operands.push(Json().set("kind", "now"));
    }
    const auto read = expression_from_json(Json().set("kind", "and").set("operands", operands));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::limit_exceeded);
}

}  // namespace
}  // namespace fineline::expr
