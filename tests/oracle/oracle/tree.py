"""The nodes of a parsed expression. Frozen dataclasses: equal trees mean the same text."""

from dataclasses import dataclass
from typing import Optional, Tuple


@dataclass(frozen=True)
class Period:
    """An amount of a unit as written; `unit` is singular."""

    count: float
    unit: str


@dataclass(frozen=True)
class Window:
    """kind: last, ago, since, before, from, this, previous, first, next."""

    kind: str
    period: Optional[Period] = None
    until: Optional[Period] = None
    begin: Optional[str] = None
    end: Optional[str] = None
    unit: Optional[str] = None


@dataclass(frozen=True)
class Selector:
    name: str
    any: bool = False


@dataclass(frozen=True)
class Literal:
    """value: bool, float, str or None (missing)."""

    value: object


@dataclass(frozen=True)
class Span:
    """A duration literal."""

    period: Period


@dataclass(frozen=True)
class Date:
    """date '…', the ISO text as written."""

    text: str


@dataclass(frozen=True)
class Now:
    pass


@dataclass(frozen=True)
class Name:
    """scope: bare, customer, account, context, rfm."""

    scope: str
    path: str
    quoted: bool = False


@dataclass(frozen=True)
class Not:
    operand: object


@dataclass(frozen=True)
class Minus:
    operand: object


@dataclass(frozen=True)
class Binary:
    """op: or and = != < <= > >= like ~ matches contains in + - * /."""

    op: str
    left: object
    right: object


@dataclass(frozen=True)
class Between:
    operand: object
    low: object
    high: object


@dataclass(frozen=True)
class InList:
    operand: object
    items: Tuple[object, ...]
    negated: bool = False


@dataclass(frozen=True)
class IsMissing:
    operand: object
    negated: bool = False


@dataclass(frozen=True)
class Case:
    branches: Tuple[Tuple[object, object], ...]
    otherwise: Optional[object] = None


@dataclass(frozen=True)
class Call:
    """A scalar function, a population function, consents, previous, since_changed or holiday."""

    function: str
    arguments: Tuple[object, ...]


@dataclass(frozen=True)
class Aggregate:
    function: str
    event: Selector
    prop: Optional[str] = None
    number: Optional[float] = None
    where: Optional[object] = None
    window: Optional[Window] = None


@dataclass(frozen=True)
class Did:
    event: Selector
    negated: bool = False
    where: Optional[object] = None
    window: Optional[Window] = None


@dataclass(frozen=True)
class Step:
    event: Selector
    negated: bool = False
    where: Optional[object] = None
    within: Optional[Period] = None


@dataclass(frozen=True)
class Sequence:
    counting: bool
    steps: Tuple[Step, ...]
    window: Optional[Window] = None


@dataclass(frozen=True)
class SegmentRef:
    name: str


@dataclass(frozen=True)
class Occasions:
    """EXPRESSION on EVENT [where c]; only the root of an expression."""

    root: object
    event: Selector
    where: Optional[object] = None


def children(node):
    """Yields the direct sub-expressions of a node."""
    for field in getattr(node, "__dataclass_fields__", {}):
        yield from _nodes_of(getattr(node, field))


def _nodes_of(value):
    if isinstance(value, tuple):
        for item in value:
            yield from _nodes_of(item)
    elif isinstance(value, Step):
        if value.where is not None:
            yield value.where
    elif hasattr(value, "__dataclass_fields__") and not isinstance(value, (Period, Window, Selector)):
        yield value


def walk(node):
    """Yields the node and everything below it."""
    yield node
    for child in children(node):
        yield from walk(child)
