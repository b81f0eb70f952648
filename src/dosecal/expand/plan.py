"""The whole plan of one participant: phases and items laid out when something asks for them, each once; circles are found on the way."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic, Path, Refused
from dosecal.expand.courses import Laid, found_in, found_of, when
from dosecal.expand.events import Count, Setting, StudyMonths
from dosecal.expand.item import lay_out
from dosecal.expand.phases import Stretch, anchor_index, own_end, start_before, start_from, stretches_of
from dosecal.expand.points import Found, Scope
from dosecal.expand.refusals import circle, inside, out_of_range
from dosecal.expand.steps import Measures
from dosecal.participant import Participant, Site
from dosecal.phrases.tree import Ref
from dosecal.regimen import SECTIONS, Arm, Phase, PlacedItem, Regimen, items_of, phases_of
from dosecal.schedule import STANDS
from dosecal.study_time import LAST_DATE, DateOutOfRangeError, plus_days, uncounted

if TYPE_CHECKING:
    from dosecal.expand.recorded import Recorded
    from dosecal.expand.told import Told

T = TypeVar("T")

BEYOND_HORIZON: Final = timedelta(366)
"""How far past the horizon an open end is laid out, for what comes before something else ("7 days before each dose")."""

_DEEPEST: Final = 40
"""How many things may wait for one another in one go: Python's own stack is bounded."""


class _TooDeepError(Exception):
    """A row of items that wait for one another is too long for one go; `placed` is the one to begin with."""

    def __init__(self, placed: PlacedItem) -> None:
        super().__init__(placed.item.name)
        self.placed = placed


class Plan:
    """Lays out phases and items of one participant lazily: asking for one lays out what it refers to first."""

    def __init__(self, regimen: Regimen, arm: Arm | None, participant: Participant, site: Site, told: "Told | None" = None) -> None:
        """`told`: what the participant's record says; Day 1, site and measures are already as it has them."""
        self.regimen, self.arm, self.participant, self.site, self.told = regimen, arm, participant, site, told
        self.phases = phases_of(regimen, arm)
        self.items = items_of(regimen, arm)
        self.until = _beyond(participant.horizon)
        tables = {table.name: table.rows for table in regimen.tables}
        months = StudyMonths(participant.day_1, uncounted(regimen.months))
        measures = Measures(participant.measures, participant.birth_date, told.measures() if told is not None else ())
        people = told.people(participant) if told is not None else ()
        self.setting = Setting(regimen, participant, measures, tables, self.until, Count(), months, told, people)
        self.recorded = _recorded(self) if told is not None else None
        self._done: dict[object, object] = {}
        self._open: list[tuple[str, Path]] = []
        self._by_name: dict[str, list[PlacedItem]] = {}
        for one in self.items:
            self._by_name.setdefault(one.item.name, []).append(one)
        self._found: dict[object, tuple[bool, tuple[Found, ...]]] = {}

    # -- asking

    def laid(self, placed: PlacedItem) -> Laid:
        """An item laid out in every stretch that it belongs to. Raises Refused."""
        if len(self._open) >= _DEEPEST and ("item", placed.path) not in self._done:
            raise _TooDeepError(placed)
        return self._once(("item", placed.path), f"`{placed.item.name}`", placed.path, lambda: self._lay_out(placed))

    def laid_out(self, placed: PlacedItem) -> Laid:
        """As `laid`, however many items wait for one another in a row: a row too long for one go is begun again further down."""
        waiting = [placed]
        while True:
            try:
                laid = self.laid(waiting[-1])
            except _TooDeepError as deep:
                self._open.clear()
                if deep.placed in waiting:
                    names = [(f"`{one.item.name}`", one.path) for one in waiting[waiting.index(deep.placed) :]]
                    raise Refused([circle(names)], located=True) from None
                waiting.append(deep.placed)
                continue
            waiting.pop()
            if not waiting:
                return laid

    def find(self, ref: Ref, asking: PlacedItem | None = None, cycle: int | None = None) -> tuple[Found, ...]:
        """What a name refers to, in order of date: items, every item of a kind, a phase; an event has not happened yet."""
        phase = self._phase_named(ref.name)
        if phase is not None:
            return self._phase_found(phase)
        own_kind = asking is not None and SECTIONS[asking.item.section].singular == ref.name
        inside_phase = asking.phase.name if asking is not None and asking.phase is not None else None
        key = (ref.name, asking.path if asking is not None and own_kind else None, inside_phase, cycle, ref.course, ref.due)
        if key not in self._found:
            self._found[key] = self._look_for(ref, asking, cycle)
        complete, found = self._found[key]
        return found if complete or ref.which != "last" else ()  # what has no end yet has no last one

    def _look_for(self, ref: Ref, asking: PlacedItem | None, cycle: int | None) -> tuple[bool, tuple[Found, ...]]:
        """What a name refers to among the items, and whether that is all there will be."""
        if self.told is not None and ref.name in self.regimen.events:
            return True, self.told.happened(ref.name)
        meant = self._meant(ref.name, asking)
        if not meant and ref.name not in self.regimen.events:
            whose = f"the arm `{self.arm.name}`" if self.arm is not None else "this regimen"
            mend = "name an item that the arm has" if self.arm is not None else "name an item that it has"
            raise Refused([Diagnostic("unknown-name", f"{whose} has no `{ref.name}`", mend, part=ref.name)])
        same_phase = asking is not None and cycle is not None and any(one.phase == asking.phase for one in meant)
        if same_phase and asking is not None:
            meant = tuple(one for one in meant if one.phase == asking.phase)
        laid = [self.laid(one) for one in meant]
        found = found_in(laid, courses=ref.course, cycle=cycle if same_phase else None, due=ref.due)
        gone = self._gone(ref.name) if not same_phase else ()
        return all(one.complete for one in laid), tuple(sorted((*found, *gone), key=when)) if gone else found

    def _gone(self, name: str) -> tuple[Found, ...]:
        """What took place of items that the protocol had before it was amended, by their name or their kind."""
        settled = self.setting.settled
        events = settled.orphans(self.items) if settled is not None else []
        named = (one for one in events if name in (one.item, SECTIONS[one.section].singular) and one.state in STANDS)
        return tuple(found_of(event) for event in named)

    # -- phases

    def phase_start(self, phase: Phase) -> date | None:
        """The first day of a phase, or None when what it waits for is not there yet. Raises Refused."""
        return self._once(("start", phase.name), f"the start of `{phase.name}`", self._phase_path(phase), lambda: self._start(phase))

    def phase_end(self, phase: Phase) -> date | None:
        """The last day of a phase, or None when it is not known. Raises Refused."""
        return self._once(("end", phase.name), f"the end of `{phase.name}`", self._phase_path(phase), lambda: self._end(phase))

    def _start(self, phase: Phase) -> date | None:
        number, anchor = self.phases.index(phase), anchor_index(self.phases)
        if self.setting.settled is not None and phase.name in self.setting.settled.starts:
            return self.setting.settled.starts[phase.name]
        if number == anchor:
            return self.participant.day_1
        if number < anchor:
            following = self.phase_start(self.phases[number + 1])
            return start_before(phase, following, self.study_scope()) if following is not None else None
        if phase.starts is not None:
            with inside(("starts",)):
                return start_from(phase, self.study_scope())
        before = self.phase_end(self.phases[number - 1])
        return plus_days(before, 1) if before is not None else None

    def _end(self, phase: Phase) -> date | None:
        first = self.phase_start(phase)
        if first is None:
            return None
        number = self.phases.index(phase)
        if number < anchor_index(self.phases):  # laid backwards: it ends where the next one begins, whatever its months are
            following = self.phase_start(self.phases[number + 1])
            return plus_days(following, -1) if following is not None else None
        end = self._cut(phase, first, self._own_end(phase, first))
        if end is None and number + 1 < len(self.phases) and self.phases[number + 1].starts is not None and phase.cycle is None:
            following = self.phase_start(self.phases[number + 1])
            end = plus_days(following, -1) if following is not None else None
        endless = phase.lasts is None and phase.cycle is None and phase.until is None
        if end is None and number + 1 < len(self.phases) and self.phases[number + 1].starts is None and endless:
            message = f"`{phase.name}` has no end, so `{self.phases[number + 1].name}` has no start"
            raise Refused([Diagnostic("phase-length", message, "add `lasts` to it, or `starts` to the one after it")])
        return end

    def _own_end(self, phase: Phase, first: date) -> date | None:
        """The last day of a phase by its own length, which every item of it asks for."""
        key = ("own end", phase.name)
        if key not in self._done:
            self._done[key] = own_end(phase, first, self.study_scope(), self.told)
        return self._done[key]  # type: ignore[return-value]

    def _cut(self, phase: Phase, first: date, end: date | None) -> date | None:
        """The last day of a phase, where the record ends it earlier."""
        return self.recorded.last_day(phase, first, end) if self.recorded is not None else end

    def _phase_found(self, phase: Phase) -> tuple[Found, ...]:
        first = self.phase_start(phase)
        if first is None:
            return ()
        last = self.phase_end(phase)
        return (Found(phase.name, first, last, first),)

    def _phase_named(self, name: str) -> Phase | None:
        return next((phase for phase in self.phases if phase.name == name), None)

    def _phase_path(self, phase: Phase) -> Path:
        own: Path = ("arms", self.arm.name) if self.arm is not None and self.arm.phases else ()
        return (*own, "phases", phase.name)

    # -- items

    def _meant(self, name: str, asking: PlacedItem | None) -> tuple[PlacedItem, ...]:
        """The items that a name means: those so called, else every item of the kind ("dose", "visit" ...) but the one that asks."""
        own = tuple(self._by_name.get(name, ()))
        return own or tuple(one for one in self.items if SECTIONS[one.item.section].singular == name and one != asking)

    def _lay_out(self, placed: PlacedItem) -> Laid:
        scopes = list(self._scopes(placed))
        endless = placed.phase is not None and placed.phase.cycle is not None and placed.phase.cycle.count is None
        outcomes = self.recorded.outcomes(placed) if self.recorded is not None else None
        ended = self.recorded is not None and self.recorded.phase_ended(placed.phase)
        laid = lay_out(placed.item, scopes, self.setting, endless=endless and not ended, outcomes=outcomes)
        settled = self.setting.settled
        return settled.with_ghosts(placed, laid) if settled is not None else laid

    def _scopes(self, placed: PlacedItem) -> Iterator[Scope]:
        """The scope of an item, or one for each cycle of its phase."""
        phase = placed.phase
        if phase is None:
            yield self._scope(placed, Stretch(self.participant.day_1, None, ""))
            return
        for stretch in self.stretches(phase):
            yield self._scope(placed, stretch)

    def stretches(self, phase: Phase) -> list[Stretch]:
        """A phase as one stretch of time, or its cycles; none while its start is not known."""
        first = self.phase_start(phase)
        if first is None:
            return []
        with inside(self._phase_path(phase), whole=True):
            laid_backwards = self.phases.index(phase) < anchor_index(self.phases)
            study = self.study_scope()
            last = self.phase_end(phase) if laid_backwards else self._own_end(phase, first)
            if phase.cycle is not None and phase.cycle.count is None:
                last = self._cut(phase, first, last)
            return self._once(
                ("stretches", phase.name),
                f"`{phase.name}`",
                self._phase_path(phase),
                lambda: list(stretches_of(phase, first, last, study, self.until, self.told)),
            )

    def _scope(self, placed: PlacedItem, stretch: Stretch) -> Scope:
        phase = placed.phase
        return replace(
            self.study_scope(placed, stretch.cycle),
            first_day=stretch.first_day,
            last_day=stretch.last_day,
            end=lambda: stretch.last_day if stretch.last_day is not None or phase is None else self.phase_end(phase),
            prefix=stretch.prefix,
            phase=phase.name if phase is not None else None,
            cycle=stretch.cycle,
            first_number=phase.cycle.first_day if phase is not None and phase.cycle is not None else 1,
            moved_by=tuple(entry.number for entry in stretch.moved_by),
            delayed_from=stretch.planned_day if stretch.moved_by else None,
        )

    def study_scope(self, asking: PlacedItem | None = None, cycle: int | None = None) -> Scope:
        """The study as a scope; names found in it are looked up for the item that asks."""
        return Scope(
            first_day=self.participant.day_1,
            day_1=self.participant.day_1,
            months=self.regimen.months,
            site=self.site,
            item=asking.item.name if asking is not None else "",
            find=lambda ref: self.find(ref, asking, cycle),
        )

    # -- once

    def _once(self, key: object, what: str, path: Path, make: Callable[[], T]) -> T:
        """What `make` gives, made once; asking for it while it is being made is a circle."""
        if key in self._done:
            return self._done[key]  # type: ignore[return-value]
        if (what, path) in self._open:
            raise Refused([circle(self._open[self._open.index((what, path)) :])], located=True)
        try:
            with self._making(what, path):
                made = make()
        except DateOutOfRangeError:
            raise Refused([out_of_range(path)], located=True) from None
        except Refused as refused:
            raise Refused(
                refused.diagnostics if refused.located else [replace(one, path=(*path, *one.path)) for one in refused.diagnostics],
                located=True,
            ) from None
        self._done[key] = made
        return made

    @contextmanager
    def _making(self, what: str, path: Path) -> Iterator[None]:
        self._open.append((what, path))
        try:
            yield
        finally:
            self._open.pop()


def _recorded(plan: Plan) -> "Recorded":
    from dosecal.expand.recorded import Recorded  # noqa: PLC0415  (only where there is a record)

    return Recorded(plan)


def _beyond(horizon: date | None) -> date | None:
    """How far what has no end is laid out: some way past the horizon, within the calendar."""
    return min(horizon, LAST_DATE - BEYOND_HORIZON) + BEYOND_HORIZON if horizon is not None else None
