#include "expr/windows.h"

#include <algorithm>

namespace fineline::expr {

namespace {

using std::chrono::hours;
using std::chrono::minutes;

/// More months than lie between the first and the last year that a time can have lead out of any
/// history.
constexpr std::int64_t months_reach = std::int64_t{12} * (year_max - 1);

/// Offsets of zones have changed at whole quarters of an hour for as long as people have kept data.
constexpr Duration offset_step = minutes{15};

bool is_regular_day(const TimeZone& zone, Instant at) {
    const Instant begin = zone.start_of(TimeUnit::day, at);
    return zone.start_of(TimeUnit::day, at, 1) - begin == hours{24};
}

}  // namespace

Instant just_after(Instant at) {
    return at == instant_max ? at : at + Duration{1};
}

Instant shifted(Instant at, Duration by) {
    if (at == instant_max || at == instant_min) {
        return at;
    }
    if (by.count() > 0 && at > instant_max - by) {
        return instant_max;
    }
    if (by.count() < 0 && at < instant_min - by) {
        return instant_min;
    }
    return at + by;
}

Instant minus(const TimeZone& zone, Instant at, const BoundPeriod& period) {
    if (period.is_calendar()) {
        return zone.minus_months(at, std::clamp(period.months, -months_reach, months_reach));
    }
    return shifted(at, -period.exact);
}

Instant plus(const TimeZone& zone, Instant at, const BoundPeriod& period) {
    return minus(zone, at, {.months = -period.months, .exact = -period.exact});
}

Instant months_linear_until(const TimeZone& zone, Instant now, std::int64_t months) {
    const Instant midnight = zone.start_of(TimeUnit::day, now, 1);
    const BoundPeriod period{.months = months, .exact = {}};
    if (is_regular_day(zone, now) && is_regular_day(zone, minus(zone, now, period))) {
        return midnight;
    }
    const Instant step = std::chrono::floor<minutes>(now) + offset_step;
    const auto past_mark = step.time_since_epoch() % offset_step;
    return std::min(midnight, step - (past_mark.count() < 0 ? past_mark + offset_step : past_mark));
}

ResolvedWindow::ResolvedWindow(const BoundWindow& window,
                               const Zones& zones,
                               Instant now,
                               std::optional<Instant> start)
    : window_(&window), zone_(zones.calendar), now_(now) {
    const TimeZone& zone = *zone_;
    const Instant visible_end = just_after(now);
    switch (window.kind) {
        case WindowKind::all: break;
        case WindowKind::ago:
            span_ = {just_after(minus(zone, now, window.from)),
                     just_after(minus(zone, now, window.to))};
            limit_by_months(window.from);
            limit_by_months(window.to);
            break;
        case WindowKind::since: fixed_.begin = zones.written->resolve(window.begin); break;
        case WindowKind::before: fixed_.end = zones.written->resolve(window.end); break;
        case WindowKind::from_to:
            fixed_ = {zones.written->resolve(window.begin), zones.written->resolve(window.end)};
            break;
        case WindowKind::calendar:
            span_.begin = zone.start_of(window.unit, now, window.previous ? -1 : 0);
            span_.end = window.previous ? zone.start_of(window.unit, now) : visible_end;
            break;
        case WindowKind::first:
            fixed_ = start ? Span{*start, plus(zone, *start, window.from)}
                           : Span{instant_max, instant_max};
            break;
        case WindowKind::next:
            span_ = {visible_end, just_after(plus(zone, now, window.from))};
            limit_by_months({.months = -window.from.months, .exact = {}});
            return;
    }
    if (window.kind != WindowKind::ago && window.kind != WindowKind::calendar) {
        span_ = fixed_;
    }
    span_.end = std::min(span_.end, visible_end);
}

void ResolvedWindow::limit_by_months(const BoundPeriod& period) {
    if (period.is_calendar()) {
        linear_end_ = std::min(linear_end_, months_linear_until(*zone_, now_, period.months));
        cap_ = zone_->start_of(TimeUnit::day, now_, 1);
    }
}

bool ResolvedWindow::rolls() const {
    return window_->kind == WindowKind::ago || window_->kind == WindowKind::next;
}

Instant ResolvedWindow::when_aged(Instant time, const BoundPeriod& period) const {
    if (!period.is_calendar()) {
        return shifted(time, period.exact);
    }
    return shifted(now_, time - minus(*zone_, now_, period));
}

Instant ResolvedWindow::next_change(const columns::EventRows& rows) const {
    switch (window_->kind) {
        case WindowKind::ago: return next_of_rolling(rows);
        case WindowKind::calendar: return next_of_calendar(rows);
        case WindowKind::next: return next_of_next(rows);
        case WindowKind::all:
        case WindowKind::since:
        case WindowKind::before:
        case WindowKind::from_to:
        case WindowKind::first: break;
    }
    const std::uint32_t row = std::max(rows.count_until(now_), rows.count_before(fixed_.begin));
    return row < rows.size() && rows.time(row) < fixed_.end ? rows.time(row) : instant_max;
}

Instant ResolvedWindow::next_of_rolling(const columns::EventRows& rows) const {
    Instant next = linear_end_;
    const std::uint32_t first_inside = rows.count_before(span_.begin);
    const std::uint32_t first_beyond = rows.count_before(span_.end);
    if (first_inside < first_beyond) {
        next = std::min(next, when_aged(rows.time(first_inside), window_->from));
    }
    if (first_beyond < rows.size()) {
        next = std::min(next, when_aged(rows.time(first_beyond), window_->to));
    }
    return next;
}

Instant ResolvedWindow::next_of_calendar(const columns::EventRows& rows) const {
    const Instant boundary = zone_->start_of(window_->unit, now_, 1);
    const std::uint32_t first_inside = rows.count_before(span_.begin);
    if (!window_->previous) {
        const std::uint32_t first_future = rows.count_until(now_);
        const Instant future = first_future < rows.size() ? rows.time(first_future) : instant_max;
        return first_inside < first_future ? std::min(boundary, future) : future;
    }
    if (first_inside == rows.size()) {
        return instant_max;
    }
    const Instant time = rows.time(first_inside);
    return time < boundary ? boundary : zone_->start_of(window_->unit, time, 1);
}

Instant ResolvedWindow::next_of_next(const columns::EventRows& rows) const {
    Instant next = linear_end_;
    const std::uint32_t first_inside = rows.count_before(span_.begin);
    const std::uint32_t first_beyond = rows.count_before(span_.end);
    if (first_inside < first_beyond) {
        next = std::min(next, rows.time(first_inside));
    }
    if (first_beyond < rows.size()) {
        const BoundPeriod back{.months = -window_->from.months, .exact = -window_->from.exact};
        next = std::min(next, when_aged(rows.time(first_beyond), back));
    }
    return next;
}

}  // namespace fineline::expr
