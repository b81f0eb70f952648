"""A regimen's body, a Day 1 and the text of record entries -> the schedule that follows the record, or what is refused.

Each entry is written as in a participant file, without its braces: `on: 2027-01-13, given: it, due: 2027-01-11`. Who and why are added
where they are not said. The participant is read from the text of a file, so that reading is exercised too.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.expand import expand
from dosecal.participant import ALWAYS_OPEN, Participant, Site
from dosecal.read.nodes import read_document
from dosecal.read.participant import read_participant
from dosecal.schedule import Event, Schedule
from tests.expand.laying import MONDAY, regimen

FILE = "participant.yaml"


def participant(*entries: str, day_1: str = MONDAY, **facts: str) -> Participant:
    """The participant of a file with these facts (`birth_date="1951-01-20"` writes `birth-date`) and, in its last lines, the entries."""
    lines = ['participant: "1042"', "regimen: test.yaml", f"day-1: {day_1}"]
    lines += [f"{key.replace('_', '-')}: {value}" for key, value in facts.items()]
    lines += ["record:", *(f"  - {{{_whole(entry)}}}" for entry in entries)] if entries else []
    return read_participant(read_document(FILE, "\n".join([*lines, ""]).encode())).participant


def _whole(entry: str) -> str:
    why = "" if "why:" in entry else ", why: a reason"
    return f"{entry}{why}, by: JD"


def replayed(
    body: str,
    *entries: str,
    day_1: str = MONDAY,
    months: str | None = "calendar",
    site: Site = ALWAYS_OPEN,
    sites: Mapping[str, Site] | None = None,
    amendments: Mapping[str, str] | None = None,
    **facts: str,
) -> Schedule:
    """The schedule after the entries; `sites` by name, `amendments` as the bodies of later versions by name."""
    versions = {name: regimen(later, months) for name, later in (amendments or {}).items()}
    return expand(regimen(body, months), participant(*entries, day_1=day_1, **facts), site, sites=sites or {}, amendments=versions)


def refused(body: str, *entries: str, entry: int | None = None, **asked: object) -> Diagnostic:
    """The one refusal, which is about an entry: the last one, or number `entry` (from 1). It says how to mend it.

    The engine says which entry by the path; the reader, which refuses what cannot be an entry at all, by the place in the file.
    """
    with pytest.raises(Refused) as caught:
        replayed(body, *entries, **asked)  # type: ignore[arg-type]
    (diagnostic,) = caught.value.diagnostics
    place, number = diagnostic.place, entry or len(entries)
    if place is not None:
        assert (place.file, entries[number - 1] in place.text) == (FILE, True), diagnostic
    else:
        assert diagnostic.path[:2] == ("record", number - 1), diagnostic
    assert diagnostic.help, diagnostic
    return diagnostic


def said_by(diagnostic: Diagnostic) -> str:
    """The message and its mend."""
    return f"{diagnostic.message}\n{diagnostic.help}"


# -- looking at a schedule


def event_on(schedule: Schedule, day: str, name: str = "it") -> Event:
    """The one event of an item on a date."""
    (event,) = (event for event in schedule.events if event.item == name and event.date == date.fromisoformat(day))
    return event


def absent(schedule: Schedule, name: str = "it") -> list[tuple[str, str]]:
    """The occurrences of an item that do not take place: the dates on which they were due, and what became of them."""
    return [(event.due_date.isoformat(), event.state) for event in schedule.absent if event.item == name]


def days_of(schedule: Schedule, name: str = "it") -> list[str]:
    """The dates of an item's events as "01-31", in order of date."""
    return [f"{event.date:%m-%d}" for event in schedule.events if event.item == name]


def times_of(schedule: Schedule, name: str = "it") -> list[str]:
    """The local dates and clock times of an item's events as "01-31 19:00"."""
    return [f"{event.clock.local:%m-%d %H:%M}" for event in schedule.events if event.item == name and event.clock is not None]


def places_of(schedule: Schedule, name: str = "it") -> dict[str, str]:
    """Where each of an item's events stands: the last part of its key -> "01-31"."""
    return {event.key.rpartition("/")[2]: f"{event.date:%m-%d}" for event in schedule.events if event.item == name}


def amounts_of(schedule: Schedule, name: str = "it") -> dict[str, Decimal]:
    """What an item's events give: "01-31" -> the amount."""
    doses = {f"{event.date:%m-%d}": event.dose for event in schedule.events if event.item == name}
    return {day: dose.amount.value for day, dose in doses.items() if dose is not None and dose.amount is not None}


def window_of(event: Event) -> tuple[str, str] | None:
    """An event's window as two dates; None where it has none."""
    return (str(event.window.earliest), str(event.window.latest)) if event.window is not None else None
