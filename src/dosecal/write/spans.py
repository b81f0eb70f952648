"""Events -> when they are, in the forms of iCalendar, each made once; and the VTIMEZONE that clock times need, checked at each of them."""

from collections.abc import Collection
from datetime import date, timedelta
from operator import attrgetter
from typing import Final

from dosecal.schedule import Event
from dosecal.study_time import Instant, Zone
from dosecal.write.vevents import Span, clock_span, date_text
from dosecal.write.vtimezone import Vtimezones

MOST_KEPT: Final = 50_000
"""So many clock times are kept: some hundred bytes each. All are made anew beyond it."""
_DAY: Final = timedelta(1)
_start, _end = attrgetter("start"), attrgetter("end")


class Spans:
    """What the events of many calendars have in common: dates, clock times, time zones."""

    def __init__(self) -> None:
        self._days: Final[dict[date, Span]] = {}
        self._timed: Final[dict[tuple[Instant, timedelta | None, bool, str | None], Span]] = {}
        self._vtimezones: Final = Vtimezones()
        self._agreed: Final[dict[tuple[Zone, bytes, bytes], tuple[bytes, set[Span]]]] = {}

    def of(self, event: Event, zone: Zone | None) -> Span:
        """When an event is. Raises ValueError for a clock time without a zone."""
        clock = event.clock
        if clock is None:
            return self.day(event.date)
        key = clock, event.lasts, event.elapsed, zone.name if zone is not None else None
        span = self._timed.get(key)
        if span is None:
            if len(self._timed) >= MOST_KEPT:
                self._timed.clear()
                self._agreed.clear()
            span = self._timed[key] = clock_span(event, clock, zone)
        return span

    def day(self, day: date) -> Span:
        """A whole day: DTEND, which is exclusive, is the next one (ics rule 13)."""
        span = self._days.get(day)
        if span is None:
            span = self._days[day] = Span("all day", date_text(day), date_text(day + _DAY))
        return span

    def vtimezone(self, zone: Zone, local: Collection[Span]) -> bytes:
        """The VTIMEZONE of `zone` for spans in local time, checked at their instants (once for each of them); b"" for none.

        Raises ValueError as `Vtimezones.of`.
        """
        if not local:
            return b""
        starts, ends = list(map(_start, local)), map(_end, local)
        years = zone, min(starts)[:4], max(*starts, *ends)[:4]
        octets, agreed = self._agreed.get(years, (b"", set()))
        if not agreed.issuperset(local):
            octets = self._vtimezones.of(zone, [instant for span in local for instant in span.local])
            former, agreed = self._agreed.get(years, (octets, set()))
            self._agreed[years] = octets, agreed.union(local) if former == octets else set(local)
        return octets
