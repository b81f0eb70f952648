"""An item's minimum gap, read off the wall clock, so that a clock change moves no dose (rule 16)."""

from bisect import bisect_left, bisect_right
from datetime import date, datetime, time, timedelta
from typing import Final

from msgspec import Struct

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.expand.refusals import unbuilt
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import Gap
from dosecal.study_time import Instant

_MINUTES: Final = {"minute": 1, "hour": 60, "day": 24 * 60, "week": 7 * 24 * 60}


class Moment(Struct, frozen=True):
    """A date and the wall-clock time on it; not `timed`: the day as a whole, from its midnight on, so that 48 hours are 2 days."""

    wall: datetime
    timed: bool

    @property
    def date(self) -> date:
        return self.wall.date()


def moment_on(day: date, clock: time | None = None) -> Moment:
    """The moment at a wall-clock time of a day, or the day as a whole."""
    return Moment(datetime.combine(day, clock or time.min), clock is not None)


def moment_at(clock: Instant) -> Moment:
    """The moment that the wall clock shows at an instant."""
    return Moment(clock.wall, True)


def length_of(gap: Gap) -> timedelta:
    """How long the gap is. Raises Refused for months and open days, which have no length of their own."""
    minutes = _MINUTES.get(gap.unit)
    if minutes is None:
        raise Refused([unbuilt(gap, "at-least", mend="write the gap in hours, days or weeks")])
    return timedelta(minutes=float(gap.amount) * minutes)


def too_near(earlier: Moment, later: Moment, least: timedelta) -> bool:
    """Whether two moments lie nearer to each other than `least`; by days alone where one of them has no clock time."""
    if earlier.timed is later.timed:
        return later.wall - earlier.wall < least
    return later.date - earlier.date < least


class Moments:
    """Where an item's occurrences stand, in order of time, and whether each was planned elsewhere."""

    def __init__(self) -> None:
        self._walls: Final[list[datetime]] = []
        self._standing: Final[list[tuple[Moment, bool]]] = []

    def add(self, moment: Moment, *, elsewhere: bool) -> None:
        at = len(self._walls) if self._is_last(moment) else bisect_right(self._walls, moment.wall)
        self._walls.insert(at, moment.wall)
        self._standing.insert(at, (moment, elsewhere))

    def _is_last(self, moment: Moment) -> bool:
        """Whether a moment lies after all of them, as most do that are asked about."""
        return not self._walls or self._walls[-1] < moment.wall

    def near(self, moment: Moment, least: timedelta) -> tuple[Moment, bool] | None:
        """The one that lies nearer to a moment than `least`, before or after it, and whether it was planned elsewhere; or None."""
        at = len(self._walls) if self._is_last(moment) else bisect_left(self._walls, moment.wall)
        if at and too_near(self._standing[at - 1][0], moment, least):
            return self._standing[at - 1]
        if at < len(self._walls) and too_near(moment, self._standing[at][0], least):
            return self._standing[at]
        return None


def refuse_plan(item: str, earlier: date, later: date, gap: Gap | None) -> None:
    """Raise Refused: a plan that breaks its own gap, with no closure to blame, is no plan."""
    message = f"`{item}` on {earlier:%Y-%m-%d} and on {later:%Y-%m-%d} are less than {spell(gap)}"
    raise Refused([Diagnostic("gap", message, "choose weekdays or times that keep the gap", path=("at-least",))])
