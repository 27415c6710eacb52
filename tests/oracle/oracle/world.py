"""Customers as plain lists: what a world given as JSON knows, merged and in (time, arrival) order."""

from dataclasses import dataclass, field

from . import zones
from .values import from_json

ALWAYS = float("-inf")  # the time of what is undated: before every event
UTC = zones.find_zone("UTC")


@dataclass(frozen=True)
class Event:
    at: int
    arrival: int
    name: str
    properties: dict

    @property
    def place(self):
        return (self.at, self.arrival)


@dataclass
class Person:
    """One person under all their identities; every list holds (time, arrival, value) in that order."""

    id: str
    events: list = field(default_factory=list)
    traits: dict = field(default_factory=dict)
    joins: list = field(default_factory=list)
    consents: dict = field(default_factory=dict)

    def sort(self):
        self.events.sort(key=lambda event: event.place)
        for facts in [self.joins, *self.traits.values(), *self.consents.values()]:
            facts.sort(key=lambda fact: fact[:2])

    def exists(self, now):
        """Has an event or trait with time ≤ now, or a trait without time."""
        known = any(event.at <= now for event in self.events)
        return known or any(fact[0] <= now for facts in self.traits.values() for fact in facts)

    def times(self):
        """Every time at which something of this person becomes visible."""
        yield from (event.at for event in self.events)
        for facts in [self.joins, *self.traits.values(), *self.consents.values()]:
            yield from (fact[0] for fact in facts if fact[0] != ALWAYS)


def instant(text):
    """The time of a record: None is undated. Without offset: UTC."""
    if text is None:
        return ALWAYS
    at = zones.read_iso(text, UTC)
    if at is None:
        raise ValueError(f"not a time: {text!r}")
    return at


def last_fact(facts, now):
    """The value last set at or before now, by time, then arrival; None where there is none."""
    value = None
    for at, _, candidate in facts:
        if at <= now:
            value = candidate
    return value


class World:
    """The customers, accounts, segments and settings of one test."""

    def __init__(self, data):
        settings = data.get("settings", {})
        self.zone = zones.find_zone(settings.get("time_zone") or "UTC") or UTC
        self.customer_zone = bool(settings.get("customer_zone"))
        self.holidays = settings.get("holidays") or []
        self.purchase_event = settings.get("purchase_event") or "purchase"
        self.amount_property = settings.get("amount_property") or "amount"
        self.segments = data.get("segments") or {}
        self.people = _people(data)
        self.accounts = _accounts(data.get("accounts") or [])

    def customers(self, now):
        """The customers at `now`."""
        return [person for person in self.people if person.exists(now)]

    def times(self, person):
        """Every time at which something that concerns the person becomes visible."""
        yield from person.times()
        for _, _, account in person.joins:
            for facts in self.accounts.get(account, {}).values():
                yield from (fact[0] for fact in facts if fact[0] != ALWAYS)


def arrival_order(data):
    """The records as (kind, customer index, item index), in order of arrival."""
    if data.get("arrival"):
        return [tuple(item) for item in data["arrival"]]
    kinds = (("event", "events"), ("trait", "traits"), ("join", "joins"), ("consent", "consents"))
    return [
        (kind, index, item)
        for index, customer in enumerate(data["customers"])
        for kind, many in kinds
        for item in range(len(customer.get(many) or []))
    ]


def _people(data):
    roots = _merged([customer["id"] for customer in data["customers"]], data.get("merges") or [])
    people = {root: Person(root) for root in roots.values()}
    for arrival, (kind, index, item) in enumerate(arrival_order(data)):
        customer = data["customers"][index]
        person = people[roots[customer["id"]]]
        record = customer[kind + "s"][item]
        at = instant(record["t"])
        if kind == "event":
            properties = {name: from_json(value) for name, value in (record.get("p") or {}).items()}
            person.events.append(Event(at, arrival, record["name"], properties))
        elif kind == "trait":
            for name, value in record["v"].items():
                person.traits.setdefault(name, []).append((at, arrival, from_json(value)))
        elif kind == "join":
            person.joins.append((at, arrival, record["account"]))
        else:
            person.consents.setdefault(record["purpose"], []).append((at, arrival, record["granted"]))
    for person in people.values():
        person.sort()
    return sorted(people.values(), key=lambda person: person.id.encode())


def _merged(ids, merges):
    """For each identity the bytewise least of those it is one person with."""
    groups = {identity: {identity} for pair in merges for identity in pair}
    groups.update({identity: {identity} for identity in ids})
    for left, right in merges:
        joined = groups[left] | groups[right]
        for identity in joined:
            groups[identity] = joined
    return {identity: min(group, key=str.encode) for identity, group in groups.items()}


def _accounts(records):
    accounts = {}
    for arrival, record in enumerate(records):
        facts = accounts.setdefault(record["id"], {})
        for name, value in record["v"].items():
            facts.setdefault(name, []).append((instant(record["t"]), arrival, from_json(value)))
    for facts in accounts.values():
        for history in facts.values():
            history.sort(key=lambda fact: fact[:2])
    return accounts
