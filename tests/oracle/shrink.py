"""Makes a failing case small: drops customers, records, properties and parts of the expression."""

import copy
import dataclasses

from oracle import tree
from oracle.lexer import LanguageError
from oracle.parser import parse
from oracle.write import write

LISTS = ("events", "traits", "joins", "consents")


def shrink(case, fails, budget=400):
    """Returns the smallest case found for which `fails(case)` still holds, in at most `budget` trials."""
    case = without_arrival(case, fails)
    left = [budget]
    changed = True
    while changed and left[0] > 0:
        changed = False
        for smaller in candidates(case):
            left[0] -= 1
            if fails(smaller):
                case, changed = smaller, True
                break
            if left[0] <= 0:
                break
    return case


def without_arrival(case, fails):
    """A global arrival order names items by index, so it goes first or nothing else can."""
    plain = {name: value for name, value in case.items() if name != "arrival"}
    if "arrival" not in case or fails(plain):
        return plain
    return case


def candidates(case):
    """Yields smaller cases, the boldest first."""
    if "arrival" not in case:
        for index in range(len(case["customers"])):
            yield changed(case, lambda c, i=index: c["customers"].pop(i))
        for index, customer in enumerate(case["customers"]):
            for name in LISTS:
                for item in range(len(customer.get(name, []))):
                    yield changed(case, lambda c, i=index, n=name, k=item: c["customers"][i][n].pop(k))
    yield from expressions(case)
    for name in ("merges", "accounts"):
        for index in range(len(case.get(name, []))):
            yield changed(case, lambda c, n=name, i=index: c[n].pop(i))
    for name in case.get("segments", {}):
        yield changed(case, lambda c, n=name: c["segments"].pop(n))
    yield from smaller_settings(case)
    yield from smaller_properties(case)


def changed(case, change):
    smaller = copy.deepcopy(case)
    change(smaller)
    return smaller


def smaller_settings(case):
    defaults = {"time_zone": "UTC", "customer_zone": False, "holidays": []}
    for name, value in defaults.items():
        if case["settings"].get(name, value) != value:
            yield changed(case, lambda c, n=name, v=value: c["settings"].update({n: v}))
    if case.get("purpose") is not None:
        yield changed(case, lambda c: c.update(purpose=None))


def smaller_properties(case):
    for index, customer in enumerate(case["customers"]):
        for name, inner in (("events", "p"), ("traits", "v")):
            for item, record in enumerate(customer.get(name, [])):
                for key in record.get(inner, {}):
                    yield changed(
                        case, lambda c, i=index, n=name, k=item, f=inner, p=key: c["customers"][i][n][k][f].pop(p)
                    )


def expressions(case):
    try:
        root = parse(case["expression"])
    except LanguageError:
        return
    for smaller in smaller_trees(root):
        yield dict(copy.deepcopy(case), expression=write(smaller))


def smaller_trees(node):
    """Yields the node's parts in its place, then the node with one part made smaller."""
    if isinstance(node, (tree.Period, tree.Selector)):
        return
    yield from tree.children(node) if not isinstance(node, tree.Window) else ()
    for field in dataclasses.fields(node) if dataclasses.is_dataclass(node) else ():
        value = getattr(node, field.name)
        if field.name in ("where", "window", "otherwise", "within") and value is not None:
            yield dataclasses.replace(node, **{field.name: None})
        if dataclasses.is_dataclass(value):
            for smaller in smaller_trees(value):
                yield dataclasses.replace(node, **{field.name: smaller})
        if isinstance(value, tuple):
            yield from smaller_items(node, field.name, value)


def smaller_items(node, name, items):
    for index, item in enumerate(items):
        if len(items) > 1:
            yield dataclasses.replace(node, **{name: items[:index] + items[index + 1:]})
        if isinstance(item, tree.Step) or dataclasses.is_dataclass(item):
            for smaller in smaller_trees(item):
                if isinstance(smaller, tree.Step) or not isinstance(item, tree.Step):
                    yield dataclasses.replace(node, **{name: items[:index] + (smaller,) + items[index + 1:]})
