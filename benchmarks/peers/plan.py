"""The interferon plan as a plain loop, for the peers in Python: an id and Day 1 -> uid, kind and local start of every event."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple


class Kind(NamedTuple):
    """What all events of a kind have in common: in its uid, its title, category, TRANSP, time of day and length."""

    name: str
    title: str
    category: str
    transp: str
    at: time
    lasts: timedelta


class Planned(NamedTuple):
    """One event. `start` is the local time, without its zone."""

    uid: str
    kind: Kind
    start: datetime


DOSE = Kind("dose", "Injection", "Treatment", "TRANSPARENT", time(20), timedelta(minutes=15))
LAB = Kind("lab", "Blood test", "Test", "OPAQUE", time(9), timedelta(minutes=30))
VISIT = Kind("visit", "Assessment", "Visit", "OPAQUE", time(9, 30), timedelta(hours=3))

MONTHS = 24
DOSE_DAYS = {0, 2, 4}
ONE_DAY = timedelta(days=1)

CALENDAR_NAME = "Visits and treatment"
PRODID = "-//peers//interferon//EN"
REMINDER = "Reminder: please look at your calendar"
BEFORE = timedelta(minutes=-30)
VTIMEZONE = (Path(__file__).parent / "vtimezone.txt").read_text(encoding="ascii")


def events(identifier: str, day_1: date) -> Iterator[Planned]:
    """Injections on Mon, Wed and Fri up to the day before Month 24, blood tests each month, assessments every 3 months."""
    day, end, number = day_1, month(day_1, MONTHS), 0
    while day < end:
        if day.weekday() in DOSE_DAYS:
            number += 1
            yield planned(identifier, DOSE, number, day)
        day += ONE_DAY
    for number in range(1, MONTHS + 1):
        yield planned(identifier, LAB, number, month(day_1, number))
    for number in range(3, MONTHS + 1, 3):
        yield planned(identifier, VISIT, number, month(day_1, number))


def planned(identifier: str, kind: Kind, number: int, day: date) -> Planned:
    return Planned(f"{identifier}-{kind.name}-{number:03}@trial.example", kind, datetime.combine(day, kind.at))


def month(day_1: date, number: int) -> date:
    """That many calendar months after Day 1, or the last day of the month that has no such day."""
    years, months = divmod(day_1.month - 1 + number, 12)
    for day in range(day_1.day, 0, -1):
        try:
            return date(day_1.year + years, months + 1, day)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")
