"""An item's minimum gap, read off the wall clock, so that a clock change moves no dose (rule 16)."""

from datetime import date, datetime, time, timedelta
from typing import Final

from msgspec import Struct

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.expand.refusals import unbuilt
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import Gap

_MINUTES: Final = {"minute": 1, "hour": 60, "day": 24 * 60, "week": 7 * 24 * 60}


class Moment(Struct, frozen=True):
    """A date and the wall-clock time on it; without one the day as a whole, so that 48 hours are 2 days."""

    date: date
    clock: time | None

    def wall(self) -> datetime:
        return datetime.combine(self.date, self.clock or time.min)


def length_of(gap: Gap) -> timedelta:
    """How long the gap is. Raises Refused for months and open days, which have no length of their own."""
    minutes = _MINUTES.get(gap.unit)
    if minutes is None:
        raise Refused([unbuilt(gap, "at-least", mend="write the gap in hours, days or weeks")])
    return timedelta(minutes=float(gap.amount) * minutes)


def too_near(earlier: Moment, later: Moment, least: timedelta) -> bool:
    """Whether two moments lie nearer to each other than `least`; by days alone where one of them has no clock time."""
    if earlier.clock is None or later.clock is None:
        return later.date - earlier.date < least
    return later.wall() - earlier.wall() < least


def refuse_plan(item: str, earlier: Moment, later: Moment, gap: Gap) -> None:
    """Raise Refused: a plan that breaks its own gap, with no closure to blame, is no plan."""
    message = f"`{item}` on {earlier.date} and on {later.date} are less than {spell(gap)}"
    raise Refused([Diagnostic("gap", message, "choose weekdays or times that keep the gap", path=("at-least",))])
