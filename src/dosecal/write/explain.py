"""A regimen -> plain English, arm by arm, phase by phase, item by item, with counts, first dates and totals: what a clinician reviews.

Dates come from schedules that the caller has made; nothing is worked out here but sums. Text is plain, wrapped at WIDTH columns.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from textwrap import TextWrapper
from typing import Final

from msgspec import Struct

from dosecal.diagnostic import visible
from dosecal.participant import Participant
from dosecal.phrases.tree import Within
from dosecal.regimen import NOBODY_BLINDED, SECTIONS, Arm, CohortPlan, Item, Phase, PlacedItem, Regimen, items_of, phases_of
from dosecal.schedule import Event, Schedule
from dosecal.study_time import WEEKDAYS
from dosecal.write.clauses import at_in_words, counted, listed, measure_in_words, places_in_words, value_in_words
from dosecal.write.conventions import asked_of, blinding_of, conventions_of
from dosecal.write.item_text import sentences_of
from dosecal.write.people import date_with_weekday, full_date
from dosecal.write.rows import counts_of
from dosecal.write.sentences import WEEKDAY_NAMES, English, on_point, point_in_words, when_in_words
from dosecal.write.tally import count_in_words, first_dates, measures_of

WIDTH: Final = 100
_TOGETHER: Final = re.compile(r"(?<=\d) (?=[A-Za-z])|(?<=Day) (?=-?\d)|(?<=Days) (?=-?\d)|(?<=Month) (?=\d)|(?<=Week) (?=\d)")
"""Spaces at which no line may end: an amount keeps its unit, a day its number."""
_UNBROKEN: Final = "\N{NO-BREAK SPACE}"


class ArmPlan(Struct, frozen=True):
    """An arm (None where the regimen has none), and the participant and schedule that its numbers are counted from."""

    arm: Arm | None
    participant: Participant
    schedule: Schedule


def explain(regimen: Regimen, plans: Sequence[ArmPlan]) -> str:
    """The regimen read back for these arms, in order."""
    blocks = [_heading(regimen, plans), *(_arm(regimen, plan) for plan in plans), *(_cohorts(plan) for plan in regimen.cohort_plans)]
    placed = [one for plan in plans for one in items_of(regimen, plan.arm)]
    phases = list(dict.fromkeys(phase for plan in plans for phase in phases_of(regimen, plan.arm)))
    blocks.append(["CONVENTIONS IN FORCE", *_bullets(conventions_of(regimen, placed, phases))])
    if regimen.blinding != NOBODY_BLINDED:
        blocks.append(["BLINDING", *_bullets(blinding_of(regimen))])
    blocks.append(["ASKED FOR EACH PARTICIPANT", *_bullets(asked_of(regimen, placed, phases))])
    return visible_lines("\n\n".join("\n".join(block) for block in blocks)) + "\n"


def visible_lines(text: str) -> str:
    """`text` with every character that could disturb a terminal shown escaped, its line ends kept."""
    return "\n".join(map(visible, text.split("\n")))


def wrapped(text: str, first: str = "", rest: str | None = None) -> list[str]:
    """`text` as lines of at most WIDTH columns, `first` before the first line, `rest` (as many spaces) before the others."""
    indent = " " * len(first) if rest is None else rest
    wrapper = TextWrapper(WIDTH, initial_indent=first, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return [line.replace(_UNBROKEN, " ") for line in wrapper.wrap(_TOGETHER.sub(_UNBROKEN, text))]


def _bullets(sentences: Iterable[str]) -> Iterator[str]:
    for sentence in sentences:
        yield from wrapped(sentence, "- ")


# -- the whole


def _heading(regimen: Regimen, plans: Sequence[ArmPlan]) -> list[str]:
    title = f"{regimen.study}: {regimen.title}" if regimen.title is not None else regimen.study
    lines = [*wrapped(title), *wrapped(f"Source: {regimen.source}"), ""]
    if not plans:
        return lines[:-1]
    counted_for = f"Counts and dates below are those of a participant whose Day 1 is {date_with_weekday(plans[0].participant.day_1)}"
    horizon = next((plan.participant.horizon for plan in plans if plan.participant.horizon is not None), None)
    until = f" What has no end of its own is counted through {full_date(horizon)}." if horizon is not None else ""
    return [*lines, *wrapped(f"{counted_for}, at a site that is always open.{until}")]


def _arm(regimen: Regimen, plan: ArmPlan) -> list[str]:
    lines: list[str] = []
    if plan.arm is not None:
        lines += wrapped(f"ARM {plan.arm.name}{f': {plan.arm.title}' if plan.arm.title is not None else ''}", rest="  ")
    phases = phases_of(regimen, plan.arm)
    placed = items_of(regimen, plan.arm)
    for phase in (None, *phases):
        items = [one for one in placed if one.phase == phase]
        if phase is not None:
            lines += ["", *_phase(phase, phases, regimen)]
        elif items and phases:
            lines += ["", "OUTSIDE PHASES", *wrapped("Days count from Study Day 1.", "  ")]
        for one in items:
            lines += ["", *_item(one, regimen, plan, phases=bool(phases))]
    lines = lines[1:] if plan.arm is None else lines
    return [*lines, "", *wrapped(f"In all: {counts_of(plan.schedule.events)}.", rest="  "), *_totals(placed, regimen, plan)]


def _totals(placed: Sequence[PlacedItem], regimen: Regimen, plan: ArmPlan) -> Iterator[str]:
    """The whole of a drug that stands in several phases."""
    drugs: dict[str, list[Item]] = {}
    for one in placed:
        if one.item.give:
            drugs.setdefault(one.item.name, []).append(one.item)
    for name, items in drugs.items():
        given = [event for event in plan.schedule.events if event.item == name]
        if len(items) > 1 and given:
            known = _counted_for(items, regimen, plan.participant)
            yield from wrapped(f"{name} altogether: {count_in_words(given)}{known}.", "  ", "    ")


# -- phases


def _phase(phase: Phase, phases: Sequence[Phase], regimen: Regimen) -> list[str]:
    english = English(months=regimen.months)
    number = phases.index(phase)
    anchor = next((place for place, one in enumerate(phases) if one.day_1_here), 0)
    if number == anchor:
        parts = ["begins on Study Day 1"]
    elif number < anchor:
        parts = [f"ends on the day before the phase {phases[number + 1].name} begins"]
    elif phase.starts is not None:
        parts = [f"begins {on_point(phase.starts, english)}"]
    else:
        parts = [f"begins on the day after the phase {phases[number - 1].name} ends"]
    if phase.lasts is not None:
        parts.append(f"lasts {english.length(phase.lasts.count, phase.lasts.unit)}")
    parts += _cycles(phase, english)
    if phase.until is not None:
        parts.append(f"ends on the day before {phase.until}")
    return [*wrapped(f"PHASE {phase.name}"), *wrapped(f"It {listed(parts)}.", "  ")]


def _cycles(phase: Phase, english: English) -> list[str]:
    if phase.cycle is None:
        return []
    length = english.length(phase.cycle.length.count, phase.cycle.length.unit)
    many = f"is {counted(phase.cycle.count, 'cycle')} of {length}" if phase.cycle.count is not None else f"repeats in cycles of {length}"
    if phase.cycle.count_from == "actual":
        return [f"{many}, each counted from the actual start of the one before (a delayed cycle moves the later ones)"]
    return [f"{many}, each counted from the plan (a delayed cycle moves no later one)"]


# -- items


def _item(placed: PlacedItem, regimen: Regimen, plan: ArmPlan, *, phases: bool) -> list[str]:
    item, phase = placed.item, placed.phase
    cycle = phase.cycle if phase is not None else None
    english = English(
        months=regimen.months,
        scope="cycle" if cycle is not None else "phase" if phase is not None else "study",
        first_number=cycle.first_day if cycle is not None else 1,
    )
    lines = wrapped(f"{item.name} ({SECTIONS[item.section].singular})", "  ", "    ")
    for sentence in sentences_of(item, regimen, plan.arm, english):
        lines += wrapped(sentence, "    ", "      ")
    name = phase.name if phase is not None else None
    events = [one for one in plan.schedule.events if (one.item, one.section, one.phase) == (item.name, item.section, name)]
    return [*lines, *wrapped(_count(item, regimen, plan, events, phases=phases), "    ", "      ")]


def _count(item: Item, regimen: Regimen, plan: ArmPlan, events: Sequence[Event], *, phases: bool) -> str:
    if not events:
        if item.only_if is not None and (item.only_if.flag in plan.participant.flags) == item.only_if.negated:
            return "Not counted: the participant of these counts does not get it."
        return "Not counted: its dates follow from what happens to a participant."
    distinct = len({event.date for event in events})
    label = "First three dates" if distinct > 2 else "Both dates" if distinct > 1 else "The date"  # noqa: PLR2004
    count = count_in_words(events)
    known = _counted_for([item], regimen, plan.participant)
    return f"{count[:1].upper()}{count[1:]}{known}. {label}: {first_dates(events, phases=phases)}."


def _counted_for(items: Sequence[Item], regimen: Regimen, participant: Participant) -> str:
    """What the count of an item rests on: the measures that its amounts take, weekdays that nobody named, the date where it stops."""
    names = dict.fromkeys(name for item in items for name in measures_of(item, regimen) if name in participant.measures)
    values = listed(f"{measure_in_words(name)} {value_in_words(participant.measures[name])}" for name in names)
    days = [day for day in WEEKDAYS if any(day in participant.days.get(item.name, ()) for item in items)]
    cohort = any(isinstance(one, Within) and one.of == "cohort" for item in items for step in item.give for one in step.conditions)
    parts = (
        f", for cohort {participant.cohort}" if cohort and participant.cohort is not None else "",
        f", for {values}" if values else "",
        f", on {listed(f'{WEEKDAY_NAMES[day]}s' for day in days)}" if days else "",
        f", through {full_date(participant.horizon)}" if participant.horizon is not None else "",
    )
    return "".join(parts)


# -- cohort plans


def _cohorts(plan: CohortPlan) -> list[str]:
    english = English()
    lines = [*wrapped(f"COHORT PLAN {plan.name}"), *wrapped("In it, Day 1 is the first day of the cohort.", "  ")]
    for place in plan.places:
        when = " and ".join(when_in_words(one, english) for one in place.when)
        at = f", {listed(map(at_in_words, place.at))}" if place.at else ""
        early = listed(point_in_words(point, english) for point in place.not_before)
        who, earliest = places_in_words(place.places), f", not before {early}" if early else ""
        lines += wrapped(f"{who[:1].upper()}{who[1:]}: {when}{at}{earliest}.", "  ", "    ")
    for review in plan.reviews:
        lines += wrapped(f"Review {review.name}: {' and '.join(when_in_words(one, english) for one in review.when)}.", "  ", "    ")
    if plan.next is not None:
        lines += wrapped(f"The next cohort begins {on_point(plan.next, english)}.", "  ", "    ")
    return lines
