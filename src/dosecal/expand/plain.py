"""Plain items: where nothing moves or chooses, an occurrence is its event on its nominal date, at the same clock times as every other."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from msgspec.structs import replace

from dosecal.expand.amounts import fixed_dose
from dosecal.expand.clocks import clocks_on
from dosecal.expand.closures import STAY
from dosecal.expand.events import Setting, clock_flags, pattern_of
from dosecal.expand.gaps import length_of, refuse_plan
from dosecal.expand.nominal import courses_of
from dosecal.expand.occurrence import Course, Occurrence
from dosecal.expand.points import Scope
from dosecal.expand.refusals import inside
from dosecal.expand.steps import constant
from dosecal.phrases.tree import At, FirstDays, Mark, Numbers, On, When
from dosecal.regimen import Item
from dosecal.schedule import Event
from dosecal.study_time import study_day


def is_plain(item: Item, arm: str | None) -> bool:
    """Whether nothing moves or chooses for the item in an arm: each occurrence stands on its nominal date, as all its others do."""
    stays = (item.if_closed or STAY) == STAY and not item.not_before and not item.window
    same_time = (not item.at or constant(item.at, arm) is not None) and (not item.lasts or constant(item.lasts, arm) is not None)
    same_product = not item.product or constant(item.product, arm) is not None
    alike = same_time and same_product and not any(map(_refers, item.when))
    return stays and alike and (not item.give or fixed_dose(item, arm) is not None)


def _refers(when: When) -> bool:
    """Whether a phrase ties the item to another one's occurrences, which may bring their clock times along."""
    return isinstance(when, FirstDays) or (isinstance(when, On) and not isinstance(when.base, Mark | Numbers))


def plain_events(item: Item, scopes: Iterable[Scope], setting: Setting) -> tuple[list[Event], list[int]]:
    """A plain item's events, and for each the number of its course.

    They are what `Events` makes of the same occurrences, without asking for what is not there.
    """
    arm = setting.participant.arm
    pattern = replace(pattern_of(item, setting.participant), dose=fixed_dose(item, arm) if item.give else None)
    slots = constant(item.at, arm)
    events: list[Event] = []
    numbers: list[int] = []
    number = 0
    for scope in scopes:
        pattern, key, before = replace(pattern, phase=scope.phase, cycle=scope.cycle), f"{scope.prefix}{item.name}/", len(events)
        for course in _courses(item, scope, setting):
            number += 1
            for one in course:
                event = _on_its_day(one, key, pattern, scope, setting)
                if slots is None:
                    events.append(event)
                    numbers.append(number)
                    continue
                setting.count.add(len(slots))
                made = _at_clocks(event, slots, item, setting)
                events += made
                numbers += [number] * len(made)
        if slots is None:
            with inside(("when",)):  # what is too much then comes from there alone
                setting.count.add(len(events) - before)
    return events, numbers


def _on_its_day(one: Occurrence, key: str, pattern: Event, scope: Scope, setting: Setting) -> Event:
    """The event of an occurrence on its nominal date."""
    day = one.nominal
    event = replace(
        pattern,
        key=key + one.position,
        nominal_date=day,
        due_date=day,
        date=day,
        study_day=study_day(scope.day_1, day),
        month=one.month if one.month is not None else setting.months.of(day),
        reasons=(one.why,),
    )
    return event if one.course_days == 1 else replace(event, course_day=one.course_day, course_days=one.course_days)


def _at_clocks(event: Event, slots: tuple[At, ...], item: Item, setting: Setting) -> list[Event]:
    """The event at each of its clock times."""
    day, several = event.nominal_date, len(slots) > 1
    return [
        replace(
            event,
            key=f"{event.key}/{clock.slot}" if several else event.key,
            date=clock.instant.local.date(),
            clock=clock.instant,
            flags=clock_flags(clock.instant),
        )
        for clock in clocks_on(day, slots, setting.participant_on(day), doses=bool(item.give))
    ]


def _courses(item: Item, scope: Scope, setting: Setting) -> Iterator[Course]:
    """The item's courses; what is wrong with them, and not with what is made of them, stands in `when`."""
    with inside(("when",)):
        yield from courses_of(item, scope, setting)


def refuse_near(item: Item, events: list[Event]) -> None:
    """Raise Refused when a plan breaks its own minimum gap: without clock times, 48 hours are 2 days."""
    if item.at_least is None:
        return
    least = length_of(item.at_least)
    stand = sorted(event.date if event.clock is None else event.clock.wall for event in events)
    for earlier, later in pairwise(stand):
        if later - earlier < least:
            refuse_plan(item.name, earlier, later, item.at_least)
