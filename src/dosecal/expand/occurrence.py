"""An occurrence of an item on its nominal date, its course, and the series in which a phrase gives them."""

from collections.abc import Generator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.expand.points import Found, Scope, Spot
from dosecal.study_time import SHORTEST_MONTH, Instant, Weekday

if TYPE_CHECKING:
    from dosecal.expand.told import Hold

MOST: Final = 40_000
"""The most occurrences that one phrase may have: a dose every hour for four years."""


class Occurrence(Struct, frozen=True):
    """One time of an item, on its nominal date, and at a clock time where the phrase itself gives one.

    `week` is set where the position is a treatment week and a number in it, which is known only when all phrases of the item are joined.
    `tied` is the occurrence of another item that it is tied to; `rescheduled`: the record chose another weekday for it.
    """

    position: str
    nominal: date
    why: str
    course_day: int = 1
    course_days: int = 1
    month: int | None = None
    week: int | None = None
    instant: Instant | None = None
    elapsed: bool = False
    tied: Found | None = None
    rescheduled: bool = False


Course = tuple[Occurrence, ...]
Series = Generator[Course, date | None, None]
"""Courses in order of date; may be told on which date each one's first day came to stand (None: on its nominal date)."""


class Asked(Struct, frozen=True):
    """What a phrase needs besides its scope: the weekdays chosen for `n times weekly`, where the list ends, how it counts.

    `until` is the last date to which what never ends is laid out. `numbered`: positions are numbers whatever the phrase says. `series` goes
    before the numbers of an item's second and later counted phrases; `later`: an earlier phrase of the item may be tied to the same
    occurrence. `withheld`: when the record withholds the item, which then has no open day; `took_place`: days on which it
    took place as it was due, which were open for it whatever was closed later, each with the position that it had; `missed` the same of
    what did not take place.
    """

    weekdays: tuple[Weekday, ...]
    until: date | None
    numbered: bool
    series: str = ""
    later: bool = False
    withheld: "tuple[Hold, ...]" = ()
    took_place: Mapping[date, str] = {}
    missed: Mapping[date, str] = {}


def outside_phase(what: str, last_day: date, scope: Scope, part: str) -> Diagnostic:
    """The refusal of what lies after the last day of its phase or cycle; `part` is what the phrase shows of it."""
    length = (last_day - scope.first_day).days + 1
    of = f"cycle {scope.cycle} of `{scope.phase}`" if scope.cycle is not None else f"the phase `{scope.phase}`"
    message = f"{what} beyond {of}, which has {length} day{'s' * (length != 1)}"
    return Diagnostic("outside-phase", message, "correct the number, or the length that the phase states", part=part)


def bounded(count: int) -> None:
    """Raise Refused for more occurrences than anyone could want."""
    if count > MOST:
        message = f"this would be more than {MOST:,} occurrences"
        raise Refused([Diagnostic("too-many", message, "check the number and the unit of the repeat's end")])


def anchor_of(spot: Spot, scope: Scope) -> str:
    """From where a spot is counted: the occurrence that it is tied to, or the date that its phrase counts from; nothing for a search."""
    if spot.tied is not None:
        last = spot.tied.last
        to = f" to {last}" if last is not None and last != spot.tied.first else ""
        return f", tied to {spot.tied.key} on {spot.tied.first}{to}"
    return f", counted from {spot.origin}" if spot.months or spot.days or spot.origin in (scope.first_day, scope.day_1) else ""


def clamp_of(start: Spot, scope: Scope) -> str:
    """The remark that a month was too short for the day, or nothing."""
    if not start.months or scope.months is None or scope.months.days is not None or start.origin.day <= SHORTEST_MONTH:
        return ""
    month_end = Spot(start.origin, start.months).date(scope.months)
    return f"; the month has no day {start.origin.day}, so its last day" if month_end.day != start.origin.day else ""
