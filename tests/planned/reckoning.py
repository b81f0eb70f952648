"""What the oracles reckon with: study days, months, clock times of a zone, the facts of one planned event; nothing of dosecal's."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import NamedTuple

DAYS_IN_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
MON, TUE, WED, THU, FRI, SAT, SUN = range(7)


class Planned(NamedTuple):
    """One thing planned for one date. A window is its two ends as text, either of them None where it is open."""

    date: date
    clock: str | None
    utc_offset: str | None
    kind: str
    item: str
    amount: Decimal | None
    unit: str | None
    minutes: int | None
    window: tuple[str | None, str | None] | None


Bound = date | datetime | None


def all_day(kind: str, item: str, day: date, *, dose: str | None = None, window: tuple[Bound, Bound] | None = None) -> Planned:
    """Something on a date without a clock time; `dose` as "12 mg", or as None for what gives no amount."""
    amount, _, unit = (dose or "").partition(" ")
    return Planned(day, None, None, kind, item, Decimal(amount) if amount else None, unit or None, None, ends(window))


def timed(
    kind: str, item: str, when: datetime, *, dose: str | None = None, minutes: int | None = None, window: tuple[Bound, Bound] | None = None
) -> Planned:
    """Something at an instant of a zone."""
    plain = all_day(kind, item, when.date(), dose=dose, window=window)
    offset = f"{when:%z}"
    return plain._replace(clock=f"{when:%H:%M}", utc_offset=f"{offset[:3]}:{offset[3:5]}", minutes=minutes)


def ends(window: tuple[Bound, Bound] | None) -> tuple[str | None, str | None] | None:
    return (end(window[0]), end(window[1])) if window is not None else None


def end(bound: Bound) -> str | None:
    if isinstance(bound, datetime):
        return f"{bound:%Y-%m-%dT%H:%M}"
    return bound.isoformat() if bound is not None else None


# -- dates


def plus(day: date, days: int) -> date:
    return day + timedelta(days)


def study_day(day_1: date, number: int) -> date:
    """Day 1 is `day_1` and the day before it Day -1."""
    assert number != 0
    return day_1 + timedelta(number - 1 if number > 0 else number)


def run(first: date, days: int) -> list[date]:
    """So many days in a row."""
    return [first + timedelta(n) for n in range(days)]


def month_after(day_1: date, months: int) -> date:
    """The same day of the month, `months` later, or the last day of that month where it has no such day."""
    year, month = day_1.year, day_1.month
    for _ in range(months):
        month += 1
        if month > 12:
            year, month = year + 1, 1
    leap = year % 400 == 0 or (year % 4 == 0 and year % 100 != 0)
    last = 29 if month == 2 and leap else DAYS_IN_MONTH[month - 1]
    return date(year, month, min(day_1.day, last))


def about(day: date, days: int) -> tuple[date, date]:
    """A window of so many days on either side."""
    return day - timedelta(days), day + timedelta(days)


def about_unless(day_1: date, day: date, days: int) -> tuple[date, date] | None:
    """The same, but none for Day 1 itself, from which all is counted."""
    return None if day == day_1 else about(day, days)


# -- clock times


def at(day: date, clock: str, zone: tzinfo) -> datetime:
    """A wall-clock time: the first of two, and one that does not exist as the clock shows it after the change."""
    hour, minute = clock.split(":")
    asked = datetime.combine(day, time(int(hour), int(minute)), zone)
    return asked.astimezone(UTC).astimezone(zone)


def later(when: datetime, minutes: int) -> datetime:
    """So many minutes later (or earlier), as minutes pass and not as a clock shows them."""
    return (when.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(when.tzinfo)


# -- who


class Who(NamedTuple):
    """What an oracle needs to know of a participant and of the site: the latter's weekend and closing days."""

    day_1: date
    zone: tzinfo
    arm: str = ""
    horizon: date = date.max
    weekdays: frozenset[int] = frozenset()
    times: tuple[str, ...] = ()
    measure: Decimal = Decimal(0)
    weekend: frozenset[int] = frozenset()
    closed: frozenset[date] = frozenset()

    def open(self, day: date) -> bool:
        return day.weekday() not in self.weekend and day not in self.closed
