"""Event aggregates: a list of selected events in, one value out."""

import math
from datetime import timedelta
from fractions import Fraction

from . import windows, zones
from .values import Span, Timestamp, finite, is_number, key, sorted_values


def evaluate(node, situation):
    span = windows.bounds(node.window, situation)
    of_name = [e for e in situation.of_name(node.event) if windows.holds(span, e.at)]
    events = [e for e in of_name if situation.selects(node.where, e)]
    if node.function == "share":
        return len(events) / len(of_name) if of_name else None
    if node.function == "trend":
        return trend(node, events, span, situation)
    if node.prop is None:
        return OF_EVENTS[node.function](events, situation)
    present = [(e, e.properties[node.prop]) for e in events if e.properties.get(node.prop) is not None]
    if node.function == "quantile":
        return quantile(numbers(present), node.number)
    return OF_VALUES[node.function](present, situation)


def numbers(present):
    return [value for _, value in present if is_number(value)]


def days(unit):
    def count(events, situation):
        return float(len({zones.start_of(situation.zone, unit, event.at) for event in events}))

    return count


def gap(events, _):
    if len(events) < 2:
        return None
    return Span((events[-1].at - events[0].at) // (len(events) - 1))  # whole microseconds


def since(which):
    def measure(events, situation):
        if not events:
            return None
        return Span(situation.now - events[which].at, since=events[which].at)

    return measure


def time_of(which):
    return lambda events, _: Timestamp(events[which].at) if events else None


OF_EVENTS = {
    "count": lambda events, _: float(len(events)),
    "days": days("day"),
    "weeks": days("week"),
    "months": days("month"),
    "first_time": time_of(0),
    "last_time": time_of(-1),
    "since_first": since(0),
    "since_last": since(-1),
    "gap": gap,
}


def total(values):
    """The exact sum rounded once."""
    try:
        return finite(math.fsum(values))
    except OverflowError:
        return None


def mean(present, _):
    values = numbers(present)
    if not values:
        return None
    whole = total(values)
    return None if whole is None else finite(whole / len(values))


def quantile(values, q):
    if not values:
        return None
    ordered = sorted(values)
    h = (len(ordered) - 1) * q
    below = math.floor(h)
    if below + 1 >= len(ordered):
        return ordered[-1]
    return finite(ordered[below] + (h - below) * (ordered[below + 1] - ordered[below]))


def extreme(which):
    """min and max use numbers if any is present, else timestamps, else strings."""

    def pick(present, situation):
        for kind in (float, Timestamp, str):
            values = [value for _, value in present if isinstance(value, kind)]
            if values:
                return sorted_values(values, situation.clock)[which]
        return None

    return pick


def distinct(present, _):
    return float(len({key(value) for _, value in present}))


def top(present, _):
    """The most frequent value; ties by the earliest (time, arrival): `present` is in that order."""
    best, best_count = None, 0
    seen = []
    for _, value in present:
        if key(value) in seen:
            continue
        seen.append(key(value))
        count = sum(1 for _, other in present if key(other) == key(value))
        if count > best_count:
            best, best_count = value, count
    return best


OF_VALUES = {
    "sum": lambda present, _: total(numbers(present)),
    "avg": mean,
    "min": extreme(0),
    "max": extreme(-1),
    "median": lambda present, _: quantile(numbers(present), 0.5),
    "first": lambda present, _: present[0][1] if present else None,
    "last": lambda present, _: present[-1][1] if present else None,
    "distinct": distinct,
    "top": top,
}


def trend(node, events, span, situation):
    """Least-squares slope per local calendar day of the daily count (or sum), empty days included."""
    weighted = [(event.at, 1.0) for event in events]
    if node.prop is not None:
        weighted = [(e.at, e.properties[node.prop]) for e in events if is_number(e.properties.get(node.prop))]
    first, last = span
    if first is None:
        if not weighted:
            return None
        first = weighted[0][0]
    if first > last:
        return None
    daily = _daily(weighted, first, last, situation.zone)
    if len(daily) < 2:
        return None
    return finite(_slope(daily))


def _daily(weighted, first, last, zone):
    day = zones.to_local(zone, first).date()
    end = zones.to_local(zone, last).date()
    by_day = {}
    for at, weight in weighted:
        by_day.setdefault(zones.to_local(zone, at).date(), []).append(weight)
    daily = []
    while day <= end:
        daily.append(Fraction(math.fsum(by_day.get(day, []))))
        day += timedelta(days=1)
    return daily


def _slope(daily):
    count = len(daily)
    mean_x = Fraction(count - 1, 2)
    mean_y = sum(daily, Fraction(0)) / count
    above = sum((x - mean_x) * (y - mean_y) for x, y in enumerate(daily))
    below = sum((x - mean_x) ** 2 for x in range(count))
    return float(above / below)
