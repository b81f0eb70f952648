"""A participant: who, from which Day 1, where, with which choices and measures; the site that they come to; a roster of several."""

from collections.abc import Mapping
from datetime import date, time
from typing import TYPE_CHECKING

from msgspec import Struct

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.dose import Amount
from dosecal.study_time import NamedTimeOfDay, Weekday, Zone, weekday_of

if TYPE_CHECKING:
    from dosecal.record import Record  # only a participant with a record needs the module


class Participant(Struct, frozen=True, kw_only=True):
    """One participant; `id` None: a schedule asked for by arm and start date alone.

    `horizon` is the last date listed, included; `first_dose` the clock time, or the named one, before which nothing is taken on Day 1.
    `language` is the code of the language of their own calendar (dosecal.languages), None for English. `record` is what really happened, in
    the order written. `cohort` (from 1) and `place_time` come from a roster, where a cohort plan gives
    places.
    """

    day_1: date
    id: str | None = None
    regimen: str | None = None
    arm: str | None = None
    zone: Zone | None = None
    site: str | None = None
    horizon: date | None = None
    first_dose: time | str | None = None
    cohort: int | None = None
    place_time: time | None = None
    birth_date: date | None = None
    language: str | None = None
    flags: frozenset[str] = frozenset()
    measures: Mapping[str, Amount] = {}
    days: Mapping[str, tuple[Weekday, ...]] = {}
    times: Mapping[str, NamedTimeOfDay] = {}
    record: "Record" = ()


class HolidayCalendar(Struct, frozen=True, kw_only=True):
    """The public holidays of a country or subdivision, the years for which they are known (both included), and where they come from."""

    name: str
    days: frozenset[date]
    first_year: int
    last_year: int
    source: str


class SiteClosing(Struct, frozen=True):
    """Days without an open day for one item (a machine is down), both included."""

    item: str
    first: date
    last: date


class Site(Struct, frozen=True, kw_only=True):
    """When a site is open: its weekend, its closing days and public holidays, and extra open days for some items.

    `known` is False where nobody said anything about the site. From a record come `closings`, and `later`: from that date on the
    participant goes to another site.
    """

    weekend: frozenset[Weekday] = frozenset()
    closed: frozenset[date] = frozenset()
    open: Mapping[date, frozenset[str]] = {}
    holidays: HolidayCalendar | None = None
    known: bool = True
    closings: tuple[SiteClosing, ...] = ()
    later: tuple[date, "Site"] | None = None

    @property
    def never_closes(self) -> bool:
        """Whether every day is open."""
        shut = self.weekend or self.closed or self.holidays or self.closings
        return not shut and (self.later is None or self.later[1].never_closes)

    def needed(self, words: str) -> None:
        """Raise Refused where nobody described the site: `words` counts its open days."""
        if not self.known:
            mend = "describe the site: --site FILE, with `weekend: Sat Sun` and the days `closed`"
            raise Refused([Diagnostic("no-site", f"`{words}` depends on when the site is open", mend, part=words)])

    def is_open(self, day: date, item: str) -> bool:
        """Whether `item` can take place here on `day`. Raises Refused in a year whose public holidays are not known."""
        if self.later is not None and day >= self.later[0]:
            return self.later[1].is_open(day, item)
        if any(one.item == item and one.first <= day <= one.last for one in self.closings):
            return False
        if item in self.open.get(day, ()):
            return True
        return day not in self.closed and weekday_of(day) not in self.weekend and not self._is_holiday(day)

    def _is_holiday(self, day: date) -> bool:
        known = self.holidays
        if known is None:
            return False
        if known.first_year <= day.year <= known.last_year:
            return day in known.days
        message = f"the public holidays of {known.name} are known from {known.first_year} to {known.last_year}, and {day} lies outside"
        mend = "in the site file, list the closing days of that year under `closed`, without `holidays`"
        raise Refused([Diagnostic("holidays", message, mend)])


ALWAYS_OPEN = Site(known=False)
"""What is assumed of a site that nobody described; what counts open days is refused there."""


class Cohort(Struct, frozen=True):
    """A cohort of a roster: the name of its plan, and the ids of its participants in the order of the places."""

    plan: str
    places: tuple[str, ...]


class Roster(Struct, frozen=True, kw_only=True):
    """Participants in cohorts: the first cohort's start, and what is known of each participant beside their dates."""

    day_1: date
    zone: Zone
    cohorts: tuple[Cohort, ...]
    participants: Mapping[str, Participant] = {}
