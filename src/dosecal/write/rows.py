"""A schedule -> days and lines of text for people: what table and html both print."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Final

from msgspec import Struct

from dosecal import __version__
from dosecal.diagnostic import visible
from dosecal.dose import Amount, amount_in_words, dose_in_words
from dosecal.regimen import SECTIONS
from dosecal.schedule import Event, Schedule
from dosecal.write.fold import Run, fold
from dosecal.write.iso import clock_iso, offset_iso
from dosecal.write.lengths import length_in_words
from dosecal.write.people import (
    date_with_weekday,
    day_in_words,
    days_in_words,
    flag_in_words,
    full_date,
    short_date,
    short_weekday,
    took_place,
    window_in_words,
)

_SAID_OTHERWISE: Final = ("shifted-from:", "clock-shows-twice")
"""Flags of a clock change; the clock time itself says more."""
_OF_THE_DUE_DATE: Final = ("late", "early")
"""Flags of what took place on another day than its due date; `given 14 days late` says more."""


class Line(Struct, frozen=True, kw_only=True):
    """One event, or one run of them (`run` then says which dates and how many); an empty text where there is nothing to say."""

    phase: str
    what: str
    run: str
    time: str
    lasts: str
    dose: str
    window: str
    notes: str


class Day(Struct, frozen=True, kw_only=True):
    """A date with everything that falls on it, in order of time."""

    date: str
    weekday: str
    study_day: str
    month: str
    lines: tuple[Line, ...]


def days_of(schedule: Schedule, *, folded: bool, to: str) -> tuple[Day, ...]:
    """The schedule's days. `folded`: runs stand on the day of their first dose; `to` stands between the ends of a window."""
    rows = fold(schedule.events) if folded else schedule.events
    return tuple(_day(list(same), to) for _, same in groupby(rows, key=lambda row: _event(row).date))


def heading_of(schedule: Schedule) -> tuple[tuple[str, str], ...]:
    """What a schedule is of, as names and values; what is unknown is left out."""
    zone, months = schedule.zone, schedule.months
    lines = (
        ("Study", schedule.study),
        ("Arm", schedule.arm),
        ("Participant", schedule.participant),
        ("Day 1", date_with_weekday(schedule.day_1)),
        ("Time zone", zone and zone.name),
        ("A month is", f"{months.days} days" if months and months.days else None),
    )
    return tuple((name, visible(value)) for name, value in lines if value)


def heading_lines(heading: Sequence[tuple[str, str]]) -> list[str]:
    """Names and values as lines of plain text, the values below each other."""
    widest = max(len(name) for name, _ in heading) + 1
    return [f"{name + ':':<{widest}}  {value}" for name, value in heading]


def what_in_words(event: Event) -> str:
    """An occurrence among those of all phases: "oxaliplatin (treatment, cycle 5)"."""
    phase = f" ({_phase(event)})" if event.phase is not None else ""
    return visible(f"{event.label}{phase}")


def counts_of(events: Iterable[Event]) -> str:
    """How many events there are of each section, in the sections' order: "313 doses, 24 labs, 8 assessments", or "no events"."""
    sections = [event.section for event in events]
    counts = ((facts.singular, section, sections.count(section)) for section, facts in SECTIONS.items())
    return ", ".join(f"{count:,} {one if count == 1 else many}" for one, many, count in counts if count) or "no events"


def absent_of(schedule: Schedule) -> str:
    """How many occurrences do not take place, by what became of them: "not taking place: 2 held, 1 missed"; "" where all do."""
    states = [event.state for event in schedule.absent]
    counts = ", ".join(f"{states.count(state):,} {state}" for state in dict.fromkeys(states))
    return f"not taking place: {counts}" if counts else ""


def totals_of(events: Iterable[Event]) -> tuple[str, ...]:
    """For each item that is given: "interferon beta-1a: 313 doses, 13,772 micrograms in all". Amounts in one unit are added exactly."""
    given: dict[str, list[Event]] = {}
    for event in events:
        if event.dose:
            given.setdefault(event.item, []).append(event)
    return tuple(f"{visible(item)}: {_doses(len(of_item))}{_in_all(of_item)}" for item, of_item in given.items())


def versions_of(schedule: Schedule) -> str:
    """What made the schedule: "dosecal 0.1.0, zone data 2026f"."""
    zone = f", zone data {visible(schedule.zone.data_version)}" if schedule.zone else ""
    return f"dosecal {__version__}{zone}" + (f", {visible(schedule.holidays)}" if schedule.holidays else "")


def _in_all(events: Sequence[Event]) -> str:
    sums: dict[str, Decimal] = {}
    for event in events:
        if event.dose and event.dose.amount:
            amount = event.dose.amount
            sums[amount.unit] = sums.get(amount.unit, Decimal(0)) + amount.value
    words = " and ".join(amount_in_words(Amount(value, unit)) for unit, value in sums.items())
    return f", {words} in all" if words else ""


def _doses(count: int) -> str:
    return "1 dose" if count == 1 else f"{count:,} doses"


def _event(row: Event | Run) -> Event:
    return row.first if isinstance(row, Run) else row


def _day(rows: Sequence[Event | Run], to: str) -> Day:
    event = _event(rows[0])
    return Day(
        date=short_date(event.date),
        weekday=short_weekday(event.date),
        study_day=f"Day {event.study_day}",
        month="" if event.month is None else f"Month {event.month}",
        lines=tuple(_line(row, to) for row in rows),
    )


def _line(row: Event | Run, to: str) -> Line:
    event = _event(row)
    return Line(
        phase=visible(_phase(event)),
        what=visible(f"{event.subject}: " if event.subject else "") + visible(event.item if isinstance(row, Run) else event.label),
        run=f"{row.pattern} until {full_date(row.last.date)}, {_doses(len(row.events))}" if isinstance(row, Run) else "",
        time=clock_iso(event.clock.local.time()) if event.clock else "",
        lasts=length_in_words(event.lasts) if event.lasts is not None else "",
        dose=dose_in_words(event.dose) if event.dose else "",
        window=window_in_words(event.window, event.date, to) if event.window else "",
        notes="; ".join(_notes(event)),
    )


def _phase(event: Event) -> str:
    """The phase, and the number of its cycle: "treatment, cycle 2"."""
    return f"{event.phase}, cycle {event.cycle}" if event.cycle is not None else event.phase or ""


def _notes(event: Event) -> list[str]:
    """The event's flags, and what must be said of its date and time even where no flag says it."""
    done = [_done(event)] if event.state == "done" else []
    said = (*_SAID_OTHERWISE, *_OF_THE_DUE_DATE) if done else _SAID_OTHERWISE
    notes = done + [flag_in_words(flag) for flag in event.flags if not flag.startswith(said)]
    if event.product is not None:
        notes.insert(0, f"hand out {event.product}")
    if event.nominal_date != event.date and not any(event.nominal_date.isoformat() in flag for flag in event.flags):
        notes.append(f"nominally {day_in_words(event.nominal_date)}")
    if event.clock and event.clock.shifted:
        notes.append(f"the clock skips {clock_iso(event.clock.shifted)} on this day")
    if event.clock and event.clock.ambiguous:
        notes.append(f"the clock shows {clock_iso(event.clock.local.time())} twice on this day: UTC{offset_iso(event.clock.utc_offset)}")
    return notes


def _done(event: Event) -> str:
    """That it took place, and how far from its due date: "given", "given 14 days late", "done 1 day early"."""
    days = (event.date - event.due_date).days
    return f"{took_place(event.section)} {days_in_words(days, 'late', 'early')}" if days else took_place(event.section)
