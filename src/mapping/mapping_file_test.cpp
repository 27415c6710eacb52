#include "mapping/mapping_file.h"

#include <gtest/gtest.h>

namespace fineline::mapping {
namespace {

std::string error_of(std::string_view text) {
    auto mapping = parse_mapping(text, "m.yaml");
    return mapping ? "none" : mapping.error().message;
}

bool says(std::string_view text, std::string_view part) {
    return error_of(text).find(part) != std::string::npos;
}

TEST(MappingFile, ReadsEveryKey) {
    auto mapping = parse_mapping(R"(
customer: "`Customer ID`"
time: at
time_zone: Europe/London
time_format: "%d.%m.%Y"
skip: x = 1
types: {Zip: string}
format: {delimiter: ";", header: false}
one event per: [Invoice]
events: {name: buy, when: a > 1, time: b, properties: {p: a * 2}}
traits: rest
accounts: [{account: company}]
account_traits: {account: company, traits: {industry: i}}
consents: {purpose: ads, granted: ok, source: form}
merges: {other: old}
)",
                                 "m.yaml");
    ASSERT_TRUE(mapping) << mapping.error().message;
    EXPECT_EQ(mapping->customer.text, "`Customer ID`");
    EXPECT_EQ(mapping->customer.line, 2);
    EXPECT_EQ(mapping->format.delimiter, ';');
    EXPECT_FALSE(mapping->format.header);
    EXPECT_EQ(mapping->events.at(0).properties.named.at(0).value.text, "a * 2");
    EXPECT_TRUE(mapping->traits.rest);
    EXPECT_EQ(mapping->one_event_per, std::vector<std::string>{"Invoice"});
    auto again = parse_mapping(to_yaml(*mapping), "printed");
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_TRUE(again->same_meaning(*mapping));
}

TEST(MappingFile, SaysWhatIsWrongAndWhere) {
    EXPECT_TRUE(says("custmer: id",
                     "m.yaml:1:1: a mapping file has no key 'custmer': did you mean 'customer'?"));
    EXPECT_TRUE(says("customer: id", "yields nothing"));
    EXPECT_TRUE(says("traits: rest", "needs the key 'customer'"));
    EXPECT_TRUE(says("customer: id\nevents: {name: e}", "has no time"));
    EXPECT_TRUE(says("customer: id\ntime: t\nevents: {nam: e}", "did you mean 'name'?"));
    EXPECT_TRUE(says("customer: id\ntime_zone: Europe/Londn\ntraits: rest", "m.yaml:2:12"));
    EXPECT_TRUE(says("customer: id\ntypes: {a: integer}\ntraits: rest", "'integer'"));
    EXPECT_TRUE(says("customer: id\nformat: {delimiter: ab}\ntraits: rest", "one character"));
    EXPECT_TRUE(says("customer: [", "this is not YAML"));
    EXPECT_TRUE(says("customer: id\ncustomer: x", "stands here already, on line 1"));
}

}  // namespace
}  // namespace fineline::mapping
