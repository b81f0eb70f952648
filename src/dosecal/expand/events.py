"""An occurrence on its due date -> its events: one for each clock time, with dose, window, key and reasons."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.dose import Dose
from dosecal.expand.amounts import Tables, dose_of, fixed_dose
from dosecal.expand.clocks import Clock
from dosecal.expand.closures import Due
from dosecal.expand.occurrence import Occurrence
from dosecal.expand.points import Found
from dosecal.expand.refusals import inside
from dosecal.expand.steps import Measures, Standing, at_most_one, constant
from dosecal.expand.windows import day_of, holds, outside, window_of
from dosecal.participant import Participant
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import Duration
from dosecal.regimen import Item, Regimen
from dosecal.schedule import Event, State
from dosecal.study_time import DateOutOfRangeError, Instant, MonthRule, StudyDay, Window, plus_months, study_day

if TYPE_CHECKING:
    from dosecal.expand.amended import Settled
    from dosecal.expand.told import Told
    from dosecal.record import Entry

MOST_EVENTS: Final = 60_000
"""The most events of one participant: thirty a day for five years."""


class Setting(Struct, frozen=True):
    """What laying out an item needs besides its scopes; `until`: how far to lay out what never ends."""

    regimen: Regimen
    participant: Participant
    measures: Measures
    tables: Tables
    until: date | None
    count: "Count"
    months: "StudyMonths"
    told: "Told | None" = None
    people: tuple[tuple[date, Participant], ...] = ()

    @property
    def settled(self) -> "Settled | None":
        """What a former version of the protocol leaves as it is."""
        return self.told.settled if self.told is not None else None

    def participant_on(self, day: date) -> Participant:
        """The participant with the named times that hold on a day; `people` are those that the record gives, each from its day on."""
        return next((one for on, one in reversed(self.people) if on <= day), self.participant) if self.people else self.participant


class StudyMonths:
    """The study month of a date: month m begins m months after Day 1."""

    def __init__(self, day_1: date, rule: MonthRule | None) -> None:
        self._day_1, self._rule, self._starts = day_1, rule, [day_1]
        self._first = self._following = day_1
        self._number = 0

    def of(self, day: date) -> int | None:
        """The number of the month that `day` lies in; None before Day 1 and where the regimen uses no months."""
        if self._rule is None or day < self._day_1:
            return None
        if self._first <= day < self._following:  # most events fall into the month of the one before
            return self._number
        while self._starts[-1] <= day:
            try:
                self._starts.append(plus_months(self._day_1, len(self._starts), self._rule))
            except DateOutOfRangeError:
                return len(self._starts) - 1
        number = self._number = bisect_right(self._starts, day) - 1
        self._first, self._following = self._starts[number : number + 2]
        return number


class Count:
    """How many events a schedule has so far."""

    def __init__(self) -> None:
        self.events = 0

    def add(self, events: int) -> None:
        """Raise Refused for more events than anyone could want, before they are made."""
        self.events += events
        if self.events > MOST_EVENTS:
            message = f"the whole schedule would have more than {MOST_EVENTS:,} events"
            raise Refused([Diagnostic("too-many", message, "check the numbers and units of the repeats, or list less with a horizon")])


class Day(Struct, frozen=True):
    """One occurrence: the number of its course, how that moved, where it stands, its clock times, and what conditions ask of it.

    `due_on` is its due date, `on` where the record leaves it. `state`, `flags`, `reasons` and `entries` come from the record; `former` is
    its event, where that is settled: it took place (`anew`: on another day than it stood, so that it gives what that day gives), or a
    former version of the protocol has it. `planned` are its clock times on its nominal date, and `several` says that the regimen gives it
    more than one. `origin`: others count from it, so it has no window of days.
    """

    one: Occurrence
    course: int
    due: Due
    on: date
    due_on: date
    clocks: tuple[Clock, ...]
    standing: Standing
    earliest: date | None = None
    state: State = "planned"
    flags: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    entries: tuple["Entry", ...] = ()
    planned: tuple[Clock, ...] = ()
    several: bool = False
    origin: bool = False
    former: Event | None = None
    anew: bool = False


def window_on(day: Day, item: Item, clock: Clock | None, *, recorded: bool) -> Window | None:
    """The window of a course, for its first day: around its nominal date, or around its clock time there where it is in hours.

    Raises Refused for one that leaves out its own planned date, unless something that was `recorded` may have moved it away.
    """
    if not item.window or day.one.course_day > 1 or day.origin:
        return None
    scope = day.standing.scope
    phrase = at_most_one(item.window, day.standing, "window")
    own = Found("", day.one.nominal, day.one.nominal, day.one.nominal, clock.instant if clock is not None else None)
    with inside(("window",)):
        window = window_of(phrase, own, scope) if phrase is not None else None
        if window is not None and phrase is not None and not recorded and not holds(window, day.one.nominal):
            message = f"the window `{spell(phrase)}` leaves out its own planned date, {day.one.nominal}"
            raise Refused([Diagnostic("window", message, "let the window hold the date that `when` gives", part=spell(phrase))])
    return window


def _opened(window: Window | None, earliest: date | None, *, recorded: bool) -> Window | None:
    """A window that `not-before` opens; with no end unless there was one. One that ends before is kept where there is a record."""
    if earliest is None:
        return window
    if window is None:
        return Window(earliest, None)
    if window.latest is not None and day_of(window.latest) < earliest:
        if recorded:
            return window
        message = f"the window ends on {day_of(window.latest)}, and `not-before` allows nothing before {earliest}"
        raise Refused([Diagnostic("window", message, "let one of the two give way", path=("not-before",))])
    return Window(earliest, window.latest) if window.earliest is None or window.earliest < earliest else window


def pattern_of(item: Item, participant: Participant) -> Event:
    """What the events of an item share; its key and dates hold the place of each event's own.

    An event made from it, with `replace` and up to fourteen changes, takes a fifth of the time of one made of all its parts: CPython passes
    more keywords than that in a dictionary.
    """
    lasts, day_1 = constant(item.lasts, participant.arm), participant.day_1
    return Event(
        key="",
        section=item.section,
        item=item.name,
        title=item.title,
        nominal_date=day_1,
        due_date=day_1,
        date=day_1,
        study_day=StudyDay(1),
        lasts=_length(lasts) if lasts is not None else None,
        product=constant(item.product, participant.arm),
    )


class Events:
    """Makes the events of one item: what all of them share is asked once."""

    def __init__(self, item: Item, setting: Setting) -> None:
        self.item, self.setting = item, setting
        self._pattern = pattern_of(item, setting.participant)
        self._lasts_vary = bool(item.lasts) and self._pattern.lasts is None

    @cached_property
    def _fixed(self) -> Dose | None:
        return fixed_dose(self.item, self.setting.participant.arm)

    def of(self, day: Day) -> Iterator[Event]:
        """One event for each clock time of the occurrence (one in all where the item has none)."""
        item = self.item
        if day.former is not None:
            yield self._settled(day, day.former)
            return
        if item.at and not day.clocks and day.one.instant is None and at_most_one(item.at, day.standing, "at") is not None:
            return  # every time of this day lies before the participant's first dose
        for clock in day.clocks or (None,):
            event = self._event(day, clock)
            if event is not None:
                yield event

    def _event(self, day: Day, clock: Clock | None) -> Event | None:
        one, scope, item = day.one, day.standing.scope, self.item
        slot, instant = (clock.slot, clock.instant) if clock is not None else (None, None)
        dose, adjusted = self._dose(day, slot) if item.give else (None, False)
        if dose is None and item.give:
            return None
        seldom = dict(self._seldom(day, slot)) if one.course_days > 1 or one.elapsed or self._lasts_vary else {}
        window = self._window(day, clock) if item.window or day.earliest else None
        on = day.on if instant is None else instant.local.date()
        key = f"{scope.prefix}{item.name}/{one.position}"
        event = replace(
            self._pattern,
            key=f"{key}/{slot}" if day.several else key,
            phase=scope.phase,
            cycle=scope.cycle,
            nominal_date=one.nominal,
            due_date=day.due_on,
            date=on,
            study_day=study_day(scope.day_1, day.on),
            month=one.month if one.month is not None else self.setting.months.of(one.nominal),
            clock=instant,
            dose=dose,
            window=window,
            flags=_flags(day, window, on, instant, adjusted=adjusted),
            state=day.state,
            reasons=(one.why, *day.reasons) if day.due.reason is None else (one.why, day.due.reason, *day.reasons),
        )
        if item.product and event.product is None:
            product = at_most_one(item.product, _at_slot(day.standing, slot), "product")
            seldom["product"] = product
        return replace(event, **seldom) if seldom else event

    def _seldom(self, day: Day, slot: str | None) -> Iterator[tuple[str, object]]:
        """What few events have: a place in a longer course, a time counted in hours, a length that depends on something."""
        one, item = day.one, self.item
        if one.course_days > 1:
            yield "course_day", one.course_day
            yield "course_days", one.course_days
        if one.elapsed:
            yield "elapsed", True
        if self._lasts_vary:
            lasts = at_most_one(item.lasts, _at_slot(day.standing, slot), "lasts")
            yield "lasts", _length(lasts) if lasts is not None else None

    def _window(self, day: Day, clock: Clock | None) -> Window | None:
        """The window of an occurrence, around where it was planned."""
        if day.one.course_day > 1:
            return None
        recorded = self.setting.told is not None
        planned = next((one for one in day.planned if clock is not None and one.slot == clock.slot), clock)
        return _opened(window_on(day, self.item, planned, recorded=recorded), day.earliest, recorded=recorded)

    def _dose(self, day: Day, slot: str | None, standing: Standing | None = None, by: int | None = None) -> tuple[Dose | None, bool]:
        """What the occurrence gives, and whether the record adjusts it; `by`: as entry number `by` knew it."""
        told = self.setting.told
        to = told.adjustment(self.item.name, day.on, by) if told is not None else None
        if to is None and self._fixed is not None:
            return self._fixed, False
        return dose_of(self.item, day.one, _at_slot(standing or day.standing, slot), self.setting.tables, to), to is not None

    def _settled(self, day: Day, event: Event) -> Event:
        """An event that is settled; `anew`: on another day than planned, so that it gives what was due on that day."""
        dose, flags = event.dose, day.flags
        if day.anew and self.item.give:
            told = self.setting.told
            by = day.entries[-1].number if day.entries else None
            measures = replace(self.setting.measures, later=told.measures(by)) if told is not None else self.setting.measures
            dose, adjusted = self._dose(day, day.clocks[0].slot if day.clocks else None, replace(day.standing, measures=measures), by)
            flags = (*flags, "adjusted") if adjusted else flags
        return replace(event, dose=dose, flags=tuple(dict.fromkeys((*event.flags, *flags)))) if flags or day.anew else event


def _at_slot(standing: Standing, slot: str | None) -> Standing:
    return replace(standing, slot=slot) if slot else standing


def _flags(day: Day, window: Window | None, on: date, clock: Instant | None, *, adjusted: bool) -> tuple[str, ...]:
    """What there is to say of a date that is not the planned one, what the record says, and what a clock change did."""
    scope = day.standing.scope
    flags: list[str] = []
    if day.on != day.one.nominal:
        flags.append(f"moved-from:{day.one.nominal}")
    if scope.delayed_from is not None and day.on == scope.first_day:
        flags.append(f"delayed-from:{scope.delayed_from}")
    if window is not None and outside(window, on, clock):
        flags.append("out-of-window")
    if day.flags:
        flags += dict.fromkeys(day.flags)
    if adjusted:
        flags.append("adjusted")
    return (*flags, *clock_flags(clock))


def _length(duration: Duration) -> timedelta:
    return timedelta(seconds=int(duration.amount * (3600 if duration.unit == "hour" else 60)))


def clock_flags(clock: Instant | None) -> tuple[str, ...]:
    """What a clock change did to a clock time."""
    if clock is None or (clock.shifted is None and not clock.ambiguous):
        return ()
    shifted = (f"shifted-from:{clock.shifted:%H:%M}",) if clock.shifted is not None else ()
    return (*shifted, "clock-shows-twice") if clock.ambiguous else shifted
