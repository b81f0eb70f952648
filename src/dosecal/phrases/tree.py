"""The syntax trees of a regimen's phrases: frozen data, one class for each thing a phrase can say.

Every class is written as its grammar says it (docs/language.md, "Grammar"); `spell` turns a tree back into the one spelling of it.
Units are singular words here ("day", "week", "month", "open day", "hour", "minute"), whatever number stands before them.
"""

from datetime import date, time
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from dosecal.dose import Amount
from dosecal.study_time import Weekday

DateUnit = Literal["day", "week", "month"]
TimeUnit = Literal["hour", "minute"]
Unit = Literal["day", "week", "month", "open day", "hour", "minute"]
Side = Literal["before", "after"]
Edge = Literal["start", "end"]


# -- points: one date (or instant), or one for each occurrence of what they refer to


class Mark(Struct, frozen=True):
    """`day 8`, `week 24`, `month 0`, `study day -14`: a position in the innermost scope (or, `study day`, in the study)."""

    unit: Literal["day", "week", "month", "study day"]
    number: int


Which = Literal["", "each", "each next", "each late", "each initiation of", "first", "last"]


class Ref(Struct, frozen=True):
    """`last dose`, `each alemtuzumab course`, `discontinuation`: occurrences by the name of their item, phase, event or kind.

    `which` is "" for a bare name (which must have exactly one). `count` is the number after `first` or `last`.
    """

    name: str
    which: Which = ""
    count: int | None = None
    course: bool = False
    due: bool = False


class EdgeOf(Struct, frozen=True):
    """`start of P`, `end of each fluorouracil infusion`."""

    edge: Edge
    ref: Ref


class Its(Struct, frozen=True):
    """`its start`, `its end`: of the occurrence that the phrase stands in."""

    edge: Edge


class Offset(Struct, frozen=True):
    """`30 days after last dose`, `1 2 4 hours after each dose`: one point for each amount, ascending."""

    amounts: tuple[Decimal, ...]
    unit: Unit
    side: Side
    origin: "Point"


class Search(Struct, frozen=True):
    """`first Mon on or after P`, `first open Mon on or after P`, `first open day on or after P` (weekday None)."""

    weekday: Weekday | None
    open_day: bool
    origin: "Point"


Point = Mark | Ref | EdgeOf | Its | Offset | Search


# -- when


class Span(Struct, frozen=True):
    """A length or a step in whole days, weeks or months: `5 days`, `1 month`."""

    count: int
    unit: DateUnit


class Run(Struct, frozen=True):
    """`1-5` (first < last) or `8` (first == last)."""

    first: int
    last: int


class Numbers(Struct, frozen=True):
    """`days 1 8 15`, `days 1-21`, `weeks 8 16 24`: ascending; a run is a course of consecutive ones."""

    unit: DateUnit
    runs: tuple[Run, ...]


class Cycles(Struct, frozen=True):
    """`cycle 3` (first == last), `cycles 1-2`, `cycles from 4` (last None), `every 2 cycles from 3` (step 2)."""

    first: int
    last: int | None
    step: int = 1


class On(Struct, frozen=True):
    """A point or numbered days, in some cycles or all, alone or as a course: `days 1 8 of cycles 1-2`, `month 0 for 5 days`."""

    base: Point | Numbers
    cycles: Cycles | None = None
    span: Span | None = None


class OpenDays(Struct, frozen=True):
    """The step of `every open day`."""


class Weekdays(Struct, frozen=True):
    """The step of `every Mon Wed Fri`: in the order of the week, from any day."""

    days: tuple[Weekday, ...]


class ForSpan(Struct, frozen=True):
    """`for 24 months`: half open, the last possible day is the one before start + span."""

    span: Span


class Through(Struct, frozen=True):
    """`through month 24`: that point included."""

    point: Point


class Until(Struct, frozen=True):
    """`until discontinuation`: the event's day excluded."""

    event: str


End = ForSpan | Through | Until


class Every(Struct, frozen=True):
    """`every 4 weeks 3 times from day 113`, `every month through month 24`, `every Mon Wed Fri for 8 weeks`.

    `times` and `end` exclude each other; `start` is the point after `from`; `at_most` caps the span in days.
    """

    step: Span | OpenDays | Weekdays
    times: int | None = None
    start: Point | None = None
    end: End | None = None
    at_most: int | None = None


class Weekly(Struct, frozen=True):
    """`once weekly` (1), `twice weekly` (2), `3 times weekly for 24 months`: on weekdays that the item or the participant names."""

    times: int
    start: Point | None = None
    end: End | None = None


class FirstDays(Struct, frozen=True):
    """`first 3 days of each alemtuzumab course`: tied to the days of another item's courses."""

    count: int
    ref: Ref


When = Every | Weekly | FirstDays | On


# -- windows


class Around(Struct, frozen=True):
    """`±7 days`, `±1 hour`: around the nominal date or time."""

    amount: Decimal
    unit: Unit


class Between(Struct, frozen=True):
    """`+0 to +7 days`, `-4 to +2 days`: signed distances from the nominal date."""

    earliest: int
    latest: int
    unit: Unit


class Apart(Struct, frozen=True):
    """`19 to 23 days after vaccination 1`: distances from another point."""

    nearest: Decimal
    farthest: Decimal
    unit: Unit
    side: Side
    origin: Point


class FromTo(Struct, frozen=True):
    """`from day -14 to day -1`: from one point to another."""

    opens: Point
    closes: Point


WindowPhrase = Around | Between | Apart | FromTo


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
    """`AUC 6 IV`: a target area under the curve, in mg/mL/min (Calvert: mg = AUC x (GFR + 25))."""

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

Tree = (
    When | Point | WindowPhrase | At | Duration | Gap | IfMissed | IfClosed | OnlyIf | InitiateAgain | Give | Condition | Span | Weekdays
    | Amount | Places | CycleOf
)
