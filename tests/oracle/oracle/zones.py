"""Wall clocks and UTC. Instants are whole microseconds since 1970-01-01T00:00Z, as Python integers.

A local time that does not exist moves forward by the gap; an ambiguous one is the earlier. That is what
`fold=0` means to `zoneinfo`, and it is spelled out here so that nobody has to remember it.
"""

import re
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

EPOCH = datetime(1970, 1, 1)
MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000
DAY = 86_400 * SECOND
EXACT = {"second": SECOND, "minute": 60 * SECOND, "hour": 3600 * SECOND, "day": DAY, "week": 7 * DAY}
MONTHS = {"month": 1, "quarter": 3, "year": 12}
EARLIEST = (datetime(1, 1, 1) - EPOCH) // MICROSECOND
LATEST = (datetime(9999, 12, 31, 23, 59, 59, 999_999) - EPOCH) // MICROSECOND


@lru_cache(maxsize=64)
def find_zone(name):
    """Returns the IANA zone, or None where there is none of that name."""
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_+\-/]*", name):
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@lru_cache(maxsize=65536)
def to_local(zone, instant):
    """The naive wall-clock reading of an instant."""
    aware = (EPOCH + instant * MICROSECOND).replace(tzinfo=timezone.utc).astimezone(zone)
    return aware.replace(tzinfo=None, fold=0)


@lru_cache(maxsize=65536)
def to_utc(zone, local):
    """The instant of a naive wall-clock reading."""
    offset = local.replace(tzinfo=zone, fold=0).utcoffset()
    return (local - offset - EPOCH) // MICROSECOND


def add_months(local, months):
    """Moves a naive reading by whole months; the day is clamped to the month's last."""
    index = local.year * 12 + local.month - 1 + months
    year, month = divmod(index, 12)
    if not 1 <= year <= 9999:
        raise OverflowError("year out of range")
    return local.replace(year=year, month=month + 1, day=min(local.day, days_in(year, month + 1)))


def days_in(year, month):
    following = date(year + month // 12, month % 12 + 1, 1) if year < 9999 or month < 12 else None
    return 31 if following is None else (following - date(year, month, 1)).days


def shift(zone, instant, count, unit):
    """Moves an instant by a signed amount of a unit: exact up to weeks, calendar from months."""
    if unit in EXACT:
        return instant + int(count) * EXACT[unit]
    return to_utc(zone, add_months(to_local(zone, instant), int(count) * MONTHS[unit]))


def start_of(zone, unit, instant, units=0):
    """The instant at which the local calendar unit that holds `instant` begins, moved by whole units."""
    local = to_local(zone, instant)
    begin = datetime(local.year, local.month, local.day)
    if unit == "day":
        begin += timedelta(days=units)
    elif unit == "week":
        begin += timedelta(days=7 * units - begin.weekday())
    else:
        first = {"month": local.month, "quarter": (local.month - 1) // 3 * 3 + 1, "year": 1}[unit]
        begin = add_months(begin.replace(month=first, day=1), units * MONTHS[unit])
    return to_utc(zone, begin)


def next_midnight(zone, instant):
    return start_of(zone, "day", instant, 1)


_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})"
    r"(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?",
    re.ASCII,
)


@lru_cache(maxsize=65536)
def read_iso(text, zone):
    """The instant of a text that is wholly ISO 8601, without offset in `zone`; None where it is not one."""
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    microsecond = int(((fraction or "") + "000000")[:6])
    try:
        local = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), microsecond
        )
        if offset is None:
            return to_utc(zone, local)
        return (local - EPOCH) // MICROSECOND - offset_of(offset)
    except ValueError:
        return None


def offset_of(text):
    if text == "Z":
        return 0
    digits = text[1:].replace(":", "") + "00"
    hours, minutes = int(digits[:2]), int(digits[2:4])
    if hours > 23 or minutes > 59:
        raise ValueError("offset out of range")
    return (-1 if text[0] == "-" else 1) * (hours * 60 + minutes) * EXACT["minute"]


def print_iso(instant):
    """ISO 8601 in UTC, with microseconds only where they are not zero."""
    return (EPOCH + instant * MICROSECOND).isoformat() + "Z"
