"""Seeded random worlds and expressions. Everything comes from one random.Random: a seed is a case.

Weights favour what goes wrong: ties of time, events exactly on a window's bound, days on which the clock
changes, ends of months, future records, missing and mistyped values, merged customers, equal values in the
population. Amounts are multiples of 0.25, so that sums are exact in every engine.
"""

from oracle import tree, zones
from oracle.evaluate import Question, Situation
from oracle.world import World, instant
from oracle.write import write

from expressions import Grammar
from mistakes import spoil

UTC = zones.find_zone("UTC")
ZONES = ("UTC", "Europe/London", "America/New_York", "America/Havana", "Asia/Kolkata", "Pacific/Auckland")
EVENTS = ("purchase", "cart", "view", "refund", "Order Completed", "any")
PURPOSES = ("marketing", "research")
NOWS = (
    "2024-03-31T00:30:00Z", "2024-03-31T01:00:00Z", "2024-03-31T12:00:00Z", "2024-10-27T00:59:59Z",
    "2024-10-27T01:30:00Z", "2024-03-10T06:59:00Z", "2024-03-10T07:00:00Z", "2024-03-11T04:30:00Z",
    "2024-11-03T05:30:00Z", "2024-11-03T06:00:00Z", "2024-02-29T00:00:00Z", "2024-05-31T23:59:59.999999Z",
    "2023-03-01T00:00:00Z", "2024-01-01T00:00:00Z", "2024-07-01T00:00:00Z", "2024-07-31T10:15:00Z",
    "2025-01-30T18:00:00Z", "2025-03-29T12:00:00Z", "2024-06-12T09:00:00.000001Z",
)
STEPS = (
    ("hour", 1), ("hour", 6), ("hour", 24), ("day", 1), ("day", 2), ("day", 3), ("day", 7), ("day", 30),
    ("day", 31), ("day", 90), ("week", 1), ("week", 2), ("month", 1), ("month", 2), ("month", 3),
    ("month", 12), ("year", 1), ("minute", 5), ("second", 30),
)


class Worlds:
    """Makes the world of a case around one `now`."""

    def __init__(self, rng, people):
        self.rng = rng
        self.people = people
        self.now = zones.read_iso(rng.choice(NOWS), UTC)
        self.zone_name = rng.choice(ZONES) if rng.random() < 0.7 else "UTC"
        self.zone = zones.find_zone(self.zone_name)
        self.recent = []
        self.own = []  # of the customer being made

    def time(self):
        """A time that is likely to lie on a bound of something, or to tie with another one."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.12 and self.own:
            at = rng.choice(self.own)
        elif kind < 0.25 and self.recent:
            at = rng.choice(self.recent)
        elif kind < 0.55:
            unit, count = rng.choice(STEPS)
            at = zones.shift(self.zone, self.now, -count, unit)
        elif kind < 0.70:
            unit = rng.choice(("day", "week", "month", "quarter", "year"))
            at = zones.start_of(self.zone, unit, self.now, rng.choice((0, 0, -1, -2)))
        elif kind < 0.90:
            at = self.now - rng.randrange(0, 120 * 24) * zones.EXACT["hour"]
        elif kind < 0.93:
            at = self.now
        else:
            unit, count = rng.choice(STEPS)
            at = zones.shift(self.zone, self.now, count, unit)
        if rng.random() < 0.2:
            at += rng.choice((-1, 1, -zones.SECOND, zones.SECOND, 3600 * zones.SECOND))
        if rng.random() < 0.3:
            at = at // zones.SECOND * zones.SECOND
        self.recent.append(at)
        self.own.append(at)
        return at

    def maybe_undated(self):
        return None if self.rng.random() < 0.3 else zones.print_iso(self.time())

    def amount(self):
        rng = self.rng
        kind = rng.random()
        if kind < 0.85:
            return rng.choice((0, 0.25, 5, 10, 10, 20, 49.75, 50, 50, 50.25, 100, 100, 120.5, -5))
        return rng.choice((None, "12", "50", "many", True, 50.0, -0.0))

    def event(self):
        rng = self.rng
        properties = {}
        if rng.random() < 0.8:
            properties["amount"] = self.amount()
        if rng.random() < 0.7:
            properties["product"] = rng.choice(("a", "b", "c", "Äb", "a_1", "it's", 1, None))
        if rng.random() < 0.4:
            properties["gift"] = rng.choice((True, False, True, False, None, "yes"))
        if rng.random() < 0.3:
            properties["tags"] = rng.choice((["x"], ["x", "y"], [], ["Y"], "x"))
        if rng.random() < 0.3:
            properties["qty"] = rng.choice((1, 1, 2, 3, 0))
        if rng.random() < 0.15:
            properties["day"] = rng.choice((1, 31, "mon"))
        name = rng.choices(EVENTS, (8, 4, 4, 2, 2, 1))[0]
        return {"t": zones.print_iso(self.time()), "name": name, "p": properties}

    def facts(self):
        """Some traits, set at once."""
        rng = self.rng
        chosen = {}
        makers = {
            "country": lambda: rng.choice(("DE", "FR", "UK", "de", None)),
            "plan": lambda: rng.choice(("free", "pro", "pro", "team", None, 1)),
            "score": lambda: rng.choice((0, 1, 1, 2, 2.5, 10, "1", None)),
            "vip": lambda: rng.choice((True, False, None, "yes")),
            "created_at": self.created_at,
            "labels": lambda: rng.choice((["x", "y"], ["z"], [], "x", None)),
            "address.city": lambda: rng.choice(("Paris", "Köln", None)),
            "timezone": lambda: rng.choice(ZONES + ("Mars/Olympus", None)),
        }
        for trait in rng.sample(sorted(makers), rng.randint(1, 3)):
            chosen[trait] = makers[trait]()
        if rng.random() < 0.15:
            chosen["lat"], chosen["lon"] = rng.choice(((48.86, 2.35), (50.94, 6.96), (None, 2.35), (52.52, 13.4)))
        return chosen

    def created_at(self):
        at = zones.print_iso(self.time())
        return self.rng.choice((at, at, at[:10], at.replace("Z", ""), at.replace("Z", "+02:00"), "soon", None, 5))

    def customer(self, identity):
        rng = self.rng
        self.own = []
        made = {"id": identity}
        made["events"] = [self.event() for _ in range(rng.choice((0, 1, 2, 2, 3, 4, 5, 8)))]
        made["traits"] = [{"t": self.maybe_undated(), "v": self.facts()} for _ in range(rng.choice((0, 1, 1, 2, 3)))]
        joins, consents = rng.choice((0, 0, 1, 2)), rng.choice((0, 1, 1, 2))
        made["joins"] = [{"t": self.maybe_undated(), "account": rng.choice(("acme", "bolt"))} for _ in range(joins)]
        made["consents"] = [self.consent() for _ in range(consents)]
        return made

    def consent(self):
        granted = self.rng.random() < 0.6
        return {"t": self.maybe_undated(), "purpose": self.rng.choice(PURPOSES), "granted": granted}

    def account(self):
        rng = self.rng
        values = {"industry": rng.choice(("retail", "bank", None)), "seats": rng.choice((5, 50, 500))}
        return {"id": rng.choice(("acme", "bolt")), "t": self.maybe_undated(), "v": values}

    def settings(self):
        rng = self.rng
        day = zones.print_iso(self.now)[:10]
        holidays = [
            {"name": "christmas", "first": "2023-12-24", "last": "2023-12-26"},
            {"name": "today", "first": day, "last": day},
        ]
        return {
            "time_zone": self.zone_name,
            "customer_zone": rng.random() < 0.3,
            "holidays": holidays if rng.random() < 0.7 else [],
            "purchase_event": "purchase",
            "amount_property": "amount",
        }

    def world(self):
        rng = self.rng
        ids = [f"c{index}" for index in range(self.people)]
        rng.shuffle(ids)
        made = {"settings": self.settings(), "customers": [self.customer(identity) for identity in ids]}
        made["accounts"] = [self.account() for _ in range(rng.choice((0, 1, 2, 3)))]
        made["merges"] = []
        if rng.random() < 0.25:
            names = ids + ["a0"]
            made["merges"] = [rng.sample(names, 2) for _ in range(rng.choice((1, 1, 2)))]
        if rng.random() < 0.6:
            made["arrival"] = self.arrival(made["customers"])
        return made

    def arrival(self, customers):
        kinds = (("event", "events"), ("trait", "traits"), ("join", "joins"), ("consent", "consents"))
        order = [
            [kind, index, item]
            for index, customer in enumerate(customers)
            for kind, many in kinds
            for item in range(len(customer[many]))
        ]
        self.rng.shuffle(order)
        return order


class Probe:
    """Finds what a part of an expression comes to for some customer, so that it can be compared with that."""

    def __init__(self, rng, case):
        self.rng = rng
        self.question = Question(World(dict(case, segments={})), "true")
        self.now = instant(case["now"])
        self.people = self.question.world.customers(self.now)
        self.thresholds = self.question.thresholds(self.now)

    def value(self, node):
        """The value for a random customer; None where there is none or the part refers to a segment."""
        if not self.people or any(isinstance(part, tree.SegmentRef) for part in tree.walk(node)):
            return None
        person = self.rng.choice(self.people)
        return Situation(self.question, person, self.now, self.thresholds).value(node)


def make_case(rng, people=8, wrong=0.05):
    """One expression, one now, many customers. Adds `_construct`, a word for reports."""
    worlds = Worlds(rng, people)
    case = worlds.world()
    case["now"] = zones.print_iso(worlds.now)
    case["purpose"] = rng.choice(PURPOSES) if rng.random() < 0.1 else None
    grammar = Grammar(rng, worlds, Probe(rng, case))
    case["segments"] = grammar.segments()
    case["expression"] = write(grammar.expression())
    if rng.random() < wrong:
        case["expression"] = spoil(rng, case["expression"])
    return case
