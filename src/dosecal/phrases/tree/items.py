"""The trees of an item's other phrases: clock times, lengths, rules, amounts and conditions; of cohort places and of the record."""

from datetime import date, time
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from dosecal.dose import Amount
from dosecal.phrases.tree.timing import Side, TimeUnit, Unit, Weekdays

# -- clock times and lengths of time


class ClockTime(Struct, frozen=True):
    """`09:00`"""

    time: time


class NamedTime(Struct, frozen=True):
    """`breakfast`, `evening`: a clock time that the participant gives."""

    name: str


class NearTime(Struct, frozen=True):
    """`30 minutes before breakfast`."""

    count: int
    unit: TimeUnit
    side: Side
    name: str


class AtPlace(Struct, frozen=True):
    """`place`: the clock time of the participant's place in the cohort."""


class PlaceTimes(Struct, frozen=True):
    """`09:00 every 30 minutes`: the clock times of a cohort's places, one after another."""

    first: time
    every: int


At = ClockTime | NamedTime | NearTime | AtPlace | PlaceTimes


class Duration(Struct, frozen=True):
    """`4 hours`, `2.5 hours`, `30 minutes`."""

    amount: Decimal
    unit: TimeUnit


class Gap(Struct, frozen=True):
    """`48 hours apart`."""

    amount: Decimal
    unit: Unit


# -- rules of an item


class IfMissed(Struct, frozen=True):
    """`skip`, `take`, `take if at least 48 hours before next week else skip` (bound, amount, unit and before_next all given)."""

    rule: Literal["skip", "take"]
    bound: Literal["at least", "more than"] | None = None
    amount: Decimal | None = None
    unit: Unit | None = None
    before_next: Literal["dose", "week", "cycle"] | None = None


class IfClosed(Struct, frozen=True):
    """`stay`, `next open day`, `previous open day`, `nearest open day`, `refuse`."""

    rule: Literal["stay", "next", "previous", "nearest", "refuse"]


class OnlyIf(Struct, frozen=True):
    """`FLAG`, `not FLAG`."""

    flag: str
    negated: bool = False


class InitiateAgain(Struct, frozen=True):
    """`after 8 missed days`."""

    missed_days: int


# -- what is given, and for which occurrences


class Quantity(Struct, frozen=True):
    """`12 mg IV`, `85 mg/m2 IV`, `20 10 none mg PO`: one amount, or one for each day of the course (None: `none`)."""

    amounts: tuple[Decimal | None, ...]
    unit: str
    route: str


class Auc(Struct, frozen=True):
    """`AUC 6 IV`: a target area under the curve, in mg/mL/min (Calvert: mg = AUC x (GFR + 25)).

    `route` is "" in a record's dose adjustment, `AUC 5`: the route is the regimen's.
    """

    target: Decimal
    route: str


class Placebo(Struct, frozen=True):
    """`placebo inhaled`."""

    route: str


class FromTable(Struct, frozen=True):
    """`table first week`."""

    name: str


Give = Quantity | Auc | Placebo | FromTable


class Within(Struct, frozen=True):
    """`day 1`, `days 1-14`, `from day 29`, `cycles 2-6`, `study days 1-7`: by nominal position; last None is open."""

    of: Literal["study day", "day", "cycle", "dose", "cohort"]
    first: int
    last: int | None


class OnArm(Struct, frozen=True):
    """`arm AB`."""

    arm: str


class AtSlot(Struct, frozen=True):
    """`at breakfast`: the occurrences at that named time."""

    name: str


class Band(Struct, frozen=True):
    """`weight from 40 to under 50 kg`, `age over 75 years`: a measure between two bounds, each included or not, each may be open."""

    measure: str
    lower: Decimal | None
    lower_included: bool
    upper: Decimal | None
    upper_included: bool
    unit: str | None


Condition = Within | OnArm | AtSlot | Band
Conditions = tuple[Condition, ...]
"""All of them hold; the empty tuple holds always."""


# -- cohort plans and the record


class Places(Struct, frozen=True):
    """`sentinels 1-2`, `remaining 3-8`: a named range of a cohort's places."""

    name: str
    first: int
    last: int


class CycleOf(Struct, frozen=True):
    """`treatment cycle 5` in a record entry."""

    phase: str
    number: int


RecordValue = CycleOf | str | date | Amount | Weekdays
"""A record entry's value: a phase's cycle, a name or `plan`, a date, an amount, weekdays. Which one: the entry's own table."""
