"""Plain items: where nothing moves, times or chooses, an occurrence is its event on its nominal date."""

from collections.abc import Iterable
from itertools import pairwise
from typing import TypedDict

from msgspec.structs import replace

from dosecal.expand.amounts import fixed_dose
from dosecal.expand.closures import STAY
from dosecal.expand.events import Setting
from dosecal.expand.gaps import Moment, length_of, refuse_plan
from dosecal.expand.occurrence import Course
from dosecal.expand.points import Scope
from dosecal.phrases.tree import FirstDays, Mark, Numbers, On, When
from dosecal.regimen import Item
from dosecal.schedule import Event
from dosecal.study_time import study_day


class _Named(TypedDict, total=False):
    title: str
    phase: str
    cycle: int


def is_plain(item: Item) -> bool:
    """Whether nothing moves, times or chooses for the item: each occurrence is its event, on its nominal date."""
    chosen = item.at or item.window or item.lasts or item.product or item.not_before
    stays = (item.if_closed or STAY) == STAY
    return not chosen and stays and not any(map(_refers, item.when)) and (not item.give or fixed_dose(item) is not None)


def _refers(when: When) -> bool:
    """Whether a phrase ties the item to another one's occurrences, which may bring their clock times along."""
    return isinstance(when, FirstDays) or (isinstance(when, On) and not isinstance(when.base, Mark | Numbers))


def plain_events(courses: Iterable[Course], item: Item, scope: Scope, setting: Setting) -> list[Event]:
    """The events of a plain item in one scope: what `events_of` makes of the same occurrences, without asking for what is not there."""
    dose = fixed_dose(item) if item.give else None
    section, name, day_1, month_of = item.section, item.name, scope.day_1, setting.months.of
    prefix = f"{scope.prefix}{name}/"
    named = _named(item, scope)
    events: list[Event] = []
    for course in courses:
        for one in course:
            day = one.nominal
            event = Event(
                **named,
                key=prefix + one.position,
                section=section,
                item=name,
                nominal_date=day,
                due_date=day,
                date=day,
                study_day=study_day(day_1, day),
                month=one.month if one.month is not None else month_of(day),
                dose=dose,
                reasons=(one.why,),
            )
            events.append(event if one.course_days == 1 else replace(event, course_day=one.course_day, course_days=one.course_days))
    setting.count.add(len(events))
    return events


def _named(item: Item, scope: Scope) -> _Named:
    """What the events of an item in one scope share and most have not."""
    named: _Named = {}
    if item.title is not None:
        named["title"] = item.title
    if scope.phase is not None:
        named["phase"] = scope.phase
    if scope.cycle is not None:
        named["cycle"] = scope.cycle
    return named


def refuse_near(item: Item, events: list[Event]) -> None:
    """Raise Refused when a plan breaks its own minimum gap: without clock times, 48 hours are 2 days."""
    if item.at_least is None:
        return
    least = length_of(item.at_least)
    for earlier, later in pairwise(events):
        if later.date - earlier.date < least:
            refuse_plan(item.name, Moment(earlier.date, None), Moment(later.date, None), item.at_least)
