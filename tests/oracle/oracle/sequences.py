"""Sequences of events: every chain is looked for, none is assumed."""

from . import windows, zones


def holds(node, situation):
    return bool(_last_events(node, situation, _window_events(node, situation)))


def count(node, situation):
    """Non-overlapping chains: the one whose last event is earliest, then again after that event."""
    events = _window_events(node, situation)
    chains = 0
    while True:
        lasts = _last_events(node, situation, events)
        if not lasts:
            return float(chains)
        chains += 1
        end = min(event.place for event in lasts)
        events = [event for event in events if event.place > end]


def _window_events(node, situation):
    span = windows.bounds(node.window, situation)
    return [event for event in situation.visible if windows.holds(span, event.at)]


def _last_events(node, situation, events):
    """The events at which a chain of the steps that must happen can end (and the final `no` holds)."""
    steps = [step for step in node.steps if not step.negated]
    ends = None
    for step in steps:
        matching = [e for e in events if situation.named(step.event, e) and situation.selects(step.where, e)]
        if ends is None:
            ends = matching
        else:
            ends = [e for e in matching if any(_follows(step, before, e, situation) for before in ends)]
    final = node.steps[-1]
    if final.negated:
        ends = [event for event in ends if _nothing_follows(final, event, situation)]
    return ends


def _deadline(step, before, situation):
    return zones.shift(situation.zone, before.at, step.within.count, step.within.unit)


def _follows(step, before, event, situation):
    if event.place <= before.place:
        return False
    return step.within is None or event.at <= _deadline(step, before, situation)


def _nothing_follows(step, before, situation):
    """No such event within the bound, and the bound has passed."""
    if situation.now < _deadline(step, before, situation):
        return False
    return not any(
        situation.named(step.event, event)
        and _follows(step, before, event, situation)
        and situation.selects(step.where, event)
        for event in situation.visible
    )
