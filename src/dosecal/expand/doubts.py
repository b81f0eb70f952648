"""What cannot be meant by an entry about an occurrence, or about a cycle's start, once it is known which: refused at its place."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from dosecal.diagnostic import Diagnostic
from dosecal.dose import number_in_source
from dosecal.expand.plan import Plan
from dosecal.expand.told import Bound, OccurrenceAct, fault
from dosecal.record import Delayed, DidNot, Entry, Moved, Remembered, TookPlace
from dosecal.schedule import Event

_JUMP: Final = Decimal(1000)


def wrong_delay(entry: Entry, act: Delayed, plan: Plan, bound: Sequence[Bound]) -> Iterator[Diagnostic]:
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
    given = next((one for one in bound if _is_dose_of(one, act) and one.entry.number < entry.place), None)
    if given is not None:
        message = f"cycle {act.cycle} of `{act.phase}` has begun: entry {given.entry.number} says that `{given.event.item}` was given"
        yield fault(entry, "delay", message, f"enter `held: {act.phase}` for what follows, or correct entry {given.entry.number}")


def _is_dose_of(one: Bound, act: Delayed) -> bool:
    dose = one.event.section == "doses" and isinstance(one.entry.act, TookPlace)
    return dose and (one.event.phase, one.event.cycle) == (act.phase, act.cycle)


def doubts_about(entry: Entry, act: OccurrenceAct, event: Event) -> Iterator[Diagnostic]:
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


def ended(entry: Entry, act: OccurrenceAct, event: Event) -> Diagnostic:
    """The refusal of an entry about what is not due any more."""
    message = f"`{act.item}` of {event.due_date} is not due any more: {event.reasons[-1]}"
    return fault(entry, "ended", message, "leave this entry out, or correct the one that ended it")


def unknown(entry: Entry, act: OccurrenceAct, near: Event | None) -> Diagnostic:
    """The refusal of an entry about an occurrence that the plan does not have, with the nearest that it has."""
    day = act.due or entry.on
    message = f"no `{act.item}` is due on {day}"
    if isinstance(act, DidNot) and act.through is not None:
        message = f"no `{act.item}` is due from {day} through {act.through}"
    mend = "it has no dates so far: enter first what it waits for, such as an `event` or `resumed`"
    if near is not None and isinstance(act, DidNot) and act.through is not None:
        mend = f"the nearest is due on {near.due_date}: let the days up to `through` hold it"
    elif near is not None:
        mend = f"the nearest is due on {near.due_date}: name it with `due: {near.due_date}`"
    extra = "; what was not planned is entered as `unscheduled`" if isinstance(act, TookPlace) else ""
    return fault(entry, "no-such-occurrence", message, f"{mend}{extra}", "due" if act.due is not None else None)
