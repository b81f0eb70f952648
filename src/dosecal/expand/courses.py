"""An item laid out, and its occurrences and courses as the items see them that refer to it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

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
    interruption that makes them one, and `causes`, the entries about an occurrence by its key.
    """

    item: Item
    events: tuple[Event, ...]
    courses: tuple[int, ...]
    notes: tuple[Diagnostic, ...] = ()
    complete: bool = True
    absent: tuple[Event, ...] = ()
    absent_courses: tuple[int, ...] = ()
    initiations: frozenset[str] = frozenset()
    causes: "Mapping[str, tuple[Entry, ...]]" = {}


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
            missing = [pair for pair in zip(one.absent, one.absent_courses, strict=True) if pair not in events]
            found += _courses(events, missing)
        else:
            found += (found_of(event, initiation=event.key in one.initiations) for event, _ in events)
    return tuple(sorted(found, key=_due if due else when))


def _due(found: Found) -> tuple[object, datetime]:
    return found.due, when(found)[1]


def _number(pair: tuple[Event, int]) -> int:
    return pair[1]


def when(found: Found) -> tuple[object, datetime]:
    """The order of what names refer to: by date and time."""
    return found.first, found.start.utc if found.start is not None else datetime.combine(found.first, time.min, UTC)


def found_of(event: Event, *, initiation: bool = False) -> Found:
    """An event as something that a name refers to."""
    clock = event.clock
    end = instant_after(clock, event.lasts) if clock is not None and event.lasts is not None else clock
    last = end.local.date() if end is not None else event.date
    late = event.window is not None and after(event.window, event.date, clock)
    return Found(event.key, event.date, last, event.due_date, clock, end, late=late, initiation=initiation)


def _nominal(event: Event) -> date:
    return event.nominal_date


def _courses(events: list[tuple[Event, int]], missing: list[tuple[Event, int]]) -> Iterator[Found]:
    """Courses, each as one thing with its days one by one; a second clock time of a day adds no day.

    A day keeps its number in the course, whatever days before it did not take place.
    """
    planned: dict[int, list[Event]] = {}
    for event, number in (*events, *missing):
        planned.setdefault(number, []).append(event)
    for number, of in groupby(sorted(events, key=_number), _number):
        course = [event for event, _ in of]
        dates = sorted({event.nominal_date for event in planned[number]})
        firsts = [next(same) for _, same in groupby(course, _nominal)]
        days = tuple(replace(found_of(one), day=dates.index(one.nominal_date) + 1, of_days=len(dates)) for one in firsts)
        key = min(planned[number], key=_nominal).key  # of the first day, whether or not that took place: what is tied keeps its name
        yield Found(key, days[0].first, course[-1].date, days[0].due, days[0].start, found_of(course[-1]).end, days)
