#include "base/instant.h"
#include "base/text.h"
#include "expr/checker.h"

#include <cmath>

// Windows must be able to hold something, and amounts of time must fit into it.

namespace fineline::expr {

namespace {

/// Longer than all of time that can be stored; a longer period is a slip of the keyboard.
constexpr double years_max = 10'000;

/// The least and the greatest length of a period, in days.
struct Bounds {
    double least;
    double greatest;
};

bool is_calendar(TimeUnit unit) {
    return unit == TimeUnit::month || unit == TimeUnit::quarter || unit == TimeUnit::year;
}

double months_in(TimeUnit unit) {
    return unit == TimeUnit::year ? 12 : unit == TimeUnit::quarter ? 3 : 1;
}

double exact_days(const Period& period) {
    const auto day = static_cast<double>(exact_length(TimeUnit::day).count());
    return period.count * static_cast<double>(exact_length(period.unit).count()) / day;
}

Bounds bounds_of(const Period& period) {
    if (!is_calendar(period.unit)) {
        const double days = exact_days(period);
        return {days, days};
    }
    const double months = period.count * months_in(period.unit);
    return {months * 28, months * 31};
}

/// Says whether the window from `from` ago to `to` ago holds nothing wherever now is.
bool is_surely_empty(const Period& from, const Period& to) {
    if (is_calendar(from.unit) && is_calendar(to.unit)) {
        return from.count * months_in(from.unit) <= to.count * months_in(to.unit);
    }
    return bounds_of(from).greatest <= bounds_of(to).least;
}

std::string words(const Period& period) {
    return number_text(period.count) + " " + to_string(period.unit) +
           (period.count == 1 ? "" : "s");
}

}  // namespace

void Checker::check_size(const Period& period, SourceSpan at) {
    const double years = is_calendar(period.unit) ? period.count * months_in(period.unit) / 12
                                                  : exact_days(period) / 365;
    if (!(std::abs(years) <= years_max)) {
        fail("a period of more than " + with_commas(static_cast<std::uint64_t>(years_max)) +
                 " years '" + words(period) + "'",
             at);
    }
}

void Checker::check_whole(const Period& period, SourceSpan at) {
    if (period.count < 0 || period.count != std::floor(period.count)) {
        const std::string advice =
            is_calendar(period.unit)
                ? "months and years are counted on the calendar"
                : "write it in a smaller unit, such as 36 hours for a day and a half";
        fail("not a whole number of " + std::string(to_string(period.unit)) + "s '" +
                 words(period) + "': " + advice,
             at);
    }
}

void Checker::check_length(const Period& length, std::string_view what, SourceSpan at) {
    check_whole(length, at);
    check_size(length, at);
    if (length.count == 0) {
        fail("an empty window '" + std::string(what) + " " + words(length) +
                 "': write an amount from 1 on",
             at);
    }
}

void Checker::check_window(const std::optional<Window>& window, SourceSpan at) {
    if (!window) {
        return;
    }
    reads_.clock = true;
    if (const auto* last = std::get_if<LastWindow>(&*window)) {
        check_length(last->length, "last", at);
    } else if (const auto* ago = std::get_if<AgoWindow>(&*window)) {
        check_ago(*ago, at);
    } else if (const auto* from_to = std::get_if<FromToWindow>(&*window)) {
        check_from_to(*from_to, at);
    } else if (const auto* first = std::get_if<FirstWindow>(&*window)) {
        check_length(first->length, "first", at);
        // It starts at the trait created_at, else at the first event of any name.
        reads_.traits.emplace_back("created_at");
        reads_.any_event = true;
    } else if (const auto* next = std::get_if<NextWindow>(&*window)) {
        check_length(next->length, "next", at);
        if (use_ != Use::metric) {
            fail(
                "nobody knows the future 'next': next stands only in the metric of a purpose, "
                "write last",
                at);
        }
    }
}

void Checker::check_ago(const AgoWindow& window, SourceSpan at) {
    for (const Period* period : {&window.from, &window.to}) {
        check_whole(*period, at);
        check_size(*period, at);
    }
    if (is_surely_empty(window.from, window.to)) {
        const bool reversed = bounds_of(window.from).least < bounds_of(window.to).greatest &&
                              !(window.from == window.to);
        fail(std::string(reversed ? "a reversed window '" : "an empty window '") +
                 words(window.from) + " to " + words(window.to) +
                 " ago': write the earlier bound first, as in 90 to 30 days ago",
             at);
    }
}

void Checker::check_from_to(const FromToWindow& window, SourceSpan at) {
    const auto begin = parse_iso_time(window.begin.text);
    const auto end = parse_iso_time(window.end.text);
    if (!begin || !end) {
        fail("no such date '" + (begin ? window.end.text : window.begin.text) + "'", at);
        return;
    }
    const auto as_utc = [](const IsoTime& iso) {
        return iso.local - iso.offset.value_or(std::chrono::minutes(0));
    };
    // With an offset on one side only, the workspace's zone may move the other by up to a day.
    const auto doubt = begin->offset.has_value() == end->offset.has_value()
                           ? std::chrono::hours(0)
                           : std::chrono::hours(24);
    if (as_utc(*begin) - doubt >= as_utc(*end)) {
        const bool empty = as_utc(*begin) == as_utc(*end);
        fail(std::string(empty ? "an empty window" : "a reversed window") + " 'from " +
                 window.begin.text + " to " + window.end.text +
                 "': the first date is inside, the second is not",
             at);
    }
}

}  // namespace fineline::expr
