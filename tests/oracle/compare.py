#!/usr/bin/env python3
"""Compares the evaluator (and the SQL it emits) with the oracle on random worlds. See README.md."""

import argparse
import hashlib
import json
import os
import random
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import duckdb_side  # noqa: E402
from checks import Tally, disagreements  # noqa: E402
from generate import make_case  # noqa: E402
from shrink import shrink  # noqa: E402
from tools import Tool  # noqa: E402

REGRESSIONS = HERE.parent / "regressions" / "oracle"
BATCH = 250


class Comparison:
    """Runs cases through the programs under test; either of them may be left out."""

    def __init__(self, evaluator, sql=None, instants=4, save=True):
        self.evaluator = evaluator
        self.sql = sql
        self.instants = instants
        self.save = save
        self.tally = Tally()
        self.passed = 0
        self.failed = 0

    def problems(self, cases, tally):
        """For each case the list of its disagreements."""
        found = [[] for _ in cases]
        if self.evaluator is not None:
            for case, answer, problems in zip(cases, self.evaluator.answer(cases), found):
                problems += disagreements(case, answer, tally, self.instants)
        if self.sql is not None:
            for case, answer, problems in zip(cases, self.sql.answer(cases), found):
                problems += duckdb_side.disagreements(case, answer, tally)
        return found

    def run(self, cases, label):
        """Compares the cases; each disagreement is shrunk, saved and printed."""
        for case, problems in zip(cases, self.problems(cases, self.tally)):
            if problems:
                self.failed += 1
                self.report(case, problems, label)
            else:
                self.passed += 1

    def fails(self, case, kinds):
        """Says whether the case still has a problem of one of these kinds."""
        try:
            return bool(kinds & set(map(kind, self.problems([case], Tally())[0])))
        except (KeyError, ValueError, IndexError):
            return False

    def report(self, case, found, label):
        print(f"DISAGREE ({label}) {case['expression']}")
        if self.failed > 20:
            return
        kinds = set(map(kind, found))
        small = shrink(case, lambda smaller: self.fails(smaller, kinds))
        found = self.problems([small], Tally())[0] or found
        print(f"  smallest: {small['expression']}   at {small['now']}")
        for sentence in found[:6]:
            print(f"  {sentence}")
        if self.save:
            print(f"  reproduce: python3 tests/oracle/compare.py --replay {save(small)}")
        else:
            print("  " + json.dumps(small))
        sys.stdout.flush()


def kind(sentence):
    """A shrunk case must fail as the whole one did: refused, accepted, SQL refused or wrong, or by its answers."""
    first, second = (word.rstrip(",:") for word in sentence.split()[:2])
    if first == "SQL":
        return f"SQL {second}"
    return first if first in ("refused", "accepted", "the", "canonical") else "answer"


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
    parser.add_argument("--triples", type=int, default=int(os.environ.get("FINELINE_TRIPLES", "2000")))
    parser.add_argument("--full", action="store_true", help="at least 20,000 triples")
    parser.add_argument("--seed", type=int, default=int(os.environ.get("FINELINE_SEED", time.time() // 86_400)),
                        help="default: FINELINE_SEED, or the day's")
    parser.add_argument("--no-duckdb", action="store_true")
    parser.add_argument("--only-duckdb", action="store_true", help="leave the evaluator out")
    parser.add_argument("--no-save", action="store_true", help="print reproductions instead of saving them")
    parser.add_argument("--replay", action="append", default=[], help="run a saved case only")
    return parser.parse_args()


def print_summary(comparison, seed, seconds):
    tally = comparison.tally
    if comparison.evaluator is not None:
        print(f"measured: {tally.triples} triples against the oracle with seed {seed} in {seconds:.1f} s")
    if comparison.sql is not None:
        print(f"measured: {tally.sql['compared']} triples on DuckDB with seed {seed} in {seconds:.1f} s")
    print("  verdicts: " + ", ".join(f"{name} {count}" for name, count in sorted(tally.truths.items())))
    print(f"  errors expected: {tally.errors}, at the same place: {tally.error_places} (for information)")
    print(f"  canonical texts parsed again: {tally.reparsed}")
    print(f"  holds_until: {tally.exact_bounds} exact ones at which the verdict does change")
    per_change = tally.other_bounds / max(1, tally.other_changes)
    print(f"  holds_until: {tally.other_bounds} others, {per_change:.2f} evaluations per true change")
    if tally.sql:
        print("  DuckDB: " + ", ".join(f"{name} {count}" for name, count in tally.sql.most_common()))
        for message, count in tally.unsupported.most_common(8):
            print(f"    {count} × {message}")
    counts = sorted(tally.constructs.items())
    print("  constructs: " + ", ".join(f"{name} {count}" for name, count in counts))


def main():
    options = arguments()
    build = Path(options.build)
    evaluator = None if options.only_duckdb else Tool(build / "tests" / "oracle" / "evaluate_batch")
    sql = None if options.no_duckdb else duckdb_side.DuckDb(build)
    comparison = Comparison(evaluator, sql, save=not options.no_save)
    begun = time.monotonic()
    if options.replay:
        comparison.run(saved_cases(map(Path, options.replay)), "replay")
    else:
        kept = sorted(REGRESSIONS.glob("*.json")) if REGRESSIONS.is_dir() else []
        comparison.run(saved_cases(kept), "regression")
        rng = random.Random(options.seed)
        wanted = max(options.triples, 20_000) if options.full else options.triples
        while max(comparison.tally.triples, comparison.tally.sql["compared"]) < wanted:
            comparison.run([make_case(rng) for _ in range(min(BATCH, wanted // 6 + 1))], f"seed {options.seed}")
    print_summary(comparison, options.seed, time.monotonic() - begun)
    print(f"{comparison.passed} passed, {comparison.failed} failed")
    return 1 if comparison.failed else 0


if __name__ == "__main__":
    sys.exit(main())
