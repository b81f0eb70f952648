"""One more entry of a record, drawn from what the schedule of the entries before it really has."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from msgspec.structs import replace

from dosecal.dose import Amount
from dosecal.phrases.tree import Auc, FromTable, NamedTime, NearTime, Quantity, Weekly
from dosecal.record import (
    Act,
    Adjusted,
    Closed,
    Delayed,
    DidNot,
    Entry,
    Happened,
    Held,
    Kind,
    Measured,
    Moved,
    NewDay1,
    NewDays,
    NewTimes,
    Record,
    Remembered,
    Resumed,
    Stopped,
    TookPlace,
    Unscheduled,
    Voided,
    Withdrew,
    in_force,
)
from dosecal.regimen import PlacedItem, items_of
from dosecal.schedule import Event, Schedule
from dosecal.study_time import WEEKDAYS, NamedTimeOfDay
from tests.properties.slots import slot_in
from tests.properties.treatments import Trial

Drawn = tuple[Kind, date, Act] | None
"""What an entry says and on which day; None: there is nothing of the kind to say now."""


def shortest(value: Decimal) -> Decimal:
    """The number as it is written: 84, not 84.0."""
    return Decimal(f"{value.normalize():f}")


class Drawer:
    """Draws the next entry of a record from the schedule as it stands."""

    def __init__(self, trial: Trial, schedule: Schedule, record: Record, random: Random) -> None:
        self.trial, self.schedule, self.record, self.random = trial, schedule, record, random
        regimen, participant = trial.regimen, trial.participant
        arm = regimen.arm(participant.arm) if participant.arm is not None else None
        self.items = items_of(regimen, arm)
        self.today = max((one.on for one in record), default=min((one.date for one in schedule.events), default=participant.day_1))

    def entry(self) -> Entry | None:
        """Most entries tell of today or the next days; some correct or void an earlier one, or are written later."""
        counting = [one for one in in_force(self.record) if one.number == one.place or one.corrects]
        number = len(self.record) + 1
        if counting and self.random.random() < 0.06:
            gone = self.random.choice(counting)
            return Entry(number=number, kind="void", on=self.today, by="JD", why="a slip", act=Voided(number=gone.number), place=number)
        if counting and self.random.random() < 0.08:
            wrong = self.random.choice(counting)
            right = self._other(wrong) if self.random.random() < 0.6 else self._drawn()
            return _entry(number, right, corrects=wrong.number) if right is not None else None
        said = self._drawn()
        if said is None:
            return None
        entered = datetime.combine(said[1] + timedelta(self.random.choice((0, 1, 9))), time(9, 30), UTC)
        return _entry(number, said, entered=entered if self.random.random() < 0.3 else None)

    def _drawn(self) -> Drawn:
        ways = self.random.choices([way for way, _ in WAYS], [weight for _, weight in WAYS])
        return ways[0](self)

    def _other(self, wrong: Entry) -> Drawn:
        """What an entry should have said: another day, most often."""
        act, by = wrong.act, timedelta(self.random.choice((-2, -1, 1, 1, 2)))
        if isinstance(act, TookPlace | DidNot | Remembered | Moved) and act.due is None:
            act = replace(act, due=wrong.on)
        through = getattr(act, "through", None)
        if through is not None and through < wrong.on + by:
            return None
        return wrong.kind, wrong.on + by, act

    # -- what there is

    def _soon(self, *states: str, absent: bool = False) -> Event | None:
        """An event of the next days, or now and then any."""
        events = [one for one in self.schedule.absent if one.state != "stopped"] if absent else list(self.schedule.events)
        events = [one for one in events if (one.state in states or not states) and not one.item.startswith("unscheduled ")]
        near = [one for one in events if abs((one.due_date - self.today).days) < 15]
        return self.random.choice(near if near and self.random.random() < 0.8 else events) if events else None

    def _which(self, event: Event, on: date) -> dict[str, Any]:
        """The keys that name an occurrence: by its due date or, now and then, by the date on which it stands."""
        named = event.date if event.state == "planned" and self.random.random() < 0.1 else event.due_date
        due = None if named == on and self.random.random() < 0.7 else named
        return {"item": event.item, "due": due, "slot": slot_in(event, self.schedule)}

    def _around(self, event: Event, *days: int) -> date:
        return event.date + timedelta(self.random.choice(days))

    def _clock(self, event: Event) -> time | None:
        if self.trial.participant.zone is None or self.random.random() < 0.8:
            return None
        minutes = self.random.choice((-60, 15, 180))
        local = event.clock.local if event.clock is not None else datetime.combine(event.date, time(12), UTC)
        return (local + timedelta(minutes=minutes)).time()

    def _thing(self) -> tuple[str, date] | None:
        """An item or its phase, and about when."""
        event = self._soon("planned")
        if event is None:
            return None
        name = event.phase if event.phase is not None and self.random.random() < 0.4 else event.item
        return name, self._around(event, -1, 0, 0, 1)

    def _item(self, wanted: Callable[[PlacedItem], bool]) -> PlacedItem | None:
        found = [one for one in self.items if wanted(one)]
        return self.random.choice(found) if found else None

    # -- of one occurrence

    def as_planned(self) -> Drawn:
        planned = [one for one in self.schedule.events if one.state == "planned" and one.date >= self.today]
        event = planned[0] if planned else self._soon("planned")
        if event is None:
            return None
        return _verb(event), event.date, TookPlace(**self._which(event, event.date))

    def took_place(self) -> Drawn:
        event = self._soon(absent=self.random.random() < 0.2)
        if event is None:
            return None
        on = self._around(event, -3, -1, 0, 0, 1, 2, 4, 9)
        amount = None
        if event.dose is not None and event.dose.amount is not None and self.random.random() < 0.2:
            amount = replace(event.dose.amount, value=shortest(event.dose.amount.value / 2))
        return _verb(event), on, TookPlace(**self._which(event, on), at=self._clock(event), amount=amount)

    def did_not(self) -> Drawn:
        event = self._soon("planned")
        if event is None:
            return None
        on = self._around(event, 0, 0, 1, 3)
        through = event.due_date + timedelta(self.random.randrange(9)) if self.random.random() < 0.3 else None
        which = self._which(event, on)
        if through is not None:
            which |= {"due": event.due_date, "slot": None}
        return "not-given" if event.kind == "dose" else "not-done", on, DidNot(**which, through=through)

    def remembered(self) -> Drawn:
        event = self._soon("missed", absent=True) or self._soon("planned")
        if event is None or event.kind != "dose":
            return None
        on = event.due_date + timedelta(self.random.choice((0, 1, 1, 2, 4)))
        return "remembered", on, Remembered(**self._which(event, on), at=self._clock(event))

    def moved(self) -> Drawn:
        event = self._soon("planned")
        if event is None:
            return None
        on = self._around(event, -9, -3, -1, 0)
        to = event.due_date + timedelta(self.random.choice((-4, -1, 1, 2, 3, 7, 20)))
        which = self._which(event, on)
        return ("moved", on, Moved(**which, to=to)) if to != (which["due"] or on) else None

    # -- of phases and items

    def delayed(self) -> Drawn:
        event = self._soon("planned")
        if event is None or event.phase is None or event.cycle is None:
            return None
        cycle = event.cycle + self.random.choice((0, 0, 1))
        days = [one.nominal_date for one in self.schedule.events if (one.phase, one.cycle) == (event.phase, cycle)]
        first = min(days, default=event.date)
        to = first + timedelta(self.random.choice((1, 3, 7, 15)))
        return "delayed", first + timedelta(self.random.choice((-9, -1, 0, 1))), Delayed(phase=event.phase, cycle=cycle, to=to)

    def held(self) -> Drawn:
        thing = self._thing()
        if thing is None:
            return None
        name, on = thing
        through = on + timedelta(self.random.choice((0, 2, 6, 20))) if self.random.random() < 0.6 else None
        return "held", on, Held(name=name, through=through)

    def resumed(self) -> Drawn:
        holds = [one for one in in_force(self.record) if isinstance(one.act, Held)]
        if not holds:
            return None
        hold = self.random.choice(holds)
        on = hold.on + timedelta(self.random.choice((0, 1, 2, 5, 12)))
        return ("resumed", on, Resumed(name=hold.act.name)) if isinstance(hold.act, Held) else None

    def stopped(self) -> Drawn:
        thing = self._thing()
        return ("stopped", thing[1], Stopped(name=thing[0])) if thing is not None else None

    def withdrew(self) -> Drawn:
        event = self._soon("planned")
        return ("withdrew", self._around(event, 0, 1), Withdrew()) if event is not None else None

    def closed(self) -> Drawn:
        event = self._soon("planned")
        if event is None:
            return None
        on = self._around(event, -1, 0)
        return "closed", on, Closed(item=event.item, through=on + timedelta(self.random.choice((0, 2, 6))))

    # -- amounts, days, times

    def adjusted(self) -> Drawn:
        event = self._soon("planned")
        if event is None or event.dose is None or event.dose.amount is None:
            return None
        to = self._other_amount(event.item) if self.random.random() < 0.9 else None
        on = self._around(event, -2, 0, 1)
        through = on + timedelta(self.random.choice((0, 10, 30))) if self.random.random() < 0.7 else None
        return "adjusted", on, Adjusted(item=event.item, to=to, through=through)

    def _other_amount(self, name: str) -> Amount | Auc | None:
        """A level of an item, else less than it is planned with."""
        item = next(one.item for one in self.items if one.item.name == name)
        if item.levels:
            return self.random.choice(item.levels)
        tables = {table.name: table.rows for table in self.trial.regimen.tables}
        planned = [step.value for step in item.give]
        gives = [row.value for give in planned if isinstance(give, FromTable) for row in tables[give.name]] or planned
        give = self.random.choice(gives)
        if isinstance(give, Auc):
            return Auc(give.target - 1, "")
        if isinstance(give, Quantity):
            first = next((one for one in give.amounts if one is not None), Decimal(1))
            return Amount(shortest(first * Decimal(self.random.choice(("0.5", "0.75")))), give.unit)
        return None

    def new_days(self) -> Drawn:
        placed = self._item(lambda one: any(isinstance(when, Weekly) for when in one.item.when))
        if placed is None:
            return None
        weekly = next(when for when in placed.item.when if isinstance(when, Weekly))
        chosen = sorted(self.random.sample(WEEKDAYS, weekly.times), key=WEEKDAYS.index)
        return "new-days", self.today + timedelta(self.random.choice((0, 1, 3))), NewDays(item=placed.item.name, to=tuple(chosen))

    def new_times(self) -> Drawn:
        slots = [slot for one in self.items for step in one.item.at for slot in step.value]
        names = sorted({slot.name for slot in slots if isinstance(slot, NamedTime | NearTime)})
        if not names:
            return None
        times = {self.random.choice(names): NamedTimeOfDay((time(self.random.choice((6, 11, 21)), 30),) * 7)}
        return "new-times", self.today + timedelta(self.random.choice((0, 1, 3))), NewTimes(times=times)

    def measured(self) -> Drawn:
        known = sorted(self.trial.participant.measures.items())
        if not known:
            return None
        name, value = self.random.choice(known)
        new = replace(value, value=shortest(value.value * Decimal(self.random.choice(("0.9", "1.05", "1.2")))))
        return "measured", self.today + timedelta(self.random.choice((0, 2, 9))), Measured(measure=name, value=new)

    # -- the rest

    def happened(self) -> Drawn:
        event = self._soon("planned")
        if event is None or not self.trial.regimen.events:
            return None
        return "event", self._around(event, 0, 1), Happened(event=self.random.choice(self.trial.regimen.events))

    def unscheduled(self) -> Drawn:
        kind = self.random.choice(("visit", "lab", "dose"))
        return "unscheduled", self.today + timedelta(self.random.choice((0, 1))), Unscheduled(kind=kind)

    def day_1(self) -> Drawn:
        day_1 = self.trial.participant.day_1
        return "day-1", self.today, NewDay1(to=day_1 + timedelta(self.random.choice((-1, 1, 7))))


WAYS: tuple[tuple[Callable[[Drawer], Drawn], float], ...] = (
    (Drawer.as_planned, 6), (Drawer.took_place, 6), (Drawer.did_not, 3), (Drawer.remembered, 2), (Drawer.moved, 3), (Drawer.delayed, 3),
    (Drawer.held, 2), (Drawer.resumed, 2), (Drawer.stopped, 0.6), (Drawer.withdrew, 0.3), (Drawer.closed, 1), (Drawer.adjusted, 1),
    (Drawer.new_days, 2), (Drawer.new_times, 0.5), (Drawer.measured, 0.7), (Drawer.happened, 0.7), (Drawer.unscheduled, 0.5),
    (Drawer.day_1, 0.15),
)  # fmt: skip
"""What may have happened, and how often it does."""


def _verb(event: Event) -> Kind:
    return "given" if event.kind == "dose" else "done"


def _entry(number: int, said: tuple[Kind, date, Act], corrects: int | None = None, entered: datetime | None = None) -> Entry:
    kind, on, act = said
    return Entry(number=number, kind=kind, on=on, by="JD", why="a reason", act=act, corrects=corrects, entered=entered, place=number)
