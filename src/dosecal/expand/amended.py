"""A protocol amendment -> what stays as the former version had it: what was due before, and where its phases and cycles began."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Final

from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic
from dosecal.expand.clocks import Clock
from dosecal.expand.courses import Laid
from dosecal.expand.events import Day
from dosecal.expand.occurrence import Asked, Course, Occurrence, Series
from dosecal.expand.plan import Plan
from dosecal.expand.points import Scope
from dosecal.expand.series import series_of
from dosecal.phrases.tree import Every
from dosecal.record import Entry
from dosecal.regimen import Item, PlacedItem
from dosecal.schedule import STANDS, Event


class Settled:
    """What the versions of the protocol before a day leave as it is: nothing that was due before the amendment is rewritten by it."""

    def __init__(self, plan: Plan, before: date, earlier: "Settled | None") -> None:
        """What `plan` has due before `before`, and what took place by then; `earlier`: what the versions before it have left."""
        self.before: Final = before
        self.events: Final[dict[str, Event]] = dict(earlier.events) if earlier is not None else {}
        self.causes: Final[dict[str, tuple[Entry, ...]]] = dict(earlier.causes) if earlier is not None else {}
        for placed in plan.items:
            laid = plan.laid_out(placed)
            for event in (*laid.events, *laid.absent):
                if event.due_date < before or (event.state == "done" and event.date < before):
                    self.events[event.key] = event
                    self.causes[event.key] = laid.causes.get(event.key, ())
        starts = {phase.name: plan.phase_start(phase) for phase in plan.phases}
        self.starts: Final = {name: start for name, start in starts.items() if start is not None and start < before}
        self.cycles: Final = {
            phase.name: tuple(stretch.first_day for stretch in plan.stretches(phase) if stretch.first_day < before)
            for phase in plan.phases
            if phase.cycle is not None
        }
        self._slots: Final[dict[str, list[Event]]] = {}
        for event in self.events.values():
            self._slots.setdefault(event.key.rpartition("/")[0], []).append(event)

    @property
    def spent(self) -> frozenset[int]:
        """The entries that tell of what is settled."""
        return frozenset(entry.number for entries in self.causes.values() for entry in entries)

    def days(self, item: Item, course: Course, scope: Scope, day_of: Callable[[Occurrence], Day]) -> list[Day]:
        """A course as the former version had it, day by day; nothing where that had none of it.

        A day of it that the former version had not, the new one adds if it is not over.
        """
        found = [(one, self._of(f"{scope.prefix}{item.name}/{one.position}", item.name)) for one in course]
        if not any(events for _, events in found):
            return []
        return [day for one, events in found for day in self._day(day_of(one), events)]

    def _of(self, key: str, item: str) -> list[Event]:
        """The events of one occurrence, at each of its clock times."""
        if key in self.events:
            return [self.events[key]]
        return [event for event in self._slots.get(key, ()) if event.item == item]

    def _day(self, planned: Day, events: list[Event]) -> Iterator[Day]:
        for event in events:
            clocks = (Clock(event.key.rpartition("/")[2], event.clock),) if event.clock is not None else ()
            entries = self.causes.get(event.key, ())
            yield replace(planned, on=event.date, due_on=event.due_date, clocks=clocks, state=event.state, entries=entries, former=event)
        if not events and planned.due_on >= self.before:
            yield planned

    def counted_on(self, when: Every, scope: Scope, asked: Asked, item: str) -> Series:
        """A counted repeat: what the former version has had of it, then the new version's dates from the amendment on, up to its number.

        Numbers go on, so that no occurrence of the new version bears the name of one that is settled.
        """
        prefix = f"{scope.prefix}{item}/{asked.series}no "
        had = sorted((event for key, event in self.events.items() if key.startswith(prefix)), key=lambda event: event.nominal_date)
        numbers = [event.key.removeprefix(prefix).partition("/")[0] for event in had]
        kept = {number: event.nominal_date for number, event in zip(numbers, had, strict=True)}
        last, times = max(map(int, kept), default=0), when.times or 0
        for number, day in kept.items():
            yield (Occurrence(f"{asked.series}no {number}", day, "as the former version of the protocol had it"),)
        for course in series_of(replace(when, times=times + len(kept)), scope, asked):
            if course[0].nominal >= self.before and last < times:
                last += 1
                yield (replace(course[0], position=f"{asked.series}no {last}"),)

    def too_early(self, item: str, days: Sequence[date]) -> Diagnostic:
        """The remark on occurrences that only the new version has, before it held."""
        where = f"of {days[0]} stands" if len(days) == 1 else f"has {len(days)} dates from {min(days)} to {max(days)} that stand"
        them = "it is" if len(days) == 1 else "they are"
        message = f"`{item}` {where} in the amended protocol alone, which holds from {self.before}: {them} not on the schedule"
        return Diagnostic("amended", message, "enter `unscheduled` for what is to be made up", severity="warning", path=("when",))

    def with_ghosts(self, placed: PlacedItem, laid: Laid) -> Laid:
        """An item with what the former version had of it and the new one has not."""
        phase = placed.phase.name if placed.phase is not None else None
        known = {event.key for event in (*laid.events, *laid.absent)}
        ghosts = [one for one in self.events.values() if (one.item, one.phase) == (placed.item.name, phase) and one.key not in known]
        if not ghosts:
            return laid
        standing = [one for one in ghosts if one.state in STANDS]
        absent = [one for one in ghosts if one.state not in STANDS]
        first = -1000 - len(laid.courses)
        return replace(
            laid,
            events=(*standing, *laid.events),
            courses=(*(first - number for number, _ in enumerate(standing)), *laid.courses),
            absent=(*absent, *laid.absent),
            absent_courses=(*(first - len(ghosts) - number for number, _ in enumerate(absent)), *laid.absent_courses),
            causes={**{one.key: self.causes.get(one.key, ()) for one in ghosts}, **laid.causes},
        )

    def orphans(self, items: tuple[PlacedItem, ...]) -> list[Event]:
        """The events of items that the new version has no more."""
        known = {(one.item.name, one.phase.name if one.phase is not None else None) for one in items}
        return [event for event in self.events.values() if (event.item, event.phase) not in known]
