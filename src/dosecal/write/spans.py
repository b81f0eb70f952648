"""Events -> when they are, in the forms of iCalendar, each made once; and the VTIMEZONE that clock times need, checked at each of them."""

from collections.abc import Sequence
from datetime import date, time, timedelta, tzinfo
from operator import attrgetter
from typing import Final

from dosecal.schedule import Event
from dosecal.study_time import Zone, instant_at
from dosecal.write.vevents import Span, clock_span, date_text
from dosecal.write.vtimezone import Vtimezones

MOST_KEPT: Final = 20_000
"""So many clock times are kept, some hundred octets each: those of fifty years of one dose a day. Beyond it all are made anew."""
_DAY: Final = timedelta(1)
_start, _end = attrgetter("start"), attrgetter("end")


class Times(dict[int, Span]):
    """What begins at one time of day (None: takes the whole day), by the ordinal of its date; what is missing is made."""

    def __init__(self, clock: time | None, lasts: timedelta | None, zone: Zone | None, *, ends: bool) -> None:
        """`ends` False: DTEND is left out, whatever `lasts` says."""
        super().__init__()
        self._clock, self._lasts, self._zone, self._ends = clock, lasts, zone, ends

    def __missing__(self, ordinal: int) -> Span:
        day = date.fromordinal(ordinal)
        if self._clock is None or self._zone is None:
            span = Span("all day", date_text(day), date_text(day + _DAY))
        else:
            span = clock_span("it", instant_at(day, self._clock, self._zone.rules), self._lasts, self._zone)
        self[ordinal] = made = span if self._ends else Span(span.clock, span.start, b"", span.local)
        return made


class Spans:
    """What the events of many calendars have in common: dates, clock times, time zones."""

    def __init__(self) -> None:
        self._days: Final = Times(None, None, None, ends=True)
        self._times: Final[dict[tuple[time | None, timedelta | None, tzinfo | None, bool], Times]] = {(None, None, None, True): self._days}
        self._vtimezones: Final = Vtimezones()
        self._looked_at: Final[dict[tuple[Zone, int, int], tuple[set[Span], set[Span]]]] = {}

    def of(self, event: Event, zone: Zone | None) -> Span:
        """When an event is. Raises ValueError for a clock time without a zone."""
        clock = event.clock
        if clock is None:
            return self._days[event.date.toordinal()]
        if zone is None or event.elapsed or clock.shifted is not None or clock.ambiguous:
            return clock_span(event.label, clock, event.lasts, zone, elapsed=event.elapsed)
        local = clock.local
        times, ordinal = self.times(local.time(), event.lasts, zone), local.toordinal()
        span = times.get(ordinal)
        if span is None:
            span = times[ordinal] = clock_span(event.label, clock, event.lasts, zone)
        return span

    def times(self, clock: time | None, lasts: timedelta | None, zone: Zone | None, *, ends: bool = True) -> Times:
        """What begins at a time of day (None: takes the whole day), by date; `ends` as Times."""
        key = (clock, lasts, zone.rules, ends) if clock is not None and zone is not None else (None, None, None, ends)
        found = self._times.get(key)
        if found is None:
            found = self._times[key] = Times(clock, lasts, zone, ends=ends)
        return found

    def forget(self) -> None:
        """Forget what was made, if that is much: asked for between calendars."""
        if sum(map(len, self._times.values())) > MOST_KEPT:
            for times in self._times.values():
                times.clear()
            self._looked_at.clear()

    def vtimezone(self, zone: Zone, local: Sequence[Span]) -> bytes:
        """The VTIMEZONE of `zone` for spans in local time, checked at their instants (once for each of them); b"" for none.

        Raises ValueError as `Vtimezones.of`.
        """
        if not local:
            return b""
        starts, ends = list(map(_start, local)), list(map(_end, local))
        latest_start, latest_end = max(starts), max(ends)
        first, last = min(starts)[:4], max(latest_start, latest_end)[:4]
        years = int(first), int(last)
        right, wrong = self._looked_at.setdefault((zone, *years), (set(), set()))
        for span in set(local) - right - wrong:
            (right if self._vtimezones.regular_is_right(zone, span.local, years) else wrong).add(span)
        if wrong.isdisjoint(local):
            return self._vtimezones.regular(zone, years)
        return self._vtimezones.of(zone, [instant for span in local for instant in span.local], years)
