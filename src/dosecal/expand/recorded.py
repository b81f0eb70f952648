"""What a record makes of a plan's phases and items: which end earlier, and what became of an item's occurrences."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from dosecal.expand.former import Former
from dosecal.expand.happened import Outcomes
from dosecal.expand.told import Ending, Told
from dosecal.regimen import Phase, PlacedItem

if TYPE_CHECKING:
    from dosecal.expand.plan import Plan


class Recorded:
    """What the record of one participant says of the parts of their plan."""

    def __init__(self, plan: "Plan") -> None:
        assert plan.told is not None  # noqa: S101  (made for plans with a record)
        self.plan = plan
        self.told: Final[Told] = plan.told

    # -- phases

    def last_day(self, phase: Phase, first: date, end: date | None) -> date | None:
        """The last day of a phase that would end on `end`: the day before the record ends it, if that is earlier (rule 21)."""
        ending = self._phase_ending(phase)
        return max(ending.on, first) - timedelta(1) if ending is not None and (end is None or ending.on <= end) else end

    def phase_ended(self, phase: Phase | None) -> bool:
        """Whether the record has ended a phase."""
        return phase is not None and self._phase_ending(phase) is not None

    def _phase_ending(self, phase: Phase) -> Ending | None:
        """From when nothing of a phase is due, because it was stopped or its `until` event happened."""
        by_event = self.told.ended_by(phase.until) if phase.until is not None else None
        return _earliest(self.told.stopped(phase.name), by_event)

    # -- items

    def outcomes(self, placed: PlacedItem) -> Outcomes | None:
        """What became of an item's occurrences; None where the record says nothing of them."""
        told, phase, name = self.told, placed.phase, placed.item.name
        of_phase = self._phase_ending(phase) if phase is not None else None
        ending = _earliest(told.withdrew(), told.stopped(name), of_phase)
        held = told.holds(name, *((phase.name,) if phase is not None else ()))
        bound = told.of_item(name, phase.name if phase is not None else None)
        delays = self._delays(phase)
        if ending is None and not (held or bound or delays or told.adjusted(name) or told.new_days(name) or told.settled):
            return None
        return Outcomes(placed, told, self.plan.participant, ending, Former(bound, delays, self.plan.participant))

    def _delays(self, phase: Phase | None) -> dict[int, tuple[tuple[int, date], ...]]:
        """By cycle: the entries that moved its start, and the days on which they were decided."""
        if phase is None or phase.cycle is None:
            return {}
        return {one.cycle or 0: tuple((by.place, by.on) for by in one.moved_by) for one in self.plan.stretches(phase) if one.moved_by}


def _earliest(*endings: Ending | None) -> Ending | None:
    return min((one for one in endings if one is not None), key=lambda one: one.on, default=None)
