"""The trees of timing: points, `when` and windows."""

from decimal import Decimal
from typing import Literal

from msgspec import Struct

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
