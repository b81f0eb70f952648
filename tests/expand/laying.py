"""Regimen text laid out for a test: a few lines of YAML and a Day 1 -> the schedule, an item's dates, its keys, or what is refused."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, time
from functools import cache

import pytest

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.expand import expand
from dosecal.participant import ALWAYS_OPEN, Participant, Site
from dosecal.read.nodes import read_document
from dosecal.read.regimen import read_regimen
from dosecal.regimen import Regimen
from dosecal.schedule import Event, Schedule
from dosecal.study_time import WEEKDAYS, NamedTimeOfDay, Weekday, Zone
from tests.readers import zones

MONDAY = "2027-01-04"
WEEKENDS_CLOSED: frozenset[Weekday] = frozenset({"Sat", "Sun"})


def regimen(body: str, months: str | None = "calendar") -> Regimen:
    """The regimen whose sections are `body`."""
    head = f"months: {months}\n" if months else ""
    text = f"format: dosecal/1\nstudy: a study\nsource: a test\n{head}{body}\n"
    return read_regimen(read_document("test.yaml", text.encode())).regimen


def laid_out(
    body: str,
    day_1: str = MONDAY,
    *,
    months: str | None = "calendar",
    site: Site = ALWAYS_OPEN,
    arm: str | None = None,
    timezone: str | None = None,
    horizon: str | None = None,
    days: Mapping[str, str] | None = None,
    times: Mapping[str, str | Mapping[str, str]] | None = None,
    first_dose: str | None = None,
) -> Schedule:
    """The schedule of one participant; `days` as "Mon Wed Fri", `times` as "19:00" or by weekday."""
    participant = Participant(
        day_1=date.fromisoformat(day_1),
        arm=arm,
        zone=zone(timezone) if timezone is not None else None,
        horizon=date.fromisoformat(horizon) if horizon is not None else None,
        days={name: weekdays(chosen) for name, chosen in (days or {}).items()},
        times={name: named(chosen) for name, chosen in (times or {}).items()},
        first_dose=first_dose,
    )
    return expand(regimen(body, months), participant, site)


@cache
def zone(name: str) -> Zone:
    """One zone for each name, so that equal schedules compare equal."""
    return zones.zone(name)


def weekdays(text: str) -> tuple[Weekday, ...]:
    return tuple(WEEKDAYS[("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun").index(word)] for word in text.split())


def named(chosen: str | Mapping[str, str]) -> NamedTimeOfDay:
    if isinstance(chosen, str):
        return NamedTimeOfDay((time.fromisoformat(chosen),) * 7)
    return NamedTimeOfDay(tuple(time.fromisoformat(chosen[day]) if day in chosen else None for day in WEEKDAYS))


def shut(*days: str, weekend: Iterable[Weekday] = ()) -> Site:
    """A site that is closed on these dates (`2027-12-24` or `2027-12-24..2027-12-31`) and weekdays."""
    return Site(weekend=frozenset(weekend), closed=frozenset(date.fromisoformat(day) for text in days for day in spread(text)))


def spread(text: str) -> list[str]:
    """`2027-12-30..2028-01-02`, both ends included, as a list of dates; one date as itself."""
    first, _, last = text.partition("..")
    start, end = date.fromisoformat(first).toordinal(), date.fromisoformat(last or first).toordinal()
    return [date.fromordinal(number).isoformat() for number in range(start, end + 1)]


def one(when: str, **keys: str) -> str:
    """A body with one visit called `it`; `if_closed="stay"` writes `if-closed: stay`."""
    return item("visits", "it", when=when, **keys)


def item(section: str, name: str, **keys: str) -> str:
    written = ", ".join(f"{key.replace('_', '-')}: {value}" for key, value in keys.items())
    return f"{section}: {{{name}: {{{written}}}}}"


def dates_of(schedule: Schedule, name: str = "it") -> list[str]:
    return [event.date.isoformat() for event in schedule.events if event.item == name]


def keys_of(schedule: Schedule, name: str = "it") -> list[str]:
    return [event.key for event in schedule.events if event.item == name]


def only(schedule: Schedule, name: str = "it") -> Event:
    (event,) = (event for event in schedule.events if event.item == name)
    return event


def notes_of(schedule: Schedule) -> list[str]:
    return [note.name for note in schedule.notes]


def refusals(body: str, day_1: str = MONDAY, **asked: object) -> tuple[Diagnostic, ...]:
    """Everything for which laying out is refused; it fails where nothing is."""
    with pytest.raises(Refused) as refused:
        laid_out(body, day_1, **asked)  # type: ignore[arg-type]
    return refused.value.diagnostics


def refusal(body: str, day_1: str = MONDAY, **asked: object) -> str:
    """The name of the one refusal."""
    (diagnostic,) = refusals(body, day_1, **asked)
    assert re.fullmatch("[a-z0-9-]+", diagnostic.name)
    return diagnostic.name
