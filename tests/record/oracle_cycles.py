"""The oracle for cycles: where they start after delays and holds, and what stays that was done before (rule 18)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tests.record.oracle import DAY, Fact, Row, Stretch, Told, UndecidedError, held_on


@dataclass(frozen=True)
class Cycles:
    """(c) Cycles of `length` days with doses on `days` of each, and blood drawn the day before day 1."""

    day_1: date
    length: int
    count: int
    actual: bool
    days: tuple[int, ...]
    plan: int = 10

    def given(self, told: Told, cycle: int) -> list[Fact]:
        facts = (told.facts.get(f"treatment/cycle {cycle}/it/day {day}") for day in self.days)
        return [fact for fact in facts if fact is not None and fact.kind == "given"]

    def begun(self, told: Told, cycle: int, hold: Stretch) -> bool:
        """Whether the cycle has begun for a hold: a dose of it was given before the hold was told, or before it was over."""
        given, last = self.given(told, cycle), hold.last or date.max
        before = [fact for fact in given if fact.holds <= told.holds.index(hold)]
        if not before and any(fact.on <= last < fact.due for fact in given):
            raise UndecidedError("given before the end of a hold for which its cycle had waited")
        return bool(before) or any(fact.on <= last for fact in given)

    def starts(self, told: Told) -> Iterator[tuple[int, date, date, bool, bool]]:
        """Each cycle, its planned and its real start, and whether it waited for a hold, and waits still (rule 18)."""
        planned, waits = self.day_1, False
        for cycle in range(1, self.count + 1):
            delays = [said.to for said in told.delays if said.cycle == cycle and said.to is not None]
            start, waited = delays[-1] if delays else planned, False
            while self.actual and not waits and (hold := held_on(told, start)) is not None:
                if self.begun(told, cycle, hold):
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
            if fact.on > decided or waited:
                raise UndecidedError("drawn after the delay was decided, or moved by another cycle or a hold")
        return rows
