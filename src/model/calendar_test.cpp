#include "model/calendar.h"

#include <gtest/gtest.h>

namespace fineline {
namespace {

TimeZone zone_of(const char* name) {
    const auto zone = TimeZone::find(name);
    EXPECT_TRUE(zone) << name;
    return zone ? *zone : TimeZone();
}

Instant at(const char* text, const TimeZone& zone = TimeZone()) {
    return zone.resolve(*parse_iso_time(text));
}

TEST(TimeZone, KnowsZonesAndSuggestsTheNearest) {
    EXPECT_EQ(TimeZone().name(), "UTC");
    EXPECT_EQ(zone_of("Europe/London").name(), "Europe/London");
    const auto unknown = TimeZone::find("Europe/Londn");
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, ErrorCode::not_found);
    EXPECT_NE(unknown.error().message.find("Europe/London"), std::string::npos);
}

// British Summer Time began on 2024-03-31 at 01:00 UTC and ended on 2024-10-27 at 01:00 UTC.
TEST(TimeZone, MovesATimeInTheGapForward) {
    const TimeZone london = zone_of("Europe/London");
    EXPECT_EQ(at("2024-03-31T00:59:59", london), at("2024-03-31T00:59:59Z"));
    EXPECT_EQ(at("2024-03-31T01:30:00", london), at("2024-03-31T01:30:00Z"));
    EXPECT_EQ(at("2024-03-31T02:30:00", london), at("2024-03-31T01:30:00Z"));
}

TEST(TimeZone, TakesTheEarlierOfTwoReadings) {
    const TimeZone london = zone_of("Europe/London");
    EXPECT_EQ(at("2024-10-27T01:30:00", london), at("2024-10-27T00:30:00Z"));
    EXPECT_EQ(at("2024-10-27T02:00:00", london), at("2024-10-27T02:00:00Z"));
}

TEST(TimeZone, AnOffsetOverrulesTheZone) {
    EXPECT_EQ(at("2024-07-01T12:00:00+05:30", zone_of("Europe/London")),
              at("2024-07-01T06:30:00Z"));
}

TEST(StartOf, FindsCalendarUnitsInUtc) {
    const TimeZone utc;
    const Instant sunday = at("2024-06-30T15:00:00Z");
    EXPECT_EQ(utc.start_of(TimeUnit::day, sunday), at("2024-06-30"));
    EXPECT_EQ(utc.start_of(TimeUnit::week, sunday), at("2024-06-24"));
    EXPECT_EQ(utc.start_of(TimeUnit::month, sunday), at("2024-06-01"));
    EXPECT_EQ(utc.start_of(TimeUnit::quarter, sunday), at("2024-04-01"));
    EXPECT_EQ(utc.start_of(TimeUnit::year, sunday), at("2024-01-01"));
    EXPECT_EQ(utc.start_of(TimeUnit::month, sunday, -6), at("2023-12-01"));
    EXPECT_EQ(utc.start_of(TimeUnit::week, sunday, 1), at("2024-07-01"));
}

TEST(StartOf, FollowsLocalMidnightThroughDaylightSaving) {
    const TimeZone london = zone_of("Europe/London");
    EXPECT_EQ(london.start_of(TimeUnit::day, at("2024-03-31T12:00:00Z")),
              at("2024-03-31T00:00:00Z"));
    EXPECT_EQ(london.start_of(TimeUnit::day, at("2024-03-31T12:00:00Z"), 1),
              at("2024-03-31T23:00:00Z"));
    EXPECT_EQ(london.start_of(TimeUnit::day, at("2024-03-31T23:30:00Z")),
              at("2024-03-31T23:00:00Z"));
}

// In Asuncion clocks sprang from 23:59:59 to 01:00 in the night to 2023-10-01: that day began at
// one.
TEST(StartOf, ADayWithoutMidnightBeginsAfterTheGap) {
    const TimeZone asuncion = zone_of("America/Asuncion");
    EXPECT_EQ(asuncion.start_of(TimeUnit::day, at("2023-10-01T15:00:00Z")),
              at("2023-10-01T04:00:00Z"));
}

TEST(MinusMonths, ClampsTheDayAndKeepsTheLocalTime) {
    const TimeZone utc;
    EXPECT_EQ(utc.minus_months(at("2024-03-31T10:00:00Z"), 1), at("2024-02-29T10:00:00Z"));
    EXPECT_EQ(utc.minus_months(at("2023-03-31T10:00:00Z"), 1), at("2023-02-28T10:00:00Z"));
    EXPECT_EQ(utc.minus_months(at("2024-02-29T10:00:00Z"), 12), at("2023-02-28T10:00:00Z"));
    EXPECT_EQ(utc.minus_months(at("2024-01-15T10:00:00Z"), 13), at("2022-12-15T10:00:00Z"));
    // Noon in London's summer is 11:00 UTC; six months before, in winter, it is 12:00.
    EXPECT_EQ(zone_of("Europe/London").minus_months(at("2024-07-01T11:00:00Z"), 6),
              at("2024-01-01T12:00:00Z"));
}

TEST(Subtract, TakesDaysAsExactAndMonthsAsCalendar) {
    const TimeZone london = zone_of("Europe/London");
    EXPECT_EQ(subtract(london, at("2024-04-01T11:00:00Z"), 1, TimeUnit::day),
              at("2024-03-31T11:00:00Z"));
    EXPECT_EQ(subtract(london, at("2024-04-01T11:00:00Z"), 1, TimeUnit::week),
              at("2024-03-25T11:00:00Z"));
    EXPECT_EQ(subtract(london, at("2024-04-01T11:00:00Z"), 1, TimeUnit::month),
              at("2024-03-01T12:00:00Z"));
    EXPECT_EQ(subtract(london, at("2024-05-31T11:00:00Z"), 1, TimeUnit::quarter),
              at("2024-02-29T12:00:00Z"));
    EXPECT_EQ(subtract(london, at("2024-02-29T12:00:00Z"), 1, TimeUnit::year),
              at("2023-02-28T12:00:00Z"));
}

TEST(HolidayCalendar, KnowsSpansByDayAndName) {
    using namespace std::chrono_literals;
    const HolidayCalendar calendar(
        {{.name = "christmas", .first = 2024y / 12 / 24, .last = 2024y / 12 / 26},
         {.name = "may", .first = 2024y / 5 / 1, .last = 2024y / 5 / 1}});
    EXPECT_TRUE(calendar.is_holiday(2024y / 12 / 25));
    EXPECT_TRUE(calendar.is_holiday(2024y / 12 / 26, "christmas"));
    EXPECT_FALSE(calendar.is_holiday(2024y / 12 / 27));
    EXPECT_FALSE(calendar.is_holiday(2024y / 5 / 1, "christmas"));
    EXPECT_TRUE(calendar.knows("may"));
    EXPECT_FALSE(calendar.knows("easter"));
}

}  // namespace
}  // namespace fineline
