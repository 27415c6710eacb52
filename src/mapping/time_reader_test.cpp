#include "mapping/time_reader.h"

#include <gtest/gtest.h>

namespace fineline::mapping {
namespace {

/// Reads a text by a format in a zone and prints the instant; "none" for no time, or the error.
std::string read(const std::string& format, std::string_view text, std::string_view zone = "UTC") {
    auto found = TimeZone::find(zone);
    EXPECT_TRUE(found);
    auto reader = TimeReader::make(format, *found);
    if (!reader) {
        return reader.error().message;
    }
    const auto time = reader->read(text);
    EXPECT_EQ(reader->read(text), time) << "the second reading differs";
    return time ? to_iso(*time) : "none";
}

TEST(TimeReader, ReadsIso) {
    EXPECT_EQ(read("", "2010-12-01 08:26:00"), "2010-12-01T08:26:00Z");
    EXPECT_EQ(read("", "2010-07-01T08:26", "Europe/London"), "2010-07-01T07:26:00Z");
    EXPECT_EQ(read("", "01.12.2010"), "none");
    EXPECT_EQ(read("", ""), "none");
}

TEST(TimeReader, ReadsUnixTimes) {
    EXPECT_EQ(read("unix", "86400"), "1970-01-02T00:00:00Z");
    EXPECT_EQ(read("unix", "-1.5"), "1969-12-31T23:59:58.500000Z");
    EXPECT_EQ(read("unix_ms", "1500"), "1970-01-01T00:00:01.500000Z");
    EXPECT_EQ(read("unix", "1e300"), "none");
}

TEST(TimeReader, ReadsPatterns) {
    EXPECT_EQ(read("%d-%m-%Y", "31-12-2010"), "2010-12-31T00:00:00Z");
    EXPECT_EQ(read("%Y%m%d", "20240229"), "2024-02-29T00:00:00Z");
    EXPECT_EQ(read("%m/%d/%y %H:%M", "1/2/24 9:05"), "2024-01-02T09:05:00Z");
    EXPECT_EQ(read("%d %b %Y %I:%M %p", "3 March 2024 12:30 am"), "2024-03-03T00:30:00Z");
    EXPECT_EQ(read("%b %d, %Y", "Sep 7, 1998"), "1998-09-07T00:00:00Z");
    EXPECT_EQ(read("%Y-%m-%dT%H:%M:%S.%f%z", "2024-01-01T00:00:00.25+05:30"),
              "2023-12-31T18:30:00.250000Z");
    EXPECT_EQ(read("%d.%m.%Y", "1.7.2024", "Europe/Berlin"), "2024-06-30T22:00:00Z");
    EXPECT_EQ(read("%d-%m-%Y", "30-02-2010"), "none");
    EXPECT_EQ(read("%d-%m-%Y", "31-12-2010 "), "none");
    EXPECT_EQ(read("%Y%m%d", "2024229"), "none");
}

TEST(TimeReader, RefusesPatternsThatTellNoDay) {
    EXPECT_NE(read("%H:%M", "10:00").find("year, month and day"), std::string::npos);
    EXPECT_NE(read("%Y-%m-%q", "x").find("'%q'"), std::string::npos);
}

}  // namespace
}  // namespace fineline::mapping
