"""A calendar counted from Day 1: the same events on other dates, for everyone whose schedule is alike but moved with Day 1.

What the events say stays; only dates are put in, and the VTIMEZONE is that of the new years. Where a clock change turns a time into another
form (ics rule 12), the calendar cannot be moved there, and is made from its schedule like any other.
"""

from collections.abc import Sequence
from datetime import date, time, timedelta
from operator import attrgetter
from typing import Final

from msgspec import Struct

from dosecal.schedule import Schedule
from dosecal.study_time import Zone
from dosecal.write import mould
from dosecal.write.casting import Casting
from dosecal.write.spans import Spans
from dosecal.write.stencil import CALENDAR_END, Stencil, stencil_of
from dosecal.write.vevents import Clock, Span

_clock = attrgetter("clock")
_WITHOUT_END: Final = [mould.START, mould.UID]
_WITH_END: Final = [mould.START, mould.END, mould.UID]
_SLOTS: Final = 7
"""Of a component: what stands before DTSTART, that, what stands before DTEND, that, what stands before the UID, that, the rest."""


class _When(Struct, frozen=True):
    """When some components are: at one time of day, for one length, in one form; `at`: where DTSTART goes, `days`: how far from Day 1."""

    clock: time | None
    lasts: timedelta | None
    form: Clock
    ends: bool
    at: list[int]
    days: list[timedelta]


class RelativeCalendar:
    """Makes stencils for any Day 1 for which the schedule is the same but moved (expand.footing)."""

    def __init__(self, schedule: Schedule, octets: Sequence[bytes], whens: Sequence[_When], spans: Spans) -> None:
        """`octets`: the head, the slots of each component, and the calendar's end."""
        self._study: Final = schedule.study
        self._zone: Final[Zone | None] = schedule.zone
        self._octets, self._whens, self._spans = octets, whens, spans

    def stencil(self, day_1: date) -> Stencil | None:
        """The stencil for a Day 1; None where a clock change stands in the way."""
        whole = list(self._octets)
        local: list[Span] = []
        for when in self._whens:
            make, clock, lasts, zone = self._spans.at, when.clock, when.lasts, self._zone
            spans = [make(day_1 + distance, clock, lasts, zone) for distance in when.days]
            if {*map(_clock, spans)} != {when.form}:
                return None
            for index, span in zip(when.at, spans, strict=True):
                whole[index] = span.start
            if when.ends:
                for index, span in zip(when.at, spans, strict=True):
                    whole[index + 2] = span.end
            if when.form == "local":
                local += spans
        if self._zone is not None:
            whole[0] += self._spans.vtimezone(self._zone, local)
        return stencil_of(self._study, b"".join(whole))


def relative_calendar(schedule: Schedule, head: bytes, casting: Casting, spans: Spans) -> RelativeCalendar | None:
    """A calendar as it is cast for its schedule, ready to be cast for another Day 1; None where it cannot be moved."""
    octets = [head]
    whens: dict[tuple[time | None, timedelta | None, Clock, bool], _When] = {}
    for cast_in, fields, event in zip(casting.moulds, casting.fields, casting.events, strict=True):
        holes = [field for field, _, _ in cast_in.holes]
        if holes not in (_WITH_END, _WITHOUT_END) or event.elapsed:
            return None
        ends = holes == _WITH_END
        before, *others = cast_in.pieces
        span = spans.of(event, schedule.zone)
        clock = event.clock.local.time() if event.clock is not None else None
        key = clock, event.lasts, span.clock, ends
        when = whens.setdefault(key, _When(*key, [], []))
        when.at.append(len(octets) + 1)
        when.days.append(event.date - schedule.day_1)
        octets += [before, b"", *(others[:1] if ends else (b"",)), b"", others[-2], fields[mould.UID], others[-1]]
    return RelativeCalendar(schedule, [*octets, CALENDAR_END], list(whens.values()), spans)
