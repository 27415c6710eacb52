#pragma once

#include "columns/event_rows.h"
#include "expr/program.h"
#include "model/calendar.h"

#include <optional>

namespace fineline::expr {

/// A half-open span of time: [begin, end).
struct Span {
    Instant begin = instant_min;
    Instant end = instant_max;

    [[nodiscard]] bool holds(Instant at) const { return begin <= at && at < end; }
};

/// Returns the first instant after `at`, or `at` itself where there is none.
[[nodiscard]] Instant just_after(Instant at);

/// Moves an instant by a span, staying within what an Instant can hold.
[[nodiscard]] Instant shifted(Instant at, Duration by);

/// Subtracts an amount: months from the local date and time, the day clamped. Years beyond a
/// calendar's reach are cut to it.
[[nodiscard]] Instant minus(const TimeZone& zone, Instant at, const BoundPeriod& period);
[[nodiscard]] Instant plus(const TimeZone& zone, Instant at, const BoundPeriod& period);

/// Returns until when (exclusive) `u less months` moves as fast as u, starting from `now`: the next
/// local midnight, or sooner on a day on which clocks change here or there.
[[nodiscard]] Instant months_linear_until(const TimeZone& zone, Instant now, std::int64_t months);

/// Whose midnights count, and how a time written without an offset is meant: the latter is always
/// the workspace's zone, also where calendar spans follow the customer's.
struct Zones {
    const TimeZone* calendar = nullptr;
    const TimeZone* written = nullptr;
};

/// A window as it stands for one customer at one instant. Valid while the zone and the bound window
/// are.
class ResolvedWindow {
  public:
    /// `start` is where a `first` window begins, if the customer has such a start.
    ResolvedWindow(const BoundWindow& window,
                   const Zones& zones,
                   Instant now,
                   std::optional<Instant> start);

    /// The events that count; for all but `next` none of it lies after now.
    [[nodiscard]] const Span& span() const { return span_; }

    /// The earliest instant after now at which rows enter or leave the window by the clock alone,
    /// future rows included; instant_max if never. Rows are those of one event name.
    [[nodiscard]] Instant next_change(const columns::EventRows& rows) const;

    /// Beyond this instant nothing may be assumed of the window: the next local midnight where its
    /// bounds are counted in months.
    [[nodiscard]] Instant cap() const { return cap_; }

    /// Whether the bounds move with the clock from instant to instant.
    [[nodiscard]] bool rolls() const;

  private:
    [[nodiscard]] Instant next_of_rolling(const columns::EventRows& rows) const;
    [[nodiscard]] Instant next_of_calendar(const columns::EventRows& rows) const;
    [[nodiscard]] Instant next_of_next(const columns::EventRows& rows) const;

    /// When the row at `time` is exactly `period` old; months are exact only up to the linear end.
    [[nodiscard]] Instant when_aged(Instant time, const BoundPeriod& period) const;

    void limit_by_months(const BoundPeriod& period);

    const BoundWindow* window_;
    const TimeZone* zone_;
    Instant now_;
    Span span_;
    Span fixed_;  ///< for windows between fixed instants: their own bounds, not cut at now
    Instant linear_end_ = instant_max;
    Instant cap_ = instant_max;
};

}  // namespace fineline::expr
