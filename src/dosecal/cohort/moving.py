"""Calendars of those who differ in Day 1 alone: each item is laid out once for all Day 1s that its footing bears, then moved.

Laying out is the engine's (expand), which also says what it rests on (expand.footing); here it is only remembered. The first such
calendar is also laid out whole, and must be the same: where it is not, nothing is moved.
"""

from datetime import date
from itertools import count
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from dosecal.audience import order_seen
from dosecal.diagnostic import Diagnostic, Refused
from dosecal.expand.events import MOST_EVENTS
from dosecal.expand.expansion import arm_of
from dosecal.expand.footing import Footing, alike, days_for_each, expand_with_footing, parts_of
from dosecal.laying.files import Laying
from dosecal.laying.sight import Sight
from dosecal.participant import Participant
from dosecal.regimen import Regimen, items_of, weekly_items
from dosecal.schedule import Schedule
from dosecal.write.ics import IcsWriter
from dosecal.write.relative import Block, RelativeCalendar
from dosecal.write.stencil import Stencil

MOST_KEPT: Final = 50_000
"""Events of items laid out that are kept, some 300 octets each; and three times as many in calendars put together of them, 90 each."""


class Moved(Struct, frozen=True):
    """The calendar of a Day 1, and what there is to say of it: in the words of the Day 1 for which it was laid out."""

    stencil: Stencil
    notes: tuple[Diagnostic, ...]


class _Laid(Struct, frozen=True):
    """A part laid out: its serial number, what it rests on, its events counted from Day 1, and what there is to say."""

    serial: int
    footing: Footing
    block: Block
    notes: tuple[Diagnostic, ...]


class Moving:
    """Everyone with the same choices but for Day 1."""

    def __init__(self, laying: Laying, like: Participant, whole: Schedule, sight: Sight, writer: IcsWriter) -> None:
        """`like`: one of them, whose arm is said, and `whole` their schedule as they may see it."""
        self._laying, self._whole, self._sight, self._writer = laying, whole, sight, writer
        self._parts: Final = parts_of(laying.read.regimen, like.arm)
        regimen = laying.read.regimen
        self._days_for_each: Final = days_for_each(regimen, items_of(regimen, arm_of(regimen, like.arm)))
        self._like: Final = [_of_part(like, part) for part in self._parts]
        self._laid: Final[dict[int, list[_Laid]]] = {}
        self._near: Final[dict[tuple[int, tuple[int, ...]], _Laid]] = {}
        self._serials: Final = count()
        self._kept = 0
        self._together: Final[dict[tuple[int, ...], RelativeCalendar]] = {}

    def calendar(self, day_1: date) -> Moved | None:
        """The calendar for a Day 1; None where it is to be laid out whole."""
        found: list[_Laid] = []
        for number in range(len(self._parts)):
            laid = self._part(number, day_1)
            if laid is None:
                return None
            found.append(laid)
        if sum(len(laid.block) for laid in found) * self._days_for_each > MOST_EVENTS // 2:  # only the whole can say whether it is too long
            return None
        drawn = self._put_together(found).stencil(day_1)
        return Moved(drawn, tuple(note for laid in found for note in laid.notes)) if drawn is not None else None

    def _part(self, number: int, day_1: date) -> _Laid | None:
        """A part, laid out for this Day 1 or for another that rests on the same; None where it cannot be laid out, or not moved."""
        here = number, alike(day_1)
        near = self._near.get(here)
        if near is not None and (near.footing.counts_from_day_1 or near.footing.bears(day_1)):
            return near
        known = self._laid.setdefault(number, [])
        laid = next((one for one in known if one.footing.bears(day_1)), None)
        if laid is None:
            laid = self._lay_out(number, day_1)
            if laid is None:
                return None
            self._keep(3 * len(laid.block))
            self._laid.setdefault(number, []).append(laid)
        self._near[here] = laid
        return laid

    def _lay_out(self, number: int, day_1: date) -> _Laid | None:
        """A part laid out; None where that is refused (the whole will say why), or where it cannot be moved."""
        try:
            schedule, footing = expand_with_footing(self._parts[number], replace(self._like[number], day_1=day_1), self._laying.site)
        except Refused:
            return None
        schedule = self._sight.of(replace(schedule, notes=tuple(map(self._laying.placed, schedule.notes))))
        block = self._writer.block(schedule, lambda event: order_seen(event, self._sight.hidden)) if footing is not None else None
        return _Laid(next(self._serials), footing, block, schedule.notes) if footing is not None and block is not None else None

    def _put_together(self, found: list[_Laid]) -> RelativeCalendar:
        key = tuple(laid.serial for laid in found)
        together = self._together.get(key)
        if together is None:
            self._keep(sum(len(laid.block) for laid in found))
            together = self._together[key] = self._writer.relative(self._whole, [laid.block for laid in found])
        return together

    def _keep(self, size: int) -> None:
        """Make room for something: all is forgotten where it becomes too much."""
        self._kept += size
        if self._kept <= 3 * MOST_KEPT:
            return
        self._laid.clear()
        self._near.clear()
        self._together.clear()
        self._kept = size


def _of_part(participant: Participant, part: Regimen) -> Participant:
    """The participant as the part knows them: weekdays chosen for its own item alone."""
    weekly = weekly_items(part, part.arms or (None,))
    return replace(participant, days={name: days for name, days in participant.days.items() if name in weekly})
