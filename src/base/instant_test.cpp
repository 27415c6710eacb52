#include "base/instant.h"

#include <gtest/gtest.h>

namespace fineline {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

Instant instant_of(const char* text) {
    const auto iso = parse_iso_time(text);
    EXPECT_TRUE(iso) << text;
    const minutes offset = iso && iso->offset ? *iso->offset : minutes(0);
    return iso ? Instant(iso->local.time_since_epoch() - offset) : Instant{};
}

TEST(ParseIsoTime, ReadsDatesTimesAndOffsets) {
    EXPECT_EQ(instant_of("1970-01-01").time_since_epoch(), microseconds(0));
    EXPECT_EQ(instant_of("1970-01-02T00:00:01Z").time_since_epoch(), days(1) + seconds(1));
    EXPECT_EQ(instant_of("2000-01-01 00:00").time_since_epoch(), seconds(946'684'800));
    EXPECT_EQ(instant_of("2024-02-29T12:30:15.25Z"),
              instant_of("2024-02-29T12:30:15Z") + microseconds(250'000));
    EXPECT_EQ(instant_of("2024-01-01T00:00:00+02:00"), instant_of("2023-12-31T22:00:00Z"));
    EXPECT_EQ(instant_of("2024-01-01T00:00:00-0530"), instant_of("2024-01-01T05:30:00Z"));
    EXPECT_EQ(instant_of("2024-01-01T00:00:00+02"), instant_of("2023-12-31T22:00:00Z"));
}

TEST(ParseIsoTime, TellsABareDateFromMidnight) {
    EXPECT_FALSE(parse_iso_time("2024-01-31")->has_time);
    EXPECT_TRUE(parse_iso_time("2024-01-31T00:00:00")->has_time);
    EXPECT_FALSE(parse_iso_time("2024-01-31T00:00:00")->offset);
    EXPECT_EQ(parse_iso_time("2024-01-31T00:00:00Z")->offset, minutes(0));
}

TEST(ParseIsoTime, CutsBelowMicroseconds) {
    EXPECT_EQ(instant_of("2024-01-01T00:00:00.1234569Z"),
              instant_of("2024-01-01T00:00:00Z") + microseconds(123'456));
}

TEST(ParseIsoTime, RefusesWhatIsNoTime) {
    for (const char* text : {"",
                             "2024",
                             "2024-1-1",
                             "2024-13-01",
                             "2024-02-30",
                             "2023-02-29",
                             "2024-01-01T",
                             "2024-01-01T24:01",
                             "2024-01-01T10",
                             "2024-01-01T10:60",
                             "2024-01-01T10:00:61",
                             "2024-01-01T10:00:00X",
                             "2024-01-01T10:00:00Z ",
                             " 2024-01-01",
                             "2024-01-01T10:00:00.",
                             "0000-01-01",
                             "10000-01-01",
                             "2024-01-01T10:00:00+2",
                             "yesterday"}) {
        EXPECT_FALSE(parse_iso_time(text)) << text;
    }
}

TEST(ToIso, PrintsMicrosecondsOnlyWhereThereAreSome) {
    EXPECT_EQ(to_iso(Instant{}), "1970-01-01T00:00:00Z");
    EXPECT_EQ(to_iso(instant_of("2024-02-29T23:59:59Z")), "2024-02-29T23:59:59Z");
    EXPECT_EQ(to_iso(instant_of("2024-02-29T23:59:59Z") + microseconds(1)),
              "2024-02-29T23:59:59.000001Z");
    EXPECT_EQ(to_iso(Instant(microseconds(-1))), "1969-12-31T23:59:59.999999Z");
    EXPECT_EQ(to_iso(instant_max), "never");
    EXPECT_EQ(to_iso(instant_min), "always");
}

TEST(ToIso, ReadsBackOverAllYears) {
    for (const char* text : {"0001-01-01T00:00:00Z",
                             "1582-10-15T12:00:00Z",
                             "1900-02-28T23:59:59.5Z",
                             "9999-12-31T23:59:59Z"}) {
        const Instant at = instant_of(text);
        EXPECT_EQ(instant_of(to_iso(at).c_str()), at) << text;
    }
}

TEST(ToWords, SaysDurationsExactly) {
    EXPECT_EQ(to_words(Duration(0)), "0 seconds");
    EXPECT_EQ(to_words(days(3) + hours(4)), "3 days 4 hours");
    EXPECT_EQ(to_words(microseconds(1'500'000)), "1.5 seconds");
    EXPECT_EQ(to_words(-seconds(90)), "minus 1 minute 30 seconds");
    EXPECT_EQ(to_words(Duration::min()), "minus 106751991 days 4 hours 54.775808 seconds");
}

}  // namespace
}  // namespace fineline
