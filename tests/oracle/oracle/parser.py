"""A recursive-descent parser of the segment language, after fine print 17 to 19 of its contract."""

from . import tree
from .lexer import RESERVED, LanguageError, tokenize

UNITS = {}
for _unit in ("second", "minute", "hour", "day", "week", "month", "year"):
    UNITS[_unit] = UNITS[_unit + "s"] = _unit

CALENDAR_UNITS = ("week", "month", "quarter", "year")

# What an aggregate takes after the event: no property, a property, or either.
AGGREGATES = {
    "count": "event", "days": "event", "weeks": "event", "months": "event", "first_time": "event",
    "last_time": "event", "since_first": "event", "since_last": "event", "gap": "event",
    "share": "event", "trend": "either", "sum": "property", "avg": "property", "min": "property",
    "max": "property", "median": "property", "quantile": "property", "first": "property",
    "last": "property", "distinct": "property", "top": "property",
}

# Number of arguments, least and most.
SCALARS = {
    "abs": (1, 1), "round": (1, 1), "floor": (1, 1), "ceil": (1, 1), "ln": (1, 1),
    "least": (1, 99), "greatest": (1, 99), "coalesce": (1, 99), "lower": (1, 1), "upper": (1, 1),
    "length": (1, 1), "distance": (4, 4), "percentile": (1, 1), "rank": (1, 1), "ntile": (2, 2),
}

COMPARISONS = ("=", "!=", "<", "<=", ">", ">=", "~")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WINDOW_WORDS = ("last", "since", "before", "from", "today", "yesterday", "this", "first", "next")


def parse(text):
    """Returns the tree of an expression (an Occasions node where it ends with `on`)."""
    parser = Parser(text)
    root = parser.expression()
    if parser.at_name("on"):
        parser.advance()
        event = parser.selector()
        where = None
        if parser.take("where"):
            where = parser.condition()
        root = tree.Occasions(root, event, where)
    parser.expect_end()
    return root


class Parser:
    def __init__(self, text):
        self.tokens = tokenize(text)
        self.position = 0
        self.in_where = False
        self.depth = 0

    # ---- tokens ----------------------------------------------------------------------------------

    @property
    def token(self):
        return self.tokens[self.position]

    def peek(self, offset=1):
        return self.tokens[min(self.position + offset, len(self.tokens) - 1)]

    def advance(self):
        token = self.token
        self.position += 1
        return token

    def fail(self, category, message, token=None):
        raise LanguageError(category, message, (token or self.token).begin)

    def at_name(self, word):
        return self.token.kind == "name" and self.token.text == word

    def at_op(self, op):
        return self.token.kind == "op" and self.token.text == op

    def take(self, word):
        if self.at_name(word) or self.at_op(word):
            self.advance()
            return True
        return False

    def expect(self, word):
        if not self.take(word):
            self.fail("syntax", f"expected {word!r}, found {self.token.text!r}")

    def expect_end(self):
        if self.token.kind != "end":
            self.fail("syntax", f"unexpected {self.token.text!r} after the expression")

    # ---- operators, loosest first -----------------------------------------------------------------

    def expression(self):
        self.depth += 1
        if self.depth > 64:
            self.fail("limit", "nested too deeply")
        left = self.conjunction()
        while self.take("or"):
            left = tree.Binary("or", left, self.conjunction())
        self.depth -= 1
        return left

    def conjunction(self):
        left = self.negation()
        while self.take("and"):
            left = tree.Binary("and", left, self.negation())
        return left

    def negation(self):
        if self.take("not"):
            return tree.Not(self.negation())
        return self.comparison()

    def comparison(self):
        left = self.additive()
        node = self.comparison_tail(left)
        if node is None:
            return left
        if self.at_comparison():
            self.fail("chained", "comparisons do not chain: write `and`")
        return node

    def at_comparison(self):
        token = self.token
        if token.kind == "op":
            return token.text in COMPARISONS
        words = ("between", "in", "like", "matches", "contains", "is")
        if token.kind == "name" and token.text == "not":
            return self.peek().kind == "name" and self.peek().text == "in"
        return token.kind == "name" and token.text in words

    def comparison_tail(self, left):
        if not self.at_comparison():
            return None
        word = self.advance().text
        if word == "is":
            return self.presence(left)
        if word == "between":
            low = self.additive()
            self.expect("and")
            return tree.Between(left, low, self.additive())
        if word == "not":
            self.expect("in")
            if not self.at_op("("):
                self.fail("syntax", "expected a list after `not in`")
            return tree.InList(left, self.list_items(left), True)
        if word == "in":
            if self.at_op("("):
                return tree.InList(left, self.list_items(left))
            return tree.Binary("in", left, self.additive())
        right = self.weekday_literal(left, self.additive())
        return tree.Binary(word, self.weekday_literal(right, left), right)

    def presence(self, left):
        if self.take("missing"):
            return tree.IsMissing(left)
        if self.take("present"):
            return tree.IsMissing(left, True)
        return self.fail("syntax", "expected `missing` or `present` after `is`")

    def list_items(self, left):
        self.expect("(")
        items = []
        if self.at_op(")"):
            self.fail("empty list", "the list is empty")
        while True:
            items.append(self.weekday_literal(left, self.additive()))
            if not self.take(","):
                break
        self.expect(")")
        return tuple(items)

    def weekday_literal(self, other, node):
        """Bare mon…sun are literals only when compared with `weekday` in a `where`."""
        is_weekday = isinstance(other, tree.Name) and other == tree.Name("bare", "weekday")
        if self.in_where and is_weekday and isinstance(node, tree.Name) and not node.quoted:
            if node.scope == "bare" and node.path in WEEKDAYS:
                return tree.Literal(node.path)
        return node

    def additive(self):
        left = self.multiplicative()
        while self.at_op("+") or self.at_op("-"):
            op = self.advance().text
            left = tree.Binary(op, left, self.multiplicative())
        return left

    def multiplicative(self):
        left = self.unary()
        while self.at_op("*") or self.at_op("/"):
            op = self.advance().text
            left = tree.Binary(op, left, self.unary())
        return left

    def unary(self):
        if self.take("-"):
            return tree.Minus(self.unary())
        return self.primary()

    # ---- primaries --------------------------------------------------------------------------------

    def primary(self):
        token = self.token
        if token.kind == "number":
            return self.number_or_duration()
        if token.kind == "string":
            return tree.Literal(self.advance().text)
        if token.kind == "date":
            self.fail("bare date", f"write date '{token.text}'")
        if self.take("("):
            inner = self.expression()
            self.expect(")")
            return inner
        if token.kind == "quoted":
            return self.name_path()
        if token.kind == "name":
            return self.word()
        return self.fail("syntax", f"expected an expression, found {token.text!r}")

    def number_or_duration(self):
        token = self.advance()
        count = float(token.text)
        if count in (float("inf"),):
            self.fail("number", "the number is not finite", token)
        if self.token.kind == "name" and self.token.text in UNITS:
            return tree.Span(tree.Period(count, UNITS[self.advance().text]))
        return tree.Literal(count)

    def word(self):
        text = self.token.text
        constants = {"true": True, "false": False, "missing": None}
        if text in constants:
            self.advance()
            return tree.Literal(constants[text])
        if text == "now":
            self.advance()
            return tree.Now()
        if text == "did":
            return self.did()
        if text == "case":
            return self.case()
        if text in RESERVED:
            self.fail("syntax", f"unexpected {text!r}")
        if text == "date" and self.peek().kind == "string":
            self.advance()
            return self.date_literal()
        if text == "segment" and self.peek().kind in ("name", "quoted"):
            if self.peek().kind == "quoted" or self.peek().text not in RESERVED | {"on"}:
                self.advance()
                return tree.SegmentRef(self.advance().text)
        if self.peek().kind == "op" and self.peek().text == "(":
            return self.call()
        return self.name_path()

    def date_literal(self):
        return tree.Date(self.advance().text)

    def name_path(self):
        first = self.advance()
        if first.kind == "quoted":
            return tree.Name("bare", first.text, True)
        parts = [first.text]
        quoted = False
        while self.at_op(".") and self.peek().kind in ("name", "quoted"):
            self.advance()
            part = self.advance()
            quoted = quoted or part.kind == "quoted"
            parts.append(part.text)
        if parts[0] in ("customer", "account", "context", "rfm"):
            if len(parts) == 1:
                self.fail("prefix", f"{parts[0]!r} needs a name after it", first)
            if parts[0] == "rfm" and parts[1:] not in (["recency"], ["frequency"], ["monetary"]):
                self.fail("rfm", "rfm has recency, frequency and monetary", first)
            return tree.Name(parts[0], ".".join(parts[1:]), quoted)
        return tree.Name("bare", ".".join(parts), quoted)

    def case(self):
        self.expect("case")
        branches = []
        while self.take("when"):
            condition = self.expression()
            self.expect("then")
            branches.append((condition, self.expression()))
        if not branches:
            self.fail("syntax", "expected `when`")
        otherwise = self.expression() if self.take("else") else None
        self.expect("end")
        return tree.Case(tuple(branches), otherwise)

    # ---- calls ------------------------------------------------------------------------------------

    def call(self):
        token = self.token
        name = token.text
        if name in AGGREGATES:
            self.advance()
            return self.aggregate(name)
        if name in ("sequence", "sequence_count"):
            self.advance()
            return self.sequence(name == "sequence_count")
        if name in ("consents", "previous", "since_changed", "holiday"):
            self.advance()
            return self.name_call(name)
        if name in SCALARS:
            self.advance()
            return self.scalar(name, token)
        return self.fail("unknown function", f"unknown function {name!r}")

    def scalar(self, name, token):
        self.expect("(")
        arguments = [self.expression()]
        while self.take(","):
            arguments.append(self.expression())
        self.expect(")")
        least, most = SCALARS[name]
        if not least <= len(arguments) <= most:
            self.fail("arity", f"{name} takes {least} to {most} arguments", token)
        return tree.Call(name, tuple(arguments))

    def name_call(self, name):
        self.expect("(")
        if name == "holiday":
            if self.token.kind != "string":
                self.fail("syntax", "holiday takes a name in quotes")
            argument = tree.Literal(self.advance().text)
        elif self.token.kind not in ("name", "quoted") or self.reserved_here():
            self.fail("syntax", f"{name} takes a name")
        elif name == "consents":
            argument = tree.Literal(self.advance().text)
        else:
            argument = self.name_path()
        self.expect(")")
        return tree.Call(name, (argument,))

    def reserved_here(self):
        return self.token.kind == "name" and self.token.text in RESERVED

    def selector(self):
        if self.token.kind == "quoted":
            return tree.Selector(self.advance().text)
        if self.token.kind != "name" or self.reserved_here():
            self.fail("syntax", f"expected an event name, found {self.token.text!r}")
        text = self.advance().text
        return tree.Selector("", True) if text == "any" else tree.Selector(text)

    def property_path(self):
        if not self.take("."):
            return None
        parts = []
        while True:
            if self.token.kind not in ("name", "quoted") or self.reserved_here():
                self.fail("syntax", "expected a property name")
            parts.append(self.advance().text)
            if not self.take("."):
                return ".".join(parts)

    def aggregate(self, name):
        start = self.token
        self.expect("(")
        event = self.selector()
        prop = self.property_path()
        takes = AGGREGATES[name]
        if takes == "property" and prop is None:
            self.fail("property", f"{name} needs a property", start)
        if takes == "event" and prop is not None:
            self.fail("property", f"{name} takes an event, not a property", start)
        number = self.fraction() if name == "quantile" and self.at_op(",") else None
        where = self.condition() if self.take("where") else None
        if name == "quantile" and number is None:
            number = self.fraction()
        window = None
        if self.take(","):
            window = self.window()
        self.expect(")")
        return tree.Aggregate(name, event, prop, number, where, window)

    def fraction(self):
        """The number of a quantile, which may stand on either side of `where`."""
        self.expect(",")
        if self.token.kind != "number":
            self.fail("syntax", "quantile takes a number after the property")
        return float(self.advance().text)

    def condition(self):
        outer, self.in_where = self.in_where, True
        node = self.expression()
        self.in_where = outer
        return node

    def did(self):
        self.expect("did")
        negated = self.take("not")
        event = self.selector()
        where = self.did_condition() if self.take("where") else None
        window = self.window() if self.at_window() else None
        return tree.Did(event, negated, where, window)

    def did_condition(self):
        """One comparison, a bare or negated name or call, or parentheses."""
        outer, self.in_where = self.in_where, True
        if self.take("not"):
            node = tree.Not(self.primary())
            if self.at_comparison():
                self.fail("did", "a negated comparison stands in parentheses")
        else:
            node = self.comparison()
        self.in_where = outer
        return node

    def sequence(self, counting):
        self.expect("(")
        steps = [self.step(False)]
        while self.take("->"):
            follows = self.peek()
            negated = self.at_name("no") and (
                follows.kind == "quoted"
                or (follows.kind == "name" and follows.text not in ("where", "within"))
            )
            if negated:
                self.advance()
            steps.append(self.step(negated))
        window = self.window() if self.take(",") else None
        self.expect(")")
        return tree.Sequence(counting, tuple(steps), window)

    def step(self, negated):
        event = self.selector()
        where = self.condition() if self.take("where") else None
        within = self.period() if self.take("within") else None
        return tree.Step(event, negated, where, within)

    # ---- windows ----------------------------------------------------------------------------------

    def at_window(self):
        if self.token.kind == "number":
            return True
        return self.token.kind == "name" and self.token.text in WINDOW_WORDS

    def count(self):
        if self.token.kind != "number":
            self.fail("syntax", "expected a number")
        return float(self.advance().text)

    def unit(self):
        if self.token.kind != "name" or self.token.text not in UNITS:
            self.fail("unit", f"unknown unit {self.token.text!r}")
        return UNITS[self.advance().text]

    def period(self):
        count = self.count()
        return tree.Period(count, self.unit())

    def moment(self):
        if self.token.kind not in ("date", "string"):
            self.fail("syntax", "expected a date")
        return self.advance().text

    def window(self):
        token = self.token
        if token.kind == "number":
            return self.ago()
        if not self.at_window():
            self.fail("window", f"expected a window, found {token.text!r}")
        word = self.advance().text
        if word in ("today", "yesterday"):
            return tree.Window("this" if word == "today" else "previous", unit="day")
        if word == "since":
            return tree.Window("since", begin=self.moment())
        if word == "before":
            return tree.Window("before", end=self.moment())
        if word == "from":
            begin = self.moment()
            self.expect("to")
            return tree.Window("from", begin=begin, end=self.moment())
        if word == "this" or (word == "last" and self.token.kind == "name"):
            if self.token.kind != "name" or self.token.text not in CALENDAR_UNITS:
                self.fail("unit", f"unknown calendar span {self.token.text!r}")
            return tree.Window("this" if word == "this" else "previous", unit=self.advance().text)
        return tree.Window(word, period=self.period())

    def ago(self):
        begin = self.count()
        self.expect("to")
        end = self.count()
        unit = self.unit()
        self.expect("ago")
        return tree.Window("ago", period=tree.Period(begin, unit), until=tree.Period(end, unit))
