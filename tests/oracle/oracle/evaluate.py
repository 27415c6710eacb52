"""The value of an expression for one person at one instant."""

from copy import copy

from . import aggregates, check, moments, population, sequences, tree, values, zones
from .parser import parse
from .values import WITHHELD, Months, Span, Timestamp, condition
from .world import ALWAYS, last_fact


def truth_of(value):
    """True, False or None (unknown): what is withheld is unknown to who asks."""
    value = condition(value)
    return value if isinstance(value, bool) else None


class Question:
    """An expression asked of a world: parsed, checked, with the segments it refers to."""

    def __init__(self, world, text, purpose=None):
        self.world = world
        self.purpose = purpose
        self.tree = parse(text)
        self.segments = {}
        check.check(self.tree, world.segments, self.segments)

    def thresholds(self, now):
        kept = population.Thresholds(self.world, now, None)
        kept.situation_of = lambda person: Situation(self, person, now, kept)
        return kept

    def truth(self, person, now, thresholds=None):
        """The verdict of a customer; thresholds default to those of `now`."""
        thresholds = thresholds or self.thresholds(now)
        return truth_of(Situation(self, person, now, thresholds).value(self.tree))

    def truths(self, now, thresholds=None):
        """{id: True, False or None} over the customers at `now`."""
        thresholds = thresholds or self.thresholds(now)
        return {p.id: self.truth(p, now, thresholds) for p in self.world.customers(now)}

    def occasions(self, person, now):
        """For `E on EVENT [where c]`: (event, truth) of each occasion at or before now."""
        whole = Situation(self, person, now, self.thresholds(now))
        answers = []
        for event in whole.of_name(self.tree.event):
            at_event = Situation(self, person, event.at, self.thresholds(event.at), occasion=event)
            if at_event.selects(self.tree.where, event):
                answers.append((event, truth_of(at_event.value(self.tree.root))))
        return answers


class Situation:
    """One person at one instant; inside `where`, one event of theirs as well."""

    def __init__(self, question, person, now, thresholds, occasion=None):
        self.question = question
        self.world = question.world
        self.person = person
        self.now = now
        self.thresholds = thresholds
        self.occasion = occasion
        self.event = None
        limit = occasion.place if occasion else (now, float("inf"))
        self.visible = [e for e in person.events if e.place <= limit]
        self.withheld = not self._consents()
        self.zone = self._zone()
        self.clock = values.Clock(self.zone, self.world.zone, now)

    def _consents(self):
        purpose = self.question.purpose
        return purpose is None or last_fact(self.person.consents.get(purpose, []), self.now) is True

    def _zone(self):
        named = zones.find_zone(self.trait("timezone")) if self.world.customer_zone else None
        return named or self.world.zone

    # ---- facts -----------------------------------------------------------------------------------

    def trait(self, name):
        return last_fact(self.person.traits.get(name, []), self.now)

    def account_facts(self, name):
        account = last_fact(self.person.joins, self.now)
        return self.world.accounts.get(account, {}).get(name, []) if account else []

    def named(self, selector, event):
        return selector.any or event.name == selector.name

    def of_name(self, selector):
        return [event for event in self.visible if self.named(selector, event)]

    def selects(self, where, event):
        """A `where` that is unknown does not select the event."""
        if where is None:
            return True
        inside = copy(self)
        inside.event = event
        return condition(inside.value(where)) is True

    # ---- expressions -----------------------------------------------------------------------------

    def value(self, node):
        return VISIT[type(node)](self, node)

    def literal(self, node):
        return node.value + 0.0 if isinstance(node.value, float) else node.value

    def span(self, node):
        if node.period.unit in zones.MONTHS:
            return Months(int(node.period.count) * zones.MONTHS[node.period.unit])
        return Span(values.Fraction(node.period.count) * zones.EXACT[node.period.unit])

    def date(self, node):
        return Timestamp(zones.read_iso(node.text, self.world.zone))

    def name(self, node):
        if node.scope == "context":
            return self.context(node.path)
        if node.scope == "bare" and self.event is not None:
            if node.path in moments.FIELDS and not node.quoted:
                return moments.field(node.path, self.event, self)
            return self.event.properties.get(node.path)
        if self.withheld:
            return WITHHELD
        if node.scope == "account":
            return last_fact(self.account_facts(node.path), self.now)
        if node.scope == "rfm":
            return population.rfm(node.path, self)
        return self.trait(node.path)

    def context(self, path):
        """In batch: a property of the event that is the occasion."""
        return self.occasion.properties.get(path) if self.occasion else None

    def binary(self, node):
        left, right = self.value(node.left), self.value(node.right)
        if node.op == "and":
            return values.logical_and(left, right)
        if node.op == "or":
            return values.logical_or(left, right)
        if node.op in ("+", "-", "*", "/"):
            return values.arithmetic(node.op, left, right, self.clock)
        if node.op in ("like", "~", "matches"):
            return self.pattern(node.op, left, right)
        if node.op == "contains":
            return values.contains(left, right, self.clock)
        if node.op == "in":
            return values.contains(right, left, self.clock)
        return values.compare(node.op, left, right, self.clock)

    def pattern(self, op, left, right):
        if left is WITHHELD or right is WITHHELD:
            return WITHHELD
        if not isinstance(left, str) or not isinstance(right, str):
            return None
        if op == "like":
            return values.like(left, right)
        if op == "~":
            return values.text("lower", right) in values.text("lower", left)
        return check.regex(right).search(left) is not None

    def between(self, node):
        value, low, high = (self.value(part) for part in (node.operand, node.low, node.high))
        above = values.compare(">=", value, low, self.clock)
        return values.logical_and(above, values.compare("<=", value, high, self.clock))

    def in_list(self, node):
        value = self.value(node.operand)
        truth = False
        for item in node.items:
            equal = values.compare("=", value, self.value(item), self.clock)
            truth = values.logical_or(truth, equal)
        return values.logical_not(truth) if node.negated else truth

    def is_missing(self, node):
        value = self.value(node.operand)
        if value is WITHHELD:
            return WITHHELD
        return (value is not None) if node.negated else (value is None)

    def case(self, node):
        for when, then in node.branches:
            truth = condition(self.value(when))
            if truth is WITHHELD:
                return WITHHELD
            if truth is True:
                return self.value(then)
        return None if node.otherwise is None else self.value(node.otherwise)

    def call(self, node):
        function = node.function
        if function in ("percentile", "rank", "ntile"):
            return population.evaluate(node, self)
        if function == "consents":
            return last_fact(self.person.consents.get(node.arguments[0].value, []), self.now)
        if function in ("previous", "since_changed"):
            return WITHHELD if self.withheld else self.change(function, node.arguments[0])
        if function == "holiday":
            return moments.is_holiday(self.event, self, node.arguments[0].value)
        if function == "coalesce":
            return self.coalesce(node)
        arguments = [self.value(argument) for argument in node.arguments]
        if function in values.NUMERIC:
            return values.numeric(function, *arguments)
        if function in ("lower", "upper", "length"):
            return values.text(function, *arguments)
        if function == "distance":
            return values.distance(*arguments)
        return values.extreme(function, arguments, self.clock)

    def coalesce(self, node):
        for argument in node.arguments:
            value = self.value(argument)
            if value is not None:
                return value
        return None

    def change(self, function, name):
        """previous(x) and since_changed(x): setting the same value again is no change."""
        facts = self.person.traits.get(name.path, [])
        if name.scope == "account":
            facts = self.account_facts(name.path)
        changes = []
        for at, _, value in facts:
            if at <= self.now and (not changes or not values.same(changes[-1][1], value)):
                changes.append((at, value))
        if function == "previous":
            return changes[-2][1] if len(changes) > 1 else None
        if not changes or changes[-1][0] == ALWAYS:
            return None
        return Span(self.now - changes[-1][0], since=changes[-1][0])

    # ---- leaves that withhold ---------------------------------------------------------------------

    def aggregate(self, node):
        return WITHHELD if self.withheld else aggregates.evaluate(node, self)

    def did(self, node):
        counted = tree.Aggregate("count", node.event, None, None, node.where, node.window)
        happened = self.aggregate(counted)
        if happened is WITHHELD:
            return WITHHELD
        return (happened == 0) if node.negated else (happened > 0)

    def sequence(self, node):
        if self.withheld:
            return WITHHELD
        return sequences.count(node, self) if node.counting else sequences.holds(node, self)

    def segment(self, node):
        """True or false, never unknown; but withheld with everything else of who refused."""
        if self.withheld:
            return WITHHELD
        return truth_of(self.value(self.question.segments[node.name])) is True


VISIT = {
    tree.Literal: Situation.literal,
    tree.Span: Situation.span,
    tree.Date: Situation.date,
    tree.Now: lambda situation, node: Timestamp(situation.now),
    tree.Name: Situation.name,
    tree.Not: lambda situation, node: values.logical_not(situation.value(node.operand)),
    tree.Minus: lambda situation, node: values.negate(situation.value(node.operand), situation.clock),
    tree.Binary: Situation.binary,
    tree.Between: Situation.between,
    tree.InList: Situation.in_list,
    tree.IsMissing: Situation.is_missing,
    tree.Case: Situation.case,
    tree.Call: Situation.call,
    tree.Aggregate: Situation.aggregate,
    tree.Did: Situation.did,
    tree.Sequence: Situation.sequence,
    tree.SegmentRef: Situation.segment,
}
