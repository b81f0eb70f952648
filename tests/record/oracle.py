"""The record worked out by hand: what small regimens become under their entries, with plain `datetime` loops and nothing of dosecal's.

Written from the language definition, section 3, rules 6 to 24, and the decisions on the record. An entry is bound to an occurrence of what
the entries before it left, and keeps the due date and the dose that this one had then. `RefuseError`: the rules refuse it.
`UndecidedError`: they do not say, and no test asks.
"""

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import NamedTuple, Protocol

DAY = timedelta(days=1)


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
    """What an entry said of one occurrence: `given`, `missed`, `moved` or `skipped`, with what was so when it was written.

    `due` and `dose` are those of that moment, `said` the day of the entry, `holds` how many holds had been told.
    """

    kind: str
    on: date
    due: date
    said: date
    holds: int = 0
    dose: int | None = None
    at: time | None = None


class Stretch(NamedTuple):
    """From a day through a day, both included; without end where `last` is None."""

    first: date
    last: date | None
    dose: int | None = None
    resumed: bool = False

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
