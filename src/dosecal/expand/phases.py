"""Phases -> the stretches of time that items count from: the study itself, each phase, each cycle of a phase.

Laid out around Study Day 1: it is the first day of the phase marked `day-1: here`, else of the first phase; earlier phases are laid
backwards from it, later ones follow. A phase whose start hangs on something that is not known yet has no stretches.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.expand.points import Scope, Spot, spot_at
from dosecal.regimen import Phase
from dosecal.study_time import DateOutOfRangeError

if TYPE_CHECKING:
    from dosecal.expand.told import Told
    from dosecal.record import Entry


class Stretch(Struct, frozen=True):
    """One phase, or one cycle: first day, last day by its own length (None: it has none), prefix of its keys, number of the cycle.

    `moved_by` are the record's entries that moved its first day, which is then an origin of its own: nothing on it has a window of days.
    """

    first_day: date
    last_day: date | None
    prefix: str
    cycle: int | None = None
    moved_by: "tuple[Entry, ...]" = ()
    planned_day: date | None = None


def anchor_index(phases: tuple[Phase, ...]) -> int:
    """Which phase Study Day 1 begins."""
    return next((number for number, phase in enumerate(phases) if phase.day_1_here), 0)


def start_before(phase: Phase, following: date, study: Scope) -> date:
    """The first day of a phase that ends the day before `following`. Raises Refused when its length is not said."""
    if phase.lasts is None:
        message = f"the phase `{phase.name}` comes before Study Day 1 and does not say how long it lasts"
        raise Refused([Diagnostic("phase-length", message, "add `lasts`, such as `lasts: 14 days`")])
    return Spot(following).plus(-phase.lasts.count, phase.lasts.unit).date(study.months)


def start_from(phase: Phase, study: Scope) -> date | None:
    """Where a phase's own `starts` puts it; None when what it refers to is not there yet."""
    spot = spot_at(phase.starts, study) if phase.starts is not None else None
    return spot.date(study.months) if spot is not None else None


def own_end(phase: Phase, first: date, study: Scope, told: "Told | None") -> date | None:
    """The last day of a phase by its own length or its counted cycles; None when neither is said, or when a cycle waits."""
    if phase.lasts is not None:
        return Spot(first).plus(phase.lasts.count, phase.lasts.unit).date(study.months) - timedelta(1)
    if phase.cycle is not None and phase.cycle.count is not None:
        starts = list(islice(_cycle_starts(phase, first, study, told), phase.cycle.count))
        if not (told is not None and any(hold.last is None for hold in told.holds(phase.name))):
            return _after(phase, starts[-1].first_day, 1, study) - timedelta(1)
    return None


def stretches_of(  # noqa: PLR0917  (a phase, its ends, and what they are counted with)
    phase: Phase, first: date, last: date | None, study: Scope, until: date | None, told: "Told | None"
) -> Iterator[Stretch]:
    """The phase as one stretch, or its cycles one by one; without a count, as far as `last` or `until`.

    Raises Refused where nobody said how far.
    """
    if phase.cycle is None:
        yield Stretch(first, last, f"{phase.name}/")
        return
    until = last if phase.cycle.count is None and last is not None else until
    starts = _cycle_starts(phase, first, study, told)
    while True:
        try:
            stretch = next(starts, None)
        except DateOutOfRangeError:
            if phase.cycle.count is None and until is not None:
                return  # the calendar ends, and what is asked for lies before that
            raise
        if stretch is None:
            return
        number = stretch.cycle or 0
        if phase.cycle.count is None and (until is None or stretch.first_day > until):
            if until is None:
                raise Refused([_without_horizon(phase)])
            return
        yield stretch
        if number == phase.cycle.count:
            return


def _without_horizon(phase: Phase) -> Diagnostic:
    ends = f"until `{phase.until}` is recorded" if phase.until is not None else "without end: it has no `count`"
    message = f"the phase `{phase.name}` repeats its cycle {ends}"
    mend = "say up to which date to list: --horizon DATE, or `horizon:` in the participant file"
    return Diagnostic("no-horizon", message, mend, path=("until",) if phase.until is not None else ("cycle",))


def _cycle_starts(phase: Phase, first: date, study: Scope, told: "Told | None") -> Iterator[Stretch]:
    """The cycles of a phase, one after another without end; those that wait for what is held to be resumed stand as planned, withheld.

    Counted from the first, or, where cycles count from actual dates, from the last one whose start the record moved: never chained.
    """
    anchor, since, number = first, 0, 1
    begun = told.settled.cycles.get(phase.name, ()) if told is not None and told.settled is not None else ()
    while True:
        if number <= len(begun):  # under a former version of the protocol
            anchor, since = begun[number - 1], 0
        planned = _after(phase, anchor, since, study)
        start, moved_by = _recorded_start(phase, number, planned, told) if told is not None and number > len(begun) else (planned, ())
        if moved_by and phase.cycle is not None and phase.cycle.count_from == "actual":
            anchor, since = start, 0
        end = _after(phase, start, 1, study) if moved_by else _after(phase, anchor, since + 1, study)
        yield Stretch(start, end - timedelta(1), f"{phase.name}/cycle {number}/", number, moved_by, planned)
        since += 1
        number += 1


def _recorded_start(phase: Phase, number: int, planned: date, told: "Told") -> "tuple[date, tuple[Entry, ...]]":
    """Where the record lets a cycle start, and the entries that moved it: a delay, or a hold of the phase that covers its start (rule 18).

    While nobody has said when a hold ends it moves no start, none with `count-from: plan`, and none of a cycle that has begun.
    """
    start = planned
    moved_by: list[Entry] = []
    for entry, to in told.delays(phase.name, number):
        moved_by.append(entry)
        start = to
    counted = phase.cycle.count_from if phase.cycle is not None else None
    for hold in sorted(told.holds(phase.name), key=lambda hold: hold.first):
        waits = counted != "plan" and hold.covers(start) and hold.goes_on is not None
        if waits and hold.goes_on is not None and told.has_begun(phase.name, number, hold.entry, hold.goes_on) is None:
            moved_by.append(hold.entry)
            start = hold.goes_on
    return start, tuple(moved_by)


def _after(phase: Phase, first: date, cycles: int, study: Scope) -> date:
    """The first day after so many cycles from a day."""
    length = phase.cycle.length if phase.cycle is not None else None
    if length is None:
        return first
    return Spot(first).plus(cycles * length.count, length.unit).date(study.months)
