"""A record's entries -> the occurrences that they mean: each as the schedule stood when it was written, for ever after by its key.

So no later entry attaches an earlier one to another occurrence. Entries are taken in the order in which they count; each is looked up in
the plan that those before it leave. That plan is laid out anew only after an entry that changes something: what took place as planned
changes nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Final

from msgspec import Struct

from dosecal.diagnostic import Diagnostic
from dosecal.expand.plan import Plan
from dosecal.expand.told import OCCURRENCE_ACTS, Bound, Told, fault
from dosecal.record import DidNot, Entry, Moved, Record, Remembered, TookPlace
from dosecal.schedule import Event

PlanOf = Callable[[Record, Mapping[int, tuple[Bound, ...]]], Plan]
OccurrenceAct = TookPlace | DidNot | Remembered | Moved


class Binding(Struct, frozen=True):
    """What the entries mean, by their numbers, and those that mean nothing."""

    bound: Mapping[int, tuple[Bound, ...]]
    faults: tuple[Diagnostic, ...]


def bind(told: Told, plan_of: PlanOf) -> Binding:
    """The occurrences that the entries in force mean. `plan_of` lays out the participant with some entries and what they mean.

    Raises Refused where a plan cannot be laid out.
    """
    bound: dict[int, tuple[Bound, ...]] = {}
    faults: list[Diagnostic] = []
    plan: Plan | None = None
    for number, entry in enumerate(told.entries):
        if isinstance(entry.act, OCCURRENCE_ACTS):
            before = told.entries[:number]
            plan = plan or plan_of(before, bound)
            found, doubts = _meant(entry, entry.act, before, plan, bound, plan_of)
            bound[entry.number] = found
            faults += doubts
            if _as_planned(entry, found):
                continue
        plan = None
    return Binding(bound, tuple(faults))


def _as_planned(entry: Entry, found: tuple[Bound, ...]) -> bool:
    """Whether an entry says no more than what the plan said: then the plan stays as it is."""
    act = entry.act
    if not isinstance(act, TookPlace) or act.at is not None or act.amount is not None or len(found) != 1:
        return False
    event = found[0].event
    return event.state == "planned" and event.date == entry.on


def _meant(  # noqa: PLR0917  (an entry, and all that it is held against)
    entry: Entry, act: OccurrenceAct, before: Record, plan: Plan, bound: Mapping[int, tuple[Bound, ...]], plan_of: PlanOf
) -> tuple[tuple[Bound, ...], list[Diagnostic]]:
    """The occurrences that an entry means: as the schedule stood when it was written, else on the day on which it happened."""
    seen = frozenset(one.number for one in before)
    events = _named(act, entry, plan)
    if not events:
        earlier = tuple(one for one in before if one.on < entry.on or isinstance(one.act, OCCURRENCE_ACTS))
        seen = frozenset(one.number for one in earlier)
        events = _named(act, entry, plan_of(earlier, bound)) if len(earlier) < len(before) else []
    if not events:
        return (), [_unknown(entry, act, plan)]
    events, doubts = _at_one_time(entry, act, events)
    return tuple(Bound(event.key, event, entry, seen) for event in events), doubts


def _named(act: OccurrenceAct, entry: Entry, plan: Plan) -> list[Event]:
    """The item's events that stand on the day that an entry names; where none does, those that are due then."""
    events = list(_events(act.item, plan))
    day = act.due or entry.on
    if isinstance(act, DidNot) and act.through is not None:
        return [event for event in events if day <= _stands(event) <= act.through]
    standing = [event for event in events if _stands(event) == day]
    there = [event for event in standing if event.due_date == day] or standing
    return there or [event for event in events if event.due_date == day]


def _stands(event: Event) -> date:
    """Where an occurrence stands; where it was due, if it does not take place."""
    return event.date if event.state in ("planned", "done") else event.due_date


def _events(item: str, plan: Plan) -> Iterator[Event]:
    for placed in plan.items:
        if placed.item.name == item:
            laid = plan.laid_out(placed)
            yield from (*laid.events, *laid.absent)
    settled = plan.setting.settled
    if settled is not None:
        yield from (event for event in settled.orphans(plan.items) if event.item == item)


_TIMES: Final = "its clock times are "


def _at_one_time(entry: Entry, act: OccurrenceAct, events: list[Event]) -> tuple[list[Event], list[Diagnostic]]:
    """Of the events of one day the one at the entry's `slot`; refused where several are meant, and where none has that time."""
    if isinstance(act, DidNot) and act.through is not None and act.slot is None:
        return events, []
    slots = {slot_of(event): event for event in events}
    known = ", ".join(slots)
    if act.slot is not None and act.slot not in slots:
        message = f"`{act.item}` due on {events[0].due_date} has no clock time `{act.slot}`"
        mend = f"{_TIMES}{known}" if len(slots) > 1 else "leave `slot` out: it has one occurrence that day"
        return [], [fault(entry, "slot", message, mend, "slot")]
    if act.slot is not None and isinstance(act, DidNot) and act.through is not None:
        return [event for event in events if slot_of(event) == act.slot], []
    if act.slot is not None:
        return [slots[act.slot]], []
    if len(events) > 1:
        message = f"`{act.item}` is due {len(events)} times on {events[0].due_date}, and which of them is meant is not said"
        return [], [fault(entry, "slot", message, f"add `slot`, one of: {known}")]
    return events, []


def slot_of(event: Event) -> str:
    """The clock time or named time by which the regimen tells several occurrences of a day apart."""
    return event.key.rpartition("/")[2].partition(" again ")[0]


def _unknown(entry: Entry, act: OccurrenceAct, plan: Plan) -> Diagnostic:
    """The refusal of an entry about an occurrence that the plan does not have, with the nearest that it has."""
    day = act.due or entry.on
    message = f"no `{act.item}` is due on {day}"
    if isinstance(act, DidNot) and act.through is not None:
        message = f"no `{act.item}` is due from {day} through {act.through}"
    near = min(_events(act.item, plan), key=lambda event: abs(event.due_date - day), default=None)
    key = "due" if act.due is not None else None
    if near is None:
        return fault(entry, "no-such-occurrence", message, "it has no dates: check the name, or what was stopped before", key)
    extra = "; what was not planned is entered as `unscheduled`" if isinstance(act, TookPlace) else ""
    return fault(
        entry, "no-such-occurrence", message, f"the nearest is due on {near.due_date}: name it with `due: {near.due_date}`{extra}", key
    )
