#include "model/calendar.h"

#include "base/require.h"

#include <gtest/gtest.h>

namespace fineline {

namespace {

TimeZone zone(std::string_view name) {
    const auto found = TimeZone::find(name);
    require(found.has_value(), "the tests need the time zone database");
    return *found;
}

Instant utc(std::string_view text) {
    return TimeZone().resolve(*parse_iso_time(text));
}

LocalInstant local(std::string_view text) {
    return parse_iso_time(text)->local;
}

/// How a wall clock reading comes out in UTC.
std::string to_utc(const char* name, std::string_view reading) {
    return to_iso(zone(name).to_utc(local(reading)));
}

std::string start(const char* name, TimeUnit unit, std::string_view at, int shift = 0) {
    return to_iso(zone(name).start_of(unit, utc(at), shift));
}

std::string back(const char* name, std::string_view at, std::int64_t count, TimeUnit unit) {
    return to_iso(subtract(zone(name), utc(at), count, unit));
}

TEST(TimeZone, IsFoundByNameAndSuggestsOne) {
    EXPECT_EQ(TimeZone().name(), "UTC");
    EXPECT_EQ(zone("UTC").name(), "UTC");
    EXPECT_EQ(zone("Europe/London").name(), "Europe/London");
    const auto unknown = TimeZone::find("Europe/Lodon");
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, ErrorCode::not_found);
    EXPECT_EQ(unknown.error().message,
              "no time zone 'Europe/Lodon': did you mean 'Europe/London'?");
}

TEST(TimeZone, ReadsWallClocksInSummerAndWinter) {
    EXPECT_EQ(to_utc("Europe/London", "2024-01-15T12:00"), "2024-01-15T12:00:00Z");
    EXPECT_EQ(to_utc("Europe/London", "2024-07-15T12:00"), "2024-07-15T11:00:00Z");
    EXPECT_EQ(to_utc("America/New_York", "2024-07-15T12:00"), "2024-07-15T16:00:00Z");
    EXPECT_EQ(to_utc("Australia/Lord_Howe", "2024-07-15T12:00"), "2024-07-15T01:30:00Z");
    EXPECT_EQ(zone("Australia/Lord_Howe").to_local(utc("2024-01-15T01:00:00Z")),
              local("2024-01-15T12:00"));
}

TEST(TimeZone, MovesATimeThatDoesNotExistForwardByTheGap) {
    EXPECT_EQ(to_utc("Europe/London", "2024-03-31T01:30"), "2024-03-31T01:30:00Z") << "02:30 BST";
    EXPECT_EQ(to_utc("America/New_York", "2024-03-10T02:30"), "2024-03-10T07:30:00Z")
        << "03:30 EDT";
    EXPECT_EQ(to_utc("Australia/Lord_Howe", "2024-10-06T02:15"), "2024-10-05T15:45:00Z")
        << "02:45, half an hour on";
}

TEST(TimeZone, TakesTheEarlierOfTwoReadings) {
    EXPECT_EQ(to_utc("Europe/London", "2024-10-27T01:30"), "2024-10-27T00:30:00Z");
    EXPECT_EQ(to_utc("America/New_York", "2024-11-03T01:30"), "2024-11-03T05:30:00Z");
    EXPECT_EQ(to_utc("Australia/Lord_Howe", "2024-04-07T01:45"), "2024-04-06T14:45:00Z");
}

TEST(TimeZone, AnOffsetOverrulesTheZone) {
    const auto resolved = [](std::string_view text) {
        return to_iso(zone("Europe/London").resolve(*parse_iso_time(text)));
    };
    EXPECT_EQ(resolved("2024-07-01T10:00"), "2024-07-01T09:00:00Z");
    EXPECT_EQ(resolved("2024-07-01T10:00+02:00"), "2024-07-01T08:00:00Z");
}

TEST(TimeZone, BeginsDaysOf23And25Hours) {
    EXPECT_EQ(start("Europe/London", TimeUnit::day, "2024-03-31T12:00Z"), "2024-03-31T00:00:00Z");
    EXPECT_EQ(start("Europe/London", TimeUnit::day, "2024-03-31T12:00Z", 1),
              "2024-03-31T23:00:00Z");
    EXPECT_EQ(start("Europe/London", TimeUnit::day, "2024-10-27T12:00Z"), "2024-10-26T23:00:00Z");
    EXPECT_EQ(start("Europe/London", TimeUnit::day, "2024-10-27T12:00Z", 1),
              "2024-10-28T00:00:00Z");
    EXPECT_EQ(start("Australia/Lord_Howe", TimeUnit::day, "2024-10-06T00:00Z"),
              "2024-10-05T13:30:00Z");
    EXPECT_EQ(start("Australia/Lord_Howe", TimeUnit::day, "2024-10-06T00:00Z", 1),
              "2024-10-06T13:00:00Z");
}

TEST(TimeZone, BeginsADayThatHasNoMidnightWhenItBegins) {
    EXPECT_EQ(start("America/Sao_Paulo", TimeUnit::day, "2018-11-04T12:00Z"),
              "2018-11-04T03:00:00Z");
}

TEST(TimeZone, BeginsWeeksOnMonday) {
    EXPECT_EQ(start("UTC", TimeUnit::week, "2024-01-01T00:00Z"), "2024-01-01T00:00:00Z")
        << "a Monday";
    EXPECT_EQ(start("UTC", TimeUnit::week, "2024-01-07T23:59:59Z"), "2024-01-01T00:00:00Z")
        << "a Sunday";
    EXPECT_EQ(start("UTC", TimeUnit::week, "2024-01-07T12:00Z", -1), "2023-12-25T00:00:00Z");
    EXPECT_EQ(start("America/New_York", TimeUnit::week, "2024-11-03T12:00Z"),
              "2024-10-28T04:00:00Z");
    EXPECT_EQ(start("America/New_York", TimeUnit::week, "2024-11-03T12:00Z", 1),
              "2024-11-04T05:00:00Z");
    EXPECT_EQ(start("America/New_York", TimeUnit::week, "2024-11-04T04:59Z"),
              "2024-10-28T04:00:00Z")
        << "still Sunday there";
}

TEST(TimeZone, BeginsMonthsQuartersAndYears) {
    EXPECT_EQ(start("Europe/London", TimeUnit::month, "2024-08-15T10:00Z"), "2024-07-31T23:00:00Z");
    EXPECT_EQ(start("Europe/London", TimeUnit::month, "2024-08-15T10:00Z", -8),
              "2023-12-01T00:00:00Z");
    EXPECT_EQ(start("Europe/London", TimeUnit::quarter, "2024-08-15T10:00Z"),
              "2024-06-30T23:00:00Z");
    EXPECT_EQ(start("Europe/London", TimeUnit::quarter, "2024-08-15T10:00Z", -3),
              "2023-09-30T23:00:00Z");
    EXPECT_EQ(start("UTC", TimeUnit::quarter, "2024-01-01T00:00Z", -1), "2023-10-01T00:00:00Z");
    EXPECT_EQ(start("Europe/London", TimeUnit::year, "2024-08-15T10:00Z"), "2024-01-01T00:00:00Z");
    EXPECT_EQ(start("Europe/London", TimeUnit::year, "2024-08-15T10:00Z", -1),
              "2023-01-01T00:00:00Z");
}

TEST(Subtract, ClampsTheDayOfAShorterMonth) {
    EXPECT_EQ(back("UTC", "2024-03-31T12:00Z", 1, TimeUnit::month), "2024-02-29T12:00:00Z");
    EXPECT_EQ(back("UTC", "2023-03-31T12:00Z", 1, TimeUnit::month), "2023-02-28T12:00:00Z");
    EXPECT_EQ(back("UTC", "2024-03-31T12:00Z", 13, TimeUnit::month), "2023-02-28T12:00:00Z");
    EXPECT_EQ(back("UTC", "2024-02-29T12:00Z", 1, TimeUnit::year), "2023-02-28T12:00:00Z");
    EXPECT_EQ(back("UTC", "2024-05-31T12:00Z", 1, TimeUnit::quarter), "2024-02-29T12:00:00Z");
    EXPECT_EQ(back("UTC", "2024-01-15T12:00Z", 1, TimeUnit::month), "2023-12-15T12:00:00Z");
    EXPECT_EQ(back("UTC", "2024-01-31T12:00Z", -1, TimeUnit::month), "2024-02-29T12:00:00Z");
}

TEST(Subtract, KeepsTheWallClockOverMonthsAndTheLengthOverDays) {
    EXPECT_EQ(back("Europe/London", "2024-04-15T11:00Z", 1, TimeUnit::month),
              "2024-03-15T12:00:00Z");
    EXPECT_EQ(back("Europe/London", "2024-04-15T11:00Z", 30, TimeUnit::day),
              "2024-03-16T11:00:00Z");
    EXPECT_EQ(back("Europe/London", "2024-04-30T00:30Z", 1, TimeUnit::month),
              "2024-03-30T01:30:00Z");
    EXPECT_EQ(back("UTC", "2024-03-01T00:00Z", 2, TimeUnit::week), "2024-02-16T00:00:00Z");
    EXPECT_EQ(back("UTC", "2024-03-01T00:00Z", 90, TimeUnit::second), "2024-02-29T23:58:30Z");
}

TEST(HolidayCalendar, KnowsDaysAndSpansByName) {
    using namespace std::chrono_literals;
    const HolidayCalendar calendar({{"Christmas", 2024y / 12 / 24, 2024y / 12 / 26},
                                    {"New Year", 2025y / 1 / 1, 2025y / 1 / 1}});
    EXPECT_TRUE(calendar.is_holiday(2024y / 12 / 26));
    EXPECT_FALSE(calendar.is_holiday(2024y / 12 / 27));
    EXPECT_TRUE(calendar.is_holiday(2025y / 1 / 1, "New Year"));
    EXPECT_FALSE(calendar.is_holiday(2025y / 1 / 1, "Christmas"));
    EXPECT_TRUE(calendar.knows("Christmas"));
    EXPECT_FALSE(calendar.knows("Easter"));
}

}  // namespace

}  // namespace fineline
