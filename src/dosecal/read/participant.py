"""A participant file's text -> a Participant; a site file's text -> a Site; each with its document."""

import os
from datetime import date, time
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic
from dosecal.languages import unknown_language
from dosecal.participant import HolidayCalendar, Participant, Site
from dosecal.phrases import timing
from dosecal.phrases.words import Names
from dosecal.read.choices import measure, named_time, pairs, weekdays
from dosecal.read.fields import Reading, calendar_date, clock_time, each, entries, keys_of, many, optional, phrase, run, text
from dosecal.read.files import FilePath, read_bytes
from dosecal.read.holidays import holidays_of
from dosecal.read.nodes import Document, Node, Scalar, Sequence, read_document
from dosecal.read.zones import zone_named
from dosecal.study_time import WEEKDAYS, Zone

if TYPE_CHECKING:
    from dosecal.record import Record

_PARTICIPANT: Final = (
    "participant", "regimen", "arm", "day-1", "timezone", "site", "horizon", "birth-date", "flags", "measures", "days", "times",
    "first-dose", "language", "record",
)  # fmt: skip
_SITE: Final = ("site", "weekend", "closed", "open", "holidays")
ID_LENGTH: Final = 64


class ParticipantFile(Struct, frozen=True):
    """A participant and the document that says so."""

    participant: Participant
    document: Document


class SiteFile(Struct, frozen=True):
    """A site, the name that its file gives it (if any), and the document."""

    site: Site
    name: str | None
    document: Document


def read_participant_file(path: FilePath) -> ParticipantFile:
    """The participant in the file at `path`. Raises Unreadable, or Refused with every error of the file."""
    return read_participant(read_document(os.fspath(path), read_bytes(path)))


def read_participant(document: Document) -> ParticipantFile:
    """The participant in a document. Raises Refused with every error of the document."""
    return ParticipantFile(run(_participant(document)), document)


def read_site_file(path: FilePath) -> SiteFile:
    """The site in the file at `path`. Raises Unreadable, or Refused with every error of the file."""
    return read_site(read_document(os.fspath(path), read_bytes(path)))


def read_site(document: Document) -> SiteFile:
    """The site in a document. Raises Refused with every error of the document."""
    site, name = run(_site(document))
    return SiteFile(site, name, document)


def _participant(document: Document) -> Reading[Participant | None]:
    root = document.root
    keys = yield from keys_of(document, root, _PARTICIPANT, "a participant", required=("participant", "regimen", "day-1"))
    identity = yield from optional(document, keys, "participant", text)
    if identity is not None and len(identity) > ID_LENGTH:
        yield Diagnostic("too-long", f"an id of more than {ID_LENGTH} characters", "shorten it", place=document.place(keys["participant"]))
    day_1 = yield from optional(document, keys, "day-1", calendar_date)
    participant = yield from person(document, keys, identity, day_1 or date.min)
    yield from in_order(document, keys, participant)
    return replace(participant, record=(yield from _record(document, keys.get("record"))))


PERSON: Final = (
    "arm", "timezone", "site", "horizon", "birth-date", "flags", "measures", "days", "times", "first-dose",
    "language",
)  # fmt: skip
"""The keys that describe a participant, wherever they stand."""


def person(document: Document, keys: dict[str, Node], identity: str | None, day_1: date) -> Reading[Participant]:
    """The participant that PERSON's keys describe."""
    first_dose = yield from optional(document, keys, "first-dose", _first_dose)
    return Participant(
        id=identity,
        day_1=day_1,
        regimen=(yield from optional(document, keys, "regimen", text)),
        arm=(yield from optional(document, keys, "arm", text)),
        zone=(yield from optional(document, keys, "timezone", time_zone)),
        site=(yield from optional(document, keys, "site", text)),
        horizon=(yield from optional(document, keys, "horizon", calendar_date)),
        first_dose=(first_dose.clock or first_dose.name) if first_dose is not None else None,
        birth_date=(yield from optional(document, keys, "birth-date", calendar_date)),
        language=(yield from optional(document, keys, "language", _language)),
        flags=frozenset((yield from many(document, keys, "flags", text))),
        measures=dict((yield from pairs(document, keys, "measures", measure))),
        days=dict((yield from pairs(document, keys, "days", weekdays))),
        times=dict((yield from pairs(document, keys, "times", named_time))),
    )


def in_order(document: Document, keys: dict[str, Node], participant: Participant) -> Reading[None]:
    """Whether the participant's dates follow one another as they must."""
    if participant.horizon is not None and participant.horizon < participant.day_1:
        message = f"the horizon {participant.horizon} lies before Day 1, {participant.day_1}"
        yield Diagnostic("horizon", message, "the horizon is the last date to be listed", place=document.place(keys["horizon"]))
    if participant.birth_date is not None and date.min < participant.day_1 < participant.birth_date:
        message = f"the birth date {participant.birth_date} lies after Day 1, {participant.day_1}"
        yield Diagnostic("birth-date", message, "check the two dates", place=document.place(keys["birth-date"]))


def _record(document: Document, node: Node | None) -> "Reading[Record]":
    """What really happened; nothing where the key is missing or empty."""
    if node is None or (isinstance(node, Sequence) and not node.nodes) or (isinstance(node, Scalar) and not node.text):
        return ()
    from dosecal.read.record import record_of  # noqa: PLC0415  (most files have no record, and every command reads a participant)

    return (yield from record_of(document, node))


def time_zone(document: Document, node: Node) -> Reading[Zone | None]:
    name = yield from text(document, node)
    if name is None:
        return None
    zone = zone_named(name)
    if isinstance(zone, Zone):
        return zone
    yield Diagnostic(zone.name, zone.message, zone.help, place=document.place(node))
    return None


def _language(document: Document, node: Node) -> Reading[str | None]:
    code = yield from text(document, node)
    fault = unknown_language(code) if code is not None else None
    if fault is None:
        return code
    yield Diagnostic(fault.name, fault.message, fault.help, place=document.place(node))
    return None


class FirstDose(Struct, frozen=True):
    """The clock time before which nothing is taken on Day 1, or the name of one of the participant's times."""

    clock: time | None = None
    name: str | None = None


def _first_dose(document: Document, node: Node) -> Reading[FirstDose | None]:
    if isinstance(node, Scalar) and node.text[:1].isdigit():
        return FirstDose(clock=(yield from clock_time(document, node)))
    return FirstDose(name=(yield from text(document, node)))


def _site(document: Document) -> Reading[tuple[Site, str | None]]:
    keys = yield from keys_of(document, document.root, _SITE, "a site")
    weekend = yield from optional(document, keys, "weekend", phrase(timing.parse_weekdays, Names()))
    extra = yield from _extra_days(document, keys.get("open"))
    site = Site(
        weekend=frozenset(weekend.days) if weekend is not None else frozenset(),
        closed=frozenset((yield from many(document, keys, "closed", calendar_date))),
        open=extra,
        holidays=(yield from optional(document, keys, "holidays", _holidays)),
    )
    if len(site.weekend) == len(WEEKDAYS):
        yield Diagnostic("weekend", "the weekend is the whole week", "name the days that are closed", place=document.place(keys["weekend"]))
    return site, (yield from optional(document, keys, "site", text))


def _holidays(document: Document, node: Node) -> Reading[HolidayCalendar | None]:
    code = yield from text(document, node)
    if code is None:
        return None
    calendar = holidays_of(code)
    if isinstance(calendar, HolidayCalendar):
        return calendar
    yield Diagnostic(calendar.name, calendar.message, calendar.help, place=document.place(node))
    return None


def _extra_days(document: Document, node: Node | None) -> Reading[dict[date, frozenset[str]]]:
    """`open: {2026-12-24: [laboratory tests]}`: extra open days for some items."""
    if node is None:
        return {}
    days: dict[date, frozenset[str]] = {}
    for key, value in (yield from entries(document, node, "extra open days")):
        day = yield from calendar_date(document, key)
        items = yield from each(document, value, text)
        if day is not None:
            days[day] = frozenset(items)
    return days
