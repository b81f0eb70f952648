"""An item's minimum gap, read off the wall clock, so that a clock change moves no dose (rule 16)."""

from bisect import bisect_left, bisect_right
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


class Moments:
    """Where an item's occurrences stand, in order of time, and whether each was planned elsewhere."""

    def __init__(self) -> None:
        self._walls: Final[list[datetime]] = []
        self._standing: Final[list[tuple[Moment, bool]]] = []

    def add(self, moment: Moment, *, elsewhere: bool) -> None:
        wall = moment.wall()
        at = bisect_right(self._walls, wall)
        self._walls.insert(at, wall)
        self._standing.insert(at, (moment, elsewhere))

    def near(self, moment: Moment, least: timedelta) -> tuple[Moment, bool] | None:
        """The one that lies nearer to a moment than `least`, before or after it, and whether it was planned elsewhere; or None."""
        wall = moment.wall()
        at = bisect_left(self._walls, wall)
        for other, elsewhere in self._standing[max(at - 1, 0) : at + 1]:
            earlier, later = (moment, other) if len(self._walls) > at and other is self._standing[at][0] else (other, moment)
            if too_near(earlier, later, least):
                return other, elsewhere
        return None


def refuse_plan(item: str, earlier: Moment, later: Moment, gap: Gap | None) -> None:
    """Raise Refused: a plan that breaks its own gap, with no closure to blame, is no plan."""
    message = f"`{item}` on {earlier.date} and on {later.date} are less than {spell(gap)}"
    raise Refused([Diagnostic("gap", message, "choose weekdays or times that keep the gap", path=("at-least",))])
