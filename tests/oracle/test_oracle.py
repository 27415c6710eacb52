#!/usr/bin/env python3
"""The oracle against expectations worked out by hand from the language's contract."""

import sys
import unittest
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from generate import make_case  # noqa: E402
from mistakes import MISTAKES  # noqa: E402
from oracle import tree, zones  # noqa: E402
from oracle.evaluate import Question  # noqa: E402
from oracle.lexer import LanguageError  # noqa: E402
from oracle.parser import parse  # noqa: E402
from oracle.world import World, instant  # noqa: E402
from oracle.write import write  # noqa: E402

YES, NO, UNKNOWN = True, False, None


def event(at, name="purchase", **properties):
    return {"t": at, "name": name, "p": properties}


def world(customers, **more):
    """customers: {id: (events, traits)}; traits: list of (time, values)."""
    made = []
    for identity, (events, traits) in customers.items():
        made.append({"id": identity, "events": events, "traits": [{"t": t, "v": v} for t, v in traits]})
    return {"customers": made, **more}


def ask(case, text, now, purpose=None):
    return Question(World(case), text, purpose).truths(instant(now))


class Case(unittest.TestCase):
    def one(self, text, expected, events=(), traits=(), now="2024-03-01T00:00:00Z", **more):
        """The verdict of one customer, who exists in any case."""
        case = world({"ada": (list(events), list(traits) + [(None, {"here": 1})])}, **more)
        self.assertEqual(ask(case, text, now)["ada"], expected, text)

    def wrong(self, text, **segments):
        with self.assertRaises(LanguageError, msg=text):
            Question(World({"customers": [], "segments": segments}), text)


class Parsing(Case):
    def test_precedence(self):
        self.assertEqual(parse("a or b and not c = 1"), parse("a or (b and (not (c = 1)))"))
        self.assertEqual(parse("a - b - c * -d"), parse("(a - b) - (c * (-d))"))
        self.assertEqual(parse("a between 1 and 2 and b"), parse("(a between 1 and 2) and b"))

    def test_did_where_takes_one_comparison(self):
        self.assertEqual(parse("did e where a > 1 and b"), parse("(did e where (a > 1)) and b"))
        self.assertEqual(parse("did e where not a last 3 days").window, tree.Window("last", tree.Period(3.0, "day")))

    def test_contextual_words(self):
        self.assertEqual(parse("count = last"), tree.Binary("=", tree.Name("bare", "count"), tree.Name("bare", "last")))
        self.assertEqual(parse("segment"), tree.Name("bare", "segment"))
        self.assertEqual(parse("count(`any`)").event, tree.Selector("any", False))
        self.assertEqual(parse("sequence(a -> no)").steps[1], tree.Step(tree.Selector("no")))

    def test_rolling_and_calendar(self):
        self.assertEqual(parse("did e last week").window, tree.Window("previous", unit="week"))
        self.assertEqual(parse("did e last 1 week").window, tree.Window("last", tree.Period(1.0, "week")))

    def test_comments_and_strings(self):
        self.assertEqual(parse("a = 'it''s \\n' -- or b\n"), parse("a = 'it''s \\n'"))
        self.assertEqual(parse("'it''s'").value, "it's")

    def test_mistakes_are_errors(self):
        for mistake in MISTAKES:
            self.wrong(mistake)

    def test_segment_cycles(self):
        self.wrong("segment a", a="segment b", b="not segment a")

    def test_written_trees_parse_to_themselves(self):
        import random

        for seed in range(300):
            text = make_case(random.Random(seed), people=1, wrong=0)["expression"]
            self.assertEqual(write(parse(text)), text)


class Logic(Case):
    def test_three_values(self):
        unknown = "nothing = 1"
        self.one(f"{unknown} or true", YES)
        self.one(f"{unknown} and false", NO)
        self.one(f"not ({unknown})", UNKNOWN)
        self.one(f"({unknown}) is missing", YES)
        self.one("5 between nothing and 3", NO)
        self.one("here in (2, 3)", NO)
        self.one("nothing not in (2, 3)", UNKNOWN)

    def test_types_do_not_mix(self):
        self.one("x = '1'", UNKNOWN, traits=[(None, {"x": 1})])
        self.one("x", UNKNOWN, traits=[(None, {"x": "yes"})])
        self.one("x + 1 is missing", YES, traits=[(None, {"x": "1"})])

    def test_numbers(self):
        self.one("1 / 0 is missing", YES)
        self.one("ln(0) is missing", YES)
        self.one("round(2.5) = 3 and round(-2.5) = -3", YES)
        self.one("least(1, nothing) is missing", YES)
        self.one("coalesce(nothing, 4) = 4", YES)
        self.one("case when nothing then 1 when true then 2 end = 2", YES)
        self.one("case when false then 1 end is missing", YES)

    def test_strings(self):
        traits = [(None, {"s": "Äb", "list": ["x", "y"]})]
        self.one("s ~ 'äB' and s like '_b' and not s like 'ä%'", YES, traits=traits)
        self.one("length(s) = 2 and lower(s) = 'äb'", YES, traits=traits)
        self.one("list contains 'y' and 'x' in list and not list contains 'z' and length(list) = 2", YES, traits=traits)
        self.one("s contains 'Äb' and s matches 'b$'", YES, traits=traits)

    def test_segment_is_never_unknown(self):
        self.one("not segment lost", YES, segments={"lost": "nothing = 1"})


class Windows(Case):
    def test_last_is_open_below_and_closed_above(self):
        at_bound = [event("2024-02-28T00:00:00Z")]
        self.one("did purchase last 2 days", NO, at_bound)
        self.one("did purchase last 3 days", YES, at_bound)
        self.one("did purchase 5 to 2 days ago", YES, at_bound)
        self.one("did purchase last 1 day", YES, [event("2024-03-01T00:00:00Z")])
        self.one("did purchase", NO, [event("2024-03-01T00:00:00.000001Z")])

    def test_dates(self):
        on_day = [event("2024-02-01T00:00:00Z")]
        self.one("did purchase since 2024-02-01", YES, on_day)
        self.one("did purchase before 2024-02-01", NO, on_day)
        self.one("did purchase from 2024-01-01 to 2024-02-01", NO, on_day)
        self.one("did purchase from 2024-02-01 to 2024-02-02", YES, on_day)

    def test_months_clamp(self):
        events = [event("2024-02-29T12:00:00Z")]
        self.one("did purchase last 1 month", NO, events, now="2024-03-31T12:00:00Z")
        self.one("did purchase last 1 month", YES, events, now="2024-03-31T11:59:59Z")

    def test_calendar_spans(self):
        monday = [event("2024-02-26T00:00:00Z")]  # a Monday; now is Friday 1 March
        self.one("did purchase this week and not did purchase last week", YES, monday)
        self.one("did purchase last month and did purchase this quarter", YES, monday)
        self.one("did purchase yesterday", YES, [event("2024-02-29T23:59:59Z")])
        self.one("did purchase today", NO, [event("2024-02-29T23:59:59Z")])

    def test_first(self):
        events = [event("2024-01-01T00:00:00Z", "view"), event("2024-01-08T00:00:00Z")]
        self.one("did purchase first 7 days", NO, events)
        self.one("did purchase first 8 days", YES, events)
        self.one("did purchase first 7 days", YES, events, [(None, {"created_at": "2024-01-02"})])
        self.one("did purchase first 7 days", NO, events, [(None, {"created_at": "soon"})])


class Zones(unittest.TestCase):
    def test_gap_moves_forward_and_ambiguous_is_the_earlier(self):
        london = zones.find_zone("Europe/London")
        new_york = zones.find_zone("America/New_York")
        self.assertEqual(zones.to_utc(london, datetime(2024, 3, 31, 1, 30)), instant("2024-03-31T01:30:00Z"))
        self.assertEqual(zones.to_utc(london, datetime(2024, 10, 27, 1, 30)), instant("2024-10-27T00:30:00Z"))
        self.assertEqual(zones.to_utc(new_york, datetime(2024, 3, 10, 2, 30)), instant("2024-03-10T07:30:00Z"))

    def test_days_are_24_hours_but_calendar_days_are_not(self):
        case = world({"ada": ([event("2024-03-30T23:30:00Z")], [])}, settings={"time_zone": "Europe/London"})
        # 31 March has 23 hours in London; 23:00Z is midnight of 1 April.
        self.assertEqual(ask(case, "did purchase yesterday", "2024-03-31T23:00:00Z"), {"ada": NO})
        self.assertEqual(ask(case, "did purchase last 24 hours", "2024-03-31T23:00:00Z"), {"ada": YES})

    def test_customers_zone(self):
        traits = [(None, {"timezone": "Asia/Kolkata"})]
        events = [event("2024-02-29T18:30:00Z")]  # midnight of 1 March in Kolkata
        settings = {"time_zone": "UTC", "customer_zone": True}
        case = world({"ada": (events, traits)}, settings=settings)
        text = "count(purchase where day = 1 and month = 3 and hour = 0, today) = 1"
        self.assertEqual(ask(case, text, "2024-03-01T00:00:00Z"), {"ada": YES})


class Traits(Case):
    def test_as_of_now(self):
        traits = [("2024-02-01T00:00:00Z", {"plan": "pro"}), (None, {"plan": "free"}), ("2024-04-01", {"plan": "team"})]
        self.one("plan = 'pro' and previous(plan) = 'free'", YES, traits=traits)
        self.one("plan = 'free' and previous(plan) is missing", YES, traits=traits, now="2024-01-31T23:59:59Z")

    def test_same_value_is_no_change(self):
        traits = [("2024-01-01T00:00:00Z", {"p": "a"}), ("2024-02-01T00:00:00Z", {"p": "a"})]
        self.one("since_changed(p) = 60 days and previous(p) is missing", YES, traits=traits)
        self.one("since_changed(p) is missing", YES, traits=[(None, {"p": "a"})])

    def test_null_is_a_value(self):
        traits = [("2024-01-01T00:00:00Z", {"p": "a"}), ("2024-02-01T00:00:00Z", {"p": None})]
        self.one("p is missing and previous(p) = 'a' and since_changed(p) = 29 days", YES, traits=traits)

    def test_times_in_strings(self):
        traits = [(None, {"created_at": "2024-02-01"})]
        self.one("created_at < now - 28 days", YES, traits=traits)
        self.one("now - created_at = 29 days", YES, traits=traits)
        self.one("created_at = date '2024-02-01'", YES, traits=traits)

    def test_account_is_the_last_joined(self):
        customer = {
            "id": "ada", "traits": [{"t": None, "v": {"x": 1}}],
            "joins": [{"t": "2024-01-01", "account": "a"}, {"t": "2024-02-01", "account": "b"}],
        }
        accounts = [{"id": "a", "t": None, "v": {"seats": 1}}, {"id": "b", "t": "2024-01-01", "v": {"seats": 2}}]
        case = {"customers": [customer], "accounts": accounts}
        self.assertEqual(ask(case, "account.seats = 2", "2024-03-01"), {"ada": YES})
        self.assertEqual(ask(case, "account.seats = 2", "2024-01-15"), {"ada": NO})


class Aggregates(Case):
    EVENTS = [
        event("2024-02-01T00:00:00Z", amount=10, product="a"),
        event("2024-02-03T00:00:00Z", amount=30, product="b"),
        event("2024-02-03T00:00:00Z", amount="30", product="b"),
        event("2024-02-09T00:00:00Z", amount=20, product=None),
    ]

    def all(self, *texts):
        for text in texts:
            self.one(text, YES, self.EVENTS)

    def test_numbers(self):
        self.all("sum(purchase.amount) = 60", "avg(purchase.amount) = 20", "median(purchase.amount) = 20",
                 "quantile(purchase.amount, 0.75) = 25", "max(purchase.amount) = 30", "min(purchase.product) = 'a'")

    def test_values(self):
        self.all("distinct(purchase.amount) = 4", "top(purchase.product) = 'b'", "top(purchase.amount) = 10",
                 "first(purchase.product) = 'a'", "last(purchase.product) = 'b'", "last(purchase.amount) = 20")

    def test_times(self):
        self.all("days(purchase) = 3", "weeks(purchase) = 2", "months(purchase) = 1", "since_last(purchase) = 21 days",
                 "first_time(purchase) = date '2024-02-01'", "gap(purchase) * 3 = 8 days")

    def test_nothing(self):
        self.all("sum(cart.amount) = 0", "count(cart) = 0", "distinct(cart.amount) = 0", "avg(cart.amount) is missing",
                 "gap(cart) is missing", "share(cart where amount > 1) is missing", "since_last(cart) is missing")

    def test_where(self):
        self.all("count(purchase where amount > 10) = 2", "share(purchase where amount >= 20) = 0.5",
                 "count(purchase where not (amount > 10)) = 1", "count(purchase where weekday in (thu, fri)) = 2",
                 "count(purchase where weekend) = 2", "count(purchase where `day` is missing) = 4")

    def test_exact_sum(self):
        tenths = [event("2024-02-01T00:00:00Z", amount=0.1) for _ in range(10)]
        self.one("sum(purchase.amount) = 1", YES, tenths)

    def test_trend(self):
        events = [event("2024-02-28T10:00:00Z"), event("2024-02-29T10:00:00Z"), event("2024-02-29T11:00:00Z")]
        # Days 28, 29 February and 1 March hold 1, 2 and 0 events: slope (−1·1 + 0·2 + 1·0) / 2.
        self.one("trend(purchase) = -0.5", YES, events)
        self.one("trend(purchase, yesterday) is missing", YES, events)

    def test_since_compares_with_months(self):
        events = [event("2024-01-31T00:00:00Z")]
        # now − 1 month is 29 January + clamp: 1 March − 1 month = 1 February.
        self.one("since_last(purchase) > 1 month", YES, events)
        self.one("since_last(purchase) > 1 month", NO, events, now="2024-02-29T00:00:00Z")


class Sequences(Case):
    def test_order_and_within(self):
        events = [event("2024-02-01T00:00:00Z", "view"), event("2024-02-01T01:00:00Z", "cart")]
        self.one("sequence(view -> cart within 1 hour)", YES, events)
        self.one("sequence(view -> cart within 59 minutes)", NO, events)
        self.one("sequence(cart -> view)", NO, events)

    def test_ties_go_by_arrival(self):
        events = [event("2024-02-01T00:00:00Z", "cart"), event("2024-02-01T00:00:00Z", "view")]
        self.one("sequence(view -> cart)", NO, events)
        self.one("sequence(cart -> view within 0 seconds)", YES, events)

    def test_any_chain_counts(self):
        events = [event("2024-02-01", "view"), event("2024-02-05", "view"), event("2024-02-06", "cart")]
        self.one("sequence(view -> cart within 1 day)", YES, events)

    def test_no(self):
        cart = [event("2024-02-29T00:00:00Z", "cart")]
        self.one("sequence(cart -> no purchase within 1 day)", YES, cart)
        self.one("sequence(cart -> no purchase within 1 day)", NO, cart, now="2024-02-29T23:59:59Z")
        self.one("sequence(cart -> no purchase within 1 day)", NO, cart + [event("2024-03-01T00:00:00Z")])
        # What a final `no` looks for need not lie in the window.
        bought = cart + [event("2024-02-29T12:00:00Z")]
        self.one("sequence(cart -> no purchase within 1 day, before 2024-02-29T06:00)", NO, bought)

    def test_count(self):
        names = "view view cart view cart cart".split()
        events = [event(f"2024-02-0{day + 1}", name) for day, name in enumerate(names)]
        self.one("sequence_count(view -> cart) = 2", YES, events)


class Population(unittest.TestCase):
    CASE = world({
        name: ([event("2024-02-01", amount=amount)] if amount is not None else [], [(None, {"x": 1})])
        for name, amount in (("a", 10), ("b", 20), ("c", 20), ("d", 30), ("e", None))
    })

    def check(self, text, members):
        truths = ask(self.CASE, text, "2024-03-01")
        self.assertEqual([name for name, truth in sorted(truths.items()) if truth], members, text)

    def test_percentile_rank_ntile(self):
        self.check("percentile(max(purchase.amount)) = 0", ["a"])
        self.check("percentile(max(purchase.amount)) = 100 * 1 / 3", ["b", "c"])
        self.check("percentile(max(purchase.amount)) is missing", ["e"])
        self.check("rank(sum(purchase.amount)) = 2", ["b", "c"])
        self.check("ntile(2, max(purchase.amount)) = 1", ["a", "b", "c"])
        self.check("ntile(3, max(purchase.amount)) = 2", ["b", "c"])

    def test_rfm(self):
        self.check("rfm.monetary = 5", ["d"])
        self.check("rfm.frequency = 1", ["a", "b", "c", "d"])
        self.check("rfm.recency is missing", ["e"])


class People(unittest.TestCase):
    def test_who_is_a_customer(self):
        case = world({"a": ([event("2024-04-01")], []), "b": ([], [(None, {"x": None})]), "c": ([], [])})
        self.assertEqual(set(ask(case, "true", "2024-03-01")), {"b"})
        self.assertEqual(set(ask(case, "true", "2024-04-01")), {"a", "b"})

    def test_merged_is_one(self):
        case = world({"b": ([event("2024-01-01")], []), "c": ([event("2024-01-02")], [])}, merges=[["c", "b"], ["b", "a"]])
        self.assertEqual(ask(case, "count(purchase) = 2", "2024-03-01"), {"a": YES})

    def test_purpose_withholds(self):
        case = world({"a": ([event("2024-01-01")], []), "b": ([event("2024-01-01")], [])}, segments={"s": "did cart"})
        case["customers"][0]["consents"] = [{"t": None, "purpose": "m", "granted": True}]
        case["customers"][1]["consents"] = [{"t": None, "purpose": "m", "granted": False}]
        self.assertEqual(ask(case, "did not cart", "2024-03-01", "m"), {"a": YES, "b": UNKNOWN})
        self.assertEqual(ask(case, "last_time(cart) is missing", "2024-03-01", "m"), {"a": YES, "b": UNKNOWN})
        self.assertEqual(ask(case, "not segment s", "2024-03-01", "m"), {"a": YES, "b": UNKNOWN})
        self.assertEqual(ask(case, "not consents(m)", "2024-03-01", "m"), {"a": NO, "b": YES})

    def test_occasions_see_up_to_their_event(self):
        events = [event("2024-01-01", amount=5), event("2024-01-01", amount=7), event("2024-01-03", amount=9)]
        customers = World(world({"a": (events, [])}))
        question = Question(customers, "count(purchase) = 2 and context.amount = 7 on purchase where amount > 5")
        found = [truth for _, truth in question.occasions(customers.people[0], instant("2024-03-01"))]
        self.assertEqual(found, [YES, NO])


if __name__ == "__main__":
    unittest.main()
