#include "base/json.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fineline {
namespace {

std::string rewritten(const char* text) {
    const auto json = parse_json(text);
    return json ? json->text() : "error: " + json.error().message;
}

TEST(ParseJson, ReadsEveryKindAndKeepsTheOrderOfMembers) {
    EXPECT_EQ(rewritten(R"( {"b": [1, -2.5, true, false, null], "a": {"é": "x\ny"}} )"),
              R"({"b":[1,-2.5,true,false,null],"a":{"é":"x\ny"}})");
    EXPECT_EQ(rewritten("[]"), "[]");
    EXPECT_EQ(rewritten("{}"), "{}");
    EXPECT_EQ(rewritten("\"\\u20ac\""), "\"€\"");
}

TEST(ParseJson, WalksNestedArraysAndObjects) {
    EXPECT_EQ(rewritten(R"([[1,[2,[3,{"a":[4,{"b":5}]}]]],6])"),
              R"([[1,[2,[3,{"a":[4,{"b":5}]}]]],6])");
}

TEST(ParseJson, RefusesWhatIsNoJson) {
    for (const char* text : {"", "{", "[1,]", "{\"a\" 1}", "nul", "1 2", "\"\xff\"", "'a'"}) {
        const auto json = parse_json(text);
        ASSERT_FALSE(json) << text;
        EXPECT_EQ(json.error().code, ErrorCode::invalid_argument);
    }
}

TEST(ParseJson, RefusesDepthsThatWouldExhaustTheStack) {
    EXPECT_FALSE(parse_json(std::string(100'000, '[') + std::string(100'000, ']')));
}

TEST(JsonParser, ReadsOverAValueAsIntoANewOne) {
    const std::vector<std::string> texts = {
        R"({"a":{"b":[1,2,3],"c":"a text that is longer than a string holds in place"},"d":true})",
        R"({"a":{"b":[4],"c":"short"},"d":null})",
        R"({"a":[],"d":{"b":{}}})",
        R"({"d":2,"a":"b","e":[[],{"f":false},"g"],"d":3})",
        "{}",
        R"(["x",{"y":[null,1e300]}])",
        "[]",
        "-0.5",
        "\"\"",
        "18446744073709551615",
        "null",
    };
    for (const std::string& first : texts) {
        for (const std::string& second : texts) {
            JsonParser parser;
            Json value;
            ASSERT_TRUE(parser.read(first, value)) << first;
            EXPECT_FALSE(parser.read(R"({"a":[1,2})", value));
            ASSERT_TRUE(parser.read(second, value)) << second;
            EXPECT_EQ(value, *parse_json(second)) << first << " then " << second;
        }
    }
}

TEST(JsonParser, KeepsTheBoundOnDepthAfterLongerTexts) {
    JsonParser parser;
    Json value;
    ASSERT_TRUE(parser.read("\"" + std::string(100'000, 'x') + "\"", value));
    EXPECT_FALSE(parser.read(std::string(1000, '[') + std::string(1000, ']'), value));
    ASSERT_TRUE(parser.read("[1]", value));
    EXPECT_EQ(value.text(), "[1]");
}

TEST(Json, SetsAndFindsMembers) {
    Json json;
    json.set("a", 1).set("b", "two").set("a", 3);
    EXPECT_EQ(json.text(), R"({"a":3,"b":"two"})");
    EXPECT_EQ(*json.find("b")->string(), "two");
    EXPECT_EQ(json.find("c"), nullptr);
    EXPECT_EQ(Json(1).find("a"), nullptr);
}

TEST(Json, EscapesControlCharacters) {
    EXPECT_EQ(Json(std::string("a\"\\\x01\t")).text(), R"("a\"\\\u0001\t")");
}

}  // namespace
}  // namespace fineline
