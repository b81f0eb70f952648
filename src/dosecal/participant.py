"""A participant: who, from which Day 1, where, with which choices and measures; and the site that they come to."""

from collections.abc import Mapping
from datetime import date, time

from msgspec import Struct

from dosecal.dose import Amount
from dosecal.study_time import Weekday, Zone, weekday_of


class NamedTimeOfDay(Struct, frozen=True):
    """A participant's named time: one clock time, or one for each weekday."""

    by_weekday: tuple[time | None, ...]
    """Monday first; None: no such time on that weekday."""

    def on(self, day: date) -> time | None:
        return self.by_weekday[day.weekday()]


class Participant(Struct, frozen=True, kw_only=True):
    """One participant; `id` None: a schedule asked for by arm and start date alone.

    `horizon` is the last date listed, included; `first_dose` the clock time, or the named one, before which nothing is taken on Day 1.
    """

    day_1: date
    id: str | None = None
    regimen: str | None = None
    arm: str | None = None
    zone: Zone | None = None
    site: str | None = None
    horizon: date | None = None
    first_dose: time | str | None = None
    birth_date: date | None = None
    flags: frozenset[str] = frozenset()
    measures: Mapping[str, Amount] = {}
    days: Mapping[str, tuple[Weekday, ...]] = {}
    times: Mapping[str, NamedTimeOfDay] = {}


class Site(Struct, frozen=True, kw_only=True):
    """When a site is open: its weekend, its closing days, and extra open days for some items."""

    weekend: frozenset[Weekday] = frozenset()
    closed: frozenset[date] = frozenset()
    open: Mapping[date, frozenset[str]] = {}

    def is_open(self, day: date, item: str) -> bool:
        """Whether `item` can take place here on `day`."""
        if item in self.open.get(day, ()):
            return True
        return day not in self.closed and weekday_of(day) not in self.weekend


ALWAYS_OPEN = Site()
