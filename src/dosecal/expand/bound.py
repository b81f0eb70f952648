"""A record's entries -> the occurrences that they mean: each as the schedule stood when it was written, for ever after by its key.

So no later entry attaches an earlier one to another occurrence. Entries are taken in the order of writing; each is looked up in the plan
that those before it left. That plan is laid out anew only after an entry that changes something: what took place as planned
changes nothing.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time
from functools import partial
from itertools import groupby
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic, Path, Refused
from dosecal.expand.doubts import doubts_about, ended, unknown, wrong_delay
from dosecal.expand.former import fact, missed
from dosecal.expand.gaps import length_of
from dosecal.expand.hanging import Hanging
from dosecal.expand.plan import Plan
from dosecal.expand.told import OCCURRENCE_ACTS, Bound, OccurrenceAct, Told, fault
from dosecal.participant import Participant
from dosecal.record import Delayed, DidNot, Entry, Held, Record, Resumed, TookPlace, Voided, in_force
from dosecal.regimen import PlacedItem
from dosecal.schedule import STANDS, Event

PlanOf = Callable[[Record, Mapping[int, tuple[Bound, ...]]], Plan]


_MOVING: Final = (Delayed, Held, Voided)


class Binding(Struct, frozen=True):
    """What the entries mean, by their numbers, and those that mean nothing."""

    bound: Mapping[int, tuple[Bound, ...]]
    faults: tuple[Diagnostic, ...]


class Meaning(Struct, frozen=True):
    """What an entry means after those before it, and the number of the state that it leads to; `alone`: see Bindings.alone."""

    entry: Entry
    state: int
    found: tuple[Bound, ...]
    doubts: tuple[Diagnostic, ...]
    alone: Event | None = None


class Bindings:
    """What the entries of one participant's record are known to mean: kept while that record is laid out with more and more of them."""

    def __init__(self) -> None:
        self._known: Final[dict[tuple[int, int], Meaning]] = {}
        self._alone: Final[dict[int, tuple[Entry, Event]]] = {}
        self._states = 0

    def alone(self, entry: Entry) -> Event | None:
        """The event that an entry leaves, where it touches no other: what took place on its day. None where more may change."""
        said, event = self._alone.get(entry.number, (None, None))
        return event if said == entry else None

    def after(self, state: int, entry: Entry) -> Meaning | None:
        """What an entry means after those that led to a state (0: none); None: not known yet."""
        known = self._known.get((state, entry.number))
        return known if known is not None and known.entry == entry else None

    def learn(self, state: int, known: Meaning) -> Meaning:
        """Keep what an entry means after those that led to a state, and number the state that it leads to."""
        self._states += 1
        self._known[state, known.entry.number] = known = replace(known, state=self._states)
        if known.alone is not None:
            self._alone[known.entry.number] = known.entry, known.alone
        return known


def bind(told: Told, participant: Participant, plan_of: PlanOf, known: Bindings) -> Binding:
    """The occurrences that the entries mean. `plan_of` lays out the participant with some entries and what they mean.

    Entry n is held against the plan that the entries 1 to n - 1 left: those that counted by then, without the one that it corrects.
    Raises Refused where no plan can be laid out.
    """
    bound: dict[int, tuple[Bound, ...]] = {}
    faults: list[Diagnostic] = []
    before: _State | None = None
    counting = {entry.number for entry in told.entries}
    state = 0
    moving: list[Entry] = []  # those that move cycles or withhold, and those that undo something
    seen: Record = ()
    for number, entry in enumerate(told.record, 1):
        if isinstance(entry.act, _MOVING) or entry.corrects is not None:
            moving.append(entry)
            seen = in_force(tuple(moving))
        meant = known.after(state, entry)
        if entry.corrects is not None:
            before = None  # what it corrects does not count for it
        if meant is None:
            found: tuple[Bound, ...] = ()
            doubts: tuple[Diagnostic, ...] = ()
            asked = isinstance(entry.act, Delayed) and entry.number in counting
            if before is None and (asked or isinstance(entry.act, OCCURRENCE_ACTS)):
                before = _state(_earlier(told.record, number), bound, plan_of, told)
            if before is not None and isinstance(entry.act, OCCURRENCE_ACTS):
                earlier = partial(_earlier, told.record, number)
                found, doubts = _meant(entry, entry.act, seen, before, earlier, lambda entries: _State(plan_of(entries, bound)))
            elif before is not None and isinstance(entry.act, Delayed) and asked:
                counted = {one.number: one for one in in_force(told.record[:number])}
                given = [one for known, found in bound.items() if known in counted for one in found]
                doubts = tuple(wrong_delay(counted.get(number, entry), entry.act, before.plan, given))
            alone = _alone(entry, found, before, participant) if before is not None and not doubts else None
            meant = known.learn(state, Meaning(entry, 0, found, doubts, alone))
        state = meant.state
        bound[entry.number] = meant.found
        faults += meant.doubts if entry.number in counting else ()
        if meant.alone is None:
            before = None
    return Binding(bound, tuple(faults))


def _earlier(record: Record, number: int) -> Record:
    """The entries that counted when entry `number` was written, without the one that it corrects."""
    return tuple(one for one in in_force(record[:number]) if one.number != number)


def _state(entries: Record, bound: Mapping[int, tuple[Bound, ...]], plan_of: PlanOf, told: Told) -> "_State":
    """The plan that some entries leave; where they make none, that of those which still count today."""
    try:
        state = _State(plan_of(entries, bound))
        for placed in state.plan.items:
            state.plan.laid_out(placed)
    except Refused:
        counting = {entry.number for entry in told.entries}
        return _State(plan_of(tuple(entry for entry in entries if entry.number in counting), bound))
    return state


def _alone(entry: Entry, found: tuple[Bound, ...], before: "_State", participant: Participant) -> Event | None:
    """The event that an entry leaves, if every other stays where and as the plan has it: then the plan serves for the next entry too.

    What took place on its day at another time can touch others only through a gap in hours between clock times, or through hours that
    count from it; what did not take place only through what counts from it or refers to it.
    """
    if len(found) != 1 or entry.corrects is not None or found[0].event.state != "planned":
        return None
    one, act = found[0], entry.act
    if isinstance(act, TookPlace) and one.event.date == entry.on and (act.at is None or one.event.date == one.event.due_date):
        timely = act.at is None or (not before.hanging.by_hours(one.event) and before.leaves_gaps(one.event, act.at))
        return fact(one, participant) if timely else None
    if isinstance(act, DidNot) and one.event.date == one.event.due_date == one.event.nominal_date and not before.hanging.at_all(one.event):
        return missed(one)
    return None


def _meant(  # noqa: PLR0917  (an entry, and all that it is held against)
    entry: Entry,
    act: OccurrenceAct,
    seen: Record,
    state: "_State",
    earlier: Callable[[], Record],
    state_of: Callable[[Record], "_State"],
) -> tuple[tuple[Bound, ...], tuple[Diagnostic, ...]]:
    """The occurrences that an entry means: as the schedule stood when it was written, else on the day on which it happened.

    `seen`: what had moved or withheld anything by then; `earlier`: all that counted by then.
    """
    events = state.named(act, entry)
    if not events:
        before = earlier()
        then = tuple(one for one in before if one.on < entry.on or isinstance(one.act, OCCURRENCE_ACTS))
        events = state_of(then).named(act, entry) if len(then) < len(before) else []
        seen = then
        if not events and isinstance(act, TookPlace):  # what took place although it was withheld
            seen = tuple(one for one in before if not isinstance(one.act, Held | Resumed))
            events = state_of(seen).named(act, entry) if len(seen) < len(before) else []
    if not events:
        return (), (unknown(entry, act, state.nearest(act.item, act.due or entry.on)),)
    events, doubts = _at_one_time(entry, act, events)
    doubts = [*doubts, *(doubts_about(entry, act, events[0]) if events else ())]
    if events and not isinstance(act, TookPlace) and all(event.state == "stopped" for event in events):
        return (), (ended(entry, act, events[0]),)
    delays = frozenset(one.place for one in seen if isinstance(one.act, Delayed | Held))
    return tuple(Bound(event.key, event, entry, delays) for event in events), tuple(doubts)


class _State:
    """The plan before an entry, its occurrences found by their days."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.hanging: Final = Hanging(plan)
        self._times: Final[dict[Path, tuple[list[datetime], list[Event]]]] = {}
        self._items: Final[dict[str, tuple[list[Event], dict[date, list[Event]], dict[date, list[Event]]]]] = {}

    def named(self, act: OccurrenceAct, entry: Entry) -> list[Event]:
        """The item's events that stand on the day that an entry names; where none does, those that are due then."""
        events, standing, due = self._of(act.item)
        day = act.due or entry.on
        if isinstance(act, DidNot) and act.through is not None:
            return [event for event in events if day <= _stands(event) <= act.through]
        there = standing.get(day, [])
        if not isinstance(act, TookPlace):  # of two on one day it means the one that is still to come
            there = [event for event in there if event.state != "done"] or there
        there = [event for event in there if event.state in STANDS] or there
        return [event for event in there if event.due_date == day] or there or due.get(day, [])

    def leaves_gaps(self, event: Event, at: time) -> bool:
        """Whether a dose at another time of its day keeps the minimum gap to those around it, so that none moves."""
        moment = datetime.combine(event.date, at)
        for placed in self.plan.items:
            if placed.item.name == event.item and placed.item.at_least is not None:
                least = length_of(placed.item.at_least)
                times, events = self._in_time(placed)
                near = events[bisect_right(times, moment - least) : bisect_left(times, moment + least)]
                if any(one != event for one in near):
                    return False
        return True

    def _in_time(self, placed: PlacedItem) -> tuple[list[datetime], list[Event]]:
        """An item's events at clock times, in order of these, and the times, as the wall clock shows them."""
        if placed.path not in self._times:
            timed = sorted(
                ((one.clock.wall, number, one) for number, one in enumerate(self.plan.laid_out(placed).events) if one.clock is not None)
            )
            self._times[placed.path] = [wall for wall, _, _ in timed], [one for _, _, one in timed]
        return self._times[placed.path]

    def nearest(self, item: str, day: date) -> Event | None:
        """The occurrence that is due nearest to a day."""
        return min(self._of(item)[0], key=lambda event: abs(event.due_date - day), default=None)

    def _of(self, item: str) -> tuple[list[Event], dict[date, list[Event]], dict[date, list[Event]]]:
        """An item's events, and the same by the day on which they stand and by the day on which they are due."""
        if item not in self._items:
            standing: dict[date, list[Event]] = {}
            due: dict[date, list[Event]] = {}
            events = list(self._events(item))
            for event in events:
                standing.setdefault(_stands(event), []).append(event)
                due.setdefault(event.due_date, []).append(event)
            self._items[item] = (events, standing, due)
        return self._items[item]

    def _events(self, item: str) -> Iterator[Event]:
        for placed in self.plan.items:
            if placed.item.name == item:
                laid = self.plan.laid_out(placed)
                yield from (*laid.events, *laid.absent)
        settled = self.plan.setting.settled
        if settled is not None:
            yield from (event for event in settled.orphans(self.plan.items) if event.item == item)


def _stands(event: Event) -> date:
    """Where an occurrence stands; where it was due, if it does not take place."""
    return event.date if event.state in STANDS else event.due_date


def _at_one_time(entry: Entry, act: OccurrenceAct, events: list[Event]) -> tuple[list[Event], list[Diagnostic]]:
    """Of the events of one day the one at the entry's `slot`; refused where several are meant, and where none has that time."""
    whole_day = isinstance(act, DidNot) and act.through is not None
    slots = _slots(events)
    if act.slot is None:
        if whole_day or len(events) == 1:
            return events, []
        message = f"`{act.item}` is due {len(events)} times on {events[0].due_date}, and which of them is meant is not said"
        return [], [fault(entry, "slot", message, f"add {_one_of(slots)}")]
    if whole_day:
        days = [_slots(list(same)) for _, same in groupby(events, lambda event: event.nominal_date)]
        found = [day[act.slot] for day in days if act.slot in day]
        if found:
            return found, []
    elif act.slot in slots:
        return [slots[act.slot]], []
    by_clock = [event for event in events if event.clock is not None and f"{event.clock.local:%H:%M}" == act.slot]
    if len(by_clock) == 1 and not whole_day:
        return by_clock, []
    message = f"`{act.item}` due on {events[0].due_date} has no clock time `{act.slot}`"
    mend = f"write {_one_of(slots)}" if len(slots) > 1 else "leave `slot` out: it has one occurrence that day"
    return [], [fault(entry, "slot", message, mend, "slot")]


def _slots(events: list[Event]) -> dict[str, Event]:
    """The events of one day by what tells them apart: the regimen's words for it where these do, else their clock times."""
    by_words = {slot_of(event): event for event in events}
    if len(by_words) == len(events) and (len(events) == 1 or "" not in by_words):
        return by_words
    return {f"{event.clock.local:%H:%M}" if event.clock is not None else event.key: event for event in events}


def _one_of(slots: Iterable[str]) -> str:
    return " or ".join(f"`slot: {slot}`" for slot in slots)


def slot_of(event: Event) -> str:
    """The regimen's words that tell an occurrence from others of its day: its clock or named time, "0.5 hours after"; "" without any."""
    before = (event.phase, f"cycle {event.cycle}" if event.cycle is not None else None, event.item)
    position = event.key.removeprefix("".join(f"{part}/" for part in before if part is not None)).partition(" again ")[0]
    words, tied, _ = position.partition("@")
    return words.strip() if tied else position.partition("/")[2]
