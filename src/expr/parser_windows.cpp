#include "base/text.h"
#include "expr/parser.h"
#include "expr/words.h"

#include <array>
#include <cmath>

// Windows, dates without quotes, and amounts of units.

namespace fineline::expr {

namespace {

constexpr std::array<std::string_view, 8> window_words{
    "last", "since", "before", "from", "today", "yesterday", "this", "first"};

}  // namespace

bool Parser::at_window() const {
    const Token& token = peek();
    if (token.kind == TokenKind::number || token.is_word("next")) {
        return true;
    }
    for (const std::string_view word : window_words) {
        if (token.is_word(word)) {
            return true;
        }
    }
    return false;
}

Window Parser::parse_window() {
    if (peek().kind == TokenKind::number) {
        return parse_ago_window();
    }
    if (accept_word("last")) {
        if (peek().kind == TokenKind::number) {
            return LastWindow{parse_period("last")};
        }
        return parse_calendar_window(true);
    }
    if (accept_word("this")) {
        return parse_calendar_window(false);
    }
    if (accept_word("today")) {
        return CalendarWindow{TimeUnit::day, false};
    }
    if (accept_word("yesterday")) {
        return CalendarWindow{TimeUnit::day, true};
    }
    if (accept_word("since")) {
        return SinceWindow{{parse_moment("since")}};
    }
    if (accept_word("before")) {
        return BeforeWindow{{parse_moment("before")}};
    }
    if (accept_word("from")) {
        Moment begin{parse_moment("from")};
        expect_word("to", "the first date");
        return FromToWindow{std::move(begin), {parse_moment("to")}};
    }
    if (accept_word("first")) {
        return FirstWindow{parse_period("first")};
    }
    take();
    return NextWindow{parse_period("next")};
}

Window Parser::parse_calendar_window(bool previous) {
    const Token& token = peek();
    const std::string_view word = token.kind == TokenKind::word ? token.text : std::string_view();
    if (const auto unit = find_calendar_unit(word)) {
        take();
        return CalendarWindow{*unit, previous};
    }
    if (word == "day") {
        fail_here(previous ? "no such window 'last day': write yesterday, or last 1 day"
                           : "no such window 'this day': write today");
        return {};
    }
    fail_expected(previous ? "an amount (last 30 days) or week, month, quarter, year after last"
                           : "week, month, quarter or year after this");
    return {};
}

Window Parser::parse_ago_window() {
    const double count = take().number;
    AgoWindow window;
    const bool unit_first = !peek().is_word("to");
    if (unit_first) {
        window.from = {count, parse_unit(count)};
    }
    if (unit_first && accept_word("ago")) {
        fail("one bound is missing 'ago': write 90 to 30 days ago, or last 90 days",
             since(last_end_));
    }
    expect_word("to", "the start of the window");
    if (!failed() && peek().kind != TokenKind::number) {
        fail_expected("a number after to");
    }
    window.to = parse_period("to");
    if (!unit_first) {
        window.from = {count, window.to.unit};
    }
    expect_word("ago", "the end of the window");
    return window;
}

std::string Parser::parse_moment(std::string_view after) {
    const Token& token = peek();
    if (token.kind == TokenKind::date) {
        return take().value;
    }
    if (token.is_word("date") && peek(1).kind == TokenKind::string) {
        fail_here("windows take the date as it is: write " + std::string(after) + " " +
                  peek(1).value);
    } else if (token.kind == TokenKind::string) {
        fail_here("windows take the date without quotes: write " + std::string(after) + " " +
                  token.value);
    } else {
        fail_expected("a date (2024-01-31) after " + std::string(after));
    }
    return {};
}

Period Parser::parse_period(std::string_view after) {
    if (peek().kind != TokenKind::number) {
        fail_expected("an amount (30 days) after " + std::string(after));
        return {};
    }
    const double count = take().number;
    return {count, parse_unit(count)};
}

TimeUnit Parser::parse_unit(double count) {
    const Token& token = peek();
    if (token.kind == TokenKind::word) {
        if (const auto unit = find_unit(token.text)) {
            take();
            return *unit;
        }
        if (token.text == "quarter" || token.text == "quarters") {
            fail_here("quarters are calendar spans only '" + std::string(token.text) + "': write " +
                      number_text(count * 3) + " months");
            return {};
        }
        std::string message = "unknown unit '" + std::string(token.text) + "'";
        const std::string lower = lower_case(token.text);
        const std::string_view known = nearest(lower, unit_words());
        message += known.empty() ? ": units are seconds, minutes, hours, days, weeks, months, years"
                                 : ": did you mean '" + std::string(known) + "'?";
        fail_here(std::move(message));
        return {};
    }
    fail_expected("a unit (days, weeks …) after " + number_text(count));
    return {};
}

}  // namespace fineline::expr
