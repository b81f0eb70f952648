"""An item's clock times on one date: `09:00`, a time that the participant has named, or an offset from one (rule 23)."""

from datetime import date, datetime, time, timedelta

from msgspec import Struct

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.expand.points import unbuilt
from dosecal.participant import NamedTimeOfDay, Participant
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import At, ClockTime, NamedTime, NearTime
from dosecal.study_time import WEEKDAYS, Instant, instant_at


class Clock(Struct, frozen=True):
    """One clock time of an occurrence: the phrase that names its slot, and the instant."""

    slot: str
    instant: Instant


def clocks_on(day: date, slots: tuple[At, ...], participant: Participant) -> tuple[Clock, ...]:
    """The clock times of an occurrence on `day`, in the participant's zone.

    Raises Refused without a zone, or when the participant does not give a named time.
    """
    zone = participant.zone
    if zone is None:
        message = "a clock time needs the participant's time zone"
        mend = "name the zone: --timezone ZONE, or `timezone: America/Los_Angeles` in the participant file"
        raise Refused([Diagnostic("no-zone", message, mend, path=("at",), part=spell(slots[0]))])
    return tuple(Clock(spell(slot), instant_at(day, _wall_time(slot, day, participant), zone.rules)) for slot in slots)


def _wall_time(slot: At, day: date, participant: Participant) -> time:
    match slot:
        case ClockTime(clock):
            return clock
        case NamedTime(name):
            return _named(name, day, participant)
        case NearTime(count, unit, side, name):
            distance = timedelta(minutes=count * (60 if unit == "hour" else 1) * (1 if side == "after" else -1))
            near = datetime.combine(day, _named(name, day, participant)) + distance
            if near.date() == day:
                return near.time()
            message = f"`{spell(slot)}` falls on another day than `{name}`"
            raise Refused([Diagnostic("time", message, "give a clock time instead", path=("at",), part=spell(slot))])
    raise Refused([unbuilt(slot, "at")])


def _named(name: str, day: date, participant: Participant) -> time:
    times: NamedTimeOfDay | None = participant.times.get(name)
    clock = times.on(day) if times is not None else None
    if clock is not None:
        return clock
    on = f" on {WEEKDAYS[day.weekday()]}" if times is not None else ""
    message = f"when is the participant's `{name}`{on}?"
    mend = f"add it to the participant file: `times: {{{name}: 19:00}}`"
    raise Refused([Diagnostic("no-named-time", message, mend, path=("at",), part=name)])
