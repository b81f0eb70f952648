"""A schedule -> the bytes of one calendar file (.ics, RFC 5545): one VEVENT for each occurrence, the same bytes for the same schedule.

No METHOD: with one, a file is a message to act on (RFC 5546), not a calendar to read; Outlook takes only the first UID of a REQUEST.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from icalendar import Calendar
from icalendar.prop import vDuration
from msgspec.structs import replace

from dosecal import __version__
from dosecal.languages import ENGLISH, Language
from dosecal.regimen import Audience
from dosecal.schedule import Event, Schedule, in_order
from dosecal.study_time import Zone
from dosecal.write import mould
from dosecal.write.casting import Casting, Kind
from dosecal.write.compact import Planned, series_among, still_stands
from dosecal.write.options import NOTHING_ASKED, CalendarOptions
from dosecal.write.spans import Spans
from dosecal.write.stencil import ANYONE, CALENDAR_END, Stencil, stencil_of
from dosecal.write.uid import Component, Uids
from dosecal.write.vevents import Shape, Span, utc_text, vevent
from dosecal.write.vseries import SERIES_MARK, Instance, series_vevent
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

if TYPE_CHECKING:  # only a cohort moves calendars
    from dosecal.write.relative import Block, RelativeCalendar

LARGEST_IMPORTABLE: Final = 900_000
"""Bytes of a calendar above which some readers refuse to import it (Google: 1 MB)."""

UNSTAMPED: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""DTSTAMP and LAST-MODIFIED of an event that no record entry has touched: the clock never enters a file (ics rule 6)."""

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


UidsOf = Callable[[Component], Callable[[str], bytes]]
"""What gives, for events or for tasks, the UID of each key."""


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
        self._kinds: Final[dict[Hashable, Kind]] = {}
        self._uids: Final = Uids(options.uid_key)
        self._spans: Final = Spans()
        self._last_head: tuple[tuple[str, Zone | None, str | None] | None, bytes] = (None, b"")

    def write(self, schedule: Schedule, plan: Schedule | None = None) -> bytes:
        """As `write_ics`."""
        who = schedule.study, schedule.participant, schedule.day_1
        return self._octets(schedule, plan, lambda component: self._uids.of(*who, component))

    @property
    def shares(self) -> bool:
        """Whether the calendars of participants with one schedule differ in nothing but the person code in their UIDs."""
        return self.audience == "participant" and self.options.uid_key is None

    def stencil(self, schedule: Schedule, plan: Schedule | None = None) -> Stencil:
        """What the calendars of all have in common whose schedule is this but for their id (they all have one).

        Raises ValueError where they share less (`shares`): the audience reads the id, or a study's key makes all of each UID.
        """
        self._refuse_unshared()
        return stencil_of(schedule.study, self._octets(schedule, plan, lambda component: self._uids.of_person(ANYONE, component)))

    def block(self, schedule: Schedule, order: Callable[[Event], tuple[object, ...]]) -> "Block | None":
        """The events of a schedule, or of a part of one, counted from Day 1; None where they cannot be moved. Raises as `stencil`.

        `order` gives the place of an event among others, its date first.
        """
        from dosecal.write.relative import block_of  # noqa: PLC0415  (as above)

        self._refuse_unshared()
        return block_of(schedule, self._cast(schedule, None, lambda component: self._uids.of_person(ANYONE, component)), self._spans, order)

    def relative(self, schedule: Schedule, blocks: "Sequence[Block]") -> "RelativeCalendar":
        """The blocks as one calendar for any Day 1; `schedule`: one like it, which says all but the events."""
        from dosecal.write.relative import RelativeCalendar  # noqa: PLC0415  (as above)

        timed = any(component.when.form != "all day" for block in blocks for component in block)
        return RelativeCalendar(schedule.study, schedule.zone, self._head(schedule, None, timed=timed), blocks, self._spans)

    def _refuse_unshared(self) -> None:
        if not self.shares:
            raise ValueError("these calendars differ in more than the person code")

    def _octets(self, schedule: Schedule, plan: Schedule | None, uids: UidsOf) -> bytes:
        casting = self._cast(schedule, plan, uids)
        vtimezone = self._spans.vtimezone(schedule.zone, casting.local) if schedule.zone else b""
        timed = any(event.clock for event in casting.events)
        return b"".join((self._head(schedule, plan, timed=timed), vtimezone, mould.cast(casting.moulds, casting.fields), CALENDAR_END))

    def _head(self, schedule: Schedule, plan: Schedule | None, *, timed: bool) -> bytes:
        """What stands before the first component; `timed`: at least one of them has a clock time."""
        used = schedule.zone if timed else None
        says = calendar_name(schedule, self.audience, self.language.say), used, schedule.holidays
        if self._last_head[0] != says:
            self._last_head = says, _head(*says, self.language, self.options)
        head = self._last_head[1]
        return head + SERIES_MARK if plan is not None else head

    def _cast(self, schedule: Schedule, plan: Schedule | None, uids: UidsOf) -> Casting:
        self._spans.forget()
        zone = schedule.zone
        events, absent = _in_calendar(schedule)
        _check(events, zone)
        uid_of, task_uid_of = uids("key"), uids("task") if self.options.tasks else None
        casting = Casting([], [], [], [])
        instances = self._write_series(plan, events, uid_of, casting) if plan is not None else {}
        for event in events:
            span = self._spans.of(event, zone)
            if span.local:
                casting.local.append(span)
            kind = self._kind(event, span, zone, cancelled=event.key in absent)
            instance = instances.get(event.key)
            if instance is None:
                casting.add(kind.events, kind.fields(span, uid_of(event.key)), event)
            elif not still_stands(event, instance.planned.event):  # else its series says it
                fields = kind.fields(span, uid_of(instance.series.first.event.key))
                casting.add(mould.mould_of(instance.override(kind.shape)), fields, event)
            if task_uid_of is not None and kind.tasks is not None:
                of_task, numbers = kind.tasks
                fields = span.start, b"", kind.stamp, kind.stamp, task_uid_of(event.key), kind.sequence, numbers
                casting.add(of_task, fields, event)
        return casting

    def _write_series(self, plan: Schedule, events: Iterable[Event], uid_of: Callable[[str], bytes], into: Casting) -> dict[str, Instance]:
        """Add the series of a plan, of the events that this calendar has, before everything else; the instances by their keys."""
        keys = {event.key for event in events}
        instances: dict[str, Instance] = {}
        planned = [Planned(event, self._spans.of(event, plan.zone)) for event in plan.events if event.key in keys]
        for series in series_among(planned, plan.zone, self._texts):
            event, span = series.first.event, series.first.span
            summary, description = self._texts(event)
            texts = summary, description and series_description(description, [one.event.date for one in series.instances])
            kind = self._new_kind(event, span, plan.zone, texts, cancelled=False)
            into.add(mould.mould_of(series_vevent(kind.shape, series)), kind.fields(span, uid_of(event.key)), event)
            into.local.extend(one.span for one in series.instances if one.span.local)
            instances |= {one.event.key: Instance(series, one, kind.shape) for one in series.instances}
        return instances

    def _texts(self, event: Event, *, cancelled: bool = False) -> tuple[str, str]:
        """SUMMARY and DESCRIPTION ("": none). That an event took place is not told: recording what was planned changes no event."""
        say = self.language.say
        words = title(event, self.audience, say)
        if cancelled:
            return cancelled_title(words, say), cancelled_description(event) if self.audience != "participant" else ""
        return words, site_description(event) if self.audience != "participant" else ""

    def _kind(self, event: Event, span: Span, zone: Zone | None, *, cancelled: bool) -> Kind:
        """What the event is cast in: kept where all of its kind say the same, as a participant's do unless the record touched them."""
        if event.revision or self.audience != "participant":
            return self._new_kind(event, span, zone, self._texts(event, cancelled=cancelled), cancelled=cancelled)
        route = event.dose.route if event.dose is not None else None
        what = event.section, event.title, route, event.course_day, event.course_days
        key = what, span.clock, not span.end, zone.name if zone is not None else None, cancelled
        kind = self._kinds.get(key)
        if kind is None:
            kind = self._new_kind(event, span, zone, self._texts(event, cancelled=cancelled), cancelled=cancelled)
            kind = self._kinds[key] = kind.shut()
        return kind

    def _new_kind(self, event: Event, span: Span, zone: Zone | None, texts: tuple[str, str], *, cancelled: bool) -> Kind:
        summary, description = texts
        shape = Shape(
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
        stamp = self._stamp or (utc_text(event.revised) if event.revised is not None else _UNSTAMPED_TEXT)
        task = self._mould(replace(shape, task=True, ends=False, alarm=None)) if self.options.tasks and event.at_home else None
        tasks = (task, mould.digits(in_order_of_writing(*texts))) if task is not None else None
        # The digits in the order in which icalendar writes the texts: SUMMARY, then DESCRIPTION.
        return Kind(shape, self._mould(shape), stamp, b"%d" % event.revision, mould.digits("".join(texts)), tasks)

    def _mould(self, shape: Shape) -> mould.Mould:
        found = self._moulds.get(shape)
        if found is None:
            found = self._moulds[shape] = mould.mould_of(vtodo(shape) if shape.task else vevent(shape))
        return found


def _head(name: str, zone: Zone | None, holidays: str | None, language: Language, options: CalendarOptions) -> bytes:
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
    return mould.rendered(calendar).removesuffix(CALENDAR_END)


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
