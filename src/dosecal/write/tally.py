"""The events of one item -> what a reviewer checks by hand: how many, how much in all, and the first three dates counted from Day 1."""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from dosecal.dose import ROUTES, UNITS, Amount, amount_in_words
from dosecal.phrases.tree import Auc, Band, Conditions, FromTable, Give, Quantity
from dosecal.regimen import Item, Regimen, Step
from dosecal.schedule import Event
from dosecal.write.clauses import counted, listed

FIRST: Final = 3
_ACTS: Final = {"Infusion": "infusion", "Injection": "injection", "Inhalation": "inhalation", "Treatment session": "treatment session"}
_NO_INFUSION: Final = re.compile(r"\b(bolus|push|injection)\b", re.IGNORECASE)
"""Names of intravenous items that say themselves that they are no infusion."""
_BY_MONTH_OR_WEEK: Final = re.compile(r"(month|week) -?\d+")


def count_in_words(events: Sequence[Event]) -> str:
    """`8 infusions, 96 mg in all`; what is not given is counted in times: `24 times in all`."""
    if not any(event.dose for event in events):
        return "once" if len(events) == 1 else f"{len(events):,} times in all"
    placebos = sum(event.dose is not None and event.dose.amount is None for event in events)
    some = f" ({placebos:,} of them placebo)" if 0 < placebos < len(events) else ""
    return f"{counted(len(events), _noun(events))}{some}{total_in_words(events)}"


def total_in_words(events: Iterable[Event]) -> str:
    """`, 96 mg in all`; amounts in one unit are added exactly, "" where there are none."""
    sums: dict[str, Decimal] = {}
    for event in events:
        if event.dose is not None and event.dose.amount is not None:
            amount = event.dose.amount
            sums[amount.unit] = sums.get(amount.unit, Decimal(0)) + amount.value
    return f", {listed(amount_in_words(Amount(value, unit)) for unit, value in sums.items())} in all" if sums else ""


def first_dates(events: Sequence[Event], *, phases: bool) -> str:
    """`Day 1, Day 3 and Day 5`, or `Month 1, Month 2 and Month 3 (Days 32, 60 and 91)` where the timing counts so.

    `phases`: the regimen has phases with days of their own, so these are called study days.
    """
    by_date = {event.date: event for event in reversed(events)}
    first = [by_date[day] for day in sorted(by_date)[:FIRST]]
    word = "Study Day" if phases else "Day"
    days = [str(event.study_day) for event in first]
    marks = [_mark(event) for event in first]
    if all(marks):
        return f"{listed(mark for mark in marks if mark)} ({word}{'s' * (len(days) > 1)} {listed(days)})"
    if phases and len(days) > 1:
        return f"{word}s {listed(days)}"
    return listed(f"{word} {day}" for day in days)


def _mark(event: Event) -> str | None:
    """`Month 3` where that is the occurrence's position in the study; None where it counts otherwise, or stands elsewhere than planned."""
    if event.phase is not None or event.date != event.nominal_date:
        return None
    position = event.key.removeprefix(f"{event.item}/").partition("/")[0]
    return position.capitalize() if _BY_MONTH_OR_WEEK.fullmatch(position) else None


def _noun(events: Sequence[Event]) -> str:
    """The word for one administration, by its route; "dose" where the events differ, or where the route does not say."""
    acts = {_ACTS.get(ROUTES[event.dose.route].act, "dose") for event in events if event.dose is not None}
    act = acts.pop() if len(acts) == 1 else "dose"
    return "dose" if act == "infusion" and _NO_INFUSION.search(events[0].item) else act


# -- what an amount depends on


def measures_of(item: Item, regimen: Regimen) -> tuple[str, ...]:
    """The measures that decide over an item's amounts (or its other steps), in the order in which it names them."""
    return tuple(dict.fromkeys(_measures(item, regimen)))


def _measures(item: Item, regimen: Regimen) -> Iterator[str]:
    yield from _of_steps(item.give)
    tables = {step.value.name for step in item.give if isinstance(step.value, FromTable)}
    for table in regimen.tables:
        if table.name in tables:
            yield from _of_steps(table.rows)
    others = [step.conditions for step in item.product] + [step.conditions for step in item.at] + [step.conditions for step in item.lasts]
    others += [step.conditions for step in item.window] + [step.conditions for step in item.initiate_again]
    for conditions in others:
        yield from _of_bands(conditions)


def _of_bands(conditions: Conditions) -> Iterator[str]:
    return (condition.measure for condition in conditions if isinstance(condition, Band))


def _of_steps(steps: Iterable[Step[Give]]) -> Iterator[str]:
    for step in steps:
        yield from _of_bands(step.conditions)
        match step.value:
            case Quantity(unit=unit) if UNITS[unit].per is not None:
                yield UNITS[unit].per or ""
            case Auc():
                yield "gfr"
