"""Steps -> the one value that applies to an occurrence: `days 1-14: 8.8 mcg SC, from day 15: 22 mcg SC`."""

from datetime import date
from typing import TypeVar

from msgspec import Struct

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.expand.points import unbuilt
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import Condition, OnArm, Within
from dosecal.regimen import Step
from dosecal.study_time import study_day

T = TypeVar("T")


class Standing(Struct, frozen=True):
    """What conditions ask of an occurrence: its nominal date, its number in the item, its scope's first day, Study Day 1, the arm."""

    nominal: date
    number: int
    first_day: date
    day_1: date
    arm: str | None


def holding(steps: tuple[Step[T], ...], standing: Standing, key: str) -> list[Step[T]]:
    """The steps whose conditions all hold for an occurrence. Raises Refused for a condition that cannot be laid out."""
    return [step for step in steps if all(_holds(condition, standing, key) for condition in step.conditions)]


def at_most_one(steps: tuple[Step[T], ...], standing: Standing, key: str) -> T | None:
    """The value that applies, or None. Raises Refused when two steps apply."""
    if len(steps) == 1 and not steps[0].conditions:
        return steps[0].value
    found = holding(steps, standing, key)
    if len(found) > 1:
        raise Refused([_two(found[0], found[1], standing, key)])
    return found[0].value if found else None


def exactly_one(steps: tuple[Step[T], ...], standing: Standing, key: str) -> T:
    """The value that applies. Raises Refused when no step applies, or two."""
    value = at_most_one(steps, standing, key)
    if value is None:
        day = study_day(standing.first_day, standing.nominal)
        message = f"no step of `{key}` covers day {day}"
        raise Refused([Diagnostic("step-gap", message, "let the steps cover every occurrence", path=(key,))])
    return value


def _two(first: Step[T], second: Step[T], standing: Standing, key: str) -> Diagnostic:
    day = study_day(standing.first_day, standing.nominal)
    message = f"two steps of `{key}` cover day {day}: `{spell(first.conditions)}` and `{spell(second.conditions)}`"
    return Diagnostic("step-overlap", message, "let one end before the other begins", path=(key,))


def _holds(condition: Condition, standing: Standing, key: str) -> bool:
    match condition:
        case Within(of, first, last) if of in ("day", "study day", "dose"):
            if of == "dose":
                value = standing.number
            else:
                value = study_day(standing.day_1 if of == "study day" else standing.first_day, standing.nominal)
            return first <= value and (last is None or value <= last)
        case OnArm(arm):
            return standing.arm == arm
    raise Refused([unbuilt(condition, key)])
