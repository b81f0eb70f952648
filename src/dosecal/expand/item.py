"""One item -> its events: nominal dates, courses moved over closures, clock times, doses, windows, keys."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic, Path, Refused
from dosecal.expand.amounts import dose_of
from dosecal.expand.clocks import clocks_on
from dosecal.expand.closures import REFUSED, STAY, Due, due_course
from dosecal.expand.courses import Laid
from dosecal.expand.gaps import gap_faults
from dosecal.expand.nominal import nominal_occurrences
from dosecal.expand.occurrences import Occurrence
from dosecal.expand.points import Scope
from dosecal.expand.steps import Standing, at_most_one
from dosecal.expand.windows import window_of
from dosecal.participant import Participant
from dosecal.phrases.spell import spell
from dosecal.phrases.tree import Duration, Weekly
from dosecal.regimen import Item, PlacedItem
from dosecal.schedule import Event
from dosecal.study_time import DateOutOfRangeError, Instant, Window, plus_months, study_day


class _Day(Struct, frozen=True):
    """One occurrence with what its course gives it: how far it moves, the window (of the course's first day), its number in the item."""

    one: Occurrence
    standing: Standing
    due: Due
    window: Window | None


def lay_out(placed: PlacedItem, scope: Scope, participant: Participant, laid: Mapping[str, Laid]) -> Laid:
    """The events of one item. `laid` holds the items that it refers to. Raises Refused, with paths into the regimen file."""
    item = placed.item
    with _inside(placed.path):
        with _inside(("when",)):
            ones = nominal_occurrences(item, scope, participant, laid)
        days = _due_days(item, ones, scope, participant.arm)
        month_starts = _month_starts(scope, ones)
        events = [event for day in days for event in _events(day, item, scope, participant, month_starts)]
        faults = [*_refused_closures(item, days), *_collisions(item, events), *gap_faults(item, events)]
        if faults:
            raise Refused(faults)
    notes = (replace(note, path=(*placed.path, *note.path)) for note in _notes(item, days, events, scope))
    return Laid(item, tuple(events), tuple(notes))


@contextmanager
def _inside(path: Path) -> Iterator[None]:
    """Every refusal from in here is about something below `path`."""
    try:
        yield
    except DateOutOfRangeError:
        message = "this leads to dates outside the years 1900 to 2200"
        raise Refused([Diagnostic("date-range", message, "check the numbers, their units and Day 1", path=path)]) from None
    except Refused as refused:
        raise Refused([replace(one, path=(*path, *one.path)) for one in refused.diagnostics]) from None


# -- nominal dates to due dates


def _due_days(item: Item, ones: tuple[Occurrence, ...], scope: Scope, arm: str | None) -> list[_Day]:
    """Every occurrence with its course's move and, on a course's first day, its window."""
    courses: dict[int, list[date]] = {}
    for one in ones:
        courses.setdefault(one.course, []).append(one.nominal)
    rule = item.if_closed or STAY
    due: dict[int, Due] = {}
    days: list[_Day] = []
    for number, one in enumerate(ones, 1):
        standing = Standing(one.nominal, number, scope.first_day, scope.day_1, arm)
        window = None
        if one.course not in due:
            window = _window(item, one.nominal, scope, standing)
            due[one.course] = due_course(tuple(courses[one.course]), rule, scope, window)
        days.append(_Day(one, standing, due[one.course], window))
    return days


def _window(item: Item, nominal: date, scope: Scope, standing: Standing) -> Window | None:
    if not item.window:
        return None
    phrase = at_most_one(item.window, standing, "window")
    with _inside(("window",)):
        return window_of(phrase, nominal, scope) if phrase is not None else None


# -- one occurrence to its events


def _events(day: _Day, item: Item, scope: Scope, participant: Participant, month_starts: list[date]) -> Iterator[Event]:
    """One event for each clock time of the occurrence (one in all where the item has none)."""
    one = day.one
    dose = dose_of(item, one, day.standing) if item.give else None
    if dose is None and item.give:
        return
    lasts = at_most_one(item.lasts, day.standing, "lasts") if item.lasts else None
    on = one.nominal + timedelta(day.due.shift) if day.due.shift else one.nominal
    moved = day.due.shift and item.if_closed is not None
    event = Event(
        key=f"{item.name}/{one.position}",
        section=item.section,
        item=item.name,
        title=item.title,
        nominal_date=one.nominal,
        due_date=on,
        date=on,
        study_day=study_day(scope.day_1, on),
        course_day=one.course_day,
        course_days=one.course_days,
        month=one.month if one.month is not None else _study_month(one.nominal, month_starts),
        lasts=_length(lasts) if lasts is not None else None,
        dose=dose,
        window=day.window,
        flags=(f"moved-from:{one.nominal}",) if moved else (),
        reasons=(one.why, f"{one.nominal} is closed: {spell(item.if_closed)}") if moved else (one.why,),
    )
    slots = at_most_one(item.at, day.standing, "at") if item.at else None
    if slots is None:
        yield event
        return
    for clock in clocks_on(on, slots, participant):
        key = f"{event.key}/{clock.slot}" if len(slots) > 1 else event.key
        yield replace(
            event, key=key, clock=clock.instant, date=clock.instant.local.date(), flags=(*event.flags, *_clock_flags(clock.instant))
        )


def _length(duration: Duration) -> timedelta:
    return timedelta(seconds=int(duration.amount * (3600 if duration.unit == "hour" else 60)))


def _clock_flags(instant: Instant) -> Iterator[str]:
    if instant.shifted is not None:
        yield f"shifted-from:{instant.shifted:%H:%M}"
    if instant.ambiguous:
        yield "clock-shows-twice"


def _month_starts(scope: Scope, ones: tuple[Occurrence, ...]) -> list[date]:
    """The first day of each study month up to the item's last occurrence; empty where the regimen uses no months."""
    starts: list[date] = []
    last = max((one.nominal for one in ones), default=None)
    if scope.months is None or last is None:
        return starts
    while not starts or starts[-1] <= last:
        try:
            starts.append(plus_months(scope.day_1, len(starts), scope.months))
        except DateOutOfRangeError:
            break
    return starts


def _study_month(day: date, starts: list[date]) -> int | None:
    month = bisect_right(starts, day) - 1
    return month if month >= 0 else None


# -- what is wrong with the item as a whole, and what there is to say


def _collisions(item: Item, events: list[Event]) -> Iterator[Diagnostic]:
    """Two doses of one item never meet on one day and time, and no two events share a key."""
    keys: set[str] = set()
    taken: dict[tuple[date, object], Event] = {}
    for event in events:
        if event.key in keys:
            message = f"two parts of `when` name their occurrences alike (`{event.key}`)"
            yield Diagnostic("same-key", message, "let one of the parts say its start with `from`", path=("when",))
            return
        keys.add(event.key)
        spot = (event.date, event.clock.local if event.clock is not None else None)
        other = taken.setdefault(spot, event)
        if other is not event and item.section in ("doses", "medicines"):
            message = f"two doses of `{item.name}` would fall on {event.date}: those of {other.nominal_date} and of {event.nominal_date}"
            yield Diagnostic("two-on-one-day", message, "say another `if-closed`, such as `stay`", path=("if-closed",))
            return


def _refused_closures(item: Item, days: list[_Day]) -> Iterator[Diagnostic]:
    for day in days:
        if day.due.unmoved == REFUSED:
            message = f"{item.name} falls on {day.one.nominal}, when the site is closed, and the regimen refuses that"
            yield Diagnostic("closed", message, "choose another Day 1, or let the site open that day", path=("if-closed",))
            return


def _notes(item: Item, days: list[_Day], events: list[Event], scope: Scope) -> Iterator[Diagnostic]:
    """What a coordinator should know: no dose on Day 1, moves that were not made, closed days, clock times that were shifted."""
    if item.section == "doses" and events and any(isinstance(when, Weekly) for when in item.when) and events[0].date > scope.day_1:
        first = events[0]
        message = f"no dose of {item.name} on Day 1; the first is on Day {first.study_day}, {first.date:%a} {first.date}"
        yield Diagnostic("no-dose-on-day-1", message, severity="note", path=("when",))
    for day in days:
        if day.due.unmoved is not None and day.one.course_day == 1:
            message = f"{item.name} stays on {day.one.nominal}, when the site is closed: {day.due.unmoved}"
            yield Diagnostic("not-moved", message, severity="warning", path=("if-closed",))
    if item.if_closed is None:
        closed = [event.date for event in events if not event.at_home and not scope.site.is_open(event.date, item.name)]
        if closed:
            more = f" (and on {len(closed) - 1} more such days)" if len(closed) > 1 else ""
            message = (
                f"{item.name} falls on {closed[0]}{more}, when the site is closed, and stays there: the regimen does not say `if-closed`"
            )
            yield Diagnostic("closed", message, severity="note")
    for event in events:
        if event.clock is not None and (event.clock.shifted is not None or event.clock.ambiguous):
            yield Diagnostic("clock-change", _clock_change(event, event.clock), severity="note", path=("at",))


def _clock_change(event: Event, clock: Instant) -> str:
    if clock.shifted is not None:
        return (
            f"{event.item} on {event.date}: {clock.shifted:%H:%M} does not exist that day (the clocks go forward), so {clock.local:%H:%M}"
        )
    return f"{event.item} on {event.date}: {clock.local:%H:%M} comes twice that day (the clocks go back); the first is meant"
