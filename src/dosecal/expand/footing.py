"""What of the calendar a schedule rests on: wherever that is the same, seen from another Day 1, the schedule is the same, only moved.

The engine asks the calendar four things: which weekday a date is, which date a number of months after another is, what a clock shows
(through the zone's rules), and which days a site is open or the participant is of age. All else is counting days. So the schedule of
someone with neither record, horizon nor birth date, at a site that never closes, holds, counted from Day 1, for every Day 1 on the same
weekday (any, where nobody names weekdays) for which all the months that were counted come to as many days, and for which no clock time
that was asked for, here or there, is one that a clock change leaves out or brings twice. Where elapsed time was counted there is no
footing, nor where occurrences wait for one another at clock times: a clock change may turn their order. The study month of an event, which
no participant's calendar says, is left out of all this.

Where nothing in an arm waits for anything else, each item can be laid out for itself: fewer months are counted for one item than for all,
and so its footing bears more days.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from dosecal.expand.events import MOST_EVENTS
from dosecal.expand.expansion import arm_of, expand
from dosecal.participant import ALWAYS_OPEN, Participant, Site
from dosecal.phrases.tree import Quantity, Ref, Search, Weekly
from dosecal.phrases.walk import nodes_of
from dosecal.regimen import Arm, Item, Phase, PlacedItem, Regimen, items_of, phases_of
from dosecal.schedule import Event, Schedule
from dosecal.study_time import (
    CALENDAR_MONTHS,
    SHORTEST_MONTH,
    WEEKDAYS,
    CountedMonths,
    DateOutOfRangeError,
    Zone,
    instant_at,
    plus_months,
)

_YEARS: Final = range(1950, 2100)
"""Of a Day 1 that may be exchanged for another: nothing within _FARTHEST of it comes near the ends of 1900-2200."""
_FARTHEST: Final = timedelta(10_000)
_MOST_MONTHS: Final = 300


class Footing(Struct, frozen=True):
    """What a schedule rests on.

    `weekday`: of Day 1 (Monday 0; None: any). `months`: from which day, how many, to which day (days after Day 1). `clocks`: clock times
    that no event shows, so many days after Day 1, in the zone with `rules`.
    """

    weekday: int | None
    months: tuple[tuple[int, int, int], ...]
    clocks: tuple[tuple[int, time], ...] = ()
    rules: tzinfo | None = None

    @property
    def counts_from_day_1(self) -> bool:
        """Whether all it rests on is counted from Day 1: then it bears all or none of the Day 1s that `alike` does not tell apart."""
        return not self.clocks and all(start == 0 for start, _, _ in self.months)

    def bears(self, day_1: date) -> bool:
        """Whether a schedule on this footing is that of `day_1` too, moved there.

        Clock times that events show are not looked at here: where one is doubtful there, the calendar refuses to be moved (write.relative).
        """
        if self.weekday not in (None, day_1.weekday()) or day_1.year not in _YEARS:
            return False
        try:
            months = all(plus_months(day_1 + timedelta(start), count) == day_1 + timedelta(end) for start, count, end in self.months)
        except DateOutOfRangeError:
            return False
        return months and not any(_doubtful(datetime.combine(day_1 + timedelta(days), clock), self.rules) for days, clock in self.clocks)


class _AskedZone(tzinfo):
    """The rules of a zone, which keep what they were asked: the times on the wall, and whether elapsed time was counted."""

    def __init__(self, rules: tzinfo) -> None:
        self._rules: Final = rules
        self.walls: Final[set[datetime]] = set()
        self.elapsed = False

    def utcoffset(self, moment: datetime | None, /) -> timedelta | None:
        if moment is None:
            return None
        self.walls.add(moment.replace(tzinfo=None, fold=0))
        return self._rules.utcoffset(moment.replace(tzinfo=self._rules))

    def dst(self, moment: datetime | None, /) -> timedelta | None:
        return self._rules.dst(moment.replace(tzinfo=self._rules)) if moment is not None else None

    def tzname(self, moment: datetime | None, /) -> str | None:
        return self._rules.tzname(moment.replace(tzinfo=self._rules)) if moment is not None else None

    def fromutc(self, moment: datetime, /) -> datetime:
        self.elapsed = True
        return self._rules.fromutc(moment.replace(tzinfo=self._rules)).replace(tzinfo=self)


def alike(day_1: date) -> tuple[int, int, int, int]:
    """What Day 1s have in common that most often rest on the same: weekday, year and month; and up to which day a month must go.

    From two days of one month, neither after the 28th, every number of months comes to as many days.
    """
    return day_1.weekday(), day_1.year, day_1.month, max(day_1.day, SHORTEST_MONTH)


def expand_with_footing(regimen: Regimen, participant: Participant, site: Site = ALWAYS_OPEN) -> tuple[Schedule, Footing | None]:
    """As `expand`, and what the schedule rests on; None where it rests on more than a footing says."""
    arm = arm_of(regimen, participant.arm)
    placed, phases = items_of(regimen, arm), phases_of(regimen, arm)
    if not _rests_on_day_1(participant, site) or _days_of(phases) > _FARTHEST:
        return expand(regimen, participant, site), None
    day_1, zone, counting = participant.day_1, participant.zone, CountedMonths()
    asked = _AskedZone(zone.rules) if zone is not None else None
    listening = replace(participant, zone=replace(zone, rules=asked) if zone is not None else None)
    calendar_months = regimen.months is not None and regimen.months.days is None
    schedule = expand(replace(regimen, months=counting) if calendar_months else regimen, listening, site)
    timed = any(event.clock is not None for event in schedule.events)
    months = tuple(sorted(_seen_from(day_1, start, count) for start, count in counting.counted))
    doubtful = asked is not None and zone is not None and (asked.elapsed or any(_doubtful(wall, zone.rules) for wall in asked.walls))
    alone = not _refers(placed, phases) and days_for_each(regimen, placed) == 1
    if doubtful or (timed and not alone) or _far(schedule) or any(abs(count) > _MOST_MONTHS for _, count, _ in months):
        return expand(regimen, participant, site), None
    schedule = _in_zone(replace(schedule, months=regimen.months), zone)
    weekday = day_1.weekday() if _asks_for_weekdays(placed, phases, participant) else None
    clocks = _unseen(asked.walls, schedule) if asked is not None else ()
    return schedule, Footing(weekday, months, clocks, zone.rules if zone is not None else None)


def _in_zone(schedule: Schedule, zone: Zone | None) -> Schedule:
    """The same schedule with the zone itself in the place of the one that was asked; no clock time in it is doubtful."""
    if zone is None:
        return schedule
    rules = zone.rules

    def timed(event: Event) -> Event:
        clock = event.clock
        return event if clock is None else replace(event, clock=instant_at(clock.local.date(), clock.local.time(), rules))

    events, absent = tuple(map(timed, schedule.events)), tuple(map(timed, schedule.absent))
    return replace(schedule, zone=zone, events=events, absent=absent, beyond=tuple(map(timed, schedule.beyond)))


def _unseen(walls: Iterable[datetime], schedule: Schedule) -> tuple[tuple[int, time], ...]:
    """The clock times that were asked for and that no event shows, by days after Day 1."""
    shown = {event.clock.local.replace(tzinfo=None, fold=0) for event in schedule.events if event.clock is not None}
    return tuple(sorted(((wall.date() - schedule.day_1).days, wall.time()) for wall in walls if wall not in shown))


def _doubtful(wall: datetime, rules: tzinfo | None) -> bool:
    """Whether a clock change leaves out a time on the wall, or brings it twice."""
    local = wall.replace(tzinfo=rules)
    return local.utcoffset() != local.replace(fold=1).utcoffset()


def _far(schedule: Schedule) -> bool:
    """Whether anything lies so far from Day 1 that another Day 1 might bring it out of the range of dates."""
    return any(abs(day - schedule.day_1) > _FARTHEST for event in (*schedule.events, *schedule.absent) for day in _dates_of(event))


def _dates_of(event: Event) -> Iterator[date]:
    yield from (event.nominal_date, event.due_date, event.date)
    for bound in (event.window.earliest, event.window.latest) if event.window is not None else ():
        if bound is not None:
            yield bound.date() if isinstance(bound, datetime) else bound


_UNIT_DAYS: Final = {"day": 1, "week": 7, "month": 31, "year": 366}


def _days_of(phases: Iterable[Phase]) -> timedelta:
    """How long some phases are together, at most; what has no length of its own is as long as its items."""
    days = 0
    for phase in phases:
        lasts, cycle = phase.lasts, phase.cycle
        days += lasts.count * _UNIT_DAYS.get(lasts.unit, 366) if lasts is not None else 0
        if cycle is not None:
            days += cycle.length.count * _UNIT_DAYS.get(cycle.length.unit, 366) * (cycle.count or 1)
    return timedelta(min(days, 10 * _FARTHEST.days))


def days_for_each(regimen: Regimen, placed: tuple[PlacedItem, ...]) -> int:
    """For each event, how many days of a course there may be at most, those on which nothing is given included; 1 where there are none."""
    nodes = _nodes(placed, regimen.tables)
    return max((len(node.amounts) for node in nodes if isinstance(node, Quantity) and None in node.amounts), default=1)


def may_move(participant: Participant, site: Site, schedule: Schedule) -> bool:
    """Whether a schedule may have a footing, as far as can be said without laying it out again."""
    # Of a longer one only the whole can say that it is too long.
    return _rests_on_day_1(participant, site) and len(schedule.events) <= MOST_EVENTS // 2


def _rests_on_day_1(participant: Participant, site: Site) -> bool:
    known = participant.horizon, participant.birth_date, participant.cohort, participant.place_time
    return site.never_closes and not participant.record and known == (None, None, None, None) and participant.day_1.year in _YEARS


def _seen_from(day_1: date, start: date, count: int) -> tuple[int, int, int]:
    return (start - day_1).days, count, (plus_months(start, count, CALENDAR_MONTHS) - day_1).days


def parts_of(regimen: Regimen, name: str | None) -> tuple[Regimen, ...]:
    """An arm of the regimen in parts, in the order of its items: each can be laid out for itself, and together they are the whole."""
    arm = arm_of(regimen, name)
    placed = items_of(regimen, arm)
    if len(placed) < _FEWEST or _refers(placed, phases_of(regimen, arm)):
        return (regimen,)
    return tuple(_only(regimen, arm, one) for one in placed)


_FEWEST: Final = 2


def _only(regimen: Regimen, arm: Arm | None, placed: PlacedItem) -> Regimen:
    """The regimen with one of the arm's items alone."""

    def kept(items: tuple[Item, ...], phase: str | None, *, of_arm: bool) -> tuple[Item, ...]:
        here = (placed.phase.name if placed.phase is not None else None) == phase and (placed.path[0] == "arms") == of_arm
        return tuple(item for item in items if here and (item.section, item.name) == (placed.item.section, placed.item.name))

    def phases(all_of: tuple[Phase, ...], *, of_arm: bool) -> tuple[Phase, ...]:
        return tuple(replace(phase, items=kept(phase.items, phase.name, of_arm=of_arm)) for phase in all_of)

    return replace(
        regimen,
        items=kept(regimen.items, None, of_arm=False),
        phases=phases(regimen.phases, of_arm=False),
        arms=(replace(arm, items=kept(arm.items, None, of_arm=True), phases=phases(arm.phases, of_arm=True)),) if arm is not None else (),
    )


def _asks_for_weekdays(placed: tuple[PlacedItem, ...], phases: tuple[Phase, ...], participant: Participant) -> bool:
    """Whether weekdays come in: in a phrase, or in a clock time that the participant has for each of them."""
    if any(len({*times.by_weekday}) > 1 for times in participant.times.values()):
        return True
    return any(isinstance(node, Weekly | Search) or _names_weekdays(node) for node in _nodes(placed, phases))


def _names_weekdays(node: Struct) -> bool:
    values = (getattr(node, field) for field in node.__struct_fields__)
    return any(one in WEEKDAYS for value in values for one in (value if isinstance(value, tuple) else (value,)))


def _refers(placed: tuple[PlacedItem, ...], phases: tuple[Phase, ...]) -> bool:
    """Whether anything refers to another occurrence."""
    return any(isinstance(node, Ref) for node in _nodes(placed, phases))


def _nodes(placed: tuple[PlacedItem, ...], more: tuple[Struct, ...]) -> Iterator[Struct]:
    """The nodes of some items' phrases, and of more."""
    return nodes_of((tuple(one.item for one in placed), more))
