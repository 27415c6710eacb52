"""The moment of an event as its `where` sees it."""

from datetime import datetime

from . import zones
from .parser import WEEKDAYS
from .values import Timestamp

FIELDS = ("hour", "weekday", "weekend", "day", "month", "date", "time", "holiday")


def field(name, event, situation):
    local = zones.to_local(situation.zone, event.at)
    if name == "hour":
        return float(local.hour)
    if name == "weekday":
        return WEEKDAYS[local.weekday()]
    if name == "weekend":
        return local.weekday() >= 5
    if name == "day":
        return float(local.day)
    if name == "month":
        return float(local.month)
    if name == "date":
        return Timestamp(zones.to_utc(situation.zone, datetime(local.year, local.month, local.day)))
    if name == "time":
        return Timestamp(event.at)
    return is_holiday(event, situation)


def is_holiday(event, situation, name=None):
    day = zones.to_local(situation.zone, event.at).date().isoformat()
    return any(
        holiday["first"] <= day <= holiday["last"]
        for holiday in situation.world.holidays
        if name is None or holiday["name"] == name
    )
