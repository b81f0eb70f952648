"""A schedule: every event of one participant, on real dates, each with its reason."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from operator import attrgetter
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic
from dosecal.dose import ROUTES, Dose
from dosecal.regimen import SECTIONS, Section
from dosecal.study_time import Instant, MonthRule, StudyDay, Window, Zone

State = Literal["planned", "done", "missed", "held", "skipped", "stopped", "cancelled"]
"""What became of an occurrence: it is planned; it took place; it was recorded as not given or not done; it is withheld; its minimum gap
or `if-missed` leaves it out; its phase, its item or the participation has ended; an earlier state of the plan had it, and none has it now.
"""
STANDS: Final[frozenset[State]] = frozenset({"planned", "done"})
"""The states of an occurrence that takes place: it is still to come, or it took place."""


class Event(Struct, frozen=True, kw_only=True):
    """One occurrence of an item on its date.

    `nominal_date` is where `when` puts it, `due_date` after closures and gaps, `date` where it stands; until there is a record,
    it stands where it is due. `key` comes from the nominal position and never changes. `course_day` of `course_days` counts from 1.
    `clock` is None for an all-day event; `elapsed`: it comes from hours after (or before) something, not from a time of day; `lasts` is
    elapsed time. `month` is the study month (month 0 begins on Day 1), None before Day 1 and where the regimen does not use months.
    `product` is what is handed out; `subject` the participant in a schedule of several. `reasons` says in plain words why the event is on
    that date, first things first. `state` says what became of it. `revision` counts the record entries that changed it, and `revised` is
    the latest instant (UTC) at which one of them was written; both are known in a followed schedule alone (dosecal.follow).
    """

    key: str
    section: Section
    item: str
    nominal_date: date
    due_date: date
    date: date
    study_day: StudyDay
    title: str | None = None
    subject: str | None = None
    phase: str | None = None
    cycle: int | None = None
    course_day: int = 1
    course_days: int = 1
    month: int | None = None
    clock: Instant | None = None
    elapsed: bool = False
    lasts: timedelta | None = None
    dose: Dose | None = None
    product: str | None = None
    window: Window | None = None
    flags: tuple[str, ...] = ()
    state: State = "planned"
    revision: int = 0
    revised: datetime | None = None
    reasons: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """dose, lab, visit, assessment, sample, call or other."""
        return SECTIONS[self.section].kind

    @property
    def label(self) -> str:
        """The item with its place in the course: "alemtuzumab, day 2 of 5"."""
        return f"{self.item}, day {self.course_day} of {self.course_days}" if self.course_days > 1 else self.item

    @property
    def at_home(self) -> bool:
        """Whether the participant usually takes it alone, so that it neither blocks time nor needs the clinic."""
        return self.dose is not None and ROUTES[self.dose.route].home


class Schedule(Struct, frozen=True, kw_only=True):
    """The events in order of date and time, and what there is to say about them (`notes`: shifted clock times, moves not made ...).

    `absent` are the occurrences that do not take place, on the dates on which they were due, each with its state and reasons; in a
    followed schedule also those that only an earlier state of the plan had. `beyond` are the events behind the participant's horizon, as
    far as they are laid out; in a followed schedule only those that an earlier state had before it. `holidays` names the source of the
    public holidays that were taken into account ("holidays 0.109").
    """

    study: str
    day_1: date
    events: tuple[Event, ...]
    participant: str | None = None
    arm: str | None = None
    zone: Zone | None = None
    months: MonthRule | None = None
    holidays: str | None = None
    notes: tuple[Diagnostic, ...] = ()
    absent: tuple[Event, ...] = ()
    beyond: tuple[Event, ...] = ()


def narrowed(schedule: Schedule, *, kinds: frozenset[str] | None = None, first: date | None = None, last: date | None = None) -> Schedule:
    """The schedule with only the events of these kinds, from `first` to `last`, both included; None leaves a side open."""

    def asked(event: Event) -> bool:
        in_time = (first is None or first <= event.date) and (last is None or event.date <= last)
        return in_time and (kinds is None or event.kind in kinds)

    return replace(schedule, events=tuple(filter(asked, schedule.events)), absent=tuple(filter(asked, schedule.absent)))


def in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    """Events, which come section by section, in the order of a schedule."""
    listed = list(events)
    if any(event.clock is not None or event.subject is not None for event in listed):
        return tuple(sorted(listed, key=by_date))
    listed.sort(key=_date)
    return tuple(listed)


_date = attrgetter("date")
_ORDER = {section: number for number, section in enumerate(SECTIONS)}


def by_date(event: Event) -> tuple[date, bool, time, int, str]:
    """The order of a schedule: by date, all-day events first, then by clock time, by section, by participant."""
    clock = event.clock.local.time() if event.clock is not None else time.min
    return event.date, event.clock is not None, clock, _ORDER[event.section], event.subject or ""
