"""Dates, windows, flags and states as people read them; the door to pendulum, which no data format may pass.

Dates come in the reader's language, everything else is for the site and in English. The catalogue of a language says in which
form it writes a date ("D. MMMM YYYY"), pendulum's locale what its months and weekdays are called.
"""

from datetime import date, datetime
from functools import lru_cache
from typing import Final

import pendulum
from pendulum.locales.locale import Locale

from dosecal.diagnostic import visible
from dosecal.languages import ENGLISH, Language
from dosecal.regimen import Section
from dosecal.study_time import Window
from dosecal.write.iso import clock_iso

Moment = date | datetime


@lru_cache(maxsize=4096)
def _formatted(year: int, month: int, day: int, form: str, locale: str) -> str:
    return str(pendulum.date(year, month, day).format(form, locale=locale))


@lru_cache(maxsize=64)
def _locale(code: str) -> str | None:
    """Pendulum's locale of a language, with its region or without; None where pendulum has neither."""
    for name in (code.replace("-", "_").lower(), code.partition("-")[0].lower()):
        try:
            Locale.load(name)
        except ValueError:
            continue
        return name
    return None


def knows_dates(code: str) -> bool:
    """Whether the months and weekdays of a language are known; where they are not, dates are written as 2026-01-05."""
    return _locale(code) is not None


def _date(day: date, form: str, language: Language = ENGLISH) -> str:
    locale = _locale(language.code)
    # Months and weekdays of another language would be worse than none: figures in the order of ISO 8601 are read alike everywhere.
    return day.isoformat() if locale is None else _formatted(day.year, day.month, day.day, form, locale)


def short_date(day: date, language: Language = ENGLISH) -> str:
    """A date as "5 Jan 2026": the month in letters, since 5/1 and 1/5 are read both ways."""
    return _date(day, language.say("D MMM YYYY"), language)


def full_date(day: date, language: Language = ENGLISH) -> str:
    """A date as "5 January 2026"."""
    return _date(day, language.say("D MMMM YYYY"), language)


def date_with_weekday(day: date, language: Language = ENGLISH) -> str:
    """A date as "Monday 5 January 2026"."""
    return _date(day, language.say("dddd D MMMM YYYY"), language)


def short_weekday(day: date, language: Language = ENGLISH) -> str:
    """The weekday of a date as "Mon"; "" where pendulum does not know the language's weekdays."""
    return _date(day, "ddd", language) if knows_dates(language.code) else ""


def day_in_words(day: date, language: Language = ENGLISH) -> str:
    """A date as "Fri 24 Dec 2027"."""
    return _date(day, language.say("ddd D MMM YYYY"), language)


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
