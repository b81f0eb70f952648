"""What a record makes of a plan's phases and items: which end earlier, and what became of an item's occurrences."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from dosecal.expand.happened import Former, Outcomes
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
        self._before: Final[dict[int, Plan]] = {}

    # -- phases

    def last_day(self, phase: Phase, first: date, end: date | None) -> date | None:
        """The last day of a phase that would end on `end`: the day before the record ends it, if that is earlier (rule 21)."""
        ending = self._phase_ending(phase, first)
        return max(ending.on, first) - timedelta(1) if ending is not None and (end is None or ending.on <= end) else end

    def phase_ended(self, phase: Phase | None) -> bool:
        """Whether the record has ended a phase."""
        return phase is not None and self._phase_ending(phase, self.plan.phase_start(phase)) is not None

    def _phase_ending(self, phase: Phase, first: date | None) -> Ending | None:
        """From when nothing of a phase is due, because it was stopped or its `until` event happened."""
        by_event = self.told.ended_by(phase.until, first) if phase.until is not None and first is not None else None
        return _earliest(self.told.stopped(phase.name), by_event)

    # -- items

    def outcomes(self, placed: PlacedItem) -> Outcomes | None:
        """What became of an item's occurrences; None where the record says nothing of them."""
        told, phase, name = self.told, placed.phase, placed.item.name
        of_phase = self._phase_ending(phase, self.plan.phase_start(phase)) if phase is not None else None
        ending = _earliest(told.withdrew(), told.stopped(name), of_phase)
        former = self._former(placed)
        held = told.holds(name, *((phase.name,) if phase is not None else ()))
        if ending is None and not (former or held or told.of_item(name) or told.adjusted(name)):
            return None
        return Outcomes(placed, told, self.plan.participant, ending, former)

    def _former(self, placed: PlacedItem) -> Former:
        """What took place in a cycle before the record delayed it (rule 18): as laid out without the entry that did so."""
        if placed.phase is None or placed.phase.cycle is None or not self.told.of_item(placed.item.name):
            return ()
        found: Former = ()
        for stretch in self.plan.stretches(placed.phase):
            if not stretch.moved_by:
                continue
            by = stretch.moved_by[-1]
            laid = self._plan_before(by.number).laid_out(placed)
            said = ((event, laid.causes.get(event.key)) for event in laid.events if event.state == "done" and event.cycle == stretch.cycle)
            found += tuple((event, entry) for event, entry in said if entry is not None and entry.on <= by.on)
        return found

    def _plan_before(self, number: int) -> "Plan":
        """The plan as if an entry had never been written."""
        if number not in self._before:
            plan = self.plan
            self._before[number] = type(plan)(plan.regimen, plan.arm, plan.participant, plan.site, self.told.without(number))
        return self._before[number]


def _earliest(*endings: Ending | None) -> Ending | None:
    return min((one for one in endings if one is not None), key=lambda one: one.on, default=None)
