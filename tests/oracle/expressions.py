"""Random expressions of the segment language, as trees.

Left out are the few places where the contract lets two readers differ (docs/decisions/0002): a disagreement
there would say nothing.
"""

from oracle import tree, zones
from oracle.tree import Aggregate, Between, Binary, Call, Case, Date, Did, InList, IsMissing, Literal
from oracle.tree import Minus, Name, Not, Now, Occasions, Period, SegmentRef, Selector, Sequence, Span, Step, Window
from oracle.values import Span as Length, Timestamp
from oracle.write import write

EXACT_UNITS = (
    ("second", 30), ("minute", 5), ("hour", 1), ("hour", 6), ("hour", 24), ("day", 1), ("day", 2),
    ("day", 3), ("day", 7), ("day", 30), ("day", 31), ("day", 90), ("week", 1), ("week", 2),
)
CALENDAR_UNITS = (("month", 1), ("month", 2), ("month", 3), ("month", 12), ("year", 1))
NUMERIC_PROPERTIES = ("amount", "amount", "amount", "qty", "product")
ANY_PROPERTIES = ("amount", "product", "product", "gift", "tags", "qty", "never")
CALENDAR_SPANS = ("day", "week", "month", "quarter", "year")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
COMPARE = ("=", "!=", "<", "<=", ">", ">=")
PATTERNS = ("^a", "b$", "a|c", "[ab]_?1?", "^$", "x+", "(?i)ÄB", "a.1", "^.$")


class Grammar:
    """Draws expressions; `worlds` gives instants that matter to the world of the case."""

    def __init__(self, rng, worlds, probe):
        self.rng = rng
        self.worlds = worlds
        self.probe = probe
        self.names = []  # segments that may be referred to
        self.in_occasion = False

    def near(self, node, otherwise):
        """A literal that some customer's value of `node` is equal to, or else `otherwise`.

        Numbers are taken only where every engine must come to the same double.
        """
        value = self.probe.value(node) if self.rng.random() < 0.6 else None
        if isinstance(value, float) and value * 64 == int(value * 64) and abs(value) < 1e9:
            return Literal(value) if value >= 0 else Minus(Literal(-value))
        if isinstance(value, Length) and value.length == int(value.length) and value.length >= 0:
            for unit in ("day", "hour", "minute", "second"):
                if value.length % zones.EXACT[unit] == 0:
                    return Span(Period(float(value.length // zones.EXACT[unit]), unit))
        if isinstance(value, Timestamp):
            return Date(zones.print_iso(value.at))
        return Literal(value) if isinstance(value, str) and isinstance(otherwise, Literal) else otherwise

    # ---- whole expressions ------------------------------------------------------------------------

    def segments(self):
        """Definitions, each of which may refer to those before it."""
        texts = {}
        for name in self.rng.sample(("vip", "lapsed", "big_spender"), self.rng.choice((0, 0, 1, 2))):
            texts[name] = write(self.boolean(1))
            self.names.append(name)
        return texts

    def expression(self):
        draw = self.rng.random()
        if draw < 0.35:
            return self.exact()
        if draw < 0.40:
            return self.occasions()
        return self.boolean(self.rng.choice((1, 1, 2, 2, 3)))

    def occasions(self):
        """`E on EVENT [where c]`, without the population: its thresholds belong to one instant."""
        self.in_occasion, self.names = True, []
        return Occasions(self.boolean(self.rng.choice((0, 1, 2))), self.event(), self.maybe_condition())

    def context_test(self):
        draw = self.rng.random()
        if draw < 0.4:
            return Binary(self.rng.choice(COMPARE), Name("context", "amount"), self.constant_number())
        if draw < 0.7:
            return Binary("=", Name("context", "product"), Literal(self.rng.choice(("a", "b"))))
        return Name("context", "gift")

    def exact(self):
        """One construct whose `holds_until` the contract calls exact."""
        makers = (self.did, self.exact_comparison, self.exact_comparison, self.since_comparison, self.sequence)
        return self.rng.choice(makers)()

    def exact_comparison(self):
        function = self.rng.choice(("count", "count", "sum", "sequence_count"))
        if function == "sequence_count":
            node = self.sequence(True)
            return Binary(self.rng.choice(COMPARE), node, self.near(node, Literal(float(self.rng.randint(0, 2)))))
        node = self.aggregate(function)
        constant = self.near(node, self.constant_for(function))
        if self.rng.random() < 0.15 and isinstance(constant, Literal):
            return Between(node, constant, Literal(constant.value + self.rng.choice((0, 1, 50))))
        if self.rng.random() < 0.15:
            return Binary(self.rng.choice(COMPARE), constant, node)
        return Binary(self.rng.choice(COMPARE), node, constant)

    def constant_for(self, function):
        if function in ("sum", "avg", "min", "max", "median", "quantile", "first", "last"):
            return Literal(float(self.rng.choice((0, 5, 10, 20, 50, 50.25, 100, 150))))
        if function == "share":
            return Literal(self.rng.choice((0.0, 0.25, 0.5, 1.0)))
        if function == "trend":
            return Literal(self.rng.choice((0.0, 0.01, 0.1)))
        return Literal(float(self.rng.choice((0, 1, 1, 2, 3))))

    # ---- booleans -----------------------------------------------------------------------------------

    def boolean(self, depth):
        if depth > 0 and self.rng.random() < 0.75:
            draw = self.rng.random()
            if draw < 0.35:
                return Binary("and", self.boolean(depth - 1), self.boolean(depth - 1))
            if draw < 0.65:
                return Binary("or", self.boolean(depth - 1), self.boolean(depth - 1))
            if draw < 0.85:
                return Not(self.boolean(depth - 1))
            return self.case(depth, self.boolean)
        return self.leaf()

    def leaf(self):
        makers = {
            self.did: 5, self.number_comparison: 6, self.since_comparison: 3, self.sequence: 3,
            self.trait_test: 6, self.presence: 3, self.time_comparison: 3, self.text_test: 2,
            self.list_test: 2, self.population_test: 3, self.consent_test: 1, self.segment_test: 2,
            self.account_test: 1, self.change_test: 2, self.constant: 1, self.distance_test: 1,
            self.duration_comparison: 3, self.truth_comparison: 1,
        }
        return self.rng.choices(list(makers), list(makers.values()))[0]()

    def constant(self):
        return Literal(self.rng.choice((True, False)))

    def case(self, depth, maker):
        branches = tuple(
            (self.boolean(depth - 1), maker(depth - 1)) for _ in range(self.rng.choice((1, 1, 2)))
        )
        return Case(branches, maker(depth - 1) if self.rng.random() < 0.7 else None)

    def did(self):
        where = self.condition() if self.rng.random() < 0.35 else None
        return Did(self.event(), self.rng.random() < 0.35, where, self.maybe_window())

    def number_comparison(self):
        left = self.number(self.rng.choice((0, 0, 1, 2)))
        if self.rng.random() < 0.2:
            low = self.constant_number()
            return Between(left, low, Literal(abs(low.value) + self.rng.choice((0, 1, 100))))
        if self.rng.random() < 0.15:
            items = tuple(self.constant_number() for _ in range(self.rng.choice((1, 2, 3))))
            return InList(left, items, self.rng.random() < 0.4)
        right = self.near(left, self.constant_number()) if self.rng.random() < 0.85 else self.number(0)
        return Binary(self.rng.choice(COMPARE), left, right)

    def constant_number(self):
        return Literal(float(self.rng.choice((0, 0.25, 1, 1, 2, 3, 5, 10, 50, 100))))

    def since_comparison(self):
        left = self.since()
        op = self.rng.choice(COMPARE)
        if self.rng.random() < 0.12:
            return Between(left, Span(Period(1.0, "day")), self.span(True))
        right = self.near(left, self.span(True))
        return Binary(op, left, right) if self.rng.random() < 0.85 else Binary(op, right, left)

    def since(self):
        if self.rng.random() < 0.2:
            return Call("since_changed", (Name("bare", self.trait()),))
        return self.aggregate(self.rng.choice(("since_first", "since_last")))

    def trait(self):
        return self.rng.choice(("country", "plan", "score", "vip", "created_at", "labels", "address.city"))

    def trait_test(self):
        draw = self.rng.random()
        scope = self.rng.choice(("bare", "bare", "customer"))
        if draw < 0.3:
            op = self.rng.choice(("=", "!=", "<", ">="))
            return Binary(op, Name(scope, "country"), Literal(self.rng.choice(("DE", "FR", "x"))))
        if draw < 0.5:
            items = self.rng.sample(("DE", "FR", "UK", "zz"), self.rng.choice((1, 2, 3)))
            return InList(Name(scope, "country"), tuple(map(Literal, items)), self.rng.random() < 0.5)
        if draw < 0.65:
            return Binary(self.rng.choice(COMPARE), Name(scope, "score"), self.constant_number())
        if draw < 0.8:
            return Name(scope, self.rng.choice(("vip", "vip", "plan", "score")))
        if draw < 0.9:
            return Binary(self.rng.choice(("=", "!=")), Name(scope, "plan"), Literal("pro"))
        return Binary("=", Name(scope, "address.city"), Literal(self.rng.choice(("Paris", "Köln"))))

    def presence(self):
        operand = self.rng.choice((
            lambda: Name("bare", self.trait()),
            lambda: self.aggregate(self.rng.choice(("avg", "first", "last_time", "gap", "top", "share", "min"))),
            lambda: Call("previous", (Name("bare", self.trait()),)),
            lambda: self.number(1),
        ))()
        return IsMissing(operand, self.rng.random() < 0.5)

    def time_comparison(self):
        left, right = self.time(1), self.time(1)
        if self.rng.random() < 0.4:
            right = self.near(left, right)
        while not _has_clock(left) and not _has_clock(right):
            right = self.time(0)
        return Binary(self.rng.choice(("<", "<=", ">", ">=")), left, right)

    def text_test(self):
        text = self.text()
        draw = self.rng.random()
        if draw < 0.3:
            pattern = self.rng.choice(("a%", "%b", "_", "%", "a_1", "it''s", "DE", "p%o", "", "%Ä%", "__"))
            return Binary("like", text, Literal(pattern))
        if draw < 0.6:
            return Binary("~", text, Literal(self.rng.choice(("A", "äB", "PRO", "", "s", "e"))))
        if draw < 0.8:
            return Binary("matches", text, Literal(self.rng.choice(PATTERNS)))
        constant = self.near(text, Literal(self.rng.choice(("a", "pro", "de", "äb"))))
        return Binary(self.rng.choice(("=", "=", "!=", "<")), text, constant)

    def text(self):
        base = self.rng.choice((
            lambda: Name("bare", "country"),
            lambda: Name("bare", "plan"),
            lambda: self.aggregate(self.rng.choice(("first", "last", "top", "min", "max")), "product"),
        ))()
        if self.rng.random() < 0.3:
            return Call(self.rng.choice(("lower", "upper")), (base,))
        return base

    def list_test(self):
        draw = self.rng.random()
        labels = Name("bare", "labels")
        item = Literal(self.rng.choice(("x", "y", "z")))
        if draw < 0.45:
            return Binary("contains", labels, item)
        if draw < 0.8:
            return Binary("in", item, labels)
        return Binary("=", Call("length", (labels,)), Literal(float(self.rng.randint(0, 2))))

    def population_test(self):
        if self.in_occasion:
            return self.context_test()
        draw = self.rng.random()
        if draw < 0.2:
            field = self.rng.choice(("recency", "frequency", "monetary"))
            return Binary(self.rng.choice(COMPARE), Name("rfm", field), Literal(float(self.rng.randint(1, 5))))
        operand = self.population_operand()
        if draw < 0.55:
            bound = self.rng.choice((0, 20, 25, 50, 80, 100))
            node = Call("percentile", (operand,))
            return Binary(self.rng.choice(COMPARE), node, self.near(node, Literal(float(bound))))
        if draw < 0.8:
            node, most = Call("rank", (operand,)), 5
        else:
            most = self.rng.choice((1, 2, 3, 4, 10))
            node = Call("ntile", (Literal(float(most)), operand))
        return Binary(self.rng.choice(COMPARE), node, self.near(node, Literal(float(self.rng.randint(1, most)))))

    def population_operand(self):
        choice = ("count", "sum", "sum", "avg", "days", "last_time", "since_last", "max", "distinct")
        function = self.rng.choice(choice)
        if self.rng.random() < 0.1:
            return Name("bare", "score")
        if function == "max":
            return self.aggregate("max", "qty")
        return self.aggregate(function)

    def consent_test(self):
        node = Call("consents", (Literal(self.rng.choice(("marketing", "research", "ads"))),))
        return IsMissing(node, self.rng.random() < 0.5) if self.rng.random() < 0.3 else node

    def segment_test(self):
        return SegmentRef(self.rng.choice(self.names)) if self.names else self.did()

    def account_test(self):
        if self.rng.random() < 0.5:
            return Binary(self.rng.choice(("=", "!=")), Name("account", "industry"), Literal("retail"))
        return Binary(self.rng.choice((">", "<=")), Name("account", "seats"), Literal(50.0))

    def change_test(self):
        trait = self.rng.choice(("plan", "country", "score"))
        if self.rng.random() < 0.6:
            previous = Call("previous", (Name("bare", trait),))
            literal = {"plan": "pro", "country": "DE", "score": 1.0}[trait]
            return Binary(self.rng.choice(("=", "!=")), previous, Literal(literal))
        return Binary(self.rng.choice(("<", ">=")), Call("since_changed", (Name("bare", trait),)), self.span(True))

    def distance_test(self):
        arguments = (Name("bare", "lat"), Name("bare", "lon"), Literal(48.85), Literal(2.35))
        return Binary(self.rng.choice(("<", ">")), Call("distance", arguments), Literal(25.0))

    # ---- numbers, times, durations --------------------------------------------------------------------

    def number(self, depth):
        if depth > 0:
            draw = self.rng.random()
            if draw < 0.4:
                return Binary(self.rng.choice(("+", "-", "*", "/")), self.number(depth - 1), self.number(depth - 1))
            if draw < 0.6:
                function = self.rng.choice(("abs", "round", "floor", "ceil", "ln"))
                return Call(function, (self.number(depth - 1),))
            if draw < 0.75:
                return Call(self.rng.choice(("least", "greatest")), (self.number(depth - 1), self.number(depth - 1)))
            if draw < 0.85:
                return Call("coalesce", (self.number(depth - 1), self.constant_number()))
            if draw < 0.92:
                return self.case(1, self.number)
            return Minus(self.number(depth - 1))
        draw = self.rng.random()
        if draw < 0.12:
            return self.constant_number()
        if draw < 0.25:
            return Name("bare", "score")
        if draw < 0.3:
            return Binary("/", self.aggregate("since_last"), Span(Period(1.0, "day")))
        return self.aggregate(self.rng.choice((
            "count", "count", "sum", "sum", "avg", "min", "max", "median", "quantile", "first", "last",
            "distinct", "days", "weeks", "months", "share", "trend",
        )))

    def duration_comparison(self):
        left = self.duration()
        return Binary(self.rng.choice(COMPARE), left, self.near(left, self.span()))

    def duration(self):
        draw = self.rng.random()
        if draw < 0.2:
            return Binary("-", Now(), Name("bare", "created_at"))
        if draw < 0.4:
            event, window = self.event(), self.maybe_window()
            first, last = (Aggregate(f, event, window=window) for f in ("first_time", "last_time"))
            return Binary("-", last, first)
        if draw < 0.7:
            return self.aggregate("gap")
        since = self.aggregate("since_last")
        if draw < 0.85:
            return Binary(self.rng.choice(("*", "/")), since, Literal(self.rng.choice((2.0, 0.5, 0.0))))
        return Binary(self.rng.choice(("+", "-")), since, self.span())

    def truth_comparison(self):
        left = self.rng.choice((lambda: Name("bare", "vip"), self.did, self.segment_test))()
        return Binary(self.rng.choice(("=", "!=")), left, self.constant())

    def time(self, depth):
        if depth > 0 and self.rng.random() < 0.5:
            return Binary(self.rng.choice(("+", "-")), self.time(0), self.span(self.rng.random() < 0.3))
        draw = self.rng.random()
        if draw < 0.35:
            return Now()
        if draw < 0.6:
            return Name("bare", "created_at")
        if draw < 0.8:
            return self.aggregate(self.rng.choice(("first_time", "last_time")))
        if draw < 0.87:
            times = (self.aggregate("last_time"), self.rng.choice((Now(), self.aggregate("first_time"))))
            return Call(self.rng.choice(("least", "greatest", "coalesce")), times)
        return Date(self.date())

    def date(self):
        at = zones.print_iso(self.worlds.time())
        return at[:10] if self.rng.random() < 0.8 else at

    def span(self, calendar=False):
        units = EXACT_UNITS + CALENDAR_UNITS if calendar and self.rng.random() < 0.6 else EXACT_UNITS
        unit, count = self.rng.choice(units)
        return Span(Period(float(count), unit))

    # ---- events -----------------------------------------------------------------------------------------

    def event(self):
        draw = self.rng.random()
        if draw < 0.12:
            return Selector("", True)
        if draw < 0.15:
            return Selector("any")
        if draw < 0.17:
            return Selector("never_seen")
        return Selector(self.rng.choice(("purchase", "purchase", "cart", "view", "refund", "Order Completed")))

    def aggregate(self, function, prop=None):
        where = self.condition() if self.rng.random() < 0.3 or function == "share" else None
        if prop is None and function in ("sum", "avg", "median", "quantile", "min", "max"):
            prop = self.rng.choice(NUMERIC_PROPERTIES)
        elif prop is None and function in ("first", "last", "distinct", "top"):
            prop = self.rng.choice(ANY_PROPERTIES)
        elif function == "trend" and self.rng.random() < 0.4:
            prop = "amount"
        number = self.rng.choice((0.0, 0.25, 0.5, 0.9, 1.0)) if function == "quantile" else None
        return Aggregate(function, self.event(), prop, number, where, self.maybe_window())

    def maybe_window(self):
        return self.window() if self.rng.random() < 0.7 else None

    def period(self, zero=False):
        if zero and self.rng.random() < 0.1:
            return Period(0.0, "day")
        units = EXACT_UNITS if self.rng.random() < 0.7 else CALENDAR_UNITS
        unit, count = self.rng.choice(units)
        return Period(float(count), unit)

    def window(self):
        draw = self.rng.random()
        if draw < 0.35:
            return Window("last", self.period())
        if draw < 0.5:
            until = self.period(zero=True)
            longer = until.count + self.rng.choice((1, 2, 30))
            return Window("ago", Period(longer, until.unit), until)
        if draw < 0.6:
            return Window("since", begin=self.date()[:10])
        if draw < 0.67:
            return Window("before", end=self.date()[:10])
        if draw < 0.75:
            dates = sorted({self.date()[:10] for _ in range(3)})
            if len(dates) > 1:
                return Window("from", begin=dates[0], end=dates[-1])
        if draw < 0.92:
            return Window(self.rng.choice(("this", "previous")), unit=self.rng.choice(CALENDAR_SPANS))
        return Window("first", self.period())

    def sequence(self, counting=False):
        steps = [Step(self.event(), False, self.maybe_condition(), None)]
        for _ in range(self.rng.choice((1, 1, 2))):
            within = self.exact_period() if self.rng.random() < 0.5 else None
            steps.append(Step(self.event(), False, self.maybe_condition(), within))
        if self.rng.random() < 0.4:
            steps[-1] = Step(self.event(), True, self.maybe_condition(), self.exact_period())
        return Sequence(counting, tuple(steps), self.maybe_window())

    def exact_period(self):
        if self.rng.random() < 0.1:
            return Period(0.0, "second")
        unit, count = self.rng.choice(EXACT_UNITS)
        return Period(float(count), unit)

    def maybe_condition(self):
        return self.condition() if self.rng.random() < 0.25 else None

    # ---- where --------------------------------------------------------------------------------------------

    def condition(self, depth=1):
        if depth > 0 and self.rng.random() < 0.3:
            draw = self.rng.random()
            if draw < 0.3:
                return Not(self.condition(0))
            return Binary("and" if draw < 0.65 else "or", self.condition(0), self.condition(0))
        makers = {
            self.amount_condition: 6, self.property_condition: 4, self.moment_condition: 6,
            self.customer_condition: 2, self.clock_condition: 1,
        }
        return self.rng.choices(list(makers), list(makers.values()))[0]()

    def amount_condition(self):
        draw = self.rng.random()
        amount = Name("bare", "amount")
        if draw < 0.15:
            return IsMissing(amount, self.rng.random() < 0.5)
        if draw < 0.3:
            return Between(amount, Literal(5.0), Literal(self.rng.choice((50.0, 100.0))))
        if draw < 0.45:
            amount = Binary("*", amount, Name("bare", "qty"))
        return Binary(self.rng.choice(COMPARE), amount, Literal(float(self.rng.choice((0, 10, 50, 50.25, 100)))))

    def property_condition(self):
        draw = self.rng.random()
        if draw < 0.3:
            return Name("bare", "gift")
        if draw < 0.55:
            return Binary(self.rng.choice(("=", "!=")), Name("bare", "product"), Literal(self.rng.choice(("a", "b"))))
        if draw < 0.7:
            items = tuple(map(Literal, self.rng.sample(("a", "b", "c"), 2)))
            return InList(Name("bare", "product"), items, self.rng.random() < 0.4)
        if draw < 0.85:
            return Binary("contains", Name("bare", "tags"), Literal(self.rng.choice(("x", "y"))))
        if draw < 0.93:
            return Binary("~", Name("bare", "product"), Literal("A"))
        return Binary("=", Name("bare", "day", True), Literal(1.0))

    def moment_condition(self):
        draw = self.rng.random()
        if draw < 0.25:
            hour = Literal(float(self.rng.choice((0, 1, 2, 12, 18, 23))))
            return Binary(self.rng.choice(COMPARE), Name("bare", "hour"), hour)
        if draw < 0.45:
            days = tuple(map(Literal, self.rng.sample(WEEKDAYS, self.rng.choice((1, 2, 4)))))
            return InList(Name("bare", "weekday"), days, self.rng.random() < 0.3)
        if draw < 0.55:
            return Name("bare", "weekend")
        if draw < 0.65:
            return Binary(self.rng.choice(COMPARE), Name("bare", "day"), Literal(float(self.rng.choice((1, 29, 30, 31)))))
        if draw < 0.73:
            return Binary(self.rng.choice(COMPARE), Name("bare", "month"), Literal(float(self.rng.choice((1, 3, 10)))))
        if draw < 0.81:
            return Binary(self.rng.choice(("=", "<", ">=")), Name("bare", "date"), Date(self.date()[:10]))
        if draw < 0.89:
            return Binary(self.rng.choice(("<", ">=")), Name("bare", "time"), Date(self.date()))
        if draw < 0.95:
            return Name("bare", "holiday")
        return Call("holiday", (Literal("christmas"),))

    def customer_condition(self):
        draw = self.rng.random()
        if draw < 0.4:
            return Binary("=", Name("customer", "country"), Literal("DE"))
        if draw < 0.6:
            return Binary(">", Name("bare", "amount"), Name("customer", "score"))
        if draw < 0.8:
            return Binary("=", Name("account", "industry"), Literal("retail"))
        return Binary(">=", Name("bare", "time"), Name("customer", "created_at"))

    def clock_condition(self):
        return Binary(self.rng.choice(("<", ">=")), Name("bare", "time"), Binary("-", Now(), self.span(True)))


def _has_clock(node):
    """Says whether the type of the node is a timestamp for sure."""
    return any(isinstance(part, (Now, Date)) or isinstance(part, Aggregate) for part in tree.walk(node))
