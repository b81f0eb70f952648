"""The oracle for three doses a week, 48 hours apart: late ones, remembered ones, other weekdays (rules 9, 16 and 19)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple

from tests.record.oracle import DAY, Row, Said, Told, UndecidedError

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


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
            if following is not None and following.key in told.facts and not (room and fits):
                raise UndecidedError("no room before one that was itself recorded")
            if day > slot.last or not fits or not room:
                return Row(slot.key, slot.day, None, "skipped")
        stood[slot.key] = self.moment(day)
        return Row(slot.key, day, day, "planned", self.plan, self.clock)
