"""An occurrence on its due date -> its events: one for each clock time, with dose, window, key and reasons."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.dose import Dose
from dosecal.expand.amounts import Tables, dose_of
from dosecal.expand.clocks import Clock
from dosecal.expand.closures import Due
from dosecal.expand.occurrence import Occurrence
from dosecal.expand.points import Found
from dosecal.expand.refusals import inside
from dosecal.expand.steps import Measures, Standing, at_most_one
from dosecal.expand.windows import day_of, holds, outside, window_of
from dosecal.participant import Participant
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import Duration
from dosecal.regimen import Item, Regimen
from dosecal.schedule import Event, State
from dosecal.study_time import DateOutOfRangeError, Instant, MonthRule, Window, plus_months, study_day

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
        return next((one for on, one in reversed(self.people) if on <= day), self.participant)


class StudyMonths:
    """The study month of a date: month m begins m months after Day 1."""

    def __init__(self, day_1: date, rule: MonthRule | None) -> None:
        self._day_1, self._rule, self._starts = day_1, rule, [day_1]

    def of(self, day: date) -> int | None:
        """The number of the month that `day` lies in; None before Day 1 and where the regimen uses no months."""
        if self._rule is None or day < self._day_1:
            return None
        while self._starts[-1] <= day:
            try:
                self._starts.append(plus_months(self._day_1, len(self._starts), self._rule))
            except DateOutOfRangeError:
                return len(self._starts) - 1
        return bisect_right(self._starts, day) - 1


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


def events_of(day: Day, item: Item, setting: Setting) -> Iterator[Event]:
    """One event for each clock time of the occurrence (one in all where the item has none)."""
    if day.former is not None:
        yield _settled(day, day.former, item, setting)
        return
    if item.at and not day.clocks and day.one.instant is None and at_most_one(item.at, day.standing, "at") is not None:
        return  # every time of this day lies before the participant's first dose
    for clock in day.clocks or (None,):
        event = _event(day, item, setting, clock)
        if event is not None:
            yield event


def _event(day: Day, item: Item, setting: Setting, clock: Clock | None) -> Event | None:
    one, scope = day.one, day.standing.scope
    slot = clock.slot if clock is not None else None
    standing = replace(day.standing, slot=slot) if slot else day.standing
    dose, dose_flags = _dose(day, item, setting, standing)
    if dose is None and item.give:
        return None
    lasts = at_most_one(item.lasts, standing, "lasts") if item.lasts else None
    key = f"{scope.prefix}{item.name}/{one.position}"
    window = _window(day, item, clock, recorded=setting.told is not None)
    on = day.on if clock is None else clock.instant.local.date()
    return Event(
        key=f"{key}/{slot}" if day.several else key,
        section=item.section,
        item=item.name,
        title=item.title,
        phase=scope.phase,
        cycle=scope.cycle,
        nominal_date=one.nominal,
        due_date=day.due_on,
        date=on,
        study_day=study_day(scope.day_1, day.on),
        course_day=one.course_day,
        course_days=one.course_days,
        month=one.month if one.month is not None else setting.months.of(one.nominal),
        clock=clock.instant if clock is not None else None,
        elapsed=one.elapsed,
        lasts=_length(lasts) if lasts is not None else None,
        dose=dose,
        product=at_most_one(item.product, standing, "product") if item.product else None,
        window=window,
        flags=(
            *_date_flags(day, window, on, clock),
            *dict.fromkeys(day.flags),
            *dose_flags,
            *clock_flags(clock.instant if clock is not None else None),
        ),
        state=day.state,
        reasons=(one.why, *((day.due.reason,) if day.due.reason is not None else ()), *day.reasons),
    )


def _window(day: Day, item: Item, clock: Clock | None, *, recorded: bool) -> Window | None:
    """The window of an occurrence, around where it was planned."""
    if day.one.course_day > 1 or not (item.window or day.earliest):
        return None
    planned = next((one for one in day.planned if clock is not None and one.slot == clock.slot), clock)
    return _opened(window_on(day, item, planned, recorded=recorded), day.earliest, recorded=recorded)


def _date_flags(day: Day, window: Window | None, on: date, clock: Clock | None) -> Iterator[str]:
    """What there is to say of a date that is not the planned one."""
    scope = day.standing.scope
    if day.on != day.one.nominal:
        yield f"moved-from:{day.one.nominal}"
    if scope.delayed_from is not None and day.on == scope.first_day:
        yield f"delayed-from:{scope.delayed_from}"
    if window is not None and outside(window, on, clock.instant if clock is not None else None):
        yield "out-of-window"


def _dose(day: Day, item: Item, setting: Setting, standing: Standing, by: int | None = None) -> tuple[Dose | None, tuple[str, ...]]:
    """What the occurrence gives, as planned or as the record adjusts it, and the flag that says so; `by`: as entry number `by` knew it."""
    if not item.give:
        return None, ()
    to = setting.told.adjustment(item.name, day.on, by) if setting.told is not None else None
    return dose_of(item, day.one, standing, setting.tables, to), ("adjusted",) if to is not None else ()


def _settled(day: Day, event: Event, item: Item, setting: Setting) -> Event:
    """An event that is settled; `anew`: on another day than planned, so that it gives what was due on that day."""
    dose, flags = event.dose, day.flags
    if day.anew and item.give:
        slot, told = day.clocks[0].slot if day.clocks else None, setting.told
        by = day.entries[-1].number if day.entries else None
        measures = replace(setting.measures, later=told.measures(by)) if told is not None else setting.measures
        dose, more = _dose(day, item, setting, replace(day.standing, slot=slot or None, measures=measures), by)
        flags = (*flags, *more)
    return replace(event, dose=dose, flags=tuple(dict.fromkeys((*event.flags, *flags)))) if flags or day.anew else event


def _length(duration: Duration) -> timedelta:
    return timedelta(seconds=int(duration.amount * (3600 if duration.unit == "hour" else 60)))


def clock_flags(clock: Instant | None) -> Iterator[str]:
    """What a clock change did to a clock time."""
    if clock is not None and clock.shifted is not None:
        yield f"shifted-from:{clock.shifted:%H:%M}"
    if clock is not None and clock.ambiguous:
        yield "clock-shows-twice"
