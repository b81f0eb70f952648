"""An item laid out, and its courses as the items see them that are tied to it."""

from collections.abc import Iterator, Mapping

from msgspec import Struct

from dosecal.diagnostic import Diagnostic
from dosecal.regimen import SECTIONS, Item
from dosecal.schedule import Event


class Laid(Struct, frozen=True):
    """An item laid out: its events in order of nominal date, and what there is to say about them."""

    item: Item
    events: tuple[Event, ...]
    notes: tuple[Diagnostic, ...] = ()


def courses_of(name: str, laid: Mapping[str, Laid]) -> Iterator[list[Event]]:
    """The courses of the item (or of every item of the kind) called `name`, each as one event a day."""
    meant = [laid[name]] if name in laid else [one for one in laid.values() if SECTIONS[one.item.section].singular == name]
    for one in meant:
        course: list[Event] = []
        for event in one.events:
            if course and event.nominal_date == course[-1].nominal_date:
                continue  # a second clock time of the same day
            if course and event.course_day == 1:
                yield course
                course = []
            course.append(event)
        if course:
            yield course
