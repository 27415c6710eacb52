"""What must hold between the answer of the program under test and the oracle, for one case."""

import random
from collections import Counter

from oracle import tree, zones
from oracle.evaluate import Question
from oracle.lexer import LanguageError
from oracle.parser import parse
from oracle.world import World, instant

from generate import STEPS

TRUTHS = {True: "yes", False: "no", None: "unknown"}
FAR = 15 * 366 * zones.DAY  # as good as never
EXACT_AGGREGATES = ("count", "sum", "since_first", "since_last")


class Tally:
    """What a run has seen."""

    def __init__(self):
        self.constructs = Counter()
        self.truths = Counter()
        self.triples = 0
        self.errors = 0
        self.error_places = 0
        self.exact_bounds = 0
        self.other_bounds = 0
        self.other_changes = 0
        self.reparsed = 0
        self.sql = Counter()
        self.unsupported = Counter()


def ask(case):
    """The oracle's question for a case, or the LanguageError that it is."""
    world = World(case)
    try:
        return Question(world, case["expression"], case.get("purpose"))
    except LanguageError as error:
        return error


def disagreements(case, answer, tally, instants=4):
    """Yields a sentence for each way in which the answer differs from the oracle's."""
    if "crash" in answer:
        yield f"the program died: {answer['crash']}"
        return
    question = ask(case)
    if isinstance(question, LanguageError):
        tally.errors += 1
        if "error" not in answer:
            yield f"accepted, but is an error ({question.category}): {question}"
        elif answer["error"].get("begin") == question.begin:
            tally.error_places += 1
        return
    if "error" in answer:
        yield f"refused, but is right: {answer['error']['message']}"
        return
    count_constructs(question.tree, tally)
    yield from canonical(case, question, answer, tally)
    if isinstance(question.tree, tree.Occasions):
        yield from occasions(case, question, answer, tally)
        return
    yield from verdicts(case, question, answer, tally)
    yield from bounds(case, question, answer, tally, instants)


def count_constructs(root, tally):
    for node in tree.walk(root):
        kind = type(node).__name__.lower()
        if isinstance(node, (tree.Aggregate, tree.Call)):
            kind = node.function
        elif isinstance(node, tree.Binary):
            kind = node.op
        elif isinstance(node, tree.Sequence) and node.counting:
            kind = "sequence_count"
        tally.constructs[kind] += 1
        window = getattr(node, "window", None)
        if window is not None:
            tally.constructs[f"window {window.kind}" + (f" {window.unit}" if window.unit else "")] += 1


def canonical(case, question, answer, tally):
    """The canonical text means the same to the oracle's parser."""
    try:
        again = parse(answer["canonical"])
    except LanguageError as error:
        yield f"canonical text does not parse: {error}: {answer['canonical']}"
        return
    tally.reparsed += 1
    if again != question.tree:
        same = dict(case, expression=answer["canonical"])
        other = ask(same)
        if isinstance(other, LanguageError):
            yield f"canonical text is an error: {other}: {answer['canonical']}"
        elif not isinstance(other.tree, tree.Occasions):
            now = instant(case["now"])
            if other.truths(now) != question.truths(now):
                yield f"canonical text means something else: {answer['canonical']}"


def verdicts(case, question, answer, tally):
    now = instant(case["now"])
    expected = {person: TRUTHS[truth] for person, truth in question.truths(now).items()}
    found = {person: verdict["truth"] for person, verdict in answer["verdicts"].items()}
    tally.triples += len(expected)
    tally.truths.update(expected.values())
    if expected.keys() != found.keys():
        yield f"customers are {sorted(expected)}, found {sorted(found)}"
    for person in sorted(expected.keys() & found.keys()):
        if expected[person] != found[person]:
            yield f"{person} is {expected[person]}, found {found[person]}"
    members = sorted((p for p, truth in expected.items() if truth == "yes"), key=str.encode)
    if members != answer["members"]:
        yield f"members are {members}, found {answer['members']}"


def occasions(case, question, answer, tally):
    """`E on EVENT`: the times and truths of each customer's occasions."""
    now = instant(case["now"])
    for person in question.world.customers(now):
        expected = [[event.at, TRUTHS[truth]] for event, truth in question.occasions(person, now)]
        tally.triples += max(1, len(expected))
        answers = answer.get("occasions", {}).get(person.id, [])
        found = [[instant(one["at"]), one["truth"]] for one in answers]
        if expected != found:
            yield f"occasions of {person.id} are {expected}, found {found}"


# ---- until when a verdict holds --------------------------------------------------------------------


def bounds(case, question, answer, tally, instants):
    now = instant(case["now"])
    rng = random.Random(repr((case["expression"], case["now"])))
    exact = is_exact(question.tree)
    kept = question.thresholds(now)
    for person in question.world.customers(now):
        verdict = answer["verdicts"].get(person.id)
        if verdict is None:
            continue
        yield from bound(question, person, verdict, (now, kept, rng, exact, instants), tally)


def bound(question, person, verdict, setting, tally):
    now, kept, rng, exact, instants = setting
    never = verdict["holds_until"] == "never"
    until = now + FAR if never else instant(verdict["holds_until"])
    if until <= now:
        yield f"{person.id} holds until {verdict['holds_until']}, which is not after now"
        return
    truth = question.truth(person, now, kept)
    moments = [until - 1] + [moment(question, person, now, until, rng) for _ in range(instants)]
    for at in sorted(m for m in moments if now < m < until):
        other = question.truth(person, at, kept)
        if other is not truth:
            yield (
                f"{person.id} is {TRUTHS[truth]} until {verdict['holds_until']}, "
                f"but {TRUTHS[other]} at {zones.print_iso(at)}"
            )
            return
    if never:
        return
    changes = question.truth(person, until, kept) is not truth
    if exact and not shifting(question, person, now):
        tally.exact_bounds += 1
        if not changes:
            yield f"{person.id} holds until {verdict['holds_until']}, but is still {TRUTHS[truth]} then"
    else:
        tally.other_bounds += 1
        tally.other_changes += changes


def moment(question, person, now, until, rng):
    """An instant in [now, until) at which something may change."""
    draw = rng.random()
    at = rng.choice(list(question.world.times(person)) or [now])
    if draw < 0.6:
        unit, count = rng.choice(STEPS)
        at = zones.shift(question.world.zone, at, count, unit) + rng.choice((-1, 0, 0, 1))
    elif draw < 0.8:
        unit = rng.choice(("day", "week", "month", "quarter", "year"))
        at = zones.start_of(question.world.zone, unit, now, 1) + rng.choice((-1, 0))
    if not now <= at < until:
        at = rng.randrange(now, until)
    return at


def is_exact(node):
    """Constructs for which the contract says that `holds_until` is exactly the next change.

    Windows of months and years are not: their bound can step back at a local midnight.
    """
    if any(_calendar(part) or _from_outside(part) for part in tree.walk(node)):
        return False
    if isinstance(node, (tree.Did, tree.Sequence)):
        return True
    if isinstance(node, tree.Between):
        return _is_measure(node.operand) and _is_constant(node.low) and _is_constant(node.high)
    if isinstance(node, tree.Binary) and node.op in ("=", "!=", "<", "<=", ">", ">="):
        left, right = node.left, node.right
        return (_is_measure(left) and _is_constant(right)) or (_is_constant(left) and _is_measure(right))
    return False


def _is_measure(node):
    if isinstance(node, tree.Sequence):
        return node.counting
    return isinstance(node, tree.Aggregate) and node.function in EXACT_AGGREGATES


def _is_constant(node):
    return isinstance(node, (tree.Literal, tree.Span))


def _calendar(node):
    window = getattr(node, "window", None)
    periods = [window.period, window.until] if window is not None else []
    if isinstance(node, tree.Span):
        periods.append(node.period)
    return any(period is not None and period.unit in ("month", "year") for period in periods)


def _from_outside(node):
    return isinstance(node, tree.Now) or (isinstance(node, tree.Name) and node.scope != "bare")


def shifting(question, person, now):
    """A trait that bends windows or zones is about to change: the bound may stop there."""
    facts = person.traits.get("created_at", []) + person.traits.get("timezone", [])
    return any(fact[0] > now for fact in facts) or question.purpose is not None
