"""An item laid out, and its occurrences and courses as the items see them that refer to it."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time

from msgspec import Struct

from dosecal.diagnostic import Diagnostic
from dosecal.expand.points import Found
from dosecal.regimen import Item
from dosecal.schedule import Event
from dosecal.study_time import instant_after


class Laid(Struct, frozen=True):
    """An item laid out: its events in order of nominal date, what there is to say about them, and whether they are all of them.

    `complete` is False for what goes on until an event: what is laid out then ends somewhere behind the horizon.
    """

    item: Item
    events: tuple[Event, ...]
    notes: tuple[Diagnostic, ...] = ()
    complete: bool = True


def found_in(laid: Iterable[Laid], *, courses: bool, cycle: int | None) -> tuple[Found, ...]:
    """The occurrences of some items (or their courses) in order of date; of one cycle only, where that is asked."""
    found: list[Found] = []
    for one in laid:
        events = one.events if cycle is None else tuple(event for event in one.events if event.cycle == cycle)
        found += (_course(course) for course in _courses(events)) if courses else (_occurrence(event) for event in events)
    return tuple(sorted(found, key=_when))


def _when(found: Found) -> tuple[object, datetime]:
    return found.first, found.start.utc if found.start is not None else datetime.combine(found.first, time.min, UTC)


def _occurrence(event: Event) -> Found:
    clock = event.clock
    end = instant_after(clock, event.lasts) if clock is not None and event.lasts is not None else clock
    last = end.local.date() if end is not None else event.date
    return Found(event.key, event.date, last, event.due_date, clock, end)


def _course(course: list[Event]) -> Found:
    days = tuple(_occurrence(event) for event in course)
    return Found(days[0].key, days[0].first, course[-1].date, days[0].due, days[0].start, days[-1].end, days)


def _courses(events: Iterable[Event]) -> Iterator[list[Event]]:
    """The courses among an item's events, each as one event a day."""
    course: list[Event] = []
    for event in events:
        if course and event.nominal_date == course[-1].nominal_date:
            continue  # a second clock time of the same day
        if course and event.course_day == 1:
            yield course
            course = []
        course.append(event)
    if course:
        yield course
