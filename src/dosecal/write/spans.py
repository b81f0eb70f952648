"""Events -> when they are, in the forms of iCalendar, each made once; and the VTIMEZONE that clock times need, checked at each of them."""

from collections.abc import Collection
from datetime import date, time, timedelta, tzinfo
from operator import attrgetter
from typing import Final

from dosecal.schedule import Event
from dosecal.study_time import Zone, instant_at
from dosecal.write.vevents import Span, clock_span, date_text
from dosecal.write.vtimezone import Vtimezones

MOST_KEPT: Final = 20_000
"""So many clock times are kept, some hundred octets each: those of a hundred years of one dose a day. Beyond it all are made anew."""
_DAY: Final = timedelta(1)
_start, _end = attrgetter("start"), attrgetter("end")


class Spans:
    """What the events of many calendars have in common: dates, clock times, time zones."""

    def __init__(self) -> None:
        self._days: Final[dict[date, Span]] = {}
        self._timed: Final[dict[tuple[time, timedelta | None, tzinfo], dict[date, Span]]] = {}
        self._kept = 0
        self._vtimezones: Final = Vtimezones()
        self._agreed: Final[dict[tuple[Zone, bytes, bytes], tuple[bytes, set[Span]]]] = {}

    def of(self, event: Event, zone: Zone | None) -> Span:
        """When an event is. Raises ValueError for a clock time without a zone."""
        clock = event.clock
        if clock is None:
            return self.day(event.date)
        if zone is None or event.elapsed or clock.shifted is not None or clock.ambiguous:
            return clock_span(event.label, clock, event.lasts, zone, elapsed=event.elapsed)
        day, times = clock.local.date(), self._timed.setdefault((clock.local.time(), event.lasts, zone.rules), {})
        span = times.get(day)
        return span if span is not None else self._keep(times, day, clock_span(event.label, clock, event.lasts, zone))

    def at(self, day: date, clock: time | None, lasts: timedelta | None, zone: Zone | None) -> Span:
        """When something is that begins on `day` at a time of day (None: it takes the whole day)."""
        if clock is None or zone is None:
            return self.day(day)
        times = self._timed.setdefault((clock, lasts, zone.rules), {})
        span = times.get(day)
        if span is None:
            instant = instant_at(day, clock, zone.rules)
            span = self._keep(times, day, clock_span("it", instant, lasts, zone))
        return span

    def day(self, day: date) -> Span:
        """A whole day: DTEND, which is exclusive, is the next one (ics rule 13)."""
        span = self._days.get(day)
        if span is None:
            span = self._days[day] = Span("all day", date_text(day), date_text(day + _DAY))
        return span

    def _keep(self, times: dict[date, Span], day: date, span: Span) -> Span:
        if self._kept >= MOST_KEPT:
            self._timed.clear()
            self._agreed.clear()
            self._kept = 0
        times[day] = span
        self._kept += 1
        return span

    def vtimezone(self, zone: Zone, local: Collection[Span]) -> bytes:
        """The VTIMEZONE of `zone` for spans in local time, checked at their instants (once for each of them); b"" for none.

        Raises ValueError as `Vtimezones.of`.
        """
        if not local:
            return b""
        starts, ends = list(map(_start, local)), map(_end, local)
        first, last = min(starts)[:4], max(*starts, *ends)[:4]
        octets, agreed = self._agreed.get((zone, first, last), (b"", set()))
        unchecked = [span for span in local if span not in agreed]
        if unchecked:
            years = int(first), int(last)
            found = self._vtimezones.of(zone, [instant for span in unchecked for instant in span.local], years)
            if found != octets:  # the first for these years; or one that is finer, for the sake of these few: is it right for the others?
                octets, agreed = self._vtimezones.of(zone, [instant for span in local for instant in span.local], years), set()
            self._agreed[zone, first, last] = octets, agreed | set(local)
        return octets
