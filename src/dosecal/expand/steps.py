"""Steps -> the one value that applies to an occurrence: `days 1-14: 8.8 mcg SC, from day 15: 22 mcg SC`."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar

from msgspec import Struct

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.dose import Amount
from dosecal.expand.points import Scope
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import AtSlot, Band, Condition, Conditions, OnArm, Within
from dosecal.regimen import Step
from dosecal.study_time import study_day

T = TypeVar("T")


class Measures(Struct, frozen=True):
    """What is known of the participant's body: values at Day 1, and the birth date, from which the age comes in completed years.

    `later` are the values that the record gives, each with its day, in order of time.
    """

    values: Mapping[str, Amount]
    birth_date: date | None
    later: tuple[tuple[date, str, Amount], ...] = ()

    def on(self, name: str, day: date, key: str, needing: object) -> Decimal:
        """The value of a measure on a day: the last one taken by then.

        Raises Refused where it is not known: the phrase `needing` it stands in `key`.
        """
        known = next((value for on, measure, value in reversed(self.later) if measure == name and on <= day), self.values.get(name))
        if name == "age" and self.birth_date is not None:
            return Decimal(day.year - self.birth_date.year - ((day.month, day.day) < (self.birth_date.month, self.birth_date.day)))
        if known is not None:
            return known.value
        said, example = _MEASURES.get(name, (name, ""))
        words = spell(needing)
        message = f"`{words}` needs the participant's {said}, and nobody gives it by {day}"
        mend = f"add it for the participant, in their file or the roster: {example}"
        raise Refused([Diagnostic("no-measure", message, mend, path=(key,), part=words)])


_MEASURES: Final = {
    "age": ("age", "`birth-date: 1985-03-30`, or `measures: {age: 40 years}`"),
    "weight": ("weight", "`measures: {weight: 70 kg}`"),
    "height": ("height", "`measures: {height: 170 cm}`"),
    "bsa": ("body surface area (bsa)", "`measures: {bsa: 1.8 m2}`"),
    "bmi": ("body mass index (bmi)", "`measures: {bmi: 24 kg/m2}`"),
    "gfr": ("glomerular filtration rate (gfr)", "`measures: {gfr: 90 mL/min}`"),
    "creatinine clearance": ("creatinine clearance", "`measures: {creatinine clearance: 90 mL/min}`"),
}
"""Each measure in words, and how a file gives it."""


class Standing(Struct, frozen=True):
    """What conditions ask of an occurrence.

    Its nominal date, the first day on which its course stands, its number in the item, its scope, slot and cohort.
    """

    nominal: date
    course_start: date
    number: int
    scope: Scope
    arm: str | None
    measures: Measures
    slot: str | None = None
    cohort: int | None = None


def constant(steps: tuple[Step[T], ...], arm: str | None) -> T | None:
    """The value that every occurrence has in an arm, whatever is asked of it; None where there is none, or it depends on something else."""
    possible = [step for step in steps if not (step.conditions and _of_other_arm(step.conditions[0], arm))]
    always = len(possible) == 1 and all(isinstance(one, OnArm) and one.arm == arm for one in possible[0].conditions)
    return possible[0].value if always else None


def _of_other_arm(condition: Condition, arm: str | None) -> bool:
    return isinstance(condition, OnArm) and condition.arm != arm


def at_most_one(steps: tuple[Step[T], ...], standing: Standing, key: str) -> T | None:
    """The value that applies, or None. Raises Refused when two steps apply."""
    if len(steps) == 1 and not steps[0].conditions:
        return steps[0].value
    found = [step for step in steps if _hold(step.conditions, standing, key)]
    if len(found) > 1:
        first, second = (spell(step.conditions) for step in found[:2])
        message = f"two steps of `{key}` cover {_where(standing, steps)}: `{first}` and `{second}`"
        raise Refused([Diagnostic("step-overlap", message, "let one end before the other begins", path=(key,))])
    return found[0].value if found else None


def exactly_one(steps: tuple[Step[T], ...], standing: Standing, key: str) -> T:
    """The value that applies. Raises Refused when no step applies, or two."""
    value = at_most_one(steps, standing, key)
    if value is None:
        message = f"no step of `{key}` covers {_where(standing, steps)}"
        raise Refused([Diagnostic("step-gap", message, "let the steps cover every occurrence", path=(key,))])
    return value


def _where(standing: Standing, steps: tuple[Step[T], ...]) -> str:
    by_cohort = any(isinstance(one, Within) and one.of == "cohort" for step in steps for one in step.conditions)
    cohort = f" of cohort {standing.cohort}" if by_cohort else ""
    cycle = f" of cycle {standing.scope.cycle}" if standing.scope.cycle is not None else ""
    slot = f" at {standing.slot}" if standing.slot is not None else ""
    return f"day {_day(standing)}{cycle}{cohort}{slot}"


def _day(standing: Standing) -> int:
    """The number of the occurrence's day in its scope."""
    scope = standing.scope
    return (standing.nominal - scope.first_day).days if scope.first_number == 0 else study_day(scope.first_day, standing.nominal)


def _hold(conditions: Conditions, standing: Standing, key: str) -> bool:
    for condition in conditions:  # noqa: SIM110  (`all` takes twice the time, and this is asked of every step of every occurrence)
        if not _holds(condition, standing, key):
            return False
    return True


def _holds(condition: Condition, standing: Standing, key: str) -> bool:
    match condition:
        case Within(of, first, last):
            value = _number(of, standing, condition, key)
            return first <= value and (last is None or value <= last)
        case OnArm(arm):
            return standing.arm == arm
        case AtSlot(name):
            return standing.slot == name
        case Band(measure, lower, lower_included, upper, upper_included):
            known = standing.measures.on(measure, standing.course_start, key, condition)
            above = lower is None or (known >= lower if lower_included else known > lower)
            return above and (upper is None or (known <= upper if upper_included else known < upper))


def _number(of: str, standing: Standing, condition: Within, key: str) -> int:
    if of == "day":
        return _day(standing)
    if of == "study day":
        return study_day(standing.scope.day_1, standing.nominal)
    if of == "dose":
        return standing.number
    number = standing.scope.cycle if of == "cycle" else standing.cohort
    if number is not None:
        return number
    words = spell(condition)
    if of == "cycle":
        message = f"`{words}` names a cycle, and this item is in none"
        mend = "count days instead, or put the item into a phase with a `cycle`"
        raise Refused([Diagnostic("no-cycle", message, mend, path=(key,), part=words)])
    message = f"`{words}` names a cohort, and the participant is in none"
    raise Refused([Diagnostic("no-cohort", message, "lay out the cohorts: --roster FILE", path=(key,), part=words)])
