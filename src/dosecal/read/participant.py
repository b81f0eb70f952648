"""A participant file's text -> a Participant; a site file's text -> a Site; each with its document."""

import os
from collections.abc import Callable
from datetime import date, time
from typing import Final, TypeVar

from msgspec import Struct

from dosecal.diagnostic import Diagnostic, nearest
from dosecal.dose import MEASURES, PLAUSIBLE, Amount, number_in_source
from dosecal.participant import HolidayCalendar, Participant, Site
from dosecal.phrases import amounts, timing
from dosecal.phrases.words import Names
from dosecal.read.fields import Reading, calendar_date, clock_time, each, entries, keys_of, many, optional, phrase, run, text
from dosecal.read.files import FilePath, read_bytes
from dosecal.read.holidays import holidays_of
from dosecal.read.nodes import Document, Mapping, Node, Scalar, Sequence, read_document
from dosecal.read.zones import zone_named
from dosecal.study_time import WEEKDAYS, NamedTimeOfDay, Weekday, Zone

_PARTICIPANT: Final = (
    "participant", "regimen", "arm", "day-1", "timezone", "site", "horizon", "birth-date", "flags", "measures", "days", "times",
    "first-dose", "record",
)  # fmt: skip
_SITE: Final = ("site", "weekend", "closed", "open", "holidays")
ID_LENGTH: Final = 64

T = TypeVar("T")
PairReader = Callable[[Document, Scalar, Node], Reading[T | None]]


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
    yield from _not_built(document, keys)
    identity = yield from optional(document, keys, "participant", text)
    if identity is not None and len(identity) > ID_LENGTH:
        yield Diagnostic("too-long", f"an id of more than {ID_LENGTH} characters", "shorten it", place=document.place(keys["participant"]))
    day_1 = yield from optional(document, keys, "day-1", calendar_date)
    participant = yield from person(document, keys, identity, day_1 or date.min)
    yield from _in_order(document, keys, participant)
    return participant


PERSON: Final = (
    "arm", "timezone", "site", "horizon", "birth-date", "flags", "measures", "days", "times", "first-dose",
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
        flags=frozenset((yield from many(document, keys, "flags", text))),
        measures=dict((yield from _pairs(document, keys, "measures", _measure))),
        days=dict((yield from _pairs(document, keys, "days", _days))),
        times=dict((yield from _pairs(document, keys, "times", _named_time))),
    )


def _in_order(document: Document, keys: dict[str, Node], participant: Participant) -> Reading[None]:
    if participant.horizon is not None and participant.horizon < participant.day_1:
        message = f"the horizon {participant.horizon} lies before Day 1, {participant.day_1}"
        yield Diagnostic("horizon", message, "the horizon is the last date to be listed", place=document.place(keys["horizon"]))
    if participant.birth_date is not None and date.min < participant.day_1 < participant.birth_date:
        message = f"the birth date {participant.birth_date} lies after Day 1, {participant.day_1}"
        yield Diagnostic("birth-date", message, "check the two dates", place=document.place(keys["birth-date"]))


def _not_built(document: Document, keys: dict[str, Node]) -> Reading[None]:
    """Refuse by name what this version does not lay out yet."""
    record = keys.get("record")
    empty = record is None or (isinstance(record, Sequence) and not record.nodes) or (isinstance(record, Scalar) and not record.text)
    if record is not None and not empty:
        message = "record entries are not replayed by this version of dosecal"
        mend = "leave the record empty for now; the schedule is the plan"
        key = next(key for key, value in document.root.entries if value is record)
        yield Diagnostic("not-built", message, mend, place=document.place(key))


def _pairs(document: Document, keys: dict[str, Node], key: str, reader: PairReader[T]) -> Reading[list[tuple[str, T]]]:
    node = keys.get(key)
    if node is None:
        return []
    pairs: list[tuple[str, T]] = []
    for name, value in (yield from entries(document, node, f"`{key}`")):
        read = yield from reader(document, name, value)
        if read is not None:
            pairs.append((name.text.strip(), read))
    return pairs


def time_zone(document: Document, node: Node) -> Reading[Zone | None]:
    name = yield from text(document, node)
    if name is None:
        return None
    zone = zone_named(name)
    if isinstance(zone, Zone):
        return zone
    yield Diagnostic(zone.name, zone.message, zone.help, place=document.place(node))
    return None


class FirstDose(Struct, frozen=True):
    """The clock time before which nothing is taken on Day 1, or the name of one of the participant's times."""

    clock: time | None = None
    name: str | None = None


def _first_dose(document: Document, node: Node) -> Reading[FirstDose | None]:
    if isinstance(node, Scalar) and node.text[:1].isdigit():
        return FirstDose(clock=(yield from clock_time(document, node)))
    return FirstDose(name=(yield from text(document, node)))


def _measure(document: Document, key: Scalar, node: Node) -> Reading[Amount | None]:
    units = MEASURES.get(key.text)
    if units is None:
        near = nearest(key.text, MEASURES)
        mend = f"did you mean `{near}`?" if near else f"the measures are {', '.join(MEASURES)}"
        yield Diagnostic("unknown-key", f"there is no measure `{key.text}`", mend, place=document.place(key))
        return None
    amount = yield from phrase(lambda value, names: amounts.parse_amount(value, names, units), Names())(document, node)
    least, most = PLAUSIBLE[key.text]
    if amount is not None and not least <= amount.value <= most:
        said = f"{number_in_source(amount.value)} {amount.unit}"
        message = f"no participant has a {key.text} of {said}"
        mend = f"check the decimal point: it lies between {number_in_source(least)} and {number_in_source(most)} {amount.unit}"
        yield Diagnostic("implausible", message, mend, place=document.place(node))
        return None
    return amount


def _days(document: Document, _key: Scalar, node: Node) -> Reading[tuple[Weekday, ...] | None]:
    weekdays = yield from phrase(timing.parse_weekdays, Names())(document, node)
    return weekdays.days if weekdays is not None else None


def _named_time(document: Document, _key: Scalar, node: Node) -> Reading[NamedTimeOfDay | None]:
    """`07:30`, or `{Mon-Fri: 07:30, Sat-Sun: 09:00}`; a weekday that is not named has no such time."""
    if not isinstance(node, Mapping):
        clock = yield from clock_time(document, node)
        return None if clock is None else NamedTimeOfDay((clock,) * 7)
    by_weekday: list[time | None] = [None] * 7
    for key, value in node.entries:
        clock = yield from clock_time(document, value)
        for weekday in (yield from _weekday_range(document, key)):
            if by_weekday[weekday] is not None:
                yield Diagnostic("twice", f"{WEEKDAYS[weekday]} has two times", "keep one of the two", place=document.place(key))
            by_weekday[weekday] = clock
    return NamedTimeOfDay(tuple(by_weekday))


def _weekday_range(document: Document, key: Scalar) -> Reading[tuple[int, ...]]:
    """`Mon-Fri` or `Sat`: the numbers of the weekdays, Monday 0."""
    first, dash, last = key.text.partition("-")
    known: dict[str, int] = {weekday: number for number, weekday in enumerate(WEEKDAYS)}
    if first in known and (last in known or not dash):
        start, end = known[first], known[last or first]
        return tuple(number % 7 for number in range(start, end + 1 if end >= start else end + 8))
    yield Diagnostic("weekday", f"`{key.text}` is no weekday and no range of weekdays", "write Mon or Mon-Fri", place=document.place(key))
    return ()


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
