"""An item of a regimen -> the sentences that read it back: what, how much, when, window, clock time, rules and conditions."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from dosecal.phrases.tree import At, Conditions, Every, FromTable, OnArm, Weekly, Within
from dosecal.regimen import Arm, Item, Regimen, Step, Table
from dosecal.write.clauses import (
    again_in_words,
    at_in_words,
    closed_in_words,
    condition_in_words,
    give_in_words,
    lasts_in_words,
    listed,
    missed_in_words,
    only_if_in_words,
    value_in_words,
)
from dosecal.write.sentences import English, gap_in_words, on_point, point_in_words, when_in_words, window_rule_in_words

T = TypeVar("T")


def sentences_of(item: Item, regimen: Regimen, arm: Arm | None, english: English) -> Iterator[str]:
    """Everything that the regimen says of an item, in the order in which a reviewer asks for it; without dates and counts."""
    yield _sentence(what_and_when(item, arm, english))
    give = steps_for(item.give, arm)
    if len(give) != 1 or give[0].conditions:
        yield from _stepped("Amount", give, give_in_words)
    for table in _tables(item, regimen):
        yield from _stepped(f"Table `{table.name}`", steps_for(table.rows, arm), give_in_words)
    yield from _stepped("Handed out", steps_for(item.product, arm), str)
    at = steps_for(item.at, arm)
    if len(at) == 1 and not at[0].conditions:
        yield _sentence(_clocks(at[0].value))
    else:
        yield from _stepped("Clock time", at, _clocks)
    yield from _stepped("Lasts", steps_for(item.lasts, arm), lasts_in_words)
    yield from _stepped("Allowed", steps_for(item.window, arm), lambda window: window_rule_in_words(window, english))
    yield from map(_sentence, _rules(item, english))
    yield from _stepped(
        "A new initiation after an interruption of at least", steps_for(item.initiate_again, arm), again_in_words, "if it begins "
    )
    yield from map(_sentence, _amount_rules(item))
    if item.title is not None:
        yield f'The participant reads "{item.title}".'


def what_and_when(item: Item, arm: Arm | None, english: English) -> str:
    """The opening clause: "12 mg intravenous, on Days 1 and 15"; the amount alone where it is always the same."""
    row = [when_in_words(when, english, item.days) for when in item.when]
    timing = ("; and " if any("," in one for one in row) else " and ").join(row)
    give = steps_for(item.give, arm)
    if len(give) == 1 and not give[0].conditions and not isinstance(give[0].value, FromTable):
        return f"{give_in_words(give[0].value)}, {timing}"
    return timing


def steps_for(steps: tuple[Step[T], ...], arm: Arm | None) -> tuple[Step[T], ...]:
    """The steps that can apply in an arm, without saying again that it is this arm."""
    kept: list[Step[T]] = []
    for step in steps:
        arms = [one.arm for one in step.conditions if isinstance(one, OnArm)]
        if arm is None or all(one == arm.name for one in arms):
            others = tuple(one for one in step.conditions if arm is None or not isinstance(one, OnArm))
            kept.append(Step(others, step.value))
    return tuple(kept)


def _tables(item: Item, regimen: Regimen) -> Iterator[Table]:
    names = {step.value.name for step in item.give if isinstance(step.value, FromTable)}
    return (table for table in regimen.tables if table.name in names)


def _stepped(label: str, steps: tuple[Step[T], ...], say: Callable[[T], str], joint: str = "") -> Iterator[str]:
    """`Amount: 8.8 micrograms subcutaneous on Days 1 to 14, then 22 micrograms subcutaneous from Day 15 on.`"""
    if not steps:
        return
    if len(steps) > 1 and not all(_in_time(step.conditions) for step in steps):
        yield f"{label}:"
        for step in steps:
            yield f"- {f'{_conditions(step.conditions)}: ' if step.conditions else ''}{say(step.value)}."
        return
    parts = [f"{say(step.value)} {joint}{_conditions(step.conditions)}" if step.conditions else say(step.value) for step in steps]
    yield f"{label}: {', then '.join(parts)}."


def _in_time(conditions: Conditions) -> bool:
    """Whether steps with such conditions follow each other in time."""
    return len(conditions) == 1 and isinstance(conditions[0], Within) and conditions[0].of != "cohort"


def _clocks(times: tuple[At, ...]) -> str:
    return listed(map(at_in_words, times))


def _conditions(conditions: Conditions) -> str:
    return ", ".join(map(condition_in_words, conditions))


def _rules(item: Item, english: English) -> Iterator[str]:
    if item.at_least is not None:
        yield gap_in_words(item.at_least, english)
    if item.not_before:
        points = [point_in_words(point, english) for point in item.not_before]
        yield f"not before {points[0]}" if len(points) == 1 else f"not before the latest of: {'; '.join(points)}"
    if item.except_ is not None:
        every = item.except_.which == "" and not item.except_.course
        yield f"never on a date of {item.except_.name}" if every else f"never {on_point(item.except_, english)}"
    if item.only_if is not None:
        yield only_if_in_words(item.only_if)
    if item.if_closed is not None:
        yield closed_in_words(item.if_closed)
    if item.if_missed is not None:
        yield missed_in_words(item.if_missed)
    repeats = any(isinstance(when, Every | Weekly) for when in item.when)
    if item.count_from == "actual" and repeats:
        yield "if one stands on another day than planned, the following ones are counted from that day"
    if item.count_from == "plan" and repeats:
        yield "if one stands on another day than planned, the others stay where they are planned"


def _amount_rules(item: Item) -> Iterator[str]:
    if item.round is not None:
        yield f"rounded to the nearest {value_in_words(item.round)}, halves up"
    if item.max_dose is not None:
        yield f"never more than {value_in_words(item.max_dose)}"
    if item.levels:
        yield f"an adjustment may choose {listed(map(value_in_words, item.levels), 'or')}"


def _sentence(clause: str) -> str:
    """A clause as a sentence."""
    return f"{clause[:1].upper()}{clause[1:]}."
