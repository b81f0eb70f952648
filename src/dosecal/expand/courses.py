"""An item laid out, and its occurrences and courses as the items see them that refer to it."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import Struct

from dosecal.diagnostic import Diagnostic
from dosecal.expand.points import Found
from dosecal.expand.windows import after
from dosecal.regimen import Item
from dosecal.schedule import Event
from dosecal.study_time import instant_after

if TYPE_CHECKING:
    from dosecal.record import Entry


class Laid(Struct, frozen=True):
    """An item laid out: its events in order of nominal date, what there is to say about them, and whether they are all of them.

    `courses` numbers the course of each event. `complete` is False for what goes on until an event: what is laid out then ends somewhere
    behind the horizon. From the record come `absent`, the occurrences that do not take place, `initiations`, the keys of the doses after an
    interruption that makes them one, and `causes`, the last entry about an occurrence by its key.
    """

    item: Item
    events: tuple[Event, ...]
    courses: tuple[int, ...]
    notes: tuple[Diagnostic, ...] = ()
    complete: bool = True
    absent: tuple[Event, ...] = ()
    absent_courses: tuple[int, ...] = ()
    initiations: frozenset[str] = frozenset()
    causes: "Mapping[str, Entry]" = {}


def found_in(laid: Iterable[Laid], *, courses: bool, cycle: int | None, due: bool = False) -> tuple[Found, ...]:
    """The occurrences of some items (or their courses) in order of date; of one cycle only, where that is asked.

    `due`: those too that were due and did not take place, in order of the due date (rule 13).
    """
    found: list[Found] = []
    for one in laid:
        pairs = [*zip(one.events, one.courses, strict=True)]
        if due:
            pairs += [pair for pair in zip(one.absent, one.absent_courses, strict=True) if pair[0].state != "stopped"]
        events = [(event, course) for event, course in pairs if cycle is None or event.cycle == cycle]
        if courses:
            found += (_course([event for event, _ in of]) for _, of in groupby(sorted(events, key=_number), _number))
        else:
            found += (found_of(event, initiation=event.key in one.initiations) for event, _ in events)
    return tuple(sorted(found, key=_due if due else _when))


def _due(found: Found) -> tuple[object, datetime]:
    return found.due, _when(found)[1]


def _number(pair: tuple[Event, int]) -> int:
    return pair[1]


def _when(found: Found) -> tuple[object, datetime]:
    return found.first, found.start.utc if found.start is not None else datetime.combine(found.first, time.min, UTC)


def found_of(event: Event, *, initiation: bool = False) -> Found:
    """An event as something that a name refers to."""
    clock = event.clock
    end = instant_after(clock, event.lasts) if clock is not None and event.lasts is not None else clock
    last = end.local.date() if end is not None else event.date
    late = event.window is not None and after(event.window, event.date, clock)
    return Found(event.key, event.date, last, event.due_date, clock, end, late=late, initiation=initiation)


def _course(course: list[Event]) -> Found:
    """A course as one thing, its days one by one; a second clock time of a day adds no day."""
    days = tuple(found_of(next(of)) for _, of in groupby(course, lambda event: event.nominal_date))
    return Found(days[0].key, days[0].first, course[-1].date, days[0].due, days[0].start, found_of(course[-1]).end, days)
