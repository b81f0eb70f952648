"""What of the calendar a schedule rests on: wherever that is the same, seen from another Day 1, the schedule is the same, only moved.

The engine asks the calendar three things: which weekday a date is, which date a number of months after another is, and which days a site is
open or the participant is of age. All else is counting days. So the schedule of someone with neither record, horizon nor birth date, at a
site that never closes, holds, counted from Day 1, for every Day 1 on the same weekday for which all the months that were counted come to as
many days. Clock times are the same on the wall; those near a clock change the writer finds. Only where occurrences wait for one another at
clock times may a clock change also turn their order: such a schedule has no footing.
"""

from datetime import date, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from dosecal.expand.expansion import arm_of, expand
from dosecal.participant import ALWAYS_OPEN, Participant, Site
from dosecal.phrases.tree import Ref
from dosecal.phrases.walk import nodes_of
from dosecal.regimen import Regimen, items_of
from dosecal.schedule import Schedule
from dosecal.study_time import CALENDAR_MONTHS, CountedMonths, plus_months

_YEARS: Final = range(1930, 2150)
"""Of a Day 1 that may be exchanged for another: far enough from the ends of 1900-2200 that nothing falls out."""


class Footing(Struct, frozen=True):
    """The weekday of Day 1 (Monday 0), and the months counted: from which day, how many, to which day (days after Day 1)."""

    weekday: int
    months: tuple[tuple[int, int, int], ...]

    def bears(self, day_1: date) -> bool:
        """Whether a schedule on this footing is that of `day_1` too, moved there."""
        return (
            day_1.weekday() == self.weekday
            and day_1.year in _YEARS
            and all(plus_months(day_1 + timedelta(start), count) == day_1 + timedelta(end) for start, count, end in self.months)
        )


def expand_with_footing(regimen: Regimen, participant: Participant, site: Site = ALWAYS_OPEN) -> tuple[Schedule, Footing | None]:
    """As `expand`, and what the schedule rests on; None where it rests on more than a footing says."""
    may_move = (
        site.never_closes
        and not participant.record
        and (participant.horizon, participant.birth_date, participant.cohort, participant.place_time) == (None, None, None, None)
        and participant.day_1.year in _YEARS
    )
    if not may_move:
        return expand(regimen, participant, site), None
    day_1, counting = participant.day_1, CountedMonths()
    calendar_months = regimen.months is not None and regimen.months.days is None
    schedule = expand(replace(regimen, months=counting) if calendar_months else regimen, participant, site)
    schedule = replace(schedule, months=regimen.months)
    if any(event.clock is not None for event in schedule.events) and _waits(regimen, participant):
        return schedule, None
    months = tuple(sorted(_seen_from(day_1, start, count) for start, count in counting.counted))
    return schedule, Footing(day_1.weekday(), months)


def _seen_from(day_1: date, start: date, count: int) -> tuple[int, int, int]:
    return (start - day_1).days, count, (plus_months(start, count, CALENDAR_MONTHS) - day_1).days


def _waits(regimen: Regimen, participant: Participant) -> bool:
    """Whether anything in the participant's arm refers to another occurrence."""
    arm = arm_of(regimen, participant.arm)
    placed = items_of(regimen, arm)
    return any(isinstance(node, Ref) for one in placed for node in nodes_of((one.item, one.phase)))
