#!/usr/bin/env python3
"""All small worlds: every history of at most three events, and every population of at most three customers,
under every expression of a short grammar. The evaluator must agree with the oracle on each of them.

Customers do not see each other except through population functions and merges, so all histories stand side by
side in one world for the rest.
"""

import argparse
import itertools
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "oracle"))

from compare import Comparison  # noqa: E402
from oracle import zones  # noqa: E402
from oracle.world import instant  # noqa: E402
from tools import Tool  # noqa: E402

NOW = "2024-03-10T12:00:00Z"  # a Sunday; clocks change in New York five hours earlier
OFFSETS = (-2 * zones.DAY, -zones.DAY, 0, 3600 * zones.SECOND)
SETTINGS = {"time_zone": "America/New_York"}
WINDOWS = ("last 1 day", "last 2 days", "2 to 1 day ago", "yesterday", "this week", "since 2024-03-09",
           "before 2024-03-09", "first 1 day", "last 1 month")
PLAIN = (
    "did a", "did not a", "count(a) = 2", "count(any) > 1", "since_last(a) >= 1 day", "since_first(b) < 25 hours",
    "since_last(a) > 1 month", "first_time(a) < last_time(b)", "gap(any) = 1 day", "sum(any.x) = 3",
    "last(any.x) = 2", "top(any.x) = 1", "first(a.x) is missing", "share(any where x = 1) = 0.5", "days(any) = 2",
    "trend(any) > 0", "avg(b.x) < 2", "a_trait = 1", "sequence(a -> b)", "sequence(a -> b within 1 day)",
    "sequence(a -> no b within 1 day)", "sequence(any -> any -> any)", "sequence_count(a -> b) = 1",
    "sequence_count(any -> any) = 1", "sequence(a -> b -> no a within 25 hours)", "last_time(a) > now - 1 day",
    "count(a where weekend) = 1", "count(any where time > now - 1 day) = 1", "count(b where hour = 7) = 1",
)
POPULATION = (
    "percentile(sum(a.x)) = 50", "percentile(avg(a.x)) = 0", "percentile(avg(a.x)) > 50", "rank(avg(a.x)) = 1",
    "rank(count(a)) = 2", "ntile(2, sum(a.x)) = 2", "ntile(3, avg(a.x)) = 1", "ntile(5, max(a.x)) = 3",
    "rfm.recency = 1", "rfm.frequency = 5", "rfm.monetary = 3", "not rfm.monetary = 1",
)


def leaves():
    """The short grammar's simple expressions."""
    yield from PLAIN
    for window in WINDOWS:
        yield f"did a {window}"
        yield f"did not b {window}"
        yield f"count(any, {window}) >= 2"
        yield f"sequence(a -> b, {window})"


def combinations(full):
    """The simple expressions negated and in pairs."""
    simple = list(leaves())
    yield from (f"not ({leaf})" for leaf in simple)
    pairs = simple if full else simple[5:11] + simple[-3:]
    for left, right in itertools.product(pairs, pairs):
        yield f"({left}) and ({right})"
        yield f"({left}) or not ({right})"


def event(name, offset, x):
    return {"t": zones.print_iso(instant(NOW) + offset), "name": name, "p": {"x": x}}


def histories(most):
    """Every list of at most `most` events, in every order of arrival."""
    kinds = [(name, offset, 1 if name == "a" else 2) for name in ("a", "b") for offset in OFFSETS]
    for count in range(most + 1):
        yield from itertools.product(kinds, repeat=count)


def side_by_side(most):
    """A world that holds every history of at most `most` events once."""
    customers = [
        {"id": f"h{index}", "events": [event(*kind) for kind in history], "traits": [{"t": None, "v": {"n": index}}]}
        for index, history in enumerate(histories(most))
    ]
    return {"settings": SETTINGS, "customers": customers, "now": NOW}


def merged():
    """A world in which every history of at most two events is split over two identities in every way."""
    customers, merges = [], []
    for index, history in enumerate(histories(2)):
        for mask in itertools.product("pq", repeat=len(history)):
            name = f"m{index}{''.join(mask)}"
            for side in "pq":
                events = [event(*kind) for kind, where in zip(history, mask) if where == side]
                customers.append({"id": f"{name}.{side}", "events": events})
            merges.append([f"{name}.q", f"{name}.p"])
    return {"settings": SETTINGS, "customers": customers, "merges": merges, "now": NOW}


def populations():
    """Every world of at most three customers with at most three events of two amounts."""
    amounts = [some for count in range(4) for some in itertools.combinations_with_replacement((1, 2), count)]
    for people in range(1, 4):
        for chosen in itertools.combinations_with_replacement(amounts, people):
            customers = [
                {
                    "id": f"p{index}",
                    "events": [event("a", -order * zones.DAY, x) for order, x in enumerate(some)],
                    "traits": [{"t": None, "v": {"n": 1}}],
                }
                for index, some in enumerate(chosen)
            ]
            settings = dict(SETTINGS, purchase_event="a", amount_property="x")
            yield {"settings": settings, "customers": customers, "now": NOW}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/dev", help="the build directory")
    parser.add_argument("--full", action="store_true", help="all pairs, of histories of three events")
    options = parser.parse_args()
    evaluator = Tool(Path(options.build) / "tests" / "oracle" / "evaluate_batch")
    comparison = Comparison(evaluator, instants=1, save=False)
    whole, smaller, split = side_by_side(3), side_by_side(3 if options.full else 2), merged()
    comparison.run([dict(whole, expression=text) for text in leaves()], "all histories")
    comparison.run([dict(smaller, expression=text) for text in combinations(options.full)], "combined")
    comparison.run([dict(split, expression=text) for text in leaves()], "merged")
    cases = [dict(world, expression=text) for world in populations() for text in POPULATION]
    comparison.run(cases, "populations")
    print(f"measured: {comparison.tally.triples} triples in all small worlds")
    print(f"{comparison.passed} passed, {comparison.failed} failed")
    return 1 if comparison.failed else 0


if __name__ == "__main__":
    sys.exit(main())
