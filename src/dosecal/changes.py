"""Two schedules of one participant -> what changes from the first to the second."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final, Literal, get_args

from msgspec import Struct

from dosecal.schedule import Event, Schedule, by_date

Kind = Literal[
    "took-place", "moved", "cancelled", "restored", "added", "dose-changed", "window-changed", "changed",
    "out-of-window", "gap-broken", "two-on-one-day",
]  # fmt: skip
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""In the order in which they are said of one event."""
_NEWLY: Final[tuple[Kind, ...]] = ("out-of-window", "gap-broken", "two-on-one-day")
"""Flags of an event that are a change where the event did not have them before."""

_Place = Literal["listed", "beyond", "absent"]
_DETAILS: Final = ("section", "item", "title", "phase", "cycle", "course_day", "course_days", "lasts", "product")


class Change(Struct, frozen=True, kw_only=True):
    """One way in which one occurrence differs between two schedules.

    took-place: it was planned (or not even that), and now the record says that it took place, on its date or another. moved: another date
    or clock time, also beyond the horizon and back. cancelled: it no longer takes place, or is absent for another reason; `after.state`
    says which. restored: it is planned again. added: the first schedule had none of its key. dose-changed, window-changed. changed: another
    length, product, name or place in the study. out-of-window, gap-broken, two-on-one-day: newly so. `before` is None where the first
    schedule has no such occurrence at all, `after` where the second has none.
    """

    kind: Kind
    before: Event | None
    after: Event | None

    @property
    def event(self) -> Event:
        """The occurrence as it now is; as it was, where there is none any more."""
        one = self.after if self.after is not None else self.before
        if one is None:
            raise ValueError("a change has an event before it, after it or both")
        return one

    @property
    def key(self) -> str:
        return self.event.key

    @property
    def days(self) -> int | None:
        """How many days later it stands than before (negative: earlier); None where it stood or stands nowhere."""
        if self.before is None or self.after is None or self.kind == "cancelled":
            return None
        return (self.after.date - self.before.date).days


def changes(before: Schedule, after: Schedule) -> tuple[Change, ...]:
    """Every change by key, in order of the earlier of the two dates; empty where nobody has to do anything otherwise than before.

    What both have only behind the participant's horizon, or absent alike, is passed over; so are reasons, revisions and flags other than
    those of a broken rule.
    """
    old, new = _placed(before), _placed(after)
    found = [change for name, there in old.items() for change in _changes(there, new.get(name))]
    found += [change for name, there in new.items() if name not in old for change in _new(there)]
    return tuple(sorted(found, key=_order))


_Placed = tuple[_Place, Event]


def _placed(schedule: Schedule) -> dict[tuple[str | None, str], _Placed]:
    """Every occurrence of a schedule by whose it is and its key, and where it is kept: what is listed counts before what is absent."""
    places: tuple[tuple[_Place, Iterable[Event]], ...] = (
        ("absent", schedule.absent),
        ("beyond", schedule.beyond),
        ("listed", schedule.events),
    )
    return {(event.subject, event.key): (place, event) for place, events in places for event in events}


def _new(there: _Placed) -> Iterator[Change]:
    place, event = there
    if place == "listed":
        yield Change(kind="added", before=None, after=event)
        yield from _newly(None, event)


def _changes(was: _Placed, now: _Placed | None) -> Iterator[Change]:
    """What became of an occurrence that the first schedule knows."""
    (place, before), (place_now, after) = was, now or (None, None)
    if after is None or place_now == "absent":
        if place == "listed" or (place == "absent" and after is not None and after.state != before.state):
            yield Change(kind="cancelled", before=before, after=after)
    elif place == "absent":
        if place_now == "listed":
            yield Change(kind="took-place" if after.state == "done" else "restored", before=before, after=after)
            yield from _differing(before, after)
    elif "listed" in (place, place_now):
        if after.state == before.state:
            if _moved(before, after) or place != place_now:
                yield Change(kind="moved", before=before, after=after)
        else:
            yield Change(kind="took-place" if after.state == "done" else "restored", before=before, after=after)
        yield from _differing(before, after)


def _differing(before: Event, after: Event) -> Iterator[Change]:
    """What else differs between two events of one key: dose, window, details, rules newly broken."""
    moved = _moved(before, after)
    if after.dose != before.dose:
        yield Change(kind="dose-changed", before=before, after=after)
    if after.window != before.window and not moved:
        yield Change(kind="window-changed", before=before, after=after)
    if any(getattr(after, name) != getattr(before, name) for name in _DETAILS) or (after.study_day != before.study_day and not moved):
        yield Change(kind="changed", before=before, after=after)
    yield from _newly(before, after)


def _newly(before: Event | None, after: Event) -> Iterator[Change]:
    for kind in _NEWLY:
        if kind in after.flags and (before is None or kind not in before.flags):
            yield Change(kind=kind, before=before, after=after)


def _moved(before: Event, after: Event) -> bool:
    """Whether the date or the clock time differs; what the wall clock shows counts, not the offset."""
    return before.date != after.date or _clock(before) != _clock(after)


def _clock(event: Event) -> object:
    return event.clock.local.replace(tzinfo=None, fold=0).time() if event.clock is not None else None


def _order(change: Change) -> tuple[date, tuple[object, ...], str, int]:
    first = min((event for event in (change.before, change.after) if event is not None), key=lambda event: event.date)
    return first.date, by_date(first), first.key, KINDS.index(change.kind)
