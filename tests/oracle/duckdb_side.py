"""The same cases as SQL: `to_sql_batch` prints the query, `duckdb_batch.mjs` runs it over the case's relations.

One query answers all customers of a case at once. What a dialect cannot say is counted, not compared.
"""

from pathlib import Path

from checks import TRUTHS, ask
from oracle import tree
from oracle.lexer import LanguageError
from oracle.world import instant
from tools import Tool

TESTS = Path(__file__).resolve().parent.parent


class DuckDb:
    def __init__(self, build):
        self.printer = Tool(Path(build) / "tests" / "duckdb" / "to_sql_batch")
        self.database = Tool("node", TESTS / "duckdb" / "duckdb_batch.mjs")

    def answer(self, cases):
        """For each case {"sql", "members"}, or {"unsupported"}, {"error"} or {"crash"}."""
        answers = self.printer.answer(cases)
        asked = [index for index, answer in enumerate(answers) if "sql" in answer]
        lines = [{"world": cases[index], "sql": answers[index]["sql"]} for index in asked]
        for index, rows in zip(asked, self.database.answer(lines)):
            answers[index] = dict(rows, sql=answers[index]["sql"])
        return answers


def disagreements(case, answer, tally):
    """Yields a sentence for each way in which the rows of the query differ from the oracle's members."""
    if "unsupported" in answer:
        tally.sql["not said in SQL"] += 1
        tally.unsupported[answer["unsupported"]["message"]] += 1
        return
    question = ask(case)
    if isinstance(question, LanguageError):
        if "sql" in answer:
            yield f"SQL was printed for an error ({question.category}): {question}"
        return
    if "members" not in answer and "rows" not in answer:
        yield f"SQL failed: {answer.get('error') or answer.get('crash') or answer}"
        return
    if isinstance(question.tree, tree.Occasions):
        yield from occasions(case, question, answer, tally)
        return
    truths = question.truths(instant(case["now"]))
    expected = sorted((p for p, truth in truths.items() if TRUTHS[truth] == "yes"), key=str.encode)
    found = sorted(answer.get("members", []), key=str.encode)
    tally.sql["compared"] += len(truths)
    if expected != found:
        yield f"SQL: members are {expected}, found {found}"


def occasions(case, question, answer, tally):
    """A row (customer, time, place in the order of arrival) for each occasion on which it is true."""
    now = instant(case["now"])
    expected, seen = [], 0
    for person in question.world.customers(now):
        for event, truth in question.occasions(person, now):
            seen += 1
            if truth is True:
                expected.append((person.id, event.at, event.arrival))
    rows = answer.get("rows") or answer.get("members") or []
    found = sorted((who, instant(at.replace(" ", "T")), int(place)) for who, at, place in rows)
    tally.sql["occasions"] += seen
    if sorted(expected) != found:
        yield f"SQL: occasions are {sorted(expected)}, found {found}"
