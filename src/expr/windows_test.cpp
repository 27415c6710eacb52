#include "expr/windows.h"

#include "expr/test_table.h"

#include <gtest/gtest.h>

namespace fineline::expr {
namespace {

using test::at;

Span span_of(const BoundWindow& window, const TimeZone& zone, std::string_view now) {
    return ResolvedWindow(window, {.calendar = &zone, .written = &zone}, at(now), std::nullopt)
        .span();
}

BoundWindow last_months(std::int64_t months) {
    BoundWindow window;
    window.kind = WindowKind::ago;
    window.from.months = months;
    return window;
}

BoundWindow calendar(TimeUnit unit, bool previous) {
    BoundWindow window;
    window.kind = WindowKind::calendar;
    window.unit = unit;
    window.previous = previous;
    return window;
}

TEST(Months, ClampTheDay) {
    const TimeZone utc;
    // The bound itself is outside: (now − 1 month, now].
    EXPECT_EQ(span_of(last_months(1), utc, "2024-03-31T10:00:00Z").begin,
              at("2024-02-29T10:00:00.000001Z"));
    EXPECT_EQ(span_of(last_months(1), utc, "2023-03-31T10:00:00Z").begin,
              at("2023-02-28T10:00:00.000001Z"));
    EXPECT_EQ(span_of(last_months(12), utc, "2024-02-29T10:00:00Z").begin,
              at("2023-02-28T10:00:00.000001Z"));
    EXPECT_EQ(span_of(last_months(1), utc, "2024-03-31T10:00:00Z").end,
              at("2024-03-31T10:00:00.000001Z"));
}

TEST(Months, ThatLieBeyondTheCalendarReachBackForEver) {
    const TimeZone utc;
    EXPECT_LT(span_of(last_months(1'000'000'000), utc, "2024-03-31").begin, at("0001-01-01"));
}

TEST(CalendarSpans, AreHalfOpenInTheZone) {
    const TimeZone berlin = *TimeZone::find("Europe/Berlin");
    // 31 March 2024 has 23 hours in Berlin: from 23:00Z the day before to 22:00Z.
    const Span day = span_of(calendar(TimeUnit::day, true), berlin, "2024-04-01T12:00:00Z");
    EXPECT_EQ(day.begin, at("2024-03-30T23:00:00Z"));
    EXPECT_EQ(day.end, at("2024-03-31T22:00:00Z"));
    const Span week = span_of(calendar(TimeUnit::week, true), berlin, "2024-04-01T12:00:00Z");
    EXPECT_EQ(week.begin, at("2024-03-24T23:00:00Z"));  // a Monday
    EXPECT_EQ(week.end, at("2024-03-31T22:00:00Z"));
    const Span quarter =
        span_of(calendar(TimeUnit::quarter, false), berlin, "2024-06-30T12:00:00Z");
    EXPECT_EQ(quarter.begin, at("2024-03-31T22:00:00Z"));
    EXPECT_EQ(quarter.end, at("2024-06-30T12:00:00.000001Z"));
}

TEST(CalendarSpans, ChangeOnlyWhenARowFeelsIt) {
    const TimeZone utc;
    const BoundWindow last_week = calendar(TimeUnit::week, true);
    const ResolvedWindow window(
        last_week, {.calendar = &utc, .written = &utc}, at("2024-01-10"), std::nullopt);
    EXPECT_EQ(window.next_change({}), instant_max);
    test::TestTable future;
    future.add(at("2024-03-06"), 0, {});
    // The week of Monday 4 March is the last one from 11 March on.
    EXPECT_EQ(window.next_change(future.rows()), at("2024-03-11"));
}

TEST(MonthsLinear, UntilMidnightOrTheNextQuarterOfAnHourOnDaysOfChange) {
    const TimeZone berlin = *TimeZone::find("Europe/Berlin");
    EXPECT_EQ(months_linear_until(berlin, at("2024-05-10T12:00:00Z"), 1),
              at("2024-05-10T22:00:00Z"));
    EXPECT_EQ(months_linear_until(berlin, at("2024-03-31T12:03:00Z"), 1),
              at("2024-03-31T12:15:00Z"));
    EXPECT_EQ(months_linear_until(berlin, at("2024-04-30T12:03:00Z"), 1),
              at("2024-04-30T22:00:00Z"));
}

}  // namespace
}  // namespace fineline::expr
