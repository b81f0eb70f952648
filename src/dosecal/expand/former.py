"""What took place, and the plan has no place for now: in a cycle before that was delayed, or in what ended before anyone knew (rule 18)."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from msgspec.structs import replace

from dosecal.expand.courses import Laid
from dosecal.expand.events import clock_flags
from dosecal.expand.told import Bound, Told
from dosecal.expand.windows import outside
from dosecal.participant import Participant
from dosecal.record import Entry, TookPlace
from dosecal.schedule import Event
from dosecal.study_time import Instant, instant_at, study_day


class Former:
    """What an item's entries say of its cycles as they were before they were delayed."""

    def __init__(self, bound: list[Bound], delays: Mapping[int, tuple[tuple[int, date], ...]], participant: Participant) -> None:
        """`delays`: by cycle, the places of the entries that moved its start, and their days.

        What was entered before them, and is dated no later, stays.
        """
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
    return any(place not in one.seen and one.entry.on <= on for place, on in delays)


def with_facts(laid: Laid, bound: list[Bound], participant: Participant, told: Told) -> Laid:
    """An item with what took place of it though its plan has no such occurrence any more; each once."""
    known = {event.key for event in (*laid.events, *laid.absent)}
    facts: list[Bound] = []
    said: dict[str, Bound] = {}
    for one in bound:
        if isinstance(one.entry.act, TookPlace) and one.key not in known:
            older, newer = sorted((said.setdefault(one.key, one).entry, one.entry), key=lambda entry: entry.number)
            if older is newer:
                facts.append(one)
                continue
            message = f"entry {older.number} already says that `{laid.item.name}` due on {one.event.due_date} took place on {older.on}"
            told.doubt(newer, "twice", message, f"correct that one: write this entry with `corrects: {older.number}`")
    if not facts:
        return laid
    first = min((0, *laid.courses))
    return replace(
        laid,
        events=(*laid.events, *(fact(one, participant) for one in facts)),
        courses=(*laid.courses, *(first - number for number, _ in enumerate(facts, 1))),
        causes={**laid.causes, **{one.key: (one.entry,) for one in facts}},
    )


def fact(one: Bound, participant: Participant, key: str | None = None) -> Event:
    """The event that an entry says took place: as the plan had it when the entry was written, on its own date, at its own time.

    What was given then, no later entry rewrites: its dose, its due date and its window stay. `key`: another than it had then.
    """
    event, entry, act = one.event, one.entry, one.entry.act
    assert isinstance(act, TookPlace)  # noqa: S101  (asked for by every caller)
    clock = _clock(one, act, participant)
    dose = event.dose
    if dose is not None and act.amount is not None:
        dose = replace(dose, amount=act.amount)
    same = entry.on == event.date and clock == event.clock and dose == event.dose and event.state == "planned"
    if same:
        return replace(event, key=key or event.key, state="done")
    return replace(
        event,
        key=key or event.key,
        date=entry.on,
        study_day=study_day(participant.day_1, entry.on),
        clock=clock,
        dose=dose,
        state="done",
        flags=tuple(dict.fromkeys(_flags(event, entry.on, clock, other_dose=dose != event.dose))),
        reasons=(*event.reasons, _reason(one, act)),
    )


def missed(one: Bound) -> Event:
    """The event that an entry says did not take place (SDTM EXOCCUR = N)."""
    return replace(one.event, state="missed", reasons=(*one.event.reasons, why_missed(one.entry)))


def why_missed(entry: Entry) -> str:
    """What the entry says: "entry 3: not given: felt ill"."""
    return f"entry {entry.number}: {entry.kind.replace('-', ' ')}" + (f": {entry.why}" if entry.why is not None else "")


def _clock(one: Bound, act: TookPlace, participant: Participant) -> Instant | None:
    """The clock time at which it took place: the entry's, else the planned one, on the entry's day."""
    planned = one.event.clock
    wall = act.at or (planned.local.time() if planned is not None else None)
    if participant.zone is None or wall is None or (act.at is None and one.entry.on == one.event.date):
        return planned
    return instant_at(one.entry.on, wall, participant.zone.rules)


_OF_THE_PLACE: Final = ("moved-from", "late", "early", "out-of-window", "shifted-from", "clock-shows-twice")


def _flags(event: Event, on: date, clock: Instant | None, *, other_dose: bool) -> Iterator[str]:
    if on != event.nominal_date:
        yield f"moved-from:{event.nominal_date}"
    yield from (flag for flag in event.flags if flag.partition(":")[0] not in _OF_THE_PLACE)
    if event.window is not None and outside(event.window, on, clock):
        yield "out-of-window"
    if on != event.due_date:
        yield "late" if on > event.due_date else "early"
    if other_dose:
        yield "amount-differs"
    yield from clock_flags(clock)


def _reason(one: Bound, act: TookPlace) -> str:
    """What the entry says: "entry 3: given on 2027-03-05, 4 days after it was due, at 19:40: holiday"."""
    entry, days = one.entry, (one.entry.on - one.event.due_date).days
    words = [f"entry {entry.number}: {'given' if entry.kind == 'given' else 'done'} on {entry.on}"]
    if days:
        words.append(f"{abs(days)} day{'s' * (abs(days) != 1)} {'after' if days > 0 else 'before'} it was due")
    if act.at is not None:
        words.append(f"at {act.at:%H:%M}")
    return ", ".join(words) + (f": {entry.why}" if entry.why is not None else "")
