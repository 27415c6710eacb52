"""Values, comparison, arithmetic and three-valued logic.

A value is None (missing, and the unknown of a truth), WITHHELD (not to be read for the purpose asked),
bool, float, str, tuple (a list), Timestamp, Span or Months.
"""

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cmp_to_key
from typing import Optional

from . import zones


class _Withheld:
    def __repr__(self):
        return "WITHHELD"


WITHHELD = _Withheld()


@dataclass(frozen=True)
class Timestamp:
    at: int


@dataclass(frozen=True)
class Span:
    """A duration in microseconds.

    `since` is the time it was measured from, for comparisons with months.
    """

    length: object
    since: Optional[int] = None


@dataclass(frozen=True)
class Months:
    """A duration of calendar months."""

    count: int


def from_json(value):
    """The value of a property or trait as JSON gives it."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, float)):
        return float(value) + 0.0  # -0 is 0
    if isinstance(value, list):
        return tuple(from_json(item) for item in value)
    raise TypeError(f"no such value: {value!r}")


def is_number(value):
    return isinstance(value, float)


def is_string(value):
    return isinstance(value, str)


def key(value):
    """Equal keys mean same type and same value (1 is not '1')."""
    if isinstance(value, tuple):
        return ("list",) + tuple(key(item) for item in value)
    return (type(value).__name__, value)


def same(left, right):
    return key(left) == key(right)


# ---- three-valued logic --------------------------------------------------------------------------


def condition(value):
    """A value where a truth is needed: what is not a boolean is unknown."""
    return value if isinstance(value, bool) or value is WITHHELD else None


def unsure(left, right):
    """The unknown that two operands leave: withheld where either is."""
    return WITHHELD if left is WITHHELD or right is WITHHELD else None


def logical_and(left, right):
    left, right = condition(left), condition(right)
    if left is False or right is False:
        return False
    return True if left is True and right is True else unsure(left, right)


def logical_or(left, right):
    left, right = condition(left), condition(right)
    if left is True or right is True:
        return True
    return False if left is False and right is False else unsure(left, right)


def logical_not(value):
    value = condition(value)
    return (not value) if isinstance(value, bool) else value


# ---- comparison ----------------------------------------------------------------------------------


class Clock:
    """What comparisons need to know of time: the zones and now."""

    def __init__(self, local_zone, written_zone, now):
        self.local_zone = local_zone  # of calendar arithmetic
        self.written_zone = written_zone  # of times written without offset
        self.now = now

    def timestamp(self, value):
        """The value where a timestamp is needed: strings that are wholly ISO 8601 are read as one."""
        if isinstance(value, Timestamp):
            return value
        if isinstance(value, str):
            at = zones.read_iso(value, self.written_zone)
            return None if at is None else Timestamp(at)
        return None


def order(left, right, clock):
    """-1, 0 or 1; None where the two do not compare; 'different' where only equality is known: they differ."""
    if left is None or right is None:
        return None
    if isinstance(left, Timestamp) or isinstance(right, Timestamp):
        left, right = clock.timestamp(left), clock.timestamp(right)
        return None if left is None or right is None else _sign(left.at, right.at)
    if isinstance(left, Span) and isinstance(right, Months):
        return _order_months(left, right, clock)
    if isinstance(left, Months) and isinstance(right, Span):
        flipped = _order_months(right, left, clock)
        return None if flipped is None else -flipped
    if type(left) is not type(right):
        return None
    if isinstance(left, tuple):
        return 0 if same(left, right) else "different"
    if isinstance(left, Span):
        return _sign(left.length, right.length)
    if isinstance(left, Months):
        return _sign(left.count, right.count)
    if isinstance(left, str):
        return _sign(left.encode(), right.encode())
    return _sign(left, right)


def _order_months(span, months, clock):
    """`since_…(x) op n months` compares x's time with now - n months: longer is earlier."""
    if span.since is None:
        return None
    bound = zones.shift(clock.local_zone, clock.now, -months.count, "month")
    return _sign(bound, span.since)


def _sign(left, right):
    return (left > right) - (left < right)


def compare(op, left, right, clock):
    if left is WITHHELD or right is WITHHELD:
        return WITHHELD
    result = order(left, right, clock)
    if result is None:
        return None
    if op == "=":
        return result == 0
    if op == "!=":
        return result != 0
    if result == "different":
        return None
    return {"<": result < 0, "<=": result <= 0, ">": result > 0, ">=": result >= 0}[op]


def contains(container, element, clock):
    """`contains` and `in`: over an array any equal element; on a scalar, equality."""
    if not isinstance(container, tuple):
        return compare("=", container, element, clock)
    if element is None or element is WITHHELD:
        return element
    truth = False
    for item in container:
        truth = logical_or(truth, compare("=", item, element, clock))
    return truth


# ---- arithmetic ----------------------------------------------------------------------------------


def finite(number):
    """A result that is not finite is missing; -0 is 0."""
    return number + 0.0 if math.isfinite(number) else None


def arithmetic(op, left, right, clock):
    if left is WITHHELD or right is WITHHELD:
        return WITHHELD
    if left is None or right is None:
        return None
    if is_number(left) and is_number(right):
        return _numbers(op, left, right)
    if op in ("+", "-"):
        return _shift(op, left, right, clock)
    if op == "*":
        if is_number(left):
            left, right = right, left
        return _scale(left, right)
    if isinstance(left, Span) and is_number(right):
        return None if right == 0 else Span(math.trunc(Fraction(left.length) / Fraction(right)))
    if isinstance(left, Span) and isinstance(right, Span):
        return None if right.length == 0 else finite(float(left.length) / float(right.length))
    return None


def _numbers(op, left, right):
    try:
        if op == "+":
            return finite(left + right)
        if op == "-":
            return finite(left - right)
        if op == "*":
            return finite(left * right)
        return None if right == 0 else finite(left / right)
    except OverflowError:
        return None


def _scale(span, factor):
    if isinstance(span, Span) and is_number(factor):
        return Span(math.trunc(Fraction(span.length) * Fraction(factor)))  # whole microseconds
    return None


def _shift(op, left, right, clock):
    sign = 1 if op == "+" else -1
    if isinstance(left, Span) and isinstance(right, Span):
        return Span(left.length + sign * right.length)
    if isinstance(left, (Span, Months)) and op == "+":
        left, right = right, left
    moment = clock.timestamp(left)
    if moment is None:
        return None
    if isinstance(right, Span):
        return Timestamp(math.floor(moment.at + sign * right.length))  # time is in whole microseconds
    if isinstance(right, Months):
        return Timestamp(zones.shift(clock.local_zone, moment.at, sign * right.count, "month"))
    other = clock.timestamp(right)
    both_written = isinstance(left, str) and isinstance(right, str)
    if op == "-" and other is not None and not both_written:
        return Span(moment.at - other.at)
    return None


def negate(value, clock):
    if isinstance(value, Span):
        return Span(-value.length)
    return arithmetic("-", 0.0, value, clock) if is_number(value) or value is WITHHELD else None


# ---- functions of values --------------------------------------------------------------------------


def round_half_away(x):
    magnitude = math.floor(abs(x))
    if abs(x) - magnitude >= 0.5:
        magnitude += 1
    return math.copysign(float(magnitude), x)


NUMERIC = {
    "abs": abs,
    "round": round_half_away,
    "floor": lambda x: float(math.floor(x)),
    "ceil": lambda x: float(math.ceil(x)),
    "ln": lambda x: math.log(x) if x > 0 else float("nan"),
}


def numeric(function, value):
    if value is WITHHELD:
        return WITHHELD
    if function == "abs" and isinstance(value, Span):
        return Span(abs(value.length))
    return finite(NUMERIC[function](value)) if is_number(value) else None


def text(function, value):
    if value is WITHHELD:
        return WITHHELD
    if function == "length":
        return float(len(value)) if isinstance(value, (str, tuple)) else None
    if not isinstance(value, str):
        return None
    return "".join(_simple_case(function, character) for character in value)


def _simple_case(function, character):
    """The simple mapping is one to one: where Python maps to several characters, it leaves the one."""
    mapped = character.lower() if function == "lower" else character.upper()
    return mapped if len(mapped) == 1 else character


def extreme(function, values, clock):
    """least and greatest: missing where any argument is, or where two do not compare."""
    if any(value is WITHHELD for value in values):
        return WITHHELD
    best = values[0]
    for value in values:
        result = order(value, best, clock)
        if result is None or result == "different":
            return None
        if result == (-1 if function == "least" else 1):
            best = value
    return best


def sorted_values(values, clock):
    return sorted(values, key=cmp_to_key(lambda a, b: order(a, b, clock)))


EARTH_RADIUS_KM = 6371.0088  # mean radius (IUGG); tests stay clear of a bound by more than the choice matters


def distance(lat1, lon1, lat2, lon2):
    """Great-circle kilometres."""
    if WITHHELD in (lat1, lon1, lat2, lon2):
        return WITHHELD
    if not all(is_number(x) for x in (lat1, lon1, lat2, lon2)):
        return None
    a, b = math.radians(lat1), math.radians(lat2)
    h = math.sin((b - a) / 2) ** 2
    h += math.cos(a) * math.cos(b) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return finite(2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(h))))


def like(value, pattern):
    """SQL LIKE over the whole string: % any run, _ any code point, no escape."""
    if pattern == "":
        return value == ""
    if pattern[0] == "%":
        return any(like(value[start:], pattern[1:]) for start in range(len(value) + 1))
    if value == "" or (pattern[0] != "_" and pattern[0] != value[0]):
        return False
    return like(value[1:], pattern[1:])
