"""What makes a well-formed expression wrong: clashing literals, empty windows, misplaced constructs."""

import re
from functools import lru_cache

from . import tree, zones
from .lexer import LanguageError
from .parser import parse

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
SINCE = ("since_first", "since_last", "since_changed")
UTC = zones.find_zone("UTC")


def fail(category, message):
    raise LanguageError(category, message)


def check(root, segments, checked, path=()):
    """Raises LanguageError; fills `checked` with the trees of the segments that the root refers to."""
    body = root
    if isinstance(root, tree.Occasions):
        body = root.root
        if root.where is not None:
            where(root.where)
    for node in tree.walk(body):
        _node(node)
        if isinstance(node, tree.SegmentRef):
            _segment(node.name, segments, checked, path)


def _segment(name, segments, checked, path):
    if name not in segments:
        fail("unknown segment", f"no segment {name!r}")
    if name in path:
        fail("cycle", f"segment {name!r} refers to itself")
    if name not in checked:
        definition = parse(segments[name])
        check(definition, segments, checked, path + (name,))
        checked[name] = definition


def _node(node):
    if isinstance(node, tree.Aggregate):
        aggregate(node)
    elif isinstance(node, tree.Did):
        window(node.window)
        where(node.where)
    elif isinstance(node, tree.Sequence):
        sequence(node)
    elif isinstance(node, tree.Binary):
        binary(node)
    elif isinstance(node, tree.Between):
        clash(node.operand, node.low)
        clash(node.operand, node.high)
        clash(node.low, node.high)
        months(node.operand, node.low)
        months(node.operand, node.high)
    elif isinstance(node, tree.InList):
        for item in node.items:
            clash(node.operand, item)
            clash(node.items[0], item)
    elif isinstance(node, tree.Date):
        moment(node.text)
    elif isinstance(node, tree.Call):
        call(node)


def aggregate(node):
    window(node.window)
    where(node.where)
    if node.number is not None and not 0 <= node.number <= 1:
        fail("quantile", "a quantile lies between 0 and 1")


def call(node):
    if node.function == "ntile":
        tiles = node.arguments[0]
        if not isinstance(tiles, tree.Literal) or not isinstance(tiles.value, float):
            fail("ntile", "ntile takes a number of tiles")
        if tiles.value < 1 or tiles.value != int(tiles.value):
            fail("ntile", "the number of tiles is whole and positive")


def binary(node):
    if node.op in COMPARISONS:
        clash(node.left, node.right)
        months(node.left, node.right)
        months(node.right, node.left)
    if node.op == "matches" and isinstance(node.right, tree.Literal) and isinstance(node.right.value, str):
        try:
            regex(node.right.value)
        except re.error as error:
            fail("regex", str(error))


@lru_cache(maxsize=1024)
def regex(pattern):
    return re.compile(pattern)


# ---- literals ------------------------------------------------------------------------------------


def literal_type(node):
    if isinstance(node, tree.Minus):
        return literal_type(node.operand)
    if isinstance(node, tree.Literal) and node.value is not None:
        return {bool: "boolean", float: "number", str: "string"}[type(node.value)]
    if isinstance(node, tree.Span):
        return "duration"
    return "timestamp" if isinstance(node, tree.Date) else None


def clash(left, right):
    """Literals of different types never compare; a string may still be read as a time."""
    types = {literal_type(left), literal_type(right)}
    if None not in types and len(types) > 1 and types != {"string", "timestamp"}:
        fail("clash", "literals of different types")


def months(left, right):
    """Only since_… compares with months: other durations have no calendar to count them in."""
    calendar = isinstance(right, tree.Span) and right.period.unit in zones.MONTHS
    if not calendar:
        return
    since = isinstance(left, (tree.Aggregate, tree.Call)) and left.function in SINCE
    if not since:
        fail("months", "compares only with seconds to weeks")


# ---- windows -------------------------------------------------------------------------------------


def whole(period):
    if period.count != int(period.count):
        fail("window", "the number of units is whole")


def moment(text):
    at = zones.read_iso(text, UTC)
    if at is None:
        fail("date", f"{text!r} is not a date")
    return at


def window(node):
    if node is None:
        return
    if node.kind == "next":
        fail("next", "`next` windows belong to metrics")
    if node.period is not None:
        whole(node.period)
        if node.period.count == 0:
            fail("window", "the window is empty")
    if node.kind == "ago":
        whole(node.until)
        if node.period.count <= node.until.count:
            fail("window", "the window is reversed or empty")
    begin = None if node.begin is None else moment(node.begin)
    end = None if node.end is None else moment(node.end)
    if begin is not None and end is not None and begin >= end:
        fail("window", "the window is reversed or empty")


# ---- sequences and where ---------------------------------------------------------------------------


def sequence(node):
    window(node.window)
    for index, step in enumerate(node.steps):
        where(step.where)
        if step.within is not None:
            whole(step.within)
        if step.within is not None and index == 0:
            fail("sequence", "the first step has none before it")
        if step.negated and index + 1 < len(node.steps):
            fail("sequence", "`no` stands last")
        if step.negated and step.within is None:
            fail("sequence", "`no` needs `within`")


def where(condition):
    if condition is None:
        return
    for node in tree.walk(condition):
        if isinstance(node, (tree.Aggregate, tree.Did, tree.Sequence, tree.SegmentRef)):
            fail("where", "no aggregates, sequences or segments inside `where`")
        if isinstance(node, tree.Name) and node.scope in ("context", "rfm"):
            fail("where", f"no {node.scope} inside `where`")
        if isinstance(node, tree.Call) and node.function in ("percentile", "rank", "ntile"):
            fail("where", "no population functions inside `where`")
