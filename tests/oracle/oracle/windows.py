"""The instants a window holds: an inclusive range of microseconds, (first, last)."""

from . import zones

EMPTY = (1, 0)


def bounds(window, situation):
    """Returns (first, last), both inclusive; first is None where there is no lower bound."""
    now = situation.now
    first, last = _span(window, situation)
    return first, (now if last is None else min(last, now))


def _span(window, situation):
    zone, now = situation.zone, situation.now
    if window is None:
        return None, None
    kind = window.kind
    if kind == "last":
        return _before(situation, window.period) + 1, None
    if kind == "ago":
        return _before(situation, window.period) + 1, _before(situation, window.until)
    if kind == "since":
        return _written(window.begin, situation), None
    if kind == "before":
        return None, _written(window.end, situation) - 1
    if kind == "from":
        return _written(window.begin, situation), _written(window.end, situation) - 1
    if kind == "this":
        return zones.start_of(zone, window.unit, now), None
    if kind == "previous":
        start = zones.start_of(zone, window.unit, now)
        return zones.start_of(zone, window.unit, now, -1), start - 1
    if kind == "first":
        return _first(window.period, situation)
    raise ValueError(f"no window {kind!r} in a segment")


def _before(situation, period):
    return zones.shift(situation.zone, situation.now, -period.count, period.unit)


def _written(text, situation):
    """A date without offset is in the workspace's zone, like every time that is written down."""
    return zones.read_iso(text, situation.world.zone)


def _first(period, situation):
    created = situation.clock.timestamp(situation.trait("created_at"))
    if created is not None:
        start = created.at
    elif situation.visible:
        start = situation.visible[0].at
    else:
        return EMPTY
    return start, zones.shift(situation.zone, start, period.count, period.unit) - 1


def holds(span, at):
    first, last = span
    return (first is None or first <= at) and at <= last
