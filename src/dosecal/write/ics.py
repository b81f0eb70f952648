"""A schedule -> the bytes of one calendar file (.ics, RFC 5545): one VEVENT for each occurrence, the same bytes for the same schedule.

No METHOD: with one, a file is a message to act on (RFC 5546), not a calendar to read; Outlook takes only the first UID of a REQUEST.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from icalendar import Calendar
from icalendar.prop import vDuration
from msgspec.structs import replace

from dosecal import __version__
from dosecal.languages import ENGLISH, Language
from dosecal.regimen import Audience
from dosecal.schedule import Event, Schedule, in_order
from dosecal.study_time import Instant, Zone
from dosecal.write import mould
from dosecal.write.compact import Planned, series_among, still_stands
from dosecal.write.options import NOTHING_ASKED, CalendarOptions
from dosecal.write.uid import Uids
from dosecal.write.vevents import Shape, Span, clock_span, date_text, utc_text, vevent
from dosecal.write.vseries import SERIES_MARK, Instance, series_vevent
from dosecal.write.vtimezone import Vtimezones
from dosecal.write.vtodos import in_order_of_writing, vtodo
from dosecal.write.wording import (
    alarm_text,
    calendar_name,
    cancelled_description,
    cancelled_title,
    category,
    series_description,
    site_description,
    title,
)

LARGEST_IMPORTABLE: Final = 900_000
"""Bytes of a calendar above which some readers refuse to import it (Google: 1 MB)."""

UNSTAMPED: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""DTSTAMP and LAST-MODIFIED of an event that no record entry has touched: the clock never enters a file (ics rule 6)."""

_CALENDAR_END: Final = b"END:VCALENDAR\r\n"
_ZONE_NAME: Final = re.compile(r"[A-Za-z0-9_+/-]+")


def write_ics(
    schedule: Schedule,
    *,
    audience: Audience = "participant",
    stamped: datetime | None = None,
    options: CalendarOptions = NOTHING_ASKED,
    language: Language = ENGLISH,
    plan: Schedule | None = None,
) -> bytes:
    """The calendar of one participant: a whole file, in UTF-8.

    `audience`: "participant" is discreet (no drug, dose, arm, study, site or id), "site" and "rater" are told everything that `schedule`
    holds: who may not know all of it is given what dosecal.audience leaves. A followed schedule (dosecal.follow) keeps in the calendar what
    the record cancelled or moved behind the horizon. `stamped`: DTSTAMP and LAST-MODIFIED of all events, to the second; None: when each was
    last revised, 1970-01-01T00:00:00Z where no record entry touched it. `options`: what else was asked for. `language`: of dosecal's own
    words to the participant; other audiences read English. `plan`: the same schedule without the record (or with the least of it that can
    be laid out, followed); its regular events are written as series (write/compact.py). None: one VEVENT for each event. Raises ValueError
    for a naive `stamped`, for another language to another audience, and for a schedule that breaks its contract: two events with one key, a
    clock time without a zone, a zone name that cannot be one.
    """
    return IcsWriter(audience=audience, stamped=stamped, options=options, language=language).write(schedule, plan)


class IcsWriter:
    """Writes calendars for one audience, and keeps what they share: moulds, VTIMEZONEs, codes of keys, dates as text.

    What it keeps grows with the regimens and the years, not with the number of participants.
    """

    def __init__(
        self,
        *,
        audience: Audience = "participant",
        stamped: datetime | None = None,
        options: CalendarOptions = NOTHING_ASKED,
        language: Language = ENGLISH,
    ) -> None:
        if stamped is not None and stamped.tzinfo is None:
            raise ValueError("a stamp needs a time zone")
        if audience != "participant" and language != ENGLISH:
            raise ValueError(f"there are no words for the {audience} in {language.code!r}")
        self.audience: Final = audience
        self.options: Final = options
        self.language: Final = language
        self._stamp: Final = utc_text(stamped) if stamped is not None else None
        self._alarm_text: Final = alarm_text(language.say)
        self._moulds: Final[dict[Shape, mould.Mould]] = {}
        self._vtimezones: Final = Vtimezones()
        self._uids: Final = Uids(options.uid_key)
        self._days: Final[dict[date, Span]] = {}

    def write(self, schedule: Schedule, plan: Schedule | None = None) -> bytes:
        """As `write_ics`."""
        zone = schedule.zone
        events, absent = _in_calendar(schedule)
        _check(events, zone)
        who = schedule.study, schedule.participant, schedule.day_1
        uid_of, task_uid_of = self._uids.of(*who), self._uids.of(*who, "task") if self.options.tasks else None
        moulds: list[mould.Mould] = []
        fields: list[mould.Fields] = []
        local: list[Instant] = []
        instances = self._write_series(plan, events, uid_of, (moulds, fields, local)) if plan is not None else {}
        for event in events:
            span = self._span(event, zone)
            cancelled = event.key in absent
            texts = self._texts(event, cancelled=cancelled)
            stamp, sequence = self._stamped(event), b"%d" % event.revision
            shape = self._shape(event, span, zone, texts, cancelled=cancelled)
            instance = instances.get(event.key)
            if instance is None or not still_stands(event, instance.planned.event):  # else its series says it
                moulds.append(self._mould(shape) if instance is None else mould.mould_of(instance.override(shape)))
                uid = uid_of(event.key if instance is None else instance.series.first.event.key)
                # The digits in the order in which icalendar writes the texts: SUMMARY, then DESCRIPTION.
                fields.append((span.start, span.end, stamp, stamp, uid, sequence, mould.digits("".join(texts))))
            if task_uid_of is not None and event.at_home:
                moulds.append(self._mould(replace(shape, task=True, ends=False, alarm=None)))
                numbers = mould.digits(in_order_of_writing(*texts))
                fields.append((span.start, b"", stamp, stamp, task_uid_of(event.key), sequence, numbers))
            local += span.local
        used = zone if any(event.clock for event in events) else None
        vtimezone = self._vtimezones.of(zone, local) if zone and local else b""
        head = _head(calendar_name(schedule, self.audience, self.language.say), self.language, used, schedule.holidays, self.options)
        head += SERIES_MARK if plan is not None else b""
        return b"".join((head, vtimezone, mould.cast(moulds, fields), _CALENDAR_END))

    def _write_series(
        self,
        plan: Schedule,
        events: Iterable[Event],
        uid_of: Callable[[str], bytes],
        into: tuple[list[mould.Mould], list[mould.Fields], list[Instant]],
    ) -> dict[str, Instance]:
        """Add the series of a plan, of the events that this calendar has, before everything else; the instances by their keys."""
        keys = {event.key for event in events}
        moulds, fields, local = into
        instances: dict[str, Instance] = {}
        planned = [Planned(event, self._span(event, plan.zone)) for event in plan.events if event.key in keys]
        for series in series_among(planned, plan.zone, self._texts):
            event, span = series.first.event, series.first.span
            summary, description = self._texts(event)
            texts = summary, description and series_description(description, [one.event.date for one in series.instances])
            shape = self._shape(event, span, plan.zone, texts, cancelled=False)
            stamp, sequence = self._stamped(event), b"%d" % event.revision
            moulds.append(mould.mould_of(series_vevent(shape, series)))
            fields.append((span.start, span.end, stamp, stamp, uid_of(event.key), sequence, mould.digits("".join(texts))))
            instances |= {one.event.key: Instance(series, one, shape) for one in series.instances}
            local += [instant for one in series.instances for instant in one.span.local]
        return instances

    def _texts(self, event: Event, *, cancelled: bool = False) -> tuple[str, str]:
        """SUMMARY and DESCRIPTION ("": none). That an event took place is not told: recording what was planned changes no event."""
        say = self.language.say
        words = title(event, self.audience, say)
        if cancelled:
            return cancelled_title(words, say), cancelled_description(event) if self.audience != "participant" else ""
        return words, site_description(event) if self.audience != "participant" else ""

    def _shape(self, event: Event, span: Span, zone: Zone | None, texts: tuple[str, str], *, cancelled: bool) -> Shape:
        summary, description = texts
        return Shape(
            clock=span.clock,
            zone=zone.name if zone and span.clock == "local" else None,
            ends=bool(span.end),
            summary=mould.with_holes(summary),
            description=mould.with_holes(description),
            category=category(event, self.audience, self.language.say),
            free=event.at_home,
            cancelled=cancelled,
            sequence_digits=len(str(event.revision)),
            alarm=None if cancelled else self.options.alarm,
            alarm_text=self._alarm_text,
        )

    def _mould(self, shape: Shape) -> mould.Mould:
        found = self._moulds.get(shape)
        if found is None:
            found = self._moulds[shape] = mould.mould_of(vtodo(shape) if shape.task else vevent(shape))
        return found

    def _stamped(self, event: Event) -> bytes:
        return self._stamp or (utc_text(event.revised) if event.revised is not None else _UNSTAMPED_TEXT)

    def _span(self, event: Event, zone: Zone | None) -> Span:
        return self._day(event.date) if event.clock is None else clock_span(event, event.clock, zone)

    def _day(self, day: date) -> Span:
        """A whole day: DTEND, which is exclusive, is the next one (ics rule 13)."""
        span = self._days.get(day)
        if span is None:
            span = self._days[day] = Span("all day", date_text(day), date_text(day + timedelta(1)))
        return span


def _head(name: str, language: Language, zone: Zone | None, holidays: str | None, options: CalendarOptions) -> bytes:
    """The calendar's own properties, which come before its components (ics rules 4, 18, 23); `zone`: the one used, if any."""
    spoken = language.code.partition("-")[0].upper()  # a public identifier ends in the language alone (ISO 9070)
    calendar = Calendar()
    calendar.add("PRODID", mould.text(f"-//dosecal//dosecal {__version__}//{spoken}"))
    calendar.add("VERSION", mould.text("2.0"))
    calendar.add("NAME", mould.text(name))
    calendar.add("X-WR-CALNAME", mould.text(name))
    if zone is not None:
        calendar.add("X-DOSECAL-ZONE-DATA", mould.text(zone.data_version))
    if holidays is not None:  # the version of the library alone: its country would tell where the site is
        calendar.add("X-DOSECAL-HOLIDAYS", mould.text(holidays))
    if options.uid_key is not None:  # that there is one, so that calendars of both kinds are told apart; never which
        calendar.add("X-DOSECAL-UIDS", mould.text("keyed"))
    if options.readers:
        calendar.add("X-DOSECAL-READERS", mould.text(options.readers))
    if options.color is not None:
        calendar.add("COLOR", mould.text(options.color))
    if options.refresh is not None:
        calendar.add("REFRESH-INTERVAL", vDuration(options.refresh, params={"VALUE": "DURATION"}))
        calendar.add("X-PUBLISHED-TTL", vDuration(options.refresh))
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
