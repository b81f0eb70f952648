"""A calendar counted from Day 1: the same events on other dates, for everyone whose schedule is alike but moved with Day 1.

What the events say stays; only dates are put in, and the VTIMEZONE is that of the new years. Where a clock change turns a time into another
form (ics rule 12), the calendar cannot be moved there, and is made from its schedule like any other.
"""

from collections.abc import Callable, Sequence
from datetime import date
from itertools import chain
from operator import attrgetter, itemgetter
from typing import Final, NamedTuple

from msgspec import Struct

from dosecal.schedule import Event, Schedule
from dosecal.study_time import Zone
from dosecal.write import mould
from dosecal.write.casting import Casting
from dosecal.write.spans import Spans, Times
from dosecal.write.stencil import CALENDAR_END, Stencil, stencil_of
from dosecal.write.vevents import Clock, Span, is_utc

_start, _end, _clock, _local = attrgetter("start"), attrgetter("end"), attrgetter("clock"), attrgetter("local")
_WITHOUT_END: Final = [mould.START, mould.UID]
_WITH_END: Final = [mould.START, mould.END, mould.UID]
_SLOTS: Final = 7
"""Of a component: what stands before DTSTART, that, what stands before DTEND, that, what stands before the UID, that, the rest."""


class Component(NamedTuple):
    """A component of a calendar counted from Day 1: its place among others, when it is, and its slots."""

    place: tuple[object, ...]
    when: "When"
    slots: tuple[bytes, ...]


Block = tuple[Component, ...]
"""Events of a calendar counted from Day 1."""


class When(Struct, frozen=True):
    """When a component is: so many days after Day 1, at the time that `times` are for, in one form."""

    times: Times
    days: int
    form: Clock


class RelativeCalendar:
    """Makes stencils for any Day 1 for which the schedule is the same but moved (expand.footing)."""

    def __init__(self, study: str, zone: Zone | None, head: bytes, blocks: Sequence[Block], spans: Spans) -> None:
        """`blocks`: those of one calendar, in the order of the regimen's items; no two of them have an event in common."""
        self._study: Final = study
        self._zone: Final[Zone | None] = zone
        self._spans: Final = spans
        components = sorted(chain.from_iterable(blocks), key=_place)  # equal ones stay in the order of the items
        self._octets: Final = [head, *chain.from_iterable(map(_slots, components)), CALENDAR_END]
        whens = list(map(_when, components))
        self._forms: Final = [when.form for when in whens]
        by_times: dict[int, tuple[Times, list[int]]] = {}
        for index, when in enumerate(whens):
            by_times.setdefault(id(when.times), (when.times, []))[1].append(index)
        self._days: Final = [(times, [whens[index].days for index in indexes]) for times, indexes in by_times.values()]
        at = [index for _, indexes in by_times.values() for index in indexes]
        self._in_order: Final = sorted(range(len(at)), key=at.__getitem__)

    def stencil(self, day_1: date) -> Stencil | None:
        """The stencil for a Day 1; None where a clock change stands in the way."""
        self._spans.forget()
        from_day_1 = day_1.toordinal().__add__
        found: list[Span] = []
        for times, days in self._days:
            found += map(times.__getitem__, map(from_day_1, days))
        spans = list(map(found.__getitem__, self._in_order))
        if list(map(_clock, spans)) != self._forms:
            return None
        whole = self._octets.copy()
        whole[2:-1:_SLOTS] = map(_start, spans)
        whole[4:-1:_SLOTS] = map(_end, spans)
        if self._zone is not None:
            whole[0] += self._spans.vtimezone(self._zone, list(filter(_local, spans)))
        return stencil_of(self._study, b"".join(whole))


_place, _when, _slots = itemgetter(0), itemgetter(1), itemgetter(2)


def block_of(schedule: Schedule, casting: Casting, spans: Spans, order: Callable[[Event], tuple[object, ...]]) -> Block | None:
    """A calendar, or a part of one, as it is cast for its schedule, counted from Day 1; None where it cannot be moved.

    `order` gives the place of an event among others, its date first.
    """
    components, zone = list[Component](), schedule.zone
    for cast_in, fields, event in zip(casting.moulds, casting.fields, casting.events, strict=True):
        holes = [field for field, _, _ in cast_in.holes]
        if holes not in (_WITH_END, _WITHOUT_END) or event.elapsed:
            return None
        ends = holes == _WITH_END
        clock = event.clock.local.time() if event.clock is not None else None
        form = spans.of(event, zone).clock
        if form == "utc" and zone is not None and not is_utc(zone):
            return None  # a clock change stands in its way here already
        times, days = spans.times(clock, event.lasts, zone, ends=ends), (event.date - schedule.day_1).days
        before, *others = cast_in.pieces
        slots = before, b"", others[0] if ends else b"", b"", others[-2], fields[mould.UID], others[-1]
        components.append(Component((days, *order(event)[1:]), When(times, days, form), slots))
    return tuple(components)
