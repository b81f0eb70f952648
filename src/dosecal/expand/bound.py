"""A record's entries -> the occurrences that they mean: each as the schedule stood when it was written, for ever after by its key.

So no later entry attaches an earlier one to another occurrence. Entries are taken in the order of writing; each is looked up in the plan
that those before it left. That plan is laid out anew only after an entry that changes something: what took place as planned
changes nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from itertools import groupby
from typing import Final

from msgspec import Struct

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.dose import number_in_source
from dosecal.expand.gaps import length_of
from dosecal.expand.plan import Plan
from dosecal.expand.told import OCCURRENCE_ACTS, Bound, Told, fault
from dosecal.record import Delayed, DidNot, Entry, Held, Moved, Record, Remembered, TookPlace, in_force
from dosecal.schedule import Event

PlanOf = Callable[[Record, Mapping[int, tuple[Bound, ...]]], Plan]
OccurrenceAct = TookPlace | DidNot | Remembered | Moved


class Binding(Struct, frozen=True):
    """What the entries mean, by their numbers, and those that mean nothing."""

    bound: Mapping[int, tuple[Bound, ...]]
    faults: tuple[Diagnostic, ...]


class Known(Struct, frozen=True):
    """What an entry means after those before it, and the number of the state that it leads to."""

    entry: Entry
    state: int
    found: tuple[Bound, ...]
    doubts: tuple[Diagnostic, ...]


class Bindings:
    """What the entries of one participant's record are known to mean: kept while that record is laid out with more and more of them."""

    def __init__(self) -> None:
        self._known: Final[dict[tuple[int, int], Known]] = {}
        self._states = 0

    def after(self, state: int, entry: Entry) -> Known | None:
        """What an entry means after those that led to a state (0: none); None: not known yet."""
        known = self._known.get((state, entry.number))
        return known if known is not None and known.entry == entry else None

    def learn(self, state: int, entry: Entry, found: tuple[Bound, ...], doubts: tuple[Diagnostic, ...]) -> Known:
        """Keep what an entry means after those that led to a state."""
        self._states += 1
        known = self._known[state, entry.number] = Known(entry, self._states, found, doubts)
        return known


def bind(told: Told, plan_of: PlanOf, known: Bindings) -> Binding:
    """The occurrences that the entries mean. `plan_of` lays out the participant with some entries and what they mean.

    Entry n is held against the plan that the entries 1 to n - 1 left: those that counted by then, without the one that it corrects.
    Raises Refused where no plan can be laid out.
    """
    bound: dict[int, tuple[Bound, ...]] = {}
    faults: list[Diagnostic] = []
    before: _State | None = None
    counting = {entry.number for entry in told.entries}
    state = 0
    for number, entry in enumerate(told.record, 1):
        meant = known.after(state, entry)
        if entry.corrects is not None:
            before = None  # what it corrects does not count for it
        if meant is None:
            found: tuple[Bound, ...] = ()
            doubts: tuple[Diagnostic, ...] = ()
            earlier = tuple(one for one in in_force(told.record[:number]) if one.number != number)
            if isinstance(entry.act, OCCURRENCE_ACTS):
                before = before or _state(earlier, bound, plan_of, told)
                found, doubts = _meant(entry, entry.act, earlier, before, bound, plan_of)
            elif isinstance(entry.act, Delayed) and entry.number in counting:
                before = before or _state(earlier, bound, plan_of, told)
                doubts = tuple(_wrong_delay(entry, entry.act, before.plan, bound))
            meant = known.learn(state, entry, found, doubts)
        state = meant.state
        bound[entry.number] = meant.found
        faults += meant.doubts if entry.number in counting else ()
        if before is not None and not _as_planned(entry, meant.found, before.plan):
            before = None
    return Binding(bound, tuple(faults))


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


def _as_planned(entry: Entry, found: tuple[Bound, ...], plan: Plan) -> bool:
    """Whether an entry leaves every occurrence on the day on which the plan has it: then the plan serves for the next entry.

    A dose at another time of its day can move others only through a gap in hours between clock times, or through hours that count from it.
    """
    act = entry.act
    if not isinstance(act, TookPlace) or len(found) != 1 or entry.corrects is not None:
        return False
    event = found[0].event
    if event.state != "planned" or event.date != entry.on:
        return False
    return act.at is None or not plan.counts_hours or (not plan.ties_hours and _leaves_gaps(event, act.at, plan))


def _leaves_gaps(event: Event, at: time, plan: Plan) -> bool:
    """Whether a dose at another time of its day keeps the minimum gap to the next one, so that none moves."""
    for placed in plan.items:
        if placed.item.name == event.item and placed.item.at_least is not None:
            least, moment = length_of(placed.item.at_least), datetime.combine(event.date, at)
            laid = (one.clock.local.replace(tzinfo=None) for one in plan.laid_out(placed).events if one.clock is not None and one != event)
            if any(abs(other - moment) < least for other in laid):
                return False
    return True


def _wrong_delay(entry: Entry, act: Delayed, plan: Plan, bound: Mapping[int, tuple[Bound, ...]]) -> Iterator[Diagnostic]:
    """A delay to a day that is not later, or behind the next cycle's start where that stays; and one of a cycle that has begun."""
    phase = next((one for one in plan.phases if one.name == act.phase), None)
    starts = {one.cycle: one.first_day for one in plan.stretches(phase)} if phase is not None else {}
    start, following = starts.get(act.cycle), starts.get(act.cycle + 1)
    if phase is None or phase.cycle is None or start is None:
        return
    if act.to <= start:
        mend = "write a later day after `to`: the one on which the cycle starts instead"
        yield fault(entry, "delay", f"cycle {act.cycle} of `{act.phase}` starts on {start}, so {act.to} is no delay", mend, "to")
    elif phase.cycle.count_from == "plan" and following is not None and act.to >= following:
        message = f"cycle {act.cycle + 1} of `{act.phase}` starts on {following}, and with `count-from: plan` it stays there"
        yield fault(entry, "delay", message, "write an earlier day after `to`, or delay the later cycle first", "to")
    written = entry.corrects or entry.number
    doses = (one for number, found in bound.items() if number < written for one in found if _is_dose_of(one, act))
    given = next((one for one in doses if one.entry.on <= entry.on), None)
    if given is not None:
        message = f"cycle {act.cycle} of `{act.phase}` has begun: entry {given.entry.number} says that `{given.event.item}` was given"
        yield fault(entry, "delay", message, f"enter `held: {act.phase}` for what follows, or correct entry {given.entry.number}")


def _is_dose_of(one: Bound, act: Delayed) -> bool:
    dose = one.event.section == "doses" and isinstance(one.entry.act, TookPlace)
    return dose and (one.event.phase, one.event.cycle) == (act.phase, act.cycle)


def _meant(  # noqa: PLR0917  (an entry, and all that it is held against)
    entry: Entry, act: OccurrenceAct, before: Record, state: "_State", bound: Mapping[int, tuple[Bound, ...]], plan_of: PlanOf
) -> tuple[tuple[Bound, ...], tuple[Diagnostic, ...]]:
    """The occurrences that an entry means: as the schedule stood when it was written, else on the day on which it happened."""
    seen = before
    events = state.named(act, entry)
    if not events:
        seen = tuple(one for one in before if one.on < entry.on or isinstance(one.act, OCCURRENCE_ACTS))
        events = _State(plan_of(seen, bound)).named(act, entry) if len(seen) < len(before) else []
    if not events:
        return (), (_unknown(entry, act, state),)
    events, doubts = _at_one_time(entry, act, events)
    doubts = [*doubts, *(_doubts_about(entry, act, events[0]) if events else ())]
    if events and not isinstance(act, TookPlace) and all(event.state == "stopped" for event in events):
        return (), (_ended(entry, act, events[0]),)
    delays = frozenset(one.place for one in seen if isinstance(one.act, Delayed | Held))
    return tuple(Bound(event.key, event, entry, delays) for event in events), tuple(doubts)


class _State:
    """The plan before an entry, its occurrences found by their days."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._items: Final[dict[str, tuple[list[Event], dict[date, list[Event]], dict[date, list[Event]]]]] = {}

    def named(self, act: OccurrenceAct, entry: Entry) -> list[Event]:
        """The item's events that stand on the day that an entry names; where none does, those that are due then."""
        events, standing, due = self._of(act.item)
        day = act.due or entry.on
        if isinstance(act, DidNot) and act.through is not None:
            return [event for event in events if day <= _stands(event) <= act.through]
        there = standing.get(day, [])
        return [event for event in there if event.due_date == day] or there or due.get(day, [])

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
    return event.date if event.state in ("planned", "done") else event.due_date


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


def _ended(entry: Entry, act: OccurrenceAct, event: Event) -> Diagnostic:
    """The refusal of an entry about what is not due any more."""
    message = f"`{act.item}` of {event.due_date} is not due any more: {event.reasons[-1]}"
    return fault(entry, "ended", message, "leave this entry out, or correct the one that ended it")


def _doubts_about(entry: Entry, act: OccurrenceAct, event: Event) -> Iterator[Diagnostic]:
    """What cannot be meant of an occurrence that was found: another unit, an amount far off, a day before it was due, one that is past."""
    if isinstance(act, Remembered) and entry.on < event.due_date:
        message = f"`{act.item}` was due on {event.due_date}, after the day on which it is said to be remembered"
        yield fault(entry, "past", message, "enter `given` with `due` for a dose that was given early", "on")
    if isinstance(act, Moved) and act.to < entry.on:
        message = f"an appointment is moved beforehand, and {act.to} is past on {entry.on}"
        yield fault(entry, "past", message, "enter `given` or `done` with `due` for what took place on another day", "to")
    planned = event.dose.amount if event.dose is not None else None
    if isinstance(act, TookPlace) and act.amount is not None and planned is not None:
        if act.amount.unit != planned.unit:
            message = f"`{act.item}` is given in {planned.unit}, and the amount is in {act.amount.unit}"
            yield fault(entry, "unit", message, f"write the amount in {planned.unit}", "amount")
        elif far_apart(act.amount.value, planned.value):
            message = f"{number_in_source(act.amount.value)} {planned.unit} lies far from the planned {number_in_source(planned.value)}"
            yield fault(entry, "thousandfold", message, "check the number and its unit", "amount")


def far_apart(one: Decimal, other: Decimal) -> bool:
    """Whether two amounts are a thousandfold apart: a slip of mg and mcg (ISMP)."""
    return bool(one and other) and max(one, other) / min(one, other) >= _JUMP


_JUMP: Final = Decimal(1000)


def _unknown(entry: Entry, act: OccurrenceAct, state: _State) -> Diagnostic:
    """The refusal of an entry about an occurrence that the plan does not have, with the nearest that it has."""
    day = act.due or entry.on
    message = f"no `{act.item}` is due on {day}"
    if isinstance(act, DidNot) and act.through is not None:
        message = f"no `{act.item}` is due from {day} through {act.through}"
    near = state.nearest(act.item, day)
    mend = "it has no dates so far: enter first what it waits for, such as an `event` or `resumed`"
    if near is not None and isinstance(act, DidNot) and act.through is not None:
        mend = f"the nearest is due on {near.due_date}: let the days up to `through` hold it"
    elif near is not None:
        mend = f"the nearest is due on {near.due_date}: name it with `due: {near.due_date}`"
    extra = "; what was not planned is entered as `unscheduled`" if isinstance(act, TookPlace) else ""
    return fault(entry, "no-such-occurrence", message, f"{mend}{extra}", "due" if act.due is not None else None)
