"""Random records of four small regimens, replayed by dosecal and by the oracle: the same dates, states, doses and order of keys."""

from collections.abc import Callable
from datetime import date, time
from random import Random
from typing import NamedTuple

import pytest

from dosecal.diagnostic import Refused
from dosecal.participant import ALWAYS_OPEN, Site
from dosecal.schedule import Event
from tests.expand.laying import WEEKENDS_CLOSED
from tests.record.oracle import DAY, OpenDays, RefuseError, Regimen, Repeat, Row, Said, Told, UndecidedError
from tests.record.oracle_cycles import Cycles
from tests.record.oracle_telling import tell
from tests.record.oracle_weekly import Weekly
from tests.record.replaying import replayed

STORIES = 250
"""How many records of each family; by hand: thousands, at about a hundred a second."""
MOST_ENTRIES = 8


class Story(NamedTuple):
    """A regimen for both sides, the entries, and what the oracle makes of them: None where it refuses the last one."""

    regimen: Regimen
    body: str
    entries: tuple[Said, ...]
    rows: list[Row] | None
    site: Site = ALWAYS_OPEN
    facts: dict[str, str] = {}  # noqa: RUF012 - never changed

    def __str__(self) -> str:
        lines = [self.body, f"day-1: {self.regimen.day_1}, site: {self.site}, {self.facts}", *map(written, self.entries)]
        return "\n".join(lines)


def written(said: Said) -> str:
    """An entry as in a participant's file."""
    value = f"{said.name} cycle {said.cycle}" if said.verb == "delayed" else said.name
    parts = [f"on: {said.on}", f"{said.verb}: {value}"]
    parts += [f"{key}: {day}" for key, day in (("due", said.due), ("through", said.through)) if day is not None]
    if said.verb == "adjusted":
        parts.append(f"to: {said.dose} mg" if said.dose else "to: plan")
    elif said.dose is not None:
        parts.append(f"amount: {said.dose} mg")
    if said.to is not None or said.days:
        parts.append(f"to: {said.to or ' '.join(said.days)}")
    if said.at is not None:
        parts.append(f"at: '{said.at:%H:%M}'")
    return ", ".join(parts)


# -- what was said, drawn from the oracle's own schedule


def a_day_one(random: Random) -> date:
    return date(2027, 1, 1) + random.randrange(120) * DAY


def occurrence(random: Random, rows: list[Row], name: str = "it") -> Row:
    """Mostly the first that is still to come, at times the second or one that does not stand."""
    planned = [row for row in rows if row.name == name and row.state == "planned"]
    others = [row for row in rows if row.name == name and row.state not in {"planned", "skipped"}]
    if others and (not planned or random.random() < 0.1):
        return random.choice(others)
    if not planned:
        raise UndecidedError("nothing is left")
    return planned[min(random.choice((0, 0, 0, 0, 1, 2)), len(planned) - 1)]


def happened(random: Random, row: Row, verb: str, late: tuple[int, ...]) -> Said:
    """It took place, or did not, so many days after its day."""
    named = row.stands or row.due
    on = named + random.choice(late) * DAY
    return Said(on, verb, row.name, None if on == named and random.random() < 0.5 else named)


def stretch(random: Random, row: Row, verb: str, name: str) -> Said:
    """From around the next occurrence on, for some days or without end."""
    on = (row.stands or row.due) + random.randint(-6, 2) * DAY
    return Said(on, verb, name, through=None if verb == "held" and random.random() < 0.4 else on + random.randint(0, 9) * DAY)


def resumed(random: Random, told: Told, name: str) -> Said:
    held = [hold for hold in told.holds if hold.last is None]
    return Said(held[0].first + random.randint(1, 15) * DAY, "resumed", name)


def of_repeat(random: Random, told: Told, rows: list[Row]) -> Said:
    row = occurrence(random, rows)
    day = row.stands or row.due
    if any(hold.last is None for hold in told.holds) and random.random() < 0.6:
        return resumed(random, told, "it")
    verb = random.choice(("given", "given", "given", "not-given", "moved", "held", "stopped", "adjusted", "adjusted"))
    if verb == "given":
        said = happened(random, row, verb, (0, 0, 0, 1, 2, 3, -1, -2))
        return said._replace(dose=random.choice((None, None, None, 4, 10)))
    if verb == "not-given":
        return happened(random, row, verb, (0, 0, 1, 2))
    if verb == "moved":
        on = day + random.randint(-5, 0) * DAY
        return Said(on, verb, "it", due=day, to=day + random.choice((-2, -1, 1, 2, 3)) * DAY)
    if verb == "held":
        return stretch(random, row, verb, "it")
    if verb == "stopped":
        return Said(day + random.randint(-3, 9) * DAY, verb)
    first = day + random.randint(-9, 3) * DAY
    return Said(
        first, verb, through=first + random.randint(0, 15) * DAY if random.random() < 0.3 else None, dose=random.choice((None, 5, 3))
    )


def of_weeks(random: Random, _: Told, rows: list[Row]) -> Said:
    row = occurrence(random, rows)
    verb = random.choice(("given", "given", "given", "not-given", "remembered", "remembered", "new-days"))
    if verb == "new-days":
        days = random.choice((("Mon", "Wed", "Fri"), ("Tue", "Thu", "Sat"), ("Mon", "Wed", "Sat"), ("Tue", "Thu", "Sun")))
        return Said((row.stands or row.due) + random.randint(-2, 4) * DAY, verb, days=days)
    said = happened(random, row, verb, (0, 0, 1, 1, 2, 3) if verb == "given" else (0, 1, 2) if verb == "remembered" else (0, 0, 1))
    clocked = row.at is not None or any(row.at for row in rows)
    if clocked and verb != "not-given" and random.random() < 0.3:
        return said._replace(at=random.choice((time(17), time(18, 59), time(19), time(19, 1), time(22))))
    return said


def of_cycles(random: Random, told: Told, rows: list[Row]) -> Said:
    row = occurrence(random, rows)
    if any(hold.last is None for hold in told.holds) and random.random() < 0.6:
        return resumed(random, told, "treatment")
    verb = random.choice(("given", "given", "not-given", "held", "delayed", "delayed", "done", "done", "not-done"))
    if verb == "held":
        return stretch(random, row, verb, "treatment")
    if verb == "delayed":
        starts = [one for one in rows if one.key.endswith("it/day 1") and one.state == "planned"]
        cycle = random.choice(starts[:2] or [row])
        on = (cycle.stands or cycle.due) + random.randint(-3, 1) * DAY
        number = int(cycle.key.split("/")[1].removeprefix("cycle "))
        return Said(on, verb, "treatment", to=(cycle.stands or cycle.due) + random.choice((1, 2, 3, 7, 7, 14, -2)) * DAY, cycle=number)
    if verb in {"done", "not-done"}:
        return happened(random, occurrence(random, rows, "blood"), verb, (0, 0, 0, -1, 1) if verb == "done" else (0, 0, 1))
    return happened(random, row, verb, (0, 0, 0, 1, 2, -1) if verb == "given" else (0, 0, 1))


def of_open_days(random: Random, told: Told, rows: list[Row]) -> Said:
    row = occurrence(random, rows)
    if any(hold.last is None for hold in told.holds) and random.random() < 0.6:
        return resumed(random, told, "it")
    verb = random.choice(("given", "given", "given", "given", "not-given", "closed", "held"))
    if verb in {"closed", "held"}:
        said = stretch(random, row, verb, "it")
        return said if verb == "held" else said._replace(through=random.choice((None, said.on + random.randint(0, 3) * DAY)))
    return happened(random, row, verb, (0, 0, 0, 0, 1) if verb == "given" else (0, 0, 1))


# -- the regimens


def a_repeat(random: Random) -> Story:
    unit, step = random.choice((("weeks", 1), ("weeks", 4), ("days", 10), ("days", 14), ("months", 1), ("months", 3)))
    day_1 = random.choice((a_day_one(random), date(2027, 1, 31), date(2027, 8, 31), date(2027, 11, 30)))
    regimen = Repeat(day_1, step, unit, random.randint(3, 6), random.random() < 0.5)
    every = unit.removesuffix("s") if step == 1 else f"{step} {unit}"
    counted = "actual" if regimen.actual else "plan"
    window = random.choice(("", ", window: ±2 days"))
    body = f"doses: {{it: {{give: 10 mg SC, when: every {every} {regimen.times} times, count-from: {counted}{window}}}}}"
    return Story(regimen, body, (), [])


def a_weekly(random: Random) -> Story:
    days = random.choice((("Mon", "Wed", "Fri"), ("Tue", "Thu", "Sat"), ("Mon", "Wed", "Sat")))
    clock = random.choice((None, time(19)))
    regimen = Weekly(a_day_one(random), random.randint(2, 4), days, clock)
    at = f", at: '{clock:%H:%M}'" if clock is not None else ""
    if_missed = "take if at least 48 hours before next week else skip"
    when = f"3 times weekly for {regimen.weeks} weeks"
    body = f"doses: {{it: {{give: 44 mg SC, when: {when}, at-least: 48 hours apart, if-missed: {if_missed}{at}}}}}"
    return Story(regimen, body, (), [], facts={"days": f"{{it: {' '.join(days)}}}"} | ({"timezone": "Europe/Berlin"} if clock else {}))


def some_cycles(random: Random) -> Story:
    days = random.choice(((1,), (1, 8), (1, 4, 8), (1, 8, 15)))
    length = random.choice((21, 28) if 15 in days else (14, 21, 28))
    regimen = Cycles(a_day_one(random), length, random.randint(3, 4), random.random() < 0.6, days)
    counted = "actual" if regimen.actual else "plan"
    when = f"day{'s' if len(days) > 1 else ''} {' '.join(map(str, days))}"
    inside = f"doses: {{it: {{give: 10 mg IV, when: {when}}}}}, labs: {{blood: {{when: 1 day before day 1}}}}"
    cycle = f"{{length: {length} days, count: {regimen.count}, count-from: {counted}}}"
    return Story(regimen, f"phases: {{treatment: {{cycle: {cycle}, {inside}}}}}", (), [])


def some_open_days(random: Random) -> Story:
    day_1, weekend = a_day_one(random), random.random() < 0.8
    shut = frozenset(day_1 + random.randrange(20) * DAY for _ in range(random.randrange(3)))
    regimen = OpenDays(day_1, random.randint(5, 12), weekend, shut)
    body = f"doses: {{it: {{give: 2 Gy external beam, when: every open day {regimen.times} times}}}}"
    return Story(regimen, body, (), [], Site(weekend=WEEKENDS_CLOSED if weekend else frozenset(), closed=shut))


Sayer = Callable[[Random, Told, list[Row]], Said]
FAMILIES: dict[str, tuple[Callable[[Random], Story], Sayer]] = {
    "a dose that repeats": (a_repeat, of_repeat),
    "three times weekly": (a_weekly, of_weeks),
    "cycles": (some_cycles, of_cycles),
    "open days": (some_open_days, of_open_days),
}


def story_of(family: str, number: int) -> Story:
    """The story of a number; now and then its last entry is one that the rules refuse."""
    random = Random(number)  # noqa: S311
    begin, say = FAMILIES[family]
    story = begin(random)
    told, entries = Told(), list[Said]()
    rows: list[Row] | None = story.regimen.lay(told)
    for _ in range(random.randint(1, MOST_ENTRIES)):
        assert rows is not None
        try:
            said = say(random, told, rows)
            after = tell(story.regimen, told, said)
            rows_after = story.regimen.lay(after)
        except UndecidedError:
            continue
        except RefuseError:
            if random.random() < 0.1:
                return story._replace(entries=(*entries, said), rows=None)
            continue
        told, rows = after, rows_after
        entries.append(said)
    return story._replace(entries=tuple(entries), rows=rows)


# -- both sides


def as_row(event: Event, *, stands: bool) -> tuple[object, ...]:
    dose = event.dose.amount.value if event.dose is not None and event.dose.amount is not None else None
    clock = event.clock.local.time() if event.clock is not None else None
    return event.key, event.due_date, event.date if stands else None, event.state, dose if stands else None, clock if stands else None


def of_oracle(rows: list[Row]) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """What takes place in order of date, item by item on each, and what does not, in order of its due date."""
    events = sorted((row for row in rows if row.stands is not None), key=lambda row: row.stands or row.due)
    absent = sorted((row for row in rows if row.stands is None), key=lambda row: (row.due, row.key))
    return (
        [(row.key, row.due, row.stands, row.state, row.dose, row.at) for row in events],
        [(row.key, row.due, None, row.state, None, None) for row in absent],
    )


def of_dosecal(story: Story) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]] | None:
    try:
        schedule = replayed(story.body, *map(written, story.entries), day_1=str(story.regimen.day_1), site=story.site, **story.facts)
    except Refused:
        return None
    absent = sorted(schedule.absent, key=lambda event: (event.due_date, event.key))
    return [as_row(event, stands=True) for event in schedule.events], [as_row(event, stands=False) for event in absent]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_random_record_leads_to_the_schedule_worked_out_by_hand(family: str) -> None:
    for number in range(STORIES):  # the same stories in every run, on every machine
        story = story_of(family, number)
        assert of_dosecal(story) == (of_oracle(story.rows) if story.rows is not None else None), f"{number}: {story}"
