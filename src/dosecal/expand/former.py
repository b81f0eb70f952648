"""What took place, and the plan has no place for now: in a cycle before that was delayed, or in what ended before anyone knew (rule 18)."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from msgspec.structs import replace

from dosecal.expand.courses import Laid
from dosecal.expand.told import Bound
from dosecal.participant import Participant
from dosecal.record import TookPlace
from dosecal.schedule import Event
from dosecal.study_time import instant_at, study_day


class Former:
    """What an item's entries say of its cycles as they were before they were delayed."""

    def __init__(self, bound: list[Bound], delays: Mapping[int, tuple[tuple[int, date], ...]], participant: Participant) -> None:
        """`delays`: by cycle, the entries that moved its start and their days: what was entered before them, dated no later, stays."""
        self.spent: Final = [one for one in bound if _before(one, delays.get(one.event.cycle or 0, ()))]
        self.events: Final = tuple((fact(one, participant), one.entry) for one in self.spent if isinstance(one.entry.act, TookPlace))
        self._keys: Final = {event.key for event, _ in self.events}

    def key(self, key: str) -> str:
        """The key of an occurrence that is still planned: what a delayed cycle repeats is keyed `again 1`."""
        number, free = 0, key
        while free in self._keys:
            number += 1
            free = f"{key} again {number}"
        return free

    def with_them(self, laid: Laid) -> Laid:
        """The item with what took place before, and with the keys of what is repeated."""
        if not self.events:
            return laid
        return replace(
            laid,
            events=(*(event for event, _ in self.events), *map(self._again, laid.events)),
            courses=(*(-number for number, _ in enumerate(self.events, 1)), *laid.courses),
            absent=tuple(map(self._again, laid.absent)),
            initiations=frozenset(map(self.key, laid.initiations)),
            causes={
                **{self.key(key): entries for key, entries in laid.causes.items()},
                **{event.key: (one,) for event, one in self.events},
            },
        )

    def _again(self, event: Event) -> Event:
        key = self.key(event.key)
        return replace(event, key=key, flags=(*event.flags, "again")) if key != event.key else event


def _before(one: Bound, delays: tuple[tuple[int, date], ...]) -> bool:
    """Whether an entry means a cycle as it was before one of the delays: written without it, and dated no later."""
    return any(number not in one.seen and one.entry.on <= on for number, on in delays)


def with_facts(laid: Laid, bound: list[Bound], participant: Participant) -> Laid:
    """An item with what took place of it though its plan has no such occurrence any more."""
    known = {event.key for event in (*laid.events, *laid.absent)}
    facts = [one for one in bound if isinstance(one.entry.act, TookPlace) and one.key not in known]
    if not facts:
        return laid
    first = min((0, *laid.courses))
    return replace(
        laid,
        events=(*laid.events, *(fact(one, participant) for one in facts)),
        courses=(*laid.courses, *(first - number for number, _ in enumerate(facts, 1))),
        causes={**laid.causes, **{one.key: (one.entry,) for one in facts}},
    )


def fact(one: Bound, participant: Participant) -> Event:
    """The event that an entry says took place, as the plan had it when the entry was written."""
    event, entry, act = one.event, one.entry, one.entry.act
    clock = event.clock
    at = act.at if isinstance(act, TookPlace) else None
    if participant.zone is not None and (at is not None or (clock is not None and entry.on != event.date)):
        wall = at or (clock.local.time() if clock is not None else None)
        clock = instant_at(entry.on, wall, participant.zone.rules) if wall is not None else None
    dose = event.dose
    if dose is not None and isinstance(act, TookPlace) and act.amount is not None:
        dose = replace(dose, amount=act.amount)
    late = ("late",) if entry.on > event.due_date else ("early",) if entry.on < event.due_date else ()
    why = f": {entry.why}" if entry.why is not None else ""
    verb = "given" if entry.kind == "given" else "done"
    return replace(
        event,
        date=entry.on,
        study_day=study_day(participant.day_1, entry.on),
        clock=clock,
        dose=dose,
        state="done",
        flags=tuple(dict.fromkeys((*event.flags, *late))),
        reasons=(*event.reasons, f"entry {entry.number}: {verb} on {entry.on}{why}"),
    )
