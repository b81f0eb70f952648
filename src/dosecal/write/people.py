"""Dates, windows, lengths, flags and states as people read them, in English; the door to pendulum, which no data format may pass."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

import pendulum

from dosecal.diagnostic import visible
from dosecal.dose import number_in_words
from dosecal.regimen import Section
from dosecal.study_time import Window
from dosecal.write.iso import clock_iso

Moment = date | datetime


@lru_cache(maxsize=4096)
def _formatted(year: int, month: int, day: int, form: str) -> str:
    return str(pendulum.date(year, month, day).format(form, locale="en"))


def _date(day: date, form: str) -> str:
    return _formatted(day.year, day.month, day.day, form)


def short_date(day: date) -> str:
    """A date as "5 Jan 2026": the month in letters, since 5/1 and 1/5 are read both ways."""
    return _date(day, "D MMM YYYY")


def full_date(day: date) -> str:
    """A date as "5 January 2026"."""
    return _date(day, "D MMMM YYYY")


def date_with_weekday(day: date) -> str:
    """A date as "Monday 5 January 2026"."""
    return _date(day, "dddd D MMMM YYYY")


def short_weekday(day: date) -> str:
    """The weekday of a date as "Mon"."""
    return _date(day, "ddd")


def day_in_words(day: date) -> str:
    """A date as "Fri 24 Dec 2027"."""
    return _date(day, "ddd D MMM YYYY")


def window_in_words(window: Window, day: date, to: str = " to ") -> str:
    """When an event on `day` is allowed: "22 Jan to 5 Feb 2027", "14:00 to 16:00", "from 22 Jan 2027", "by 5 Feb 2027".

    What both ends share is said once, and the date of times on `day` itself not at all. `to` stands between the ends; a window that
    is open at both ends is "".
    """
    match window:
        case Window(earliest=None, latest=None):
            return ""
        case Window(earliest=None, latest=latest) if latest is not None:
            return f"by {_moment(latest)}"
        case Window(earliest=earliest, latest=None) if earliest is not None:
            return f"from {_moment(earliest)}"
        case Window(earliest=datetime() as earliest, latest=datetime() as latest):
            return _times_in_words(earliest, latest, day, to)
        case Window(earliest=earliest, latest=latest) if earliest is not None and latest is not None:
            return _dates_in_words(earliest, latest, to)
    raise AssertionError(window)


def _moment(moment: Moment) -> str:
    return f"{short_date(moment)} {clock_iso(moment.time())}" if isinstance(moment, datetime) else short_date(moment)


def _times_in_words(earliest: datetime, latest: datetime, day: date, to: str) -> str:
    if earliest.date() != latest.date():
        return f"{_moment(earliest)}{to}{_moment(latest)}"
    times = f"{clock_iso(earliest.time())}{to}{clock_iso(latest.time())}"
    return times if earliest.date() == day else f"{short_date(earliest)} {times}"


def _dates_in_words(earliest: Moment, latest: Moment, to: str) -> str:
    if isinstance(earliest, datetime) or isinstance(latest, datetime) or earliest.year != latest.year:
        return f"{_moment(earliest)}{to}{_moment(latest)}"
    if earliest == latest:
        return f"on {short_date(earliest)}"
    form = "D MMM" if earliest.month != latest.month else "D"
    return f"{_date(earliest, form)}{to}{short_date(latest)}"


def length_in_words(length: timedelta) -> str:
    """A length as "4 hours", "2 hours 30 minutes", "1 minute"."""
    minutes = Decimal(length // timedelta(microseconds=1)) / 60_000_000
    hours, rest = divmod(minutes, 60)
    parts = [_counted(number, unit) for number, unit in ((hours, "hour"), (rest, "minute")) if number]
    return " ".join(parts) or "0 minutes"


def _counted(number: Decimal, unit: str) -> str:
    return f"{number_in_words(number)} {unit}" if number == 1 else f"{number_in_words(number)} {unit}s"


_FLAGS: Final = {
    "out-of-window": "outside its window",
    "gap-broken": "minimum gap broken",
    "delayed-from": "cycle delayed from",
    "adjusted": "dose adjusted",
    "again": "once more for the delayed cycle",
    "amount-differs": "another amount than planned",
}
"""Flags whose own words, parted at the hyphens, would not say enough."""


def flag_in_words(flag: str) -> str:
    """A flag for people: "moved-from:2027-12-24" is "moved from Fri 24 Dec 2027", "out-of-window" is "outside its window"."""
    name, colon, value = flag.partition(":")
    try:
        value = day_in_words(date.fromisoformat(value))
    except ValueError:
        value = visible(value)
    return f"{_FLAGS.get(name) or visible(name).replace('-', ' ')}{' ' if colon else ''}{value}"


def took_place(section: Section) -> str:
    """What an item of a section was when it took place: "given", or "done"; with "not " before it, when it did not."""
    return "given" if section in ("doses", "medicines") else "done"


def days_in_words(days: int, after: str, before: str) -> str:
    """A signed distance: "14 days late", "1 day early"; `after` is for days later, `before` for earlier ones."""
    count = abs(days)
    return f"{count:,} {'day' if count == 1 else 'days'} {after if days > 0 else before}"
