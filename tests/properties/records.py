"""Records put together at random, their histories, and the entries as they would be written.

Entries that are refused are dropped: being refused is part of life, and any other exception is a fault.
"""

from collections.abc import Callable, Iterable
from datetime import time
from functools import cache
from random import Random
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dosecal.chain import Texts
from dosecal.diagnostic import Refused
from dosecal.dose import Amount, number_in_source
from dosecal.participant import Participant
from dosecal.phrases.tree import Auc
from dosecal.record import Act, Adjusted, Delayed, Entry, Kind, NewDay1, NewTimes, Record, Voided, Withdrew
from dosecal.schedule import Schedule
from dosecal.write.entry import entry_line
from tests.properties.drawing import Drawer
from tests.properties.treatments import REAL, Trial, at_random, real

HISTORIES = 44
"""How many histories each law is held against, every third of a real trial. By hand: thousands, at about four a second."""
MOST_ENTRIES = 8


class History(NamedTuple):
    """A trial, a record all parts of which are accepted, and the schedule after each part of it, the empty one first."""

    trial: Trial
    record: Record
    states: tuple[Schedule, ...]

    def steps(self) -> list[tuple[Entry, Schedule, Schedule]]:
        """Each entry with the schedule before and after it."""
        return [*zip(self.record, self.states, self.states[1:], strict=False)]

    def lay(self, participant: Participant) -> Schedule:
        """What laying out the trial gives, looked up: for a part of the record, from its first entry on."""
        assert participant.record == self.record[: len(participant.record)]
        return self.states[len(participant.record)]

    def told(self) -> str:
        """The regimen, the participant and the record, as they would be written."""
        who = self.trial.participant
        head = f"day-1: {who.day_1}, horizon: {who.horizon}, zone: {who.zone.name if who.zone else None}, site: {self.trial.site}"
        return "\n".join([self.trial.text, head, *(f"  - {entry_line(as_texts(entry))}" for entry in self.record)])


def history_of(trial: Trial, record: Record) -> History | None:
    """The history of a record; None where a part of it is refused."""
    try:
        return History(trial, record, tuple(trial.after(record[:count]) for count in range(len(record) + 1)))
    except Refused:
        return None


def drawn(trial: Trial, random: Random, entries: int) -> History:
    """A record of up to so many entries."""
    record: Record = ()
    states = [trial.after(())]
    for _ in range(entries):
        entry = Drawer(trial, states[-1], record, random).entry()
        if entry is None:
            continue
        try:
            states.append(trial.after((*record, entry)))
        except Refused:
            continue
        record = (*record, entry)
    return History(trial, record, tuple(states))


# -- laws of histories


@cache
def the(number: int) -> History:
    """The history of a number: every third of a real trial."""
    random = Random(number)  # noqa: S311  (no secret)
    return drawn(real(REAL[number // 3 % len(REAL)]) if number % 3 == 0 else at_random(random), random, MOST_ENTRIES)


def law(check: Callable[[History], None]) -> Callable[[], None]:
    """A test that holds `check` against every history, and shows the shortest one that breaks it."""

    @settings(derandomize=True, deadline=None, max_examples=HISTORIES, database=None)
    @given(number=st.sampled_from(range(HISTORIES)))
    def test(number: int) -> None:
        try:
            check(the(number))
        except AssertionError:
            shown = smallest(the(number), check)
            print(shown.told())  # noqa: T201  (pytest shows it with the failure)
            check(shown)
            raise

    return test


def smallest(history: History, check: Callable[[History], None]) -> History:
    """The same history without the entries that the failure of `check` does not need."""
    for number in range(len(history.record), 0, -1):
        shorter = history_of(history.trial, without(history.record, number))
        if shorter is not None and _breaks(shorter, check):
            return smallest(shorter, check)
    return history


def _breaks(history: History, check: Callable[[History], None]) -> bool:
    try:
        check(history)
    except AssertionError:
        return True
    return False


def without(record: Record, number: int) -> Record:
    """The record as if entry `number` and what corrects or voids it had never been written; the others are numbered anew."""
    gone = {number}
    for entry in record:
        if entry.corrects in gone or (isinstance(entry.act, Voided) and entry.act.number in gone):
            gone.add(entry.number)
    kept = [entry for entry in record if entry.number not in gone]
    new = {entry.number: count for count, entry in enumerate(kept, 1)}
    return tuple(renumbered(entry, new) for entry in kept)


def renumbered(entry: Entry, new: dict[int, int]) -> Entry:
    """The entry with another number; `new` holds those of the entries that it may name, too."""
    act = Voided(number=new[entry.act.number]) if isinstance(entry.act, Voided) else entry.act
    number, corrects = new[entry.number], new[entry.corrects] if entry.corrects is not None else None
    return replace(entry, number=number, place=number, corrects=corrects, act=act)


# -- as it would be written


def as_texts(entry: Entry) -> Texts:
    """The entry as the texts of a participant file."""
    texts: dict[str, Any] = {"on": entry.on.isoformat(), **_of_act(entry.kind, entry.act), "why": entry.why, "by": entry.by}
    texts["corrects"] = str(entry.corrects) if entry.corrects is not None else None
    texts["entered"] = f"{entry.entered:%Y-%m-%dT%H:%M:%SZ}" if entry.entered is not None else None
    return {key: value for key, value in texts.items() if value is not None}


def _of_act(kind: Kind, act: Act) -> dict[str, Any]:
    match act:
        case Delayed():
            return {kind: f"{act.phase} cycle {act.cycle}", "to": str(act.to)}
        case NewTimes(times=times):
            return {kind: {name: f"{chosen.by_weekday[0]:%H:%M}" for name, chosen in times.items()}}
        case Withdrew():
            return {kind: "study"}
        case NewDay1(to=to):
            return {kind: str(to)}
    named = [getattr(act, field) for field in ("item", "name", "measure", "event", "kind", "number") if hasattr(act, field)]
    others = ("due", "slot", "at", "amount", "to", "through", "value")
    return (
        {kind: str(named[0])}
        | {key: _value(getattr(act, key)) for key in others if getattr(act, key, None) is not None}
        | ({"to": "plan"} if isinstance(act, Adjusted) and act.to is None else {})
    )


def _value(value: object) -> str:
    if isinstance(value, Amount):
        return f"{number_in_source(value.value)} {value.unit}"
    if isinstance(value, Auc):
        return f"AUC {number_in_source(value.target)}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return " ".join(map(str, value)) if isinstance(value, Iterable) and not isinstance(value, str) else str(value)
