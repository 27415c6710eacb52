"""Writes a tree as text, with no more parentheses than it needs (or some more, to test the parser)."""

import re

from . import tree
from .lexer import RESERVED

OR, AND, NOT, COMPARISON, ADDITIVE, MULTIPLICATIVE, UNARY, PRIMARY = range(1, 9)
LEVELS = {"or": OR, "and": AND, "+": ADDITIVE, "-": ADDITIVE, "*": MULTIPLICATIVE, "/": MULTIPLICATIVE}
PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def write(node):
    """The text of an expression."""
    if isinstance(node, tree.Occasions):
        return f"{write(node.root)} on {selector(node.event)}" + where(node.where)
    return at_least(OR, node)


def level(node):
    if isinstance(node, tree.Binary):
        return LEVELS.get(node.op, COMPARISON)
    if isinstance(node, tree.Not):
        return NOT
    if isinstance(node, (tree.Between, tree.InList, tree.IsMissing, tree.Did)):
        return COMPARISON
    return UNARY if isinstance(node, tree.Minus) else PRIMARY


def at_least(least, node):
    text = WRITE[type(node)](node)
    return f"({text})" if level(node) < least else text


def number(value):
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def quote(text):
    return "'" + text.replace("'", "''") + "'"


def literal(node):
    value = node.value
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return "true" if value else "false"
    return quote(value) if isinstance(value, str) else number(value)


def period(node):
    return f"{number(node.count)} {node.unit}" + ("" if node.count == 1 else "s")


def plain(text, quoted=False):
    if quoted or not PLAIN.fullmatch(text) or text in RESERVED:
        return f"`{text}`"
    return text


def selector(node):
    if node.any:
        return "any"
    return plain(node.name, node.name == "any")


def name(node):
    if node.quoted and node.scope == "bare":
        return f"`{node.path}`"
    path = ".".join(plain(part) for part in node.path.split("."))
    if node.scope == "bare":
        return path
    return f"{node.scope}." + (f"`{node.path}`" if node.quoted else path)


def binary(node):
    own = level(node)
    if own == COMPARISON:
        return f"{at_least(ADDITIVE, node.left)} {node.op} {at_least(ADDITIVE, node.right)}"
    return f"{at_least(own, node.left)} {node.op} {at_least(own + 1, node.right)}"


def between(node):
    low, high = at_least(ADDITIVE, node.low), at_least(ADDITIVE, node.high)
    return f"{at_least(ADDITIVE, node.operand)} between {low} and {high}"


def in_list(node):
    items = ", ".join(weekday(node.operand, index, item) for index, item in enumerate(node.items))
    return f"{at_least(ADDITIVE, node.operand)} {'not ' if node.negated else ''}in ({items})"


def weekday(operand, index, item):
    """Every other day of the week is written bare, as `weekday in (sat, 'sun')` allows."""
    if operand == tree.Name("bare", "weekday") and index % 2 == 0 and isinstance(item, tree.Literal):
        return item.value
    return at_least(ADDITIVE, item)


def is_missing(node):
    return f"{at_least(ADDITIVE, node.operand)} is {'present' if node.negated else 'missing'}"


def case(node):
    branches = "".join(f" when {write(when)} then {write(then)}" for when, then in node.branches)
    otherwise = "" if node.otherwise is None else f" else {write(node.otherwise)}"
    return f"case{branches}{otherwise} end"


def call(node):
    if node.function == "consents":
        return f"consents({plain(node.arguments[0].value)})"
    return f"{node.function}({', '.join(write(argument) for argument in node.arguments)})"


def where(node):
    return "" if node is None else f" where {write(node)}"


def window(node):
    kind = node.kind
    if kind in ("last", "first", "next"):
        return f"{kind} {period(node.period)}"
    if kind == "ago":
        return f"{number(node.period.count)} to {period(node.until)} ago"
    if kind == "since":
        return f"since {node.begin}"
    if kind == "before":
        return f"before {node.end}"
    if kind == "from":
        return f"from {node.begin} to {node.end}"
    if node.unit == "day":
        return "today" if kind == "this" else "yesterday"
    return f"{'this' if kind == 'this' else 'last'} {node.unit}"


def comma_window(node):
    return "" if node is None else f", {window(node)}"


def aggregate(node):
    path = "" if node.prop is None else "." + ".".join(plain(part) for part in node.prop.split("."))
    parts = ["" if node.number is None else f", {number(node.number)}", where(node.where)]
    if node.number == 0.5:  # the number of a quantile may stand on either side of `where`
        parts.reverse()
    inside = f"{selector(node.event)}{path}{''.join(parts)}{comma_window(node.window)}"
    return f"{node.function}({inside})"


def did(node):
    text = f"did {'not ' if node.negated else ''}{selector(node.event)}"
    if node.where is not None:
        text += f" where {did_condition(node.where)}"
    return text if node.window is None else f"{text} {window(node.window)}"


def did_condition(node):
    """One comparison, a bare or negated name or call; anything else in parentheses."""
    if isinstance(node, tree.Not) and isinstance(node.operand, (tree.Name, tree.Call)):
        return write(node)
    simple = (tree.Name, tree.Call, tree.Between, tree.InList, tree.IsMissing)
    if isinstance(node, simple) or (isinstance(node, tree.Binary) and level(node) == COMPARISON):
        return write(node)
    return f"({write(node)})"


def step(node):
    text = f"{'no ' if node.negated else ''}{selector(node.event)}{where(node.where)}"
    return text if node.within is None else f"{text} within {period(node.within)}"


def sequence(node):
    steps = " -> ".join(step(one) for one in node.steps)
    return f"sequence{'_count' if node.counting else ''}({steps}{comma_window(node.window)})"


WRITE = {
    tree.Literal: literal,
    tree.Span: lambda node: period(node.period),
    tree.Date: lambda node: f"date {quote(node.text)}",
    tree.Now: lambda node: "now",
    tree.Name: name,
    tree.Not: lambda node: f"not {at_least(NOT, node.operand)}",
    tree.Minus: lambda node: f"-{at_least(PRIMARY, node.operand)}",
    tree.Binary: binary,
    tree.Between: between,
    tree.InList: in_list,
    tree.IsMissing: is_missing,
    tree.Case: case,
    tree.Call: call,
    tree.Aggregate: aggregate,
    tree.Did: did,
    tree.Sequence: sequence,
    tree.SegmentRef: lambda node: f"segment {plain(node.name)}",
}
