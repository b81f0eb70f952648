"""A schedule -> the bytes of one calendar file (.ics, RFC 5545): one VEVENT for each occurrence, the same bytes for the same schedule.

No METHOD: with one, a file is a message to act on (RFC 5546), not a calendar to read; Outlook takes only the first UID of a REQUEST.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from icalendar import Calendar

from dosecal import __version__
from dosecal.schedule import Event, Schedule, in_order
from dosecal.study_time import Instant, Zone
from dosecal.write import mould
from dosecal.write.uid import key_code, person_code
from dosecal.write.vevents import Shape, Span, clock_span, date_text, utc_text, vevent
from dosecal.write.vtimezone import Vtimezones
from dosecal.write.wording import Audience, calendar_name, cancelled_description, cancelled_title, category, site_description, title

LARGEST_IMPORTABLE: Final = 900_000
"""Bytes of a calendar above which some readers refuse to import it (Google: 1 MB)."""

UNSTAMPED: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""DTSTAMP and LAST-MODIFIED of an event that no record entry has touched: the clock never enters a file (ics rule 6)."""

_CALENDAR_END: Final = b"END:VCALENDAR\r\n"
_ZONE_NAME: Final = re.compile(r"[A-Za-z0-9_+/-]+")


def write_ics(schedule: Schedule, *, audience: Audience = "participant", stamped: datetime | None = None) -> bytes:
    """The calendar of one participant: a whole file, in UTF-8.

    `audience`: "participant" is discreet (no drug, dose, arm, study, site or id), "site" says everything. A followed schedule
    (dosecal.follow) keeps in the calendar what the record cancelled or moved behind the horizon. `stamped`: DTSTAMP and LAST-MODIFIED of
    all events, to the second; None: when each was last revised, 1970-01-01T00:00:00Z where no record entry touched it. Raises ValueError
    for a naive `stamped`, and for a schedule that breaks its contract: two events with one key, a clock time without a zone, a zone name
    that cannot be one.
    """
    return IcsWriter(audience=audience, stamped=stamped).write(schedule)


class IcsWriter:
    """Writes calendars for one audience, and keeps what they share: moulds, VTIMEZONEs, codes of keys, dates as text.

    What it keeps grows with the regimens and the years, not with the number of participants.
    """

    def __init__(self, *, audience: Audience = "participant", stamped: datetime | None = None) -> None:
        if stamped is not None and stamped.tzinfo is None:
            raise ValueError("a stamp needs a time zone")
        self.audience: Final = audience
        self._stamp: Final = utc_text(stamped) if stamped is not None else None
        self._moulds: Final[dict[Shape, mould.Mould]] = {}
        self._vtimezones: Final = Vtimezones()
        self._codes: Final[dict[str, bytes]] = {}
        self._days: Final[dict[date, Span]] = {}

    def write(self, schedule: Schedule) -> bytes:
        """As `write_ics`."""
        zone = schedule.zone
        events, absent = _in_calendar(schedule)
        _check(events, zone)
        person = person_code(schedule.study, schedule.participant, schedule.day_1).encode() + b"-"
        moulds: list[mould.Mould] = []
        fields: list[mould.Fields] = []
        local: list[Instant] = []
        for event in events:
            span = self._day(event.date) if event.clock is None else clock_span(event, event.clock, zone)
            cancelled = event.key in absent
            texts = self._texts(event, cancelled=cancelled)
            stamp = self._stamp or (utc_text(event.revised) if event.revised is not None else _UNSTAMPED_TEXT)
            uid, sequence = person + self._code(event.key), b"%d" % event.revision
            moulds.append(self._mould(event, span, zone, texts, cancelled=cancelled))
            # The digits in the order in which icalendar writes the texts: SUMMARY, then DESCRIPTION.
            fields.append((span.start, span.end, stamp, stamp, uid, sequence, mould.digits("".join(texts))))
            local += span.local
        used = zone if any(event.clock for event in events) else None
        vtimezone = self._vtimezones.of(zone, local) if zone and local else b""
        head = _head(calendar_name(schedule, self.audience), used, schedule.holidays)
        return b"".join((head, vtimezone, mould.cast(moulds, fields), _CALENDAR_END))

    def _texts(self, event: Event, *, cancelled: bool) -> tuple[str, str]:
        """SUMMARY and DESCRIPTION ("": none). That an event took place is not told: recording what was planned changes no event."""
        words = title(event, self.audience)
        if cancelled:
            return cancelled_title(words), cancelled_description(event) if self.audience == "site" else ""
        return words, site_description(event) if self.audience == "site" else ""

    def _mould(self, event: Event, span: Span, zone: Zone | None, texts: tuple[str, str], *, cancelled: bool) -> mould.Mould:
        summary, description = texts
        shape = Shape(
            clock=span.clock,
            zone=zone.name if zone and span.clock == "local" else None,
            ends=bool(span.end),
            summary=mould.with_holes(summary),
            description=mould.with_holes(description),
            category=category(event, self.audience),
            free=event.at_home,
            cancelled=cancelled,
            sequence_digits=len(str(event.revision)),
        )
        found = self._moulds.get(shape)
        if found is None:
            found = self._moulds[shape] = mould.mould_of(vevent(shape))
        return found

    def _day(self, day: date) -> Span:
        """A whole day: DTEND, which is exclusive, is the next one (ics rule 13)."""
        span = self._days.get(day)
        if span is None:
            span = self._days[day] = Span("all day", date_text(day), date_text(day + timedelta(1)))
        return span

    def _code(self, key: str) -> bytes:
        code = self._codes.get(key)
        if code is None:
            code = self._codes[key] = key_code(key).encode()
        return code


def _head(name: str, zone: Zone | None, holidays: str | None) -> bytes:
    """The calendar's own properties, which come before its components (ics rules 4, 18, 23); `zone`: the one used, if any."""
    calendar = Calendar()
    calendar.add("PRODID", mould.text(f"-//dosecal//dosecal {__version__}//EN"))
    calendar.add("VERSION", mould.text("2.0"))
    calendar.add("NAME", mould.text(name))
    calendar.add("X-WR-CALNAME", mould.text(name))
    if zone is not None:
        calendar.add("X-DOSECAL-ZONE-DATA", mould.text(zone.data_version))
    if holidays is not None:  # the version of the library alone: its country would tell where the site is
        calendar.add("X-DOSECAL-HOLIDAYS", mould.text(holidays))
    return mould.rendered(calendar).removesuffix(_CALENDAR_END)


def _in_calendar(schedule: Schedule) -> tuple[tuple[Event, ...], frozenset[str]]:
    """All events of the calendar in order, and the keys of the cancelled ones.

    What never stood in the calendar has no revision, and what is behind the horizon or absent comes in only because it once stood there.
    """
    absent = [event for event in schedule.absent if event.revision]
    beyond = [event for event in schedule.beyond if event.revision]
    if not absent and not beyond:
        return schedule.events, frozenset()
    return in_order((*schedule.events, *absent, *beyond)), frozenset(event.key for event in absent)


def _check(events: Sequence[Event], zone: Zone | None) -> None:
    """Raises ValueError for what would break the calendar and no correct schedule holds."""
    if len({event.key for event in events}) != len(events):
        raise ValueError("two events of the schedule have the same key, so they would have the same UID")
    if zone is not None and not _ZONE_NAME.fullmatch(zone.name):
        raise ValueError(f"{zone.name!r} is not the name of a time zone")


_UNSTAMPED_TEXT: Final = utc_text(UNSTAMPED)
