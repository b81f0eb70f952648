"""What of the calendar a schedule rests on: wherever that is the same, seen from another Day 1, the schedule is the same, only moved.

The engine asks the calendar three things: which weekday a date is, which date a number of months after another is, and which days a site is
open or the participant is of age. All else is counting days. So the schedule of someone with neither record, horizon nor birth date, at a
site that never closes, holds, counted from Day 1, for every Day 1 on the same weekday (any, where nobody names weekdays) for which all the
months that were counted come to as many days. Clock times are the same on the wall; those near a clock change the writer finds. Only where
occurrences wait for one another at clock times may a clock change also turn their order: such a schedule has no footing. The study month of
an event, which no participant's calendar says, is left out of all this.

Where nothing in an arm waits for anything else, each item can be laid out for itself: fewer months are counted for one item than for all,
and so its footing bears more days.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from dosecal.expand.events import MOST_EVENTS
from dosecal.expand.expansion import arm_of, expand
from dosecal.participant import ALWAYS_OPEN, Participant, Site
from dosecal.phrases.tree import Ref, Search, Weekly
from dosecal.phrases.walk import nodes_of
from dosecal.regimen import Arm, Item, Phase, PlacedItem, Regimen, items_of
from dosecal.schedule import Schedule
from dosecal.study_time import CALENDAR_MONTHS, SHORTEST_MONTH, WEEKDAYS, CountedMonths, plus_months

_YEARS: Final = range(1930, 2150)
"""Of a Day 1 that may be exchanged for another: far enough from the ends of 1900-2200 that nothing falls out."""


class Footing(Struct, frozen=True):
    """The weekday of Day 1 (Monday 0; None: any), and the months counted: from which day, how many, to which day (days after Day 1)."""

    weekday: int | None
    months: tuple[tuple[int, int, int], ...]

    @property
    def counts_from_day_1(self) -> bool:
        """Whether all its months are counted from Day 1: then it bears all or none of the Day 1s that `alike` does not tell apart."""
        return all(start == 0 for start, _, _ in self.months)

    def bears(self, day_1: date) -> bool:
        """Whether a schedule on this footing is that of `day_1` too, moved there."""
        if self.weekday not in (None, day_1.weekday()) or day_1.year not in _YEARS:
            return False
        return all(plus_months(day_1 + timedelta(start), count) == day_1 + timedelta(end) for start, count, end in self.months)


def alike(day_1: date) -> tuple[int, int, int, int]:
    """What Day 1s have in common that most often rest on the same: weekday, year and month; and up to which day a month must go.

    From two days of one month, neither after the 28th, every number of months comes to as many days.
    """
    return day_1.weekday(), day_1.year, day_1.month, max(day_1.day, SHORTEST_MONTH)


def expand_with_footing(regimen: Regimen, participant: Participant, site: Site = ALWAYS_OPEN) -> tuple[Schedule, Footing | None]:
    """As `expand`, and what the schedule rests on; None where it rests on more than a footing says."""
    if not _rests_on_day_1(participant, site):
        return expand(regimen, participant, site), None
    day_1, counting = participant.day_1, CountedMonths()
    calendar_months = regimen.months is not None and regimen.months.days is None
    schedule = expand(replace(regimen, months=counting) if calendar_months else regimen, participant, site)
    schedule = replace(schedule, months=regimen.months)
    placed = items_of(regimen, arm_of(regimen, participant.arm))
    if any(event.clock is not None for event in schedule.events) and _refers(placed):
        return schedule, None
    months = tuple(sorted(_seen_from(day_1, start, count) for start, count in counting.counted))
    return schedule, Footing(day_1.weekday() if _asks_for_weekdays(placed, participant) else None, months)


def may_move(participant: Participant, site: Site, schedule: Schedule) -> bool:
    """Whether a schedule may have a footing, as far as can be said without laying it out again."""
    return (
        _rests_on_day_1(participant, site) and len(schedule.events) <= MOST_EVENTS // 2
    )  # else only the whole can say that it is too long


def _rests_on_day_1(participant: Participant, site: Site) -> bool:
    known = participant.horizon, participant.birth_date, participant.cohort, participant.place_time
    return site.never_closes and not participant.record and known == (None, None, None, None) and participant.day_1.year in _YEARS


def _seen_from(day_1: date, start: date, count: int) -> tuple[int, int, int]:
    return (start - day_1).days, count, (plus_months(start, count, CALENDAR_MONTHS) - day_1).days


def parts_of(regimen: Regimen, name: str | None) -> tuple[Regimen, ...]:
    """An arm of the regimen in parts, in the order of its items: each can be laid out for itself, and together they are the whole."""
    arm = arm_of(regimen, name)
    placed = items_of(regimen, arm)
    if len(placed) < _FEWEST or _refers(placed):
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


def _asks_for_weekdays(placed: Iterable[PlacedItem], participant: Participant) -> bool:
    """Whether weekdays come in: in a phrase, or in a clock time that the participant has for each of them."""
    if any(len({*times.by_weekday}) > 1 for times in participant.times.values()):
        return True
    nodes = (node for one in placed for node in nodes_of((one.item, one.phase)))
    return any(isinstance(node, Weekly | Search) or _names_weekdays(node) for node in nodes)


def _names_weekdays(node: Struct) -> bool:
    values = (getattr(node, field) for field in node.__struct_fields__)
    return any(one in WEEKDAYS for value in values for one in (value if isinstance(value, tuple) else (value,)))


def _refers(placed: tuple[PlacedItem, ...]) -> bool:
    return any(isinstance(node, Ref) for one in placed for node in nodes_of((one.item, one.phase)))
