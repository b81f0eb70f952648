"""The events of one date -> why each is there: scope, anchor, offset, month clamp, closure, earliest date, gap, window, clock change."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Final

from dosecal.dose import dose_in_words
from dosecal.phrases.tree import Gap
from dosecal.regimen import SECTIONS, Arm, Item, Regimen, items_of
from dosecal.schedule import Event, Schedule
from dosecal.study_time import Window, plus_days
from dosecal.write.clauses import counted
from dosecal.write.explain import visible_lines, wrapped
from dosecal.write.iso import clock_iso, offset_iso
from dosecal.write.lengths import length_in_words
from dosecal.write.people import date_with_weekday, window_in_words
from dosecal.write.sentences import English, gap_in_words

_OF_THE_CLOCK: Final = "clock-change"
"""The note that the event's own clock says already."""


def why(regimen: Regimen, schedule: Schedule, day: date, item: str | None = None) -> str:
    """Why each event of `day` is there (of `item` alone, where it is named); without one, the nearest before and after."""
    events = [event for event in schedule.events if item is None or event.item == item]
    those = [event for event in events if event.date == day]
    if not those:
        return visible_lines("\n".join(_nothing(schedule, events, day, item))) + "\n"
    head = f"{date_with_weekday(day)}: {counted(len(those), 'event')}{_whose(schedule)}"
    blocks = [wrapped(head, rest="  "), *(_event(event, regimen, schedule) for event in those)]
    return visible_lines("\n\n".join("\n".join(block) for block in blocks)) + "\n"


def _whose(schedule: Schedule) -> str:
    return f" of participant {schedule.participant}" if schedule.participant is not None else ""


# -- no event


def _nothing(schedule: Schedule, events: Sequence[Event], day: date, item: str | None) -> Iterator[str]:
    of = f" of {item}" if item is not None else ""
    yield from wrapped(f"{date_with_weekday(day)}: no event{of}{_whose(schedule)}.")
    before = [event for event in events if event.date < day]
    after = [event for event in events if event.date > day]
    yield from wrapped(f"The nearest before: {_nearest(before, before[-1].date) if before else 'none'}.")
    yield from wrapped(f"The nearest after: {_nearest(after, after[0].date) if after else 'none'}.")
    for note in schedule.notes:
        if day.isoformat() in note.message and (item is None or item in note.path):
            yield from wrapped(f"Note: {note.message}.")


def _nearest(events: Sequence[Event], day: date) -> str:
    names = ", ".join(dict.fromkeys(event.label for event in events if event.date == day))
    return f"{date_with_weekday(day)}, {names}"


# -- one event


def _event(event: Event, regimen: Regimen, schedule: Schedule) -> list[str]:
    who = f"{event.subject}: " if event.subject is not None else ""
    dose = f", {dose_in_words(event.dose)}" if event.dose is not None else ""
    clock = f", at {clock_iso(event.clock.local.time())}" if event.clock is not None else ""
    lasts = f", for {length_in_words(event.lasts)}" if event.lasts is not None else ""
    lines = wrapped(f"{who}{event.label} ({SECTIONS[event.section].singular}){dose}{clock}{lasts}", rest="  ")
    for sentence in _chain(event, regimen, schedule):
        lines += wrapped(sentence, "  - ")
    return lines


def _chain(event: Event, regimen: Regimen, schedule: Schedule) -> Iterator[str]:
    """Every step from the regimen's words to the date, first things first."""
    yield _scope(event)
    rule, *moves = event.reasons or ("",)
    if rule:
        yield f"Rule: {_in_its_week(event)}{rule}."
    yield _planned(event)
    if event.course_days > 1:
        yield f"It is day {event.course_day} of a course of {event.course_days} consecutive days, which moves only as a whole."
    yield from (f"Moved: {move}." for move in moves)
    yield _stands(event)
    item = _item_of(event, regimen, schedule)
    if item is not None and item.at_least is not None:
        yield from _gap(event, item.at_least, schedule, English(months=regimen.months))
    if event.window is not None:
        yield from _window(event.window, event.date)
    yield from _clock(event, schedule)
    for note in schedule.notes:
        if note.name != _OF_THE_CLOCK and event.item in note.path and event.date.isoformat() in note.message:
            yield f"Note: {note.message}."


def _scope(event: Event) -> str:
    if event.phase is None:
        return "Scope: the study as a whole, whose days count from Day 1."
    if event.cycle is None:
        return f"Scope: the phase {event.phase}, whose days count from its first day."
    return f"Scope: cycle {event.cycle} of the phase {event.phase}, whose days count from the cycle's first day."


_WEEKLY: Final = re.compile(r"week (\d+) no (\d+)")


def _in_its_week(event: Event) -> str:
    """`number 2 of treatment week 3 of `, for an item given so many times weekly; its place is in its key."""
    place = _WEEKLY.match(event.key.partition(f"{event.item}/")[2])
    return f"number {place[2]} of treatment week {place[1]} of " if place is not None else ""


def _planned(event: Event) -> str:
    """The nominal date and its distance from Day 1."""
    day_1 = _day_1(event)
    distance = (event.nominal_date - day_1).days
    number = distance + 1 if distance >= 0 else distance
    side = "before" if distance < 0 else "after"
    far = f"{counted(abs(distance), 'day')} {side} Day 1, {date_with_weekday(day_1)}" if distance else "Day 1 itself"
    label = f"Study Day {number}, {far}" if distance else far
    return f"Planned: {date_with_weekday(event.nominal_date)}, which is {label}."


def _day_1(event: Event) -> date:
    """Day 1 of the event's own participant, from its date and study day: a schedule of several has several."""
    return plus_days(event.date, -(event.study_day - 1 if event.study_day > 0 else event.study_day))


def _stands(event: Event) -> str:
    if event.date == event.nominal_date:
        return "Nothing moves it: it stands where it is planned."
    days = (event.date - event.nominal_date).days
    far = f"{counted(abs(days), 'day')} {'later' if days > 0 else 'earlier'} than planned"
    return f"So it stands on {date_with_weekday(event.date)}, {far}."


def _gap(event: Event, gap: Gap, schedule: Schedule, english: English) -> Iterator[str]:
    """The minimum gap, and what it is to the one before, read off the wall clock."""
    earlier = [one for one in schedule.events if one.item == event.item and one.subject == event.subject and _wall(one) < _wall(event)]
    rule = f"Gap: {gap_in_words(gap, english)}"
    if not earlier:
        yield f"{rule}; there is none before it."
        return
    before = earlier[-1]
    timed = event.clock is not None and before.clock is not None
    apart = _wall(event) - _wall(before)
    distance = length_in_words(apart) if timed else f"{counted(apart.days, 'day')} ({apart.days * 24:,} hours)"
    at = f" at {clock_iso(before.clock.local.time())}" if before.clock is not None and timed else ""
    yield f"{rule}, which stands on {date_with_weekday(before.date)}{at}: {distance} before this one."


def _wall(event: Event) -> datetime:
    return datetime.combine(event.date, event.clock.local.time() if event.clock is not None else time.min)


def _window(window: Window, day: date) -> Iterator[str]:
    words = window_in_words(window, day)
    if window.earliest is None or window.latest is None:
        yield f"Window: allowed {words}{' on' if window.earliest is not None else ''}."
    elif words.startswith("on "):
        yield f"Window: allowed {words} alone."
    else:
        yield f"Window: allowed from {words}, both included."


def _clock(event: Event, schedule: Schedule) -> Iterator[str]:
    if event.clock is None:
        return
    here, zone = clock_iso(event.clock.local.time()), schedule.zone.name if schedule.zone is not None else "the participant's zone"
    if event.clock.shifted is not None:
        asked = clock_iso(event.clock.shifted)
        yield f"Clock: {asked} does not exist on this day in {zone}, because the clocks go forward; so it is at {here}."
    elif event.clock.ambiguous:
        offset = offset_iso(event.clock.utc_offset)
        yield f"Clock: {here} comes twice on this day in {zone}, because the clocks go back; the one at UTC{offset} is meant."


def _item_of(event: Event, regimen: Regimen, schedule: Schedule) -> Item | None:
    """The item that the event is an occurrence of; None where the regimen has no such item (a review of a cohort)."""
    arms: list[Arm | None] = [arm for arm in regimen.arms if schedule.arm in (None, arm.name)] or [None]
    placed = [one for arm in arms for one in items_of(regimen, arm)]
    same = (event.section, event.item, event.phase)
    return next((one.item for one in placed if (one.item.section, one.item.name, one.phase and one.phase.name) == same), None)
