"""An occurrence's clock times on one date: `09:00`, a time that the participant has named, or an offset from one (rule 23)."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache

from msgspec import Struct

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.expand.refusals import unbuilt
from dosecal.participant import Participant
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import At, AtPlace, ClockTime, NamedTime, NearTime
from dosecal.study_time import WEEKDAYS, Instant, NamedTimeOfDay, Zone, instant_at


class Clock(Struct, frozen=True):
    """One clock time of an occurrence: the phrase that names its slot, and the instant."""

    slot: str
    instant: Instant


def clocks_on(day: date, slots: tuple[At, ...], participant: Participant, *, doses: bool = False) -> tuple[Clock, ...]:
    """The clock times of an occurrence on `day`, in the participant's zone, in order.

    On Study Day 1 doses whose named time lies before the participant's `first-dose` are left out.

    Raises Refused without a zone, or when the participant does not give a named time.
    """
    zone = participant.zone if participant.zone is not None else zone_of(participant, spell(slots[0]))
    clocks: list[Clock] = []
    for slot in slots:
        named, clock = _wall_time(slot, day, participant)
        first = participant.first_dose if doses and day == participant.day_1 else None
        if first is not None and isinstance(slot, NamedTime | NearTime) and named < _first(first, day, participant):
            continue
        clocks.append(Clock(_words(slot), instant_at(day, clock, zone.rules)))
    return tuple(clocks) if len(clocks) == 1 else tuple(sorted(clocks, key=lambda clock: clock.instant.local.time()))


@lru_cache(maxsize=256)
def _words(slot: At) -> str:
    """A slot's words, spelled once for all its occurrences."""
    return spell(slot)


def zone_of(participant: Participant, words: str) -> Zone:
    """The participant's zone. Raises Refused without one: nobody's zone is guessed."""
    if participant.zone is not None:
        return participant.zone
    mend = "name the zone: --timezone ZONE, or `timezone: America/Los_Angeles` in the participant file"
    raise Refused([Diagnostic("no-zone", "a clock time needs the participant's time zone", mend, path=("at",), part=words)])


def _wall_time(slot: At, day: date, participant: Participant) -> tuple[time, time]:
    """A slot's named time (before any offset) and its clock time."""
    match slot:
        case ClockTime(clock):
            return clock, clock
        case NamedTime(name):
            clock = _named(name, day, participant)
            return clock, clock
        case NearTime(count, unit, side, name):
            named = _named(name, day, participant)
            distance = timedelta(minutes=count * (60 if unit == "hour" else 1) * (1 if side == "after" else -1))
            near = datetime.combine(day, named) + distance
            if near.date() == day:
                return named, near.time()
            message = f"`{spell(slot)}` falls on another day than `{name}`"
            raise Refused([Diagnostic("time", message, "give a clock time instead", path=("at",), part=spell(slot))])
        case AtPlace():
            if participant.place_time is not None:
                return participant.place_time, participant.place_time
            message = "`place` is the clock time of a participant's place in a cohort, and there is none here"
            raise Refused([Diagnostic("no-place", message, "lay out the cohort: --roster FILE", path=("at",), part="place")])
    mend = "these are the times of a cohort's places: write `at: place` here, and the times into the cohort plan"
    raise Refused([unbuilt(slot, "at", mend=mend)])


def _first(first_dose: time | str, day: date, participant: Participant) -> time:
    return _named(first_dose, day, participant) if isinstance(first_dose, str) else first_dose


def _named(name: str, day: date, participant: Participant) -> time:
    times: NamedTimeOfDay | None = participant.times.get(name)
    clock = times.on(day) if times is not None else None
    if clock is not None:
        return clock
    on = f" on {WEEKDAYS[day.weekday()]}" if times is not None else ""
    message = f"nobody says when the participant's `{name}` is{on}"
    mend = f"add it for the participant, in their file or the roster: `times: {{{name}: 19:00}}`"
    raise Refused([Diagnostic("no-named-time", message, mend, path=("at",), part=name)])
