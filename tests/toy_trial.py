"""A toy trial that replays a record in a few lines, and records drawn at random for it: what tests of a followed schedule lay out.

An injection a week, counted from where the last one stands; a blood test the day before each; two tablets a day for a week; three visits on
fixed days. Recording what was planned changes nothing in it but `state`.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.dose import Amount
from dosecal.participant import Participant
from dosecal.record import (
    Act,
    Adjusted,
    Delayed,
    DidNot,
    Entry,
    Held,
    Kind,
    Moved,
    Record,
    Stopped,
    TookPlace,
    Unscheduled,
    Voided,
    in_force,
)
from dosecal.schedule import Event, Schedule, in_order
from dosecal.study_time import Instant
from tests.write.schedules import DAY_1, ZONE, at, dose, event

HORIZON = DAY_1 + timedelta(34)
"""The last date listed: the last injections are behind it, and so are those that a delay moves there."""
INJECTIONS = 8
PARTICIPANT = Participant(day_1=DAY_1, id="1042", zone=ZONE, horizon=HORIZON)


def local(day: date, clock: time) -> Instant:
    """A clock time by day, in winter or, from 8 March 2026 on, in summer time."""
    return at(day, clock, -8 if day < date(2026, 3, 8) else -7)


class Replay:
    """The toy plan and what the entries so far have done to it."""

    def __init__(self) -> None:
        self.stands: dict[str, dict[str, Any]] = {}
        self.delays: dict[int, int] = {}
        self.facts: dict[str, dict[str, Any]] = {}
        self.out: dict[str, dict[str, Any]] = {}
        self.gone: set[str] = set()
        self.extra: list[Event] = []

    def events(self) -> list[Event]:
        """Every occurrence that the plan still has, where it stands."""
        shift, laid = 0, []
        for no in range(INJECTIONS):
            nominal = DAY_1 + timedelta(7 * no)
            shift += self.delays.get(no + 1, 0)
            in_cycle = {"phase": "treatment", "cycle": no + 1}
            mine = self._stand(f"injection/no {no + 1}", "injection", nominal, nominal + timedelta(shift), dose=dose("44"), **in_cycle)
            shift = (mine.date - nominal).days
            laid += [mine, self._stand(f"blood test/@{mine.key}", "blood test", nominal - timedelta(1), mine.date - timedelta(1))]
        for day in range(7):
            on = DAY_1 + timedelta(day)
            laid += [self._stand(f"tablet/day {day + 1}/{slot}", "tablet", on, on, dose=dose("5", "mg", "PO")) for slot in ("am", "pm")]
        for day in (10, 20, 33):
            on = DAY_1 + timedelta(day)
            laid.append(self._stand(f"visit/day {day + 1}", "visit", on, on, clock=local(on, time(9))))
        return [one for one in laid if one.key not in self.gone] + self.extra

    def _stand(self, key: str, item: str, nominal: date, due: date, **fields: Any) -> Event:
        section = {"injection": "doses", "tablet": "doses", "blood test": "labs", "visit": "visits"}[item]
        told: dict[str, Any] = {"key": key, "nominal_date": nominal, "due_date": due, "reasons": ("the plan",)}
        planned = event(item, due, section, **(told | fields))  # type: ignore[arg-type]
        changes = self.stands.get(key, {}) | self.facts.get(key, {}) | self.out.get(key, {})
        if "date" in changes and planned.clock is not None:
            changes = {"clock": local(changes["date"], planned.clock.local.time())} | changes
        return replace(planned, **changes) if changes else planned

    def enter(self, entry: Entry) -> None:
        match entry.act:
            case TookPlace() | DidNot() | Moved():
                self._enter_about_one(entry)
            case Delayed(cycle=number):
                self.delays[number] = self.delays.get(number, 0) + 3
            case Unscheduled():
                self.extra.append(event("visit", entry.on, "visits", key=f"unscheduled visit/{entry.place}", state="done"))
            case _:
                self._enter_about_several(entry)

    def _enter_about_one(self, entry: Entry) -> None:
        match entry.act:
            case TookPlace(item=item, due=due, slot=slot, at=clock):
                one = self._meant(entry, item, due, slot)
                fact: dict[str, Any] = {"state": "done", "date": entry.on}
                fact |= {"clock": local(entry.on, clock)} if clock is not None else {}
                fact |= {"reasons": (*one.reasons, f"entry {entry.number}")} if entry.on != one.date else {}
                self.facts[one.key] = fact
                self.out.pop(one.key, None)
            case DidNot(item=item, due=due, slot=slot):
                one = self._meant(entry, item, due, slot)
                self.out[one.key] = {"state": "missed", "reasons": (*one.reasons, f"missed, entry {entry.number}")}
            case Moved(item=item, due=due, slot=slot, to=to):
                one = self._meant(entry, item, due, slot)
                self.stands[one.key] = {"date": to, "reasons": ("the plan", f"moved, entry {entry.number}")}

    def _enter_about_several(self, entry: Entry) -> None:
        later = [one for one in self.events() if one.date >= entry.on and one.state == "planned"]
        match entry.act:
            case Held(name=item, through=through):
                for one in later:
                    if item in (one.item, one.phase) and (through is None or one.date <= through):
                        self.out[one.key] = {"state": "held", "reasons": (*one.reasons, f"held, entry {entry.number}")}
            case Stopped(name=item):
                self.gone |= {one.key for one in later if item in (one.item, one.phase)}
            case Adjusted(item=item):
                for one in later:
                    if one.item == item:
                        self.stands[one.key] = self.stands.get(one.key, {}) | {"dose": dose("22")}

    def _meant(self, entry: Entry, item: str, due: date | None, slot: str | None) -> Event:
        found = [one for one in self.events() if one.item == item and one.due_date == (due or entry.on) and one.state != "done"]
        if slot is not None:
            found = [one for one in found if one.key.endswith(f"/{slot}")]
        if len(found) != 1:
            raise Refused([Diagnostic("no-occurrence", f"entry {entry.number} means nothing, or two things")])
        return found[0]


def lay(participant: Participant) -> Schedule:
    """The toy trial's schedule for the record that the participant has. Raises Refused for an entry that means no one occurrence."""
    replay = Replay()
    for entry in in_force(participant.record):
        replay.enter(entry)
    events = replay.events()
    there = [one for one in events if one.state in ("planned", "done")]
    return Schedule(
        study="Toy trial",
        participant=participant.id,
        day_1=DAY_1,
        zone=ZONE,
        events=in_order(one for one in there if one.date <= HORIZON),
        beyond=in_order(one for one in there if one.date > HORIZON),
        absent=in_order(one for one in events if one.state not in ("planned", "done")),
    )


# -- records


def entry(number: int, kind: Kind, on: date, act: Act, **fields: Any) -> Entry:
    """An entry by JD."""
    return Entry(number=number, kind=kind, on=on, by="JD", act=act, place=number, **fields)


def with_record(*entries: Entry) -> Participant:
    return replace(PARTICIPANT, record=entries)


def records(most: int = 9, plan: Sequence[Event] | None = None) -> st.SearchStrategy[Record]:
    """Records as a trial may meet them: corrections, voids and refused entries too, written at once or later, in any order.

    `plan`: its events without a record; None: the toy trial's.
    """
    return _records(most, tuple(Replay().events() if plan is None else plan))


@st.composite
def _records(draw: st.DrawFn, most: int, plan: tuple[Event, ...]) -> Record:
    entries: list[Entry] = []
    open_to_change: list[int] = []
    for number in range(1, draw(st.integers(1, most)) + 1):
        kind, on, act = draw(_acts(open_to_change, plan))
        minutes = draw(st.none() | st.integers(0, 60 * 24 * 40))
        entered = None if minutes is None else datetime.combine(plan[0].date, time(), UTC) + timedelta(minutes=minutes)
        may_correct = open_to_change and kind != "void" and draw(st.integers(0, 3)) == 0
        corrects = draw(st.sampled_from(open_to_change)) if may_correct else None
        entries.append(entry(number, kind, on, act, entered=entered, corrects=corrects, why=draw(st.none() | st.just("felt ill"))))
        replaced = act.number if isinstance(act, Voided) else corrects
        open_to_change = [one for one in open_to_change if one != replaced] + ([number] if kind != "void" else [])
    return tuple(entries)


@st.composite
def _acts(draw: st.DrawFn, open_to_change: list[int], plan: tuple[Event, ...]) -> tuple[Kind, date, Act]:
    """One thing that may have happened, most often to an occurrence of the plan, and most often as planned.

    `open_to_change`: the numbers of the entries that no other has replaced.
    """
    planned = draw(st.sampled_from(plan))
    due = planned.due_date
    several = sum((one.item, one.due_date) == (planned.item, due) for one in plan) > 1
    which: dict[str, Any] = {"item": planned.item, "due": due, "slot": planned.key.rpartition("/")[2] if several else None}
    on = due + timedelta(draw(st.sampled_from([0, 0, 0, 1, 3])))
    is_dose = planned.dose is not None
    match draw(st.integers(0, 16)):
        case 0:
            return "not-given" if is_dose else "not-done", on, DidNot(**which)
        case 1:
            return "moved", on, Moved(**which, to=due + timedelta(draw(st.integers(-2, 40))))
        case 2 if planned.phase is not None and planned.cycle is not None:
            return "delayed", on, Delayed(phase=planned.phase, cycle=planned.cycle, to=due + timedelta(draw(st.integers(1, 9))))
        case 3:
            name = planned.phase if planned.phase is not None and draw(st.booleans()) else planned.item
            return "held", on, Held(name=name, through=draw(st.none() | st.integers(0, 20).map(lambda days: on + timedelta(days))))
        case 4:
            return "stopped", on, Stopped(name=planned.item)
        case 5 if planned.dose is not None and planned.dose.amount is not None:
            return "adjusted", on, Adjusted(item=planned.item, to=Amount(Decimal(1), planned.dose.amount.unit), through=on)
        case 6:
            return "unscheduled", on, Unscheduled(kind="visit")
        case 7 if open_to_change:
            return "void", on, Voided(number=draw(st.sampled_from(open_to_change)))
        case 8:
            return "given" if is_dose else "done", on, TookPlace(**which, at=time(draw(st.integers(8, 11))))
        case _:
            return "given" if is_dose else "done", on, TookPlace(**which)
