"""A schedule -> where what happened departs from what was planned: early, late, missed, out of window, gap broken."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Final, Literal, get_args

from msgspec import Struct

from dosecal.schedule import Event, Schedule, by_date

Kind = Literal["early", "late", "missed", "held", "skipped", "out-of-window", "gap-broken", "two-on-one-day", "amount-differs"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""In the order in which they are counted; those that are an event's flag too bear its name."""
_ABSENT: Final[dict[str, Kind]] = {"missed": "missed", "held": "held", "skipped": "skipped"}
_DAY: Final = timedelta(days=1)
_ENTRY: Final = re.compile(r"entry \d")


class Deviation(Struct, frozen=True, kw_only=True):
    """One way in which one occurrence departed from the plan.

    `days` is signed. late, early: from the due date to the actual one (+14, -10). out-of-window: beyond the nearer end of the window (+
    after its latest, - before its earliest); 0 where only the clock time lies outside. gap-broken: how far the item's previous
    occurrence lies back, read off the wall clock and rounded down. None for the other kinds. `exact` is the same as elapsed wall-clock
    time, where clock times decide. `count` is how many of the item took place on that day (two-on-one-day). `reason` is what the record
    says ("entry 3: not given: felt ill"), entry by entry, or "".
    """

    kind: Kind
    event: Event
    days: int | None = None
    exact: timedelta | None = None
    count: int | None = None
    reason: str = ""

    @property
    def actual_date(self) -> date | None:
        """The date on which it took place; None where it did not."""
        return self.event.date if _took_place(self.event) else None


class Unrecorded(Struct, frozen=True, kw_only=True):
    """The planned events before a date of which the record says nothing.

    `events` are those of the sections that the record covers: it says of some planned event of the section whether it took place.
    `uncovered` are those of the others: it may never have been meant to say anything of them.
    """

    before: date
    events: tuple[Event, ...] = ()
    uncovered: tuple[Event, ...] = ()


class Report(Struct, frozen=True, kw_only=True):
    """One participant's schedule with its deviations; `unrecorded` None: not asked for."""

    schedule: Schedule
    deviations: tuple[Deviation, ...]
    unrecorded: Unrecorded | None = None


def report(schedule: Schedule, as_of: date | None = None) -> Report:
    """The deviations in a schedule, and with `as_of` the planned events before that date that have no entry."""
    nothing_known = unrecorded(schedule, as_of) if as_of is not None else None
    return Report(schedule=schedule, deviations=deviations(schedule), unrecorded=nothing_known)


def deviations(schedule: Schedule) -> tuple[Deviation, ...]:
    """Every deviation, in order of the actual date (of the due date where nothing took place), then of KINDS.

    Only what the record says is one: what took place, and what is missed, held or skipped. What was stopped or cancelled is none for each
    of its occurrences, and what is planned in the past is not taken for missed. One occurrence may have several.
    """
    found = [one for event in schedule.absent for one in _absent(event)]
    for standing in _by_item(schedule.events):
        for index, event in enumerate(standing):
            if _took_place(event):
                found += _of_what_took_place(event, standing[index - 1] if index else None)
        found += _two_on_one_day(standing)
    return tuple(sorted(found, key=lambda one: (by_date(one.event), one.event.key, KINDS.index(one.kind))))


def unrecorded(schedule: Schedule, before: date) -> Unrecorded:
    """The events that stand before a date (excluded) and are still planned: nothing is known of them, and nothing is guessed."""
    covered = {event.section for event in schedule.events if event.state == "done" and "unscheduled" not in event.flags}
    covered |= {event.section for event in schedule.absent if event.state == "missed"}
    open_ = [event for event in schedule.events if event.state == "planned" and not _took_place(event) and event.date < before]
    return Unrecorded(
        before=before,
        events=tuple(event for event in open_ if event.section in covered),
        uncovered=tuple(event for event in open_ if event.section not in covered),
    )


def _took_place(event: Event) -> bool:
    """Whether the record says so: it is done, or it is a dose that was remembered and is taken on that day (regimen language, rule 19)."""
    return event.state == "done" or "late" in event.flags


def _by_item(events: Iterable[Event]) -> Iterator[list[Event]]:
    """The events of each item, in order of the wall clock."""
    items: dict[tuple[object, ...], list[Event]] = {}
    for event in events:
        items.setdefault((event.subject, event.phase, event.section, event.item), []).append(event)
    for of_item in items.values():
        yield sorted(of_item, key=lambda event: (_wall(event), event.nominal_date))


def _absent(event: Event) -> Iterator[Deviation]:
    kind = _ABSENT.get(event.state)
    if kind is not None:
        yield Deviation(kind=kind, event=event, reason=_reason(event))


def _of_what_took_place(event: Event, previous: Event | None) -> Iterator[Deviation]:
    reason = _reason(event)
    days = (event.date - event.due_date).days
    if days:
        yield Deviation(kind="late" if days > 0 else "early", event=event, days=days, reason=reason)
    outside = _outside(event)
    if outside is not None:
        yield Deviation(kind="out-of-window", event=event, days=outside[0], exact=outside[1], reason=reason)
    if "gap-broken" in event.flags:
        days_apart, exact = _apart(event, previous) if previous is not None else (None, None)
        yield Deviation(kind="gap-broken", event=event, days=days_apart, exact=exact, reason=reason)
    if "amount-differs" in event.flags:
        yield Deviation(kind="amount-differs", event=event, reason=reason)


def _outside(event: Event) -> tuple[int, timedelta | None] | None:
    """How far an event stands beyond the nearer end of its window, both of which are included; None where it is inside."""
    if event.window is None:
        return None
    for end, after in ((event.window.latest, True), (event.window.earliest, False)):
        if isinstance(end, datetime) and event.clock is not None:
            exact = _wall(event) - end.replace(tzinfo=None)
            if exact and (exact > timedelta(0)) == after:
                return (event.date - end.date()).days, exact
        elif end is not None:
            days = (event.date - (end.date() if isinstance(end, datetime) else end)).days
            if days and (days > 0) == after:
                return days, None
    return None


def _apart(event: Event, previous: Event) -> tuple[int, timedelta | None]:
    """How far an event stands after the one before it, in days and, where both have a clock time, exactly (regimen language, rule 16)."""
    if event.clock is None or previous.clock is None:
        return (event.date - previous.date).days, None
    exact = _wall(event) - _wall(previous)
    return exact // _DAY, exact


def _two_on_one_day(standing: Iterable[Event]) -> Iterator[Deviation]:
    """One deviation for each day on which too many took place, for the last of them."""
    days: dict[date, list[Event]] = {}
    for event in standing:
        if _took_place(event):
            days.setdefault(event.date, []).append(event)
    for events in days.values():
        flagged = [event for event in events if "two-on-one-day" in event.flags]
        if flagged:
            yield Deviation(kind="two-on-one-day", event=flagged[-1], count=len(events), reason=_reason(flagged[-1]))


def _wall(event: Event) -> datetime:
    """What the participant's clock shows at the event; without a clock time, the beginning of its day."""
    return datetime.combine(event.date, event.clock.local.time() if event.clock is not None else time.min)


def _reason(event: Event) -> str:
    """What the record's entries say of an event, without the plan's own reasons."""
    return "; ".join(reason for reason in event.reasons if _ENTRY.match(reason))
