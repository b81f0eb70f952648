"""Steps -> the one value that applies to an occurrence: `days 1-14: 8.8 mcg SC, from day 15: 22 mcg SC`."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TypeVar

from msgspec import Struct

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.dose import Amount
from dosecal.expand.points import Scope
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import AtSlot, Band, Condition, OnArm, Within
from dosecal.regimen import Step
from dosecal.study_time import study_day

T = TypeVar("T")


class Measures(Struct, frozen=True):
    """What is known of the participant's body: values at Day 1, and the birth date, from which the age comes in completed years."""

    values: Mapping[str, Amount]
    birth_date: date | None

    def on(self, name: str, day: date) -> Decimal:
        """The value of a measure on a day. Raises Refused where it is not known."""
        known = self.values.get(name)
        if name == "age" and self.birth_date is not None:
            return Decimal(day.year - self.birth_date.year - ((day.month, day.day) < (self.birth_date.month, self.birth_date.day)))
        if known is not None:
            return known.value
        mend = "add it to the participant file: `birth-date`, or `measures: {age: 40 years}`" if name == "age" else _MEASURE_MEND[name]
        raise Refused([Diagnostic("no-measure", f"the participant's {name} is needed", mend)])


_MEASURE_MEND = {
    "weight": "add it to the participant file: `measures: {weight: 70 kg}`",
    "height": "add it to the participant file: `measures: {height: 170 cm}`",
    "bsa": "add it to the participant file: `measures: {bsa: 1.8 m2}`",
    "bmi": "add it to the participant file: `measures: {bmi: 24 kg/m2}`",
    "gfr": "add it to the participant file: `measures: {gfr: 90 mL/min}`",
    "creatinine clearance": "add it to the participant file: `measures: {creatinine clearance: 90 mL/min}`",
}


class Standing(Struct, frozen=True):
    """What conditions ask of an occurrence: its nominal date, its course's first day, its number in the item, scope, slot and cohort."""

    nominal: date
    course_start: date
    number: int
    scope: Scope
    arm: str | None
    measures: Measures
    slot: str | None = None
    cohort: int | None = None


def at_most_one(steps: tuple[Step[T], ...], standing: Standing, key: str) -> T | None:
    """The value that applies, or None. Raises Refused when two steps apply."""
    if len(steps) == 1 and not steps[0].conditions:
        return steps[0].value
    found = [step for step in steps if all(_holds(condition, standing, key) for condition in step.conditions)]
    if len(found) > 1:
        first, second = (spell(step.conditions) for step in found[:2])
        message = f"two steps of `{key}` cover {_where(standing)}: `{first}` and `{second}`"
        raise Refused([Diagnostic("step-overlap", message, "let one end before the other begins", path=(key,))])
    return found[0].value if found else None


def exactly_one(steps: tuple[Step[T], ...], standing: Standing, key: str) -> T:
    """The value that applies. Raises Refused when no step applies, or two."""
    value = at_most_one(steps, standing, key)
    if value is None:
        message = f"no step of `{key}` covers {_where(standing)}"
        raise Refused([Diagnostic("step-gap", message, "let the steps cover every occurrence", path=(key,))])
    return value


def _where(standing: Standing) -> str:
    cycle = f" of cycle {standing.scope.cycle}" if standing.scope.cycle is not None else ""
    slot = f" at {standing.slot}" if standing.slot is not None else ""
    return f"day {_day(standing)}{cycle}{slot}"


def _day(standing: Standing) -> int:
    """The number of the occurrence's day in its scope."""
    scope = standing.scope
    return (standing.nominal - scope.first_day).days if scope.first_number == 0 else study_day(scope.first_day, standing.nominal)


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
            known = standing.measures.on(measure, standing.course_start)
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
    if number is None:
        message = f"`{spell(condition)}` names a {of}, and there is none here"
        mend = "count days instead, or give the phase a `cycle`" if of == "cycle" else "name a roster, which puts participants into cohorts"
        raise Refused([Diagnostic(f"no-{of}", message, mend, path=(key,), part=spell(condition))])
    return number
