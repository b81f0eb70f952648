"""The record worked out by hand: what four small regimens become under their entries, with plain `datetime` loops and nothing of dosecal's.

Written from the language definition, section 3, rules 6 to 24, and the decisions on the record. An entry is bound to an occurrence of what
the entries before it left, and keeps the due date and the dose that this one had then. `RefuseError`: the rules refuse it.
`UndecidedError`: they do not say, and no test asks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple, Protocol

DAY = timedelta(days=1)
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class RefuseError(Exception):
    """The rules refuse the entry."""


class UndecidedError(Exception):
    """The rules do not say."""


class Said(NamedTuple):
    """One entry; `name` is the item or the phase, `cycle` the delayed one, `dose` in whole units."""

    on: date
    verb: str
    name: str = "it"
    due: date | None = None
    to: date | None = None
    through: date | None = None
    at: time | None = None
    dose: int | None = None
    days: tuple[str, ...] = ()
    cycle: int = 0


class Row(NamedTuple):
    """One occurrence: `stands` is None where it does not take place."""

    key: str
    due: date
    stands: date | None
    state: str
    dose: int | None = None
    at: time | None = None
    name: str = "it"


class Fact(NamedTuple):
    """What an entry said of one occurrence: `given`, `missed`, `moved` or `skipped`, with what was so when it was written."""

    kind: str
    on: date
    due: date
    said: date
    dose: int | None = None
    at: time | None = None


class Stretch(NamedTuple):
    """From a day through a day, both included; without end where `last` is None."""

    first: date
    last: date | None
    dose: int | None = None

    def has(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass
class Told:
    """What the entries so far said."""

    facts: dict[str, Fact] = field(default_factory=dict)
    holds: list[Stretch] = field(default_factory=list)
    doses: list[Stretch] = field(default_factory=list)
    closed: list[Stretch] = field(default_factory=list)
    delays: list[Said] = field(default_factory=list)
    days: list[Said] = field(default_factory=list)
    stopped: date | None = None


class Regimen(Protocol):
    """A regimen that can be written down and laid out; `plan` is its dose."""

    @property
    def day_1(self) -> date:
        """Study Day 1."""

    @property
    def plan(self) -> int:
        """The dose before any adjustment."""

    def lay(self, told: Told) -> list[Row]:
        """All occurrences, item by item."""


def held_on(told: Told, day: date) -> Stretch | None:
    """The hold that covers a day; of several the one that ends last."""
    holds = [hold for hold in told.holds if hold.has(day)]
    return max(holds, key=lambda hold: hold.last or date.max, default=None)


def dose_on(told: Told, day: date, plan: int) -> int:
    """The amount for a day: the adjustment that began last, of those that cover it (rule 22)."""
    found = plan
    for one in sorted(told.doses, key=lambda one: one.first):
        if one.has(day):
            found = plan if one.dose is None else one.dose
    return found


def month_after(day: date, months: int) -> date:
    """The same day of the month some months later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for number in range(day.day, 27, -1):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    return date(year, month + 1, day.day)


@dataclass(frozen=True)
class Repeat:
    """(a) One dose, every `step` days or months, `times` times."""

    day_1: date
    step: int
    unit: str
    times: int
    actual: bool
    window: int = 0
    plan: int = 10

    def after(self, base: date, steps: int) -> date:
        if self.unit == "months":
            return month_after(base, steps * self.step)
        return base + steps * self.step * (7 if self.unit == "weeks" else 1) * DAY

    def lay(self, told: Told) -> list[Row]:
        rows: list[Row] = []
        base, steps = self.day_1, 0
        for number in range(1, self.times + 1):
            nominal = self.after(base, steps)
            row = self.one(told, f"it/no {number}", nominal)
            rows.append(row)
            waits = self.actual and row.state == "held"
            if waits:  # those after it are counted from the day on which it is resumed, which nobody knows yet; facts stand
                later = [f"it/no {after}" for after in range(number + 1, self.times + 1)]
                if any(told.facts[key].kind != "given" for key in later if key in told.facts):
                    raise UndecidedError("what was said of one that has no date now")
                return rows + [self.one(told, key, nominal) for key in later if key in told.facts]
            if self.actual and row.stands is not None and row.stands != nominal:
                base, steps = row.stands, 0
            steps += 1
        return rows

    def one(self, told: Told, key: str, nominal: date) -> Row:
        fact = told.facts.get(key)
        if fact is not None and fact.kind == "given":
            return Row(key, fact.due, fact.on, "done", fact.dose)
        if fact is not None and fact.kind == "missed":
            if fact.due != nominal:
                raise UndecidedError("the plan moved under a missed dose")
            return Row(key, fact.due, None, "missed")
        day = fact.on if fact is not None else nominal
        if told.stopped is not None and day >= told.stopped:
            return Row(key, nominal, None, "stopped")
        while (hold := held_on(told, day)) is not None:
            if not self.actual or hold.last is None:
                return Row(key, nominal, None, "held")
            day = hold.last + DAY
        if told.stopped is not None and day >= told.stopped:
            return Row(key, nominal, None, "stopped")
        return Row(key, nominal, day, "planned", dose_on(told, day, self.plan))


class Slot(NamedTuple):
    """A dose of a treatment week on the day on which `when` puts it; `last` is the last day of that week."""

    key: str
    day: date
    last: date


@dataclass(frozen=True)
class Weekly:
    """(b) Three times weekly, 48 hours apart; a remembered dose is taken 48 hours before next week's first, else skipped."""

    day_1: date
    weeks: int
    days: tuple[str, ...]
    clock: time | None
    plan: int = 44

    def week(self, number: int, days: Sequence[str]) -> list[date]:
        first = self.day_1 + 7 * (number - 1) * DAY
        return [day for day in (first + offset * DAY for offset in range(7)) if WEEKDAYS[day.weekday()] in days]

    def slots(self, told: Told) -> list[Slot]:
        found: list[Slot] = []
        for number in range(1, self.weeks + 1):
            days = self.week(number, self.days)
            for change in sorted(told.days, key=lambda change: change.on):
                new = self.week(number, change.days)
                days = [old if old < change.on else late for old, late in zip(days, new, strict=True)]
                if days != sorted(set(days)) or any(day < change.on and day not in self.week(number, self.days) for day in days):
                    raise UndecidedError("new days that cross the day of the change")
            last = self.day_1 + (7 * number - 1) * DAY
            found += [Slot(f"it/week {number} no {place}", day, last) for place, day in enumerate(days, 1)]
        return found

    def moment(self, day: date, at: time | None = None) -> datetime:
        return datetime.combine(day, at or self.clock or time.min)

    def takes(self, told: Told, key: str, said: Said) -> bool:
        """Whether a remembered dose is taken: compared with the next week's first nominal date (rule 19)."""
        week = int(key.split()[1])
        following = next((slot.day for slot in self.slots(told) if slot.key == f"it/week {week + 1} no 1"), None)
        return following is None or self.moment(following) - self.moment(said.on, said.at) >= 2 * DAY

    def lay(self, told: Told) -> list[Row]:
        slots, rows = self.slots(told), list[Row]()
        stood = {key: self.moment(fact.on, fact.at) for key, fact in told.facts.items() if fact.kind in {"given", "taken"}}
        for index, slot in enumerate(slots):
            fact = told.facts.get(slot.key)
            if fact is None:
                following = slots[index + 1] if index + 1 < len(slots) else None
                rows.append(self.planned(told, slot, following, stood))
            elif fact.kind in {"given", "taken"}:
                state = "done" if fact.kind == "given" else "planned"
                rows.append(Row(slot.key, fact.due, fact.on, state, self.plan, fact.at or self.clock))
            else:
                rows.append(Row(slot.key, fact.due, None, fact.kind))
            others = {key: at for key, at in stood.items() if key != slot.key}
            if fact is not None and fact.kind != "given" and self.planned(told, slot, None, others).due != fact.due:
                raise UndecidedError("a gap that an entry of an earlier dose moved under a missed one")
        return rows

    def planned(self, told: Told, slot: Slot, following: Slot | None, stood: dict[str, datetime]) -> Row:
        """A dose of which nothing is recorded, moved by its gap or left out (rule 16); it is entered into `stood`."""
        day, own = slot.day, self.moment(slot.day)
        before = [at for key, at in stood.items() if at.date() <= day or (key < slot.key and at - own < 2 * DAY)]
        if before and self.moment(day) - max(before) < 2 * DAY:
            while self.moment(day) - max(before) < 2 * DAY:
                day += DAY
            fits = all(at - self.moment(day) >= 2 * DAY for at in stood.values() if at > max(before))
            room = following is None or self.moment(following.day) - self.moment(day) >= 2 * DAY
            if following is not None and following.key in told.facts and not room:
                raise UndecidedError("no room before one that was itself recorded")
            if day > slot.last or not fits or not room:
                return Row(slot.key, slot.day, None, "skipped")
        stood[slot.key] = self.moment(day)
        return Row(slot.key, day, day, "planned", self.plan, self.clock)


@dataclass(frozen=True)
class Cycles:
    """(c) Cycles of `length` days with doses on `days` of each, and blood drawn the day before day 1."""

    day_1: date
    length: int
    count: int
    actual: bool
    days: tuple[int, ...]
    plan: int = 10

    def begun(self, told: Told, cycle: int, through: date = date.max, due: date = date.min) -> bool:
        """Whether a dose of the cycle that was due after `due` was given through a day."""
        given = (told.facts.get(f"treatment/cycle {cycle}/it/day {day}") for day in self.days)
        return any(fact is not None and fact.kind == "given" and fact.on <= through and fact.due > due for fact in given)

    def starts(self, told: Told) -> Iterator[tuple[int, date, date, bool, bool]]:
        """Each cycle, its planned and its real start, and whether it waited for a hold, and waits still (rule 18)."""
        planned, waits = self.day_1, False
        for cycle in range(1, self.count + 1):
            delays = [said.to for said in told.delays if said.cycle == cycle and said.to is not None]
            start, waited = delays[-1] if delays else planned, False
            while self.actual and not waits and (hold := held_on(told, start)) is not None:
                if self.begun(told, cycle, hold.last or date.max):
                    if self.begun(told, cycle, hold.last or date.max, due=hold.last or date.max):
                        raise UndecidedError("given before the end of a hold for which its cycle had waited")
                    break
                if waited and hold.last is None:
                    raise UndecidedError("the day for which a cycle waits after two holds")
                if hold.last is None:
                    waits = True
                else:
                    start, waited = hold.last + DAY, True
            yield cycle, planned, start, waited, waits
            planned = (start if self.actual else planned) + self.length * DAY

    def lay(self, told: Told) -> list[Row]:
        doses, labs = list[Row](), list[Row]()
        for cycle, _, start, waited, waits in self.starts(told):
            for day in self.days:
                key = f"treatment/cycle {cycle}/it/day {day}"
                doses.append(self.one(told, key, start + (day - 1) * DAY, waits=waits))
            labs += self.blood(told, cycle, start - DAY, waited=waited, waits=waits)
        return doses + labs

    def one(self, told: Told, key: str, day: date, *, waits: bool, waited: bool = False) -> Row:
        name = key.split("/")[2]
        dose = self.plan if name == "it" else None
        fact = told.facts.get(key)
        if fact is not None and fact.kind == "given":
            return Row(key, fact.due, fact.on, "done", dose, name=name)
        held = held_on(told, day) is not None and not waited
        if fact is not None and waits and held:
            raise UndecidedError("missed, and its cycle waits without end")
        if fact is not None and fact.due >= day:  # what was missed on a day takes no later one
            return Row(key, day if fact.due == day else fact.due, None, "missed", name=name)
        if held:
            return Row(key, day, None, "held", name=name)
        return Row(key, day, day, "planned", dose, name=name)

    def blood(self, told: Told, cycle: int, day: date, *, waited: bool, waits: bool) -> list[Row]:
        """The tests of one cycle: those drawn before it was delayed, and the one that is due."""
        key, rows = f"treatment/cycle {cycle}/blood/1 day before day 1", list[Row]()
        decided = max((said.on for said in told.delays if said.cycle == cycle), default=date.min)
        for again in range(9):
            name = f"{key} again {again}" if again else key
            rows.append(self.one(told, name, day, waits=waits, waited=waited))
            fact = told.facts.get(name)
            if fact is None or fact.kind != "given" or fact.due >= day:
                break
            if fact.on > decided:
                raise UndecidedError("drawn after the delay was decided, or moved by another cycle or a hold")
        return rows


@dataclass(frozen=True)
class OpenDays:
    """(d) `times` fractions, one on each day on which the site is open."""

    day_1: date
    times: int
    weekend: bool
    shut: frozenset[date]
    plan: int = 2

    def open(self, told: Told, day: date) -> bool:
        closed = any(stretch.has(day) for stretch in told.closed)
        return not closed and day not in self.shut and not (self.weekend and day.weekday() >= 5)

    def lay(self, told: Told) -> list[Row]:
        rows = [
            Row(key, fact.due, fact.on if fact.kind == "given" else None, "done" if fact.kind == "given" else "missed", self.plan)
            for key, fact in told.facts.items()
        ]
        if any(fact.kind == "missed" and not self.open(told, fact.due) for fact in told.facts.values()):
            raise UndecidedError("missed on a day that was closed")
        taken = {fact.due for fact in told.facts.values()}
        left = [f"it/no {number}" for number in range(1, self.times + 1) if f"it/no {number}" not in told.facts]
        day = self.day_1
        while left:
            hold = held_on(told, day)
            if hold is not None and hold.last is None:
                break
            if hold is None and day not in taken and self.open(told, day):
                rows.append(Row(left.pop(0), day, day, "planned", self.plan))
            day += DAY
        return sorted(rows, key=lambda row: int(row.key.split()[-1]))
