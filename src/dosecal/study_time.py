"""Study time: study days, calendar months, windows, wall-clock times; the one place where "there is no day 0" lives."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Final, Literal, NewType

from dateutil.relativedelta import relativedelta
from msgspec import Struct, field

StudyDay = NewType("StudyDay", int)
"""A day counted from Study Day 1: 1, 2, 3 ... and, before it, -1, -2 ...; never 0 (CDISC SDTM 4.4.4)."""

Weekday = Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
WEEKDAYS: Final[tuple[Weekday, ...]] = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

SHORTEST_MONTH: Final = 28
"""Days that every month has."""
FIRST_DATE: Final = date(1900, 1, 1)
LAST_DATE: Final = date(2200, 12, 31)


class DateOutOfRangeError(ValueError):
    """A computed date lies before 1900 or after 2200."""


class MonthRule(Struct, frozen=True):
    """What a regimen means by a month: a calendar month, or a fixed number of days (28 or 30)."""

    days: int | None = None


CALENDAR_MONTHS: Final = MonthRule()


class CountedMonths(MonthRule, frozen=True, eq=False):
    """Calendar months that keep what was counted with them: from which date, and how many."""

    counted: set[tuple[date, int]] = field(default_factory=set)


def uncounted(rule: MonthRule | None) -> MonthRule | None:
    """The same rule without a memory."""
    return CALENDAR_MONTHS if isinstance(rule, CountedMonths) else rule


class Zone(Struct, frozen=True):
    """A time zone: its IANA name, its rules, and the version of the zone data that they come from ("2026f")."""

    name: str
    rules: tzinfo
    data_version: str


class Window(Struct, frozen=True):
    """When an occurrence is allowed: both ends included; None is open. Dates, or local date-times for windows in hours."""

    earliest: date | datetime | None
    latest: date | datetime | None


class NamedTimeOfDay(Struct, frozen=True):
    """A participant's named time: one clock time, or one for each weekday."""

    by_weekday: tuple[time | None, ...]
    """Monday first; None: no such time on that weekday."""

    def on(self, day: date) -> time | None:
        return self.by_weekday[day.weekday()]


class Instant(Struct, frozen=True):
    """A wall-clock time in a zone, made sure of: `local` exists (no daylight-saving gap) and is the first of two (overlap).

    `shifted` is the time that was asked for, when that one does not exist; `ambiguous` says that the clock shows `local` twice.
    """

    local: datetime
    utc_offset: timedelta
    shifted: time | None = None
    ambiguous: bool = False

    @property
    def wall(self) -> datetime:
        """What the clock on the wall shows: `local` without its zone."""
        return datetime.combine(self.local.date(), self.local.time())  # a quarter of the time that `replace` takes

    @property
    def utc(self) -> datetime:
        utc = self.wall - self.utc_offset
        return datetime.combine(utc.date(), utc.time(), UTC)


def study_day(day_1: date, day: date) -> StudyDay:
    """The study day of a date: Day 1 is day 1, the day before it is day -1."""
    distance = (day - day_1).days
    return StudyDay(distance + 1 if distance >= 0 else distance)


def date_of_day(origin: date, day: StudyDay) -> date:
    """The date of day n counted from `origin`, its day 1. Raises ValueError for day 0, DateOutOfRangeError outside 1900-2200."""
    if day == 0:
        raise ValueError("there is no day 0")
    return plus_days(origin, day - 1 if day > 0 else day)


def plus_days(origin: date, days: int) -> date:
    """`origin` plus a signed number of days. Raises DateOutOfRangeError outside 1900-2200."""
    try:
        result = origin + timedelta(days) if days else origin
    except OverflowError:
        raise DateOutOfRangeError from None
    if not FIRST_DATE <= result <= LAST_DATE:
        raise DateOutOfRangeError
    return result


def plus_months(origin: date, months: int, rule: MonthRule = CALENDAR_MONTHS) -> date:
    """`origin` plus a signed number of months, clamped once to the month's end; always from the anchor, never chained.

    31 January + 1 month = 28 February, + 2 months = 31 March. Raises DateOutOfRangeError outside 1900-2200.
    """
    if rule.days is not None:
        return plus_days(origin, months * rule.days)
    if isinstance(rule, CountedMonths):
        rule.counted.add((origin, months))
    if origin.day > SHORTEST_MONTH:
        return _plus_calendar_months(origin, months)
    first = origin.replace(day=1)  # every month has these days; so few dates need to be remembered
    return _plus_calendar_months(first, months) + (origin - first)


@lru_cache(maxsize=4096)
def _plus_calendar_months(origin: date, months: int) -> date:
    try:
        result = origin + _months(months)
    except (OverflowError, ValueError):
        raise DateOutOfRangeError from None
    if not FIRST_DATE <= result <= LAST_DATE:
        raise DateOutOfRangeError
    return result


@lru_cache(maxsize=256)
def _months(months: int) -> relativedelta:
    return relativedelta(months=months)


def months_completed(origin: date, day: date, rule: MonthRule = CALENDAR_MONTHS) -> int:
    """The largest m for which month m (m months after `origin`) is on or before `day`; negative before `origin`."""
    if rule.days is not None:
        return (day - origin).days // rule.days
    months = (day.year - origin.year) * 12 + day.month - origin.month
    return months if plus_months(origin, months) <= day else months - 1


def weekday_of(day: date) -> Weekday:
    return WEEKDAYS[day.weekday()]


def instant_at(day: date, clock: time, zone: tzinfo) -> Instant:
    """The wall-clock time `clock` on `day` in `zone` (regimen language, rule 23), remembered: a cohort asks for the same ones again.

    A time that occurs twice is the first one; a time that does not exist is moved forward by the gap, as RFC 5545 3.3.5 does. Where that
    would leave the day, it is the day's last minute before the gap: a date never depends on the zone (a day that a zone skips has none, and
    there the move stands).
    """
    try:
        return _instant_at(day, clock, zone)
    except TypeError:  # a zone without a hash, which nothing can be remembered of
        return _instant_at.__wrapped__(day, clock, zone)


@lru_cache(maxsize=2**14)
def _instant_at(day: date, clock: time, zone: tzinfo) -> Instant:
    asked = datetime.combine(day, clock)
    before = asked.replace(tzinfo=zone, fold=0)
    first, second = before.utcoffset(), before.replace(fold=1).utcoffset()
    if first is None or second is None:
        raise ValueError(f"{zone} is not a zone with rules")
    if first == second:
        return Instant(local=before, utc_offset=first)
    if second < first:  # the clock goes back: both exist, the first one counts
        return Instant(local=before, utc_offset=first, ambiguous=True)
    # The clock goes forward over `asked`: read with the offset before the gap, the instant shows later on the new clock.
    moved = (asked - first).replace(tzinfo=UTC).astimezone(zone)
    if moved.date() != day:
        moved = _last_minute(asked, zone) or moved
        second = moved.utcoffset() or second
    return Instant(local=moved, utc_offset=second, shifted=clock)


def _last_minute(asked: datetime, zone: tzinfo) -> datetime | None:
    """The last whole minute of `asked`'s day before it that exists in `zone`."""
    before = asked
    while before.date() == asked.date():
        local = before.replace(tzinfo=zone)
        if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == before:
            return local
        before -= timedelta(minutes=1)
    return None


def instant_after(start: Instant, elapsed: timedelta) -> Instant:
    """The instant after an elapsed time: hours pass as hours, whatever the wall clock does."""
    zone = start.local.tzinfo
    local = (start.utc + elapsed).astimezone(zone)
    offset = local.utcoffset()
    if offset is None:
        raise ValueError(f"{zone} is not a zone with rules")
    other = local.replace(fold=1 - local.fold).utcoffset()
    return Instant(local=local, utc_offset=offset, ambiguous=offset != other)
