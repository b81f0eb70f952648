"""One item -> its events: courses on nominal dates, moved over closures and gaps, where the record leaves them, with doses and windows."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby, zip_longest
from typing import TYPE_CHECKING

from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.expand.courses import Laid
from dosecal.expand.events import Day, Events, Setting
from dosecal.expand.layout import Layout
from dosecal.expand.nominal import is_endless
from dosecal.expand.notes import collisions, notes_on
from dosecal.expand.plain import is_plain, plain_events, refuse_near
from dosecal.expand.points import Scope
from dosecal.expand.steps import at_most_one
from dosecal.phrases.spell import spell
from dosecal.regimen import Item
from dosecal.schedule import STANDS, Event

if TYPE_CHECKING:
    from dosecal.expand.happened import Outcomes


def lay_out(item: Item, scopes: list[Scope], setting: Setting, *, endless: bool, outcomes: "Outcomes | None" = None) -> Laid:
    """The events of one item in its scopes (one, or one for each cycle). Raises Refused; paths lead on from the item.

    `outcomes`: what the record says of the item; None where it says nothing.
    """
    if item.only_if is not None and (item.only_if.flag in setting.participant.flags) == item.only_if.negated:
        message = f"`{item.name}` is not for this participant: it takes place only if `{spell(item.only_if)}`"
        return Laid(item, (), (), (Diagnostic("not-for-participant", message, severity="note", path=("only-if",)),))
    if outcomes is None:
        late = bool(item.at) and setting.participant.first_dose is not None  # it may leave out a part of Day 1
        plain = is_plain(item, setting.participant.arm) and not late and not any(scope.origin for scope in scopes)
        return _plain(item, scopes, setting, endless=endless) if plain else _laid(item, scopes, setting, None, endless=endless)
    from dosecal.expand.former import with_facts  # noqa: PLC0415  (only where there is a record)
    from dosecal.expand.together import apart  # noqa: PLC0415

    laid = outcomes.former.with_them(apart(_laid(item, scopes, setting, outcomes, endless=endless), outcomes.told))
    return with_facts(laid, outcomes.bound, setting.participant, outcomes.told)


def _laid(item: Item, scopes: list[Scope], setting: Setting, outcomes: "Outcomes | None", *, endless: bool) -> Laid:
    layout = Layout(item, setting, outcomes)
    days = [day for scope, after in zip_longest(scopes, scopes[1:]) for day in layout.days(scope, after)]
    made = Events(item, setting)
    laid = [(event, day) for day in days for event in made.of(day)]
    if len(laid) != len(days) and not item.at:
        laid = list(_ended(laid))
    present = [(event, day) for event, day in laid if day.state in STANDS]
    absent = [(event, day) for event, day in laid if day.state not in STANDS] if len(present) < len(laid) else []
    events = tuple(event for event, _ in present)
    horizon = setting.participant.horizon or date.max
    unmoved = [(day.one, day.due.unmoved) for day in days if day.due.unmoved is not None and day.on <= horizon]
    listed = [event for event in events if event.date <= horizon]
    faults = [*_refused_closures(item, days), *(collisions(item, events) if outcomes is None else ())]
    if faults:
        raise Refused(faults)
    site = scopes[0].site if scopes else None
    return Laid(
        item,
        events,
        tuple(day.course for _, day in present),
        (*layout.notes, *notes_on(item, unmoved, listed, setting.participant.day_1, site)),
        _complete(item, scopes, endless=endless) and not (outcomes is not None and outcomes.waits),
        absent=tuple(event for event, _ in absent),
        absent_courses=tuple(day.course for _, day in absent),
        initiations=frozenset(_initiations(item, laid)) if item.initiate_again and outcomes is not None else frozenset(),
        causes={event.key: day.entries for event, day in laid if day.entries},
    )


def _initiations(item: Item, laid: list[tuple[Event, Day]]) -> Iterator[str]:
    """The keys of the doses after an interruption that makes them initiations (rule 13), by the rule of the day on which it began.

    An interruption lasts from the first day on which a dose was due and not given to the day before the next one.
    """
    missed: Day | None = None
    for event, day in laid:
        if day.state not in STANDS:
            missed = missed or day
            continue
        began = missed or day
        rule = at_most_one(item.initiate_again, began.standing, "initiate-again")
        if rule is not None and (day.on - began.due_on).days >= max(rule.missed_days, 1):
            yield event.key
        missed = None


def _ended(laid: list[tuple[Event, Day]]) -> Iterator[tuple[Event, Day]]:
    """Courses that end with their last dose: "day 4 of 4", though nothing is given on the plan's fifth day."""
    for _, group in groupby(laid, lambda pair: pair[1].course):
        course = list(group)
        last = max(event.course_day for event, _ in course)
        yield from ((replace(event, course_days=last), day) for event, day in course)


def _plain(item: Item, scopes: list[Scope], setting: Setting, *, endless: bool) -> Laid:
    """A plain item's events: there is nothing to ask of its occurrences one by one."""
    events, numbers = plain_events(item, scopes, setting)
    refuse_near(item, events)
    faults = list(collisions(item, events))
    if faults:
        raise Refused(faults)
    horizon = setting.participant.horizon
    listed = events if horizon is None else [event for event in events if event.date <= horizon]
    notes = tuple(notes_on(item, (), listed, setting.participant.day_1, scopes[0].site if scopes else None))
    return Laid(item, tuple(events), tuple(numbers), notes, _complete(item, scopes, endless=endless))


def _complete(item: Item, scopes: list[Scope], *, endless: bool) -> bool:
    """Whether what is laid out is all there will be."""
    return not endless and not any(is_endless(item, scope) for scope in scopes[:1])


def _refused_closures(item: Item, days: list[Day]) -> Iterator[Diagnostic]:
    """The first course that has no open place."""
    for day in days:
        if day.due.refused is not None and day.state == "planned" and not day.entries:
            mend = "choose another Day 1 or another `if-closed`, or let the site open that day"
            yield Diagnostic("closed", f"`{item.name}` {day.due.refused}", mend, path=("if-closed",))
            return
