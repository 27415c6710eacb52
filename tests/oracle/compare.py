#!/usr/bin/env python3
"""Compares the evaluator (and the SQL it emits) with the oracle on random worlds. See README.md."""

import argparse
import hashlib
import json
import random
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from checks import Tally, disagreements  # noqa: E402
from generate import make_case  # noqa: E402
from shrink import shrink  # noqa: E402
from tools import Tool  # noqa: E402

REGRESSIONS = HERE.parent / "regressions" / "oracle"
BATCH = 250


class Comparison:
    def __init__(self, evaluator, sql=None, instants=4, save=True):
        self.evaluator = evaluator
        self.sql = sql
        self.instants = instants
        self.save = save
        self.tally = Tally()
        self.passed = 0
        self.failed = 0

    def problems(self, case, answer, tally):
        found = list(disagreements(case, answer, tally, self.instants))
        if self.sql is not None and "members" in answer:
            found += self.sql.disagreements(case, answer, tally)
        return found

    def run(self, cases, label):
        """Compares the cases; each disagreement is shrunk, saved and printed."""
        answers = self.evaluator.answer(cases)
        for case, answer in zip(cases, answers):
            found = self.problems(case, answer, self.tally)
            if found:
                self.failed += 1
                self.report(case, found, label)
            else:
                self.passed += 1

    def fails(self, case):
        try:
            answer = self.evaluator.answer([case])[0]
            return bool(self.problems(case, answer, Tally()))
        except (KeyError, ValueError, IndexError):
            return False

    def report(self, case, found, label):
        print(f"DISAGREE ({label}) {case['expression']}")
        if self.failed > 20:
            return
        small = shrink(case, self.fails)
        answer = self.evaluator.answer([small])[0]
        found = self.problems(small, answer, Tally()) or found
        print(f"  smallest: {small['expression']}   at {small['now']}")
        for sentence in found[:6]:
            print(f"  {sentence}")
        if self.save:
            print(f"  reproduce: python3 tests/oracle/compare.py --replay {save(small)}")
        else:
            print("  " + json.dumps(small))
        sys.stdout.flush()


def save(case):
    REGRESSIONS.mkdir(parents=True, exist_ok=True)
    text = json.dumps(case, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
    path = REGRESSIONS / (hashlib.sha256(text.encode()).hexdigest()[:10] + ".json")
    path.write_text(text)
    return path


def saved_cases(paths):
    return [json.loads(path.read_text()) for path in paths]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build/dev", help="the build directory")
    parser.add_argument("--triples", type=int, default=2000)
    parser.add_argument("--full", action="store_true", help="at least 20,000 triples")
    parser.add_argument("--seed", type=int, help="default: the day's")
    parser.add_argument("--no-duckdb", action="store_true")
    parser.add_argument("--no-save", action="store_true", help="print reproductions instead of saving them")
    parser.add_argument("--replay", action="append", default=[], help="run a saved case only")
    return parser.parse_args()


def print_summary(comparison, seed, seconds):
    tally = comparison.tally
    print(f"seed {seed}: {tally.triples} triples in {seconds:.1f} s")
    print("  verdicts: " + ", ".join(f"{name} {count}" for name, count in sorted(tally.truths.items())))
    print(f"  errors expected: {tally.errors}, at the same place: {tally.error_places} (for information)")
    print(f"  canonical texts parsed again: {tally.reparsed}")
    print(f"  holds_until: {tally.exact_bounds} exact ones at which the verdict does change")
    per_change = tally.other_bounds / max(1, tally.other_changes)
    print(f"  holds_until: {tally.other_bounds} others, {per_change:.2f} evaluations per true change")
    if tally.sql:
        print("  DuckDB: " + ", ".join(f"{name} {count}" for name, count in tally.sql.most_common()))
    counts = sorted(tally.constructs.items())
    print("  constructs: " + ", ".join(f"{name} {count}" for name, count in counts))


def open_sql(options, build):
    if options.no_duckdb:
        return None
    from duckdb_side import DuckDb  # only where it is asked for: it needs Node

    return DuckDb.find(build)


def main():
    options = arguments()
    build = Path(options.build)
    comparison = Comparison(
        Tool(build / "tests" / "oracle" / "evaluate_batch"), open_sql(options, build), save=not options.no_save
    )
    begun = time.monotonic()
    seed = options.seed if options.seed is not None else int(time.time()) // 86_400
    if options.replay:
        comparison.run(saved_cases(map(Path, options.replay)), "replay")
    else:
        kept = sorted(REGRESSIONS.glob("*.json")) if REGRESSIONS.is_dir() else []
        comparison.run(saved_cases(kept), "regression")
        rng = random.Random(seed)
        wanted = max(options.triples, 20_000) if options.full else options.triples
        while comparison.tally.triples < wanted:
            comparison.run([make_case(rng) for _ in range(min(BATCH, wanted // 6 + 1))], f"seed {seed}")
    print_summary(comparison, seed, time.monotonic() - begun)
    print(f"{comparison.passed} passed, {comparison.failed} failed")
    return 1 if comparison.failed else 0


if __name__ == "__main__":
    sys.exit(main())
