"""percentile, rank, ntile and rfm: an answer relative to all customers at one instant."""

from . import tree
from .values import WITHHELD, Span, Timestamp, is_number


def number_of(value):
    """What orders a value among the population; None where it has no place in it."""
    if is_number(value):
        return value
    if isinstance(value, Timestamp):
        return value.at
    if isinstance(value, Span):
        return value.length
    return None


class Thresholds:
    """The values of each operand over all customers at `now`, computed when first asked and kept."""

    def __init__(self, world, now, situation_of):
        self.world = world
        self.now = now
        self.situation_of = situation_of  # person → situation at `now` with these thresholds
        self.kept = {}

    def values(self, operand):
        if operand not in self.kept:
            self.kept[operand] = self._collect(operand)
        return self.kept[operand]

    def _collect(self, operand):
        values = []
        for person in self.world.customers(self.now):
            value = self.situation_of(person).value(operand)
            place = None if value is WITHHELD else number_of(value)
            if place is not None:
                values.append(place)
        return values


def evaluate(node, situation):
    operand = node.arguments[-1]
    value = situation.value(operand)
    if value is WITHHELD:
        return WITHHELD
    place = number_of(value)
    if place is None:
        return None
    values = situation.thresholds.values(operand)
    if node.function == "rank":
        return 1.0 + sum(1 for other in values if other > place)
    # A value newer than the kept thresholds may lie above all of them: it counts as the largest.
    below = min(sum(1 for other in values if other < place), max(0, len(values) - 1))
    if node.function == "percentile":
        return 100.0 * below / (len(values) - 1) if len(values) > 1 else 0.0
    return float(tile(int(node.arguments[0].value), below, len(values)))


def tile(tiles, below, present):
    """least(n, floor(n · r / (N − 1)) + 1), in integers; the first tile where N = 1."""
    return 1 if present <= 1 else min(tiles, tiles * below // (present - 1) + 1)


def rfm(field, situation):
    """Quintile among the customers who have a purchase event; missing for those who have none."""
    world = situation.world
    event = tree.Selector(world.purchase_event)
    counted = tree.Aggregate("count", event)
    measure = {
        "recency": tree.Aggregate("last_time", event),
        "frequency": counted,
        "monetary": tree.Aggregate("sum", event, world.amount_property),
    }[field]
    bought = tree.Binary(">", counted, tree.Literal(0.0))
    among_buyers = tree.Case(((bought, measure),))
    return evaluate(tree.Call("ntile", (tree.Literal(5.0), among_buyers)), situation)
