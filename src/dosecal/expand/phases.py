"""Phases -> the stretches of time that items count from: the study itself, each phase, each cycle of a phase.

Laid out around Study Day 1: it is the first day of the phase marked `day-1: here`, else of the first phase; earlier phases are laid
backwards from it, later ones follow. A phase whose start hangs on something that is not known yet has no stretches.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from msgspec import Struct

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.expand.points import Scope, Spot, spot_at
from dosecal.regimen import Phase
from dosecal.study_time import DateOutOfRangeError, plus_days


class Stretch(Struct, frozen=True):
    """One phase, or one cycle: first day, last day by its own length (None: it has none), prefix of its keys, number of the cycle."""

    first_day: date
    last_day: date | None
    prefix: str
    cycle: int | None = None


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


def own_end(phase: Phase, first: date, study: Scope) -> date | None:
    """The last day of a phase by its own length or its counted cycles; None when neither is said."""
    if phase.lasts is not None:
        return Spot(first).plus(phase.lasts.count, phase.lasts.unit).date(study.months) - timedelta(1)
    if phase.cycle is not None and phase.cycle.count is not None:
        return _cycle_start(phase, first, phase.cycle.count, study) - timedelta(1)
    return None


def stretches(phase: Phase, first: date, last: date | None, study: Scope, until: date | None) -> Iterator[Stretch]:
    """The phase as one stretch, or its cycles one by one; without a count, as far as `until`. Raises Refused where nobody said how far."""
    if phase.cycle is None:
        yield Stretch(first, last, f"{phase.name}/")
        return
    number = 1
    while phase.cycle.count is None or number <= phase.cycle.count:
        try:
            start = _cycle_start(phase, first, number - 1, study)
        except DateOutOfRangeError:
            if phase.cycle.count is None and until is not None:
                return  # the calendar ends, and what is asked for lies before that
            raise
        if phase.cycle.count is None and (until is None or start > until):
            if until is None:
                ends = f"until `{phase.until}` is recorded" if phase.until is not None else "without end: it has no `count`"
                message = f"the phase `{phase.name}` repeats its cycle {ends}"
                mend = "say up to which date to list: --horizon DATE, or `horizon:` in the participant file"
                raise Refused([Diagnostic("no-horizon", message, mend, path=("until",) if phase.until is not None else ("cycle",))])
            return
        end = plus_days(_cycle_start(phase, first, number, study), -1)
        yield Stretch(start, end, f"{phase.name}/cycle {number}/", number)
        number += 1


def _cycle_start(phase: Phase, first: date, cycles: int, study: Scope) -> date:
    """The first day after so many cycles from the phase's first day."""
    length = phase.cycle.length if phase.cycle is not None else None
    if length is None:
        return first
    return Spot(first).plus(cycles * length.count, length.unit).date(study.months)
