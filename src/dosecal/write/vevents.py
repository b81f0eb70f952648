"""The shape of an event -> its VEVENT, with holes; and when it is, in the forms of iCalendar (RFC 5545 3.6.1)."""

from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal

from icalendar import Alarm as VAlarm
from icalendar import Component
from icalendar import Event as VEvent
from icalendar.prop import vCategory, vDuration
from msgspec import Struct

from dosecal.study_time import Instant, Zone, instant_after
from dosecal.write import mould

_NAMES_OF_UTC: Final = frozenset(("UTC", "Etc/UTC", "UCT", "Etc/UCT", "Zulu", "Etc/Zulu", "Universal", "Etc/Universal"))

Clock = Literal["all day", "local", "utc"]
WIDTHS: Final[dict[Clock, int]] = {"all day": len("20260131"), "local": len("20260131T093000"), "utc": len("20260131T093000Z")}
"""Octets of a date or time in each form."""
_UID_WIDTH: Final = 32 + 1 + 20


class Shape(Struct, frozen=True):
    """What the events of one mould share: all but dates, times, UID, SEQUENCE, and the digits of their texts, which are holes here.

    `sequence_digits`: how many SEQUENCE has. `alarm`: how long before the start a reminder comes, `alarm_text` what it says; None: none.
    `task`: the VTODO beside the event.
    """

    clock: Clock
    zone: str | None
    ends: bool
    summary: str
    description: str
    category: str
    free: bool
    cancelled: bool
    sequence_digits: int
    alarm: timedelta | None = None
    alarm_text: str = ""
    task: bool = False


class Span(Struct, frozen=True, eq=False):
    """When an event is, as the file says it: DTSTART and DTEND (b"": none) in one form; `local`: instants that need the VTIMEZONE."""

    clock: Clock
    start: bytes
    end: bytes
    local: tuple[Instant, ...] = ()


def vevent(shape: Shape) -> VEvent:
    """The VEVENT of a shape, with holes."""
    width, parameters = WIDTHS[shape.clock], parameters_of(shape)
    event = VEvent()
    event.add("DTSTART", mould.holed_text(mould.hole(mould.START, width), parameters))
    if shape.ends:
        event.add("DTEND", mould.holed_text(mould.hole(mould.END, width), parameters))
    add_what_every_component_has(event, shape)
    event.add("STATUS", mould.text("CANCELLED" if shape.cancelled else "CONFIRMED"))
    event.add("TRANSP", mould.text("TRANSPARENT" if shape.free or shape.cancelled else "OPAQUE"))
    event.add("CATEGORIES", vCategory([mould.text(shape.category)]))
    if shape.alarm is not None:
        event.add_component(_valarm(shape.alarm, shape.alarm_text))
    return event


def add_what_every_component_has(component: Component, shape: Shape) -> None:
    """Add texts, UID, stamps and SEQUENCE, which events and tasks have alike."""
    component.add("SUMMARY", mould.holed_text(shape.summary))
    component.add("DTSTAMP", mould.holed_text(mould.hole(mould.STAMP, WIDTHS["utc"])))
    component.add("LAST-MODIFIED", mould.holed_text(mould.hole(mould.MODIFIED, WIDTHS["utc"])))
    component.add("UID", mould.holed_text(mould.hole(mould.UID, _UID_WIDTH)))
    component.add("SEQUENCE", mould.holed_text(mould.hole(mould.SEQUENCE, shape.sequence_digits)))
    if shape.description:
        component.add("DESCRIPTION", mould.holed_text(shape.description))


def parameters_of(shape: Shape) -> dict[str, str] | None:
    """The parameters of a date or time of this shape."""
    return {"VALUE": "DATE"} if shape.clock == "all day" else {"TZID": shape.zone} if shape.zone else None


def _valarm(before: timedelta, words: str) -> VAlarm:
    """A reminder on the screen, so long before the start (ics rule 16; RFC 5545 3.6.6 wants all three properties)."""
    alarm = VAlarm()
    alarm.add("ACTION", mould.text("DISPLAY"))
    alarm.add("DESCRIPTION", mould.text(words))
    alarm.add("TRIGGER", vDuration(-before))
    return alarm


def is_utc(zone: Zone) -> bool:
    """Whether a zone is UTC by one of its names: its times are written so."""
    return zone.name in _NAMES_OF_UTC


def clock_span(what: str, clock: Instant, lasts: timedelta | None, zone: Zone | None, *, elapsed: bool = False) -> Span:
    """A clock time and, if the event has a length, the time after it has elapsed: local (ics rule 11), or both in UTC (rule 12)."""
    if zone is None:
        raise ValueError(f"{what} on {clock.local.date()} has a clock time, but the schedule has no time zone")
    instants = (clock, instant_after(clock, lasts)) if lasts else (clock,)
    # Hours after a dose are elapsed time (ics rule 11). Readers differ over a local time that does not exist or comes twice: one such time
    # puts the whole event into UTC.
    if elapsed or is_utc(zone) or any(instant.ambiguous or instant.shifted is not None for instant in instants):
        return _ordered("utc", [utc_text(instant.utc) for instant in instants], ())
    return _ordered("local", [_local_text(instant.local) for instant in instants], instants)


def _ordered(clock: Clock, times: list[bytes], local: tuple[Instant, ...]) -> Span:
    """The span of one or two times; an end within the second of the start is left out (RFC 5545 3.8.2.2: DTEND is later than DTSTART)."""
    return Span(clock, times[0], times[-1] if times[-1] > times[0] else b"", local)


def date_text(day: date) -> bytes:
    return day.isoformat().replace("-", "").encode()


def _local_text(moment: datetime) -> bytes:
    return moment.isoformat(timespec="seconds")[:19].replace("-", "").replace(":", "").encode()


def utc_text(moment: datetime) -> bytes:
    return _local_text(moment.astimezone(UTC)) + b"Z"
