"""A schedule -> the schedule that an audience may see: doses, reasons and the arm hidden as the regimen's `blinding` asks.

    hidden      what an event does not show
    arm         the schedule names no arm, and its notes name no place in the regimen
    dose        also no amount, no word on placebo, no product, no reasons: what a record says of a date may name any of these
    treatment   the same; what it asks beyond that (one name for what is given) is asked of the regimen (dosecal.blinding)

A rater sees no treatment at all, whatever is declared (dosecal's promise 17). A participant sees no dose, phase or reason either way.
"""

from collections.abc import Iterable
from datetime import date, time
from typing import Final, get_args

from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic
from dosecal.dose import Dose
from dosecal.regimen import SECTIONS, Audience, Blinding, Hidden, Section
from dosecal.schedule import Event, Schedule, by_date

TREATMENT: Final[tuple[Section, ...]] = ("doses", "medicines")
"""The sections whose events a rater never sees."""
_OF_THE_DOSE: Final = ("adjusted", "amount-differs")
"""Flags that speak of an amount."""


def hidden_from(audience: Audience, blindings: Iterable[Blinding]) -> Hidden | None:
    """The most that any version of the protocol hides from `audience`; from a rater, treatment in any case."""
    declared = {blinding.of(audience) for blinding in blindings} | ({"treatment"} if audience == "rater" else set())
    return next((one for one in reversed(get_args(Hidden)) if one in declared), None)


def seen(schedule: Schedule, audience: Audience, hidden: Hidden | None) -> Schedule:
    """What `audience` may see of a schedule, `hidden` being kept from them. Seeing twice is seeing once.

    Study, participant, items and keys stay, because a calendar's UIDs are hashed from them: who writes a participant's or a rater's
    schedule leaves out what must not be read (dosecal.write.discreet).
    """
    if audience == "site" and hidden is None:
        return schedule
    return replace(
        schedule,
        arm=None,
        events=_events(schedule.events, audience, hidden),
        absent=_events(schedule.absent, audience, hidden),
        beyond=_events(schedule.beyond, audience, hidden),
        notes=_notes(schedule.notes, audience, hidden),
    )


def _events(events: Iterable[Event], audience: Audience, hidden: Hidden | None) -> tuple[Event, ...]:
    shown = [event for event in events if audience != "rater" or event.section not in TREATMENT]
    if audience == "participant" or hidden in ("dose", "treatment"):
        shown = [_event(event, audience) for event in shown]
    # The order in which an arm happens to list its items would tell the arms apart.
    return tuple(sorted(shown, key=lambda event: order_seen(event, hidden)) if hidden is not None else shown)


def order_seen(event: Event, hidden: Hidden | None) -> tuple[date, bool, time, int, str, str, str]:
    """The order of the events that an audience sees from whom `hidden` is kept; else equal ones stand in the regimen's order."""
    return *by_date(event), *((event.item, event.key) if hidden is not None else ("", ""))


def _event(event: Event, audience: Audience) -> Event:
    """The event without amount, product and reasons; for a participant also without phase and cycle."""
    dose = event.dose
    if dose is not None:
        dose = Dose(None, dose.route, "nothing" if audience == "participant" else "route")
    flags = tuple(flag for flag in event.flags if flag not in _OF_THE_DOSE) if event.flags else ()
    if audience == "participant":
        return replace(event, dose=dose, product=None, flags=flags, reasons=(), phase=None, cycle=None)
    return replace(event, dose=dose, product=None, flags=flags, reasons=())


def _notes(notes: Iterable[Diagnostic], audience: Audience, hidden: Hidden | None) -> tuple[Diagnostic, ...]:
    """The notes without their places, which show an arm's own lines; a rater's are about what a rater sees."""
    if hidden is None:
        return tuple(notes)
    told = ((note, _section_of(note)) for note in notes)
    seen_notes = (
        Diagnostic(note.name, note.message, note.help, note.severity, path=section)
        for note, section in told
        if audience != "rater" or (section and section[0] not in TREATMENT)
    )
    # In an order of their own: that of an arm's items would tell the arm.
    return tuple(sorted(dict.fromkeys(seen_notes), key=lambda note: (note.name, note.message)))


def _section_of(note: Diagnostic) -> tuple[str, ...]:
    """The section of the item that a note is about; of several words that could be one, one of treatment."""
    found = [step for step in note.path if isinstance(step, str) and step in SECTIONS]
    return tuple(sorted(found, key=lambda step: step not in TREATMENT)[:1])
