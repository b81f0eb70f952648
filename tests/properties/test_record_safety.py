"""Laws that keep a participant from harm: facts stay, the past is not rewritten, gaps hold, nothing is planned in holds or after ends."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Final

from msgspec import Struct

from dosecal.phrases.tree import Gap
from dosecal.record import (
    Delayed,
    DidNot,
    Entry,
    Happened,
    Held,
    Moved,
    NewDay1,
    NewTimes,
    Record,
    Remembered,
    Resumed,
    Stopped,
    TookPlace,
    Voided,
    Withdrew,
    in_force,
)
from dosecal.regimen import PlacedItem, items_of, phases_of
from dosecal.schedule import Event, Schedule
from tests.properties.records import History, law

OF_ONE = (TookPlace, DidNot, Remembered, Moved)
MINUTES: Final = {"minute": 1, "hour": 60, "day": 24 * 60, "week": 7 * 24 * 60}
TIED: Final = ("Ref(", "OpenDays(", "Until(", "Its(", "number=-", "'before'")
"""What of a phrase's tree hangs on other items, on the site, on events, or on what comes after it."""


def standing(schedule: Schedule) -> tuple[Event, ...]:
    return (*schedule.events, *schedule.beyond)


def everything(schedule: Schedule) -> tuple[Event, ...]:
    return (*standing(schedule), *schedule.absent)


def items(history: History) -> tuple[PlacedItem, ...]:
    regimen, arm = history.trial.regimen, history.trial.participant.arm
    return items_of(regimen, regimen.arm(arm) if arm is not None else None)


def place_of(one: PlacedItem) -> tuple[str, str | None]:
    return one.item.name, one.phase.name if one.phase is not None else None


def untied(*phrases: Struct) -> bool:
    return not any(word in repr(phrase) for phrase in phrases for word in TIED)


def in_time(history: History) -> Iterator[tuple[Entry, Schedule, Schedule]]:
    """The entries about the time from their own day on: neither corrections nor what was written late."""
    latest = date.min
    for entry, before, after in history.steps():
        if entry.on >= latest and entry.corrects is None and not isinstance(entry.act, Voided | NewDay1):
            yield entry, before, after
        latest = max(latest, entry.on)


# -- keys


@law
def test_no_two_events_share_a_key(history: History) -> None:
    for schedule in history.states:
        shared = [key for key, number in Counter(event.key for event in everything(schedule)).items() if number > 1]
        assert shared == []


@law
def test_a_key_stands_for_the_same_nominal_occurrence_for_ever(history: History) -> None:
    fixed = {place_of(one) for one in items(history) if one.phase is None and one.item.count_from != "actual" and untied(*one.item.when)}
    chosen = {one.item.name for one in items(history) if "Weekly" in repr(one.item.when)}
    known: dict[tuple[str, date], tuple[object, ...]] = {}
    for schedule in history.states:
        for event in everything(schedule):
            nominal = event.nominal_date if (event.item, event.phase) in fixed and event.item not in chosen else None
            meant = (event.section, event.item, event.phase, event.cycle, event.course_day, nominal)
            assert known.setdefault((event.key, schedule.day_1), meant) == meant


# -- facts and the past


@law
def test_what_took_place_never_vanishes(history: History) -> None:
    for entry, before, after in history.steps():
        if entry.corrects is not None or isinstance(entry.act, Voided):
            continue
        now = {event.key: event for event in standing(after)}
        for event in standing(before):
            if event.state == "done":
                there = now[event.key]
                assert (there.state, there.date, there.clock, there.dose) == ("done", event.date, event.clock, event.dose)


@law
def test_what_took_place_stands_on_its_day_once_and_nothing_else_does(history: History) -> None:
    for count, schedule in enumerate(history.states):
        said = Counter((entry.act.item, entry.on) for entry in in_force(history.record[:count]) if isinstance(entry.act, TookPlace))
        done = (event for event in standing(schedule) if event.state == "done" and "unscheduled" not in event.flags)
        assert Counter((event.item, event.date) for event in done) == said


@law
def test_events_before_an_entry_are_not_rewritten_by_it(history: History) -> None:
    """But for what is tied to another item, and goes where that goes."""
    free = {place_of(one) for one in items(history) if untied(*one.item.when) and one.item.except_ is None}
    for entry, before, after in in_time(history):
        first = first_touched(entry, before)
        now = {event.key: event for event in everything(after)}
        for event in everything(before):
            stood = event.due_date if event in before.absent else event.date
            if (event.item, event.phase) not in free or stood >= first:
                continue
            waited = isinstance(entry.act, Resumed) and event.state == "held"  # now it is known until when
            assert waited or now[event.key] == event


def first_touched(entry: Entry, before: Schedule) -> date:
    """The first day that an entry is about: its own, that of the occurrence that it names, or the first one of a delayed cycle."""
    act, days = entry.act, [entry.on]
    if isinstance(act, OF_ONE):
        named = act.due or entry.on
        days.append(named)
        meant = (event for event in everything(before) if event.item == act.item and named in (event.due_date, event.date))
        days += [day for event in meant for day in (event.due_date, event.date)]
    if isinstance(act, Delayed):
        cycle = (event for event in everything(before) if (event.phase, event.cycle) == (act.phase, act.cycle))
        days += [day for event in cycle for day in (event.nominal_date, event.due_date, event.date)]
    return min(days)


# -- nearness


@law
def test_two_doses_of_an_item_stand_at_one_moment_only_if_both_were_given_and_are_flagged(history: History) -> None:
    for schedule in history.states:
        taken: dict[tuple[object, ...], Event] = {}
        for event in standing(schedule):
            if event.dose is None or "unscheduled" in event.flags:
                continue
            moment = (event.item, event.date, event.clock.local if event.clock is not None else None)
            other = taken.setdefault(moment, event)
            if other is not event:
                assert event.state == other.state == "done"
                assert "two-on-one-day" in event.flags
                assert "two-on-one-day" in other.flags


@law
def test_no_occurrence_stands_nearer_to_the_one_before_it_than_its_gap_unless_that_is_said(history: History) -> None:
    gaps = {place_of(one): one.item.at_least for one in items(history) if one.item.at_least is not None}
    for schedule in history.states:
        for place, gap in gaps.items():
            mine = sorted((event for event in standing(schedule) if (event.item, event.phase) == place), key=wall)
            for earlier, later in pairwise(mine):
                assert not too_near(earlier, later, gap) or "gap-broken" in (*earlier.flags, *later.flags)


def wall(event: Event) -> datetime:
    return event.clock.local.replace(tzinfo=None) if event.clock is not None else datetime.combine(event.date, time.min)


def too_near(earlier: Event, later: Event, gap: Gap) -> bool:
    least = timedelta(minutes=float(gap.amount) * MINUTES[gap.unit])
    timed = earlier.clock is not None and later.clock is not None
    return (wall(later) - wall(earlier) if timed else later.date - earlier.date) < least


# -- holds and ends


@law
def test_nothing_is_planned_inside_a_hold(history: History) -> None:
    """But for what goes before a cycle that waits for the end of the hold."""
    for count, schedule in enumerate(history.states):
        waiting = {(one.phase, one.cycle) for one in everything(schedule) if any(flag.startswith("delayed-from") for flag in one.flags)}
        for name, first, last in holds(history.record[:count]):
            for event in standing(schedule):
                if event.state == "planned" and first <= event.date <= last:
                    assert event.item != name
                    assert event.phase != name or (event.phase, event.cycle) in waiting


def holds(record: Record) -> list[tuple[str, date, date]]:
    """What is withheld, from which day through which."""
    found: list[tuple[str, date, date]] = []
    for entry in sorted(in_force(record), key=lambda one: (one.on, one.place)):
        act = entry.act
        if isinstance(act, Held):
            found.append((act.name, entry.on, act.through or date.max))
        elif isinstance(act, Resumed):
            eve = entry.on - timedelta(1)
            found = [(name, first, eve if name == act.name and first <= entry.on <= last else last) for name, first, last in found]
    return found


@law
def test_nothing_is_planned_from_the_day_of_an_end_on(history: History) -> None:
    regimen, arm = history.trial.regimen, history.trial.participant.arm
    until = {phase.name: phase.until for phase in phases_of(regimen, regimen.arm(arm) if arm is not None else None)}
    for count, schedule in enumerate(history.states):
        counting = in_force(history.record[:count])
        moved = any(isinstance(entry.act, NewDay1) for entry in counting)  # then the phase may begin after its own event
        for entry in counting:
            for event in standing(schedule):
                if event.state != "planned" or event.date < entry.on:
                    continue
                assert not isinstance(entry.act, Withdrew)
                assert not isinstance(entry.act, Stopped) or entry.act.name not in (event.item, event.phase)
                assert not isinstance(entry.act, Happened) or moved or until.get(event.phase or "") != entry.act.event


# -- windows


@law
def test_a_window_that_is_tied_to_nothing_never_moves(history: History) -> None:
    free = {place_of(one) for one in items(history) if untied(*one.item.window, *one.item.not_before)}
    for entry, before, after in history.steps():
        about = getattr(entry.act, "item", getattr(entry.act, "name", None))
        if isinstance(entry.act, NewTimes | NewDay1 | Voided) or entry.corrects is not None:
            continue
        now = {event.key: event for event in everything(after)}
        for event in everything(before):
            same = now.get(event.key)
            if same is None or same.nominal_date != event.nominal_date or (event.item, event.phase) not in free:
                continue
            waits = any(flag.startswith("delayed-from") for flag in (*event.flags, *same.flags))
            if about not in (event.item, event.phase) and not waits:
                assert same.window == event.window
