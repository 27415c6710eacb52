#include "study/reference/reference.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <set>

namespace fineline::study {

namespace {

std::string environment(const char* name) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
    return value == nullptr ? "" : value;
}

/// Runs one topic. Those that take minutes wait for FINELINE_SCALE=full; those whose data set is
/// neither shipped nor in the folder FINELINE_DATA are skipped, and say which they miss.
class PublishedNumbers : public testing::TestWithParam<ReferenceTopic> {};

TEST_P(PublishedNumbers, AreReproduced) {
    const ReferenceTopic& topic = GetParam();
    if (topic.takes == RunningTime::minutes && environment("FINELINE_SCALE") != "full") {
        GTEST_SKIP() << topic.name << " takes minutes: FINELINE_SCALE=full runs it";
    }
    const auto numbers = topic.run(data_folders(environment("FINELINE_DATA")), 2);
    if (!numbers && numbers.error().code == ErrorCode::not_found) {
        GTEST_SKIP() << topic.name << " " << numbers.error().message;
    }
    ASSERT_TRUE(numbers) << numbers.error().message;
    for (const CheckedNumber& number : *numbers) {
        EXPECT_TRUE(number.met()) << number.what << ": published " << number.published << ", ours "
                                  << number.ours;
    }
}

INSTANTIATE_TEST_SUITE_P(All,
                         PublishedNumbers,
                         testing::ValuesIn(reference_topics().begin(), reference_topics().end()),
                         [](const testing::TestParamInfo<ReferenceTopic>& topic) {
                             std::string name(topic.param.name);
                             std::replace(name.begin(), name.end(), '-', '_');
                             return name;
                         });

TEST(ReferenceTopics, ShippedOnesAreFoundWithoutAFolder) {
    for (const ReferenceTopic& topic : reference_topics()) {
        const std::set<std::string_view> shipped{
            "cdnow", "rfm-orders", "wholesale", "open-bandit", "power"};
        if (shipped.count(topic.name) == 0) continue;
        const auto numbers = topic.run(data_folders(""), 2);
        ASSERT_TRUE(numbers) << topic.name << ": " << numbers.error().message;
        EXPECT_FALSE(numbers->empty());
    }
}

TEST(ReferenceTopics, AMissingDataSetIsNamed) {
    const auto found = find_data_file(data_folders("/nowhere"), {"no/such.csv"});
    ASSERT_FALSE(found);
    EXPECT_EQ(ErrorCode::not_found, found.error().code);
    EXPECT_NE(std::string::npos, found.error().message.find("no/such.csv"));
}

TEST(CheckedNumber, NearnessHasFourKinds) {
    CheckedNumber number{
        .published = 100, .ours = 101, .nearness = Nearness::within, .tolerance = 1};
    EXPECT_TRUE(number.met());
    number.ours = 101.5;
    EXPECT_FALSE(number.met());
    number.nearness = Nearness::at_least;
    EXPECT_TRUE(number.met());
    number.ours = 98;
    EXPECT_FALSE(number.met());
    number.nearness = Nearness::at_most;
    EXPECT_TRUE(number.met());
    number.nearness = Nearness::relative;
    number.tolerance = .01;
    EXPECT_FALSE(number.met());
    number.tolerance = .02;
    EXPECT_TRUE(number.met());
    number.ours = std::numeric_limits<double>::quiet_NaN();
    EXPECT_FALSE(number.met()) << "what is no number is no match";
}

}  // namespace

}  // namespace fineline::study
