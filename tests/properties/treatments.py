"""Trials for records to happen in: the real ones, with their participants, and small treatments put together at random.

A random treatment has what a record can disturb: doses that count from actual dates or from the plan, gaps, cycles, courses, open days,
clock times, rules for missed doses and interruptions, and items tied to all of these.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from typing import NamedTuple

from msgspec.structs import replace

from dosecal.check import check
from dosecal.diagnostic import Refused
from dosecal.dose import Amount
from dosecal.expand import expand
from dosecal.participant import ALWAYS_OPEN, Participant, Site
from dosecal.read.participant import read_site_file
from dosecal.record import Record
from dosecal.regimen import Regimen
from dosecal.schedule import Schedule
from tests.expand.laying import WEEKENDS_CLOSED, named, regimen, zone
from tests.golden import cases as golden
from tests.planned.trials import TRIALS, participant_of, regimen_of, site_of

SOON = ("1 day", "2 days", "7 days")
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata")
REAL = (*(f"trial {number}" for number in TRIALS), *(case.name for case in golden.cases() if not case.name.startswith("nts-104")))


class Trial(NamedTuple):
    """One participant of a trial; `text` is the regimen as it was written, or the name of a real one."""

    text: str
    regimen: Regimen
    participant: Participant
    site: Site

    def lay(self, participant: Participant) -> Schedule:
        return expand(self.regimen, participant, self.site)

    def after(self, record: Record) -> Schedule:
        """The schedule with this record. Raises Refused."""
        return self.lay(replace(self.participant, record=record))


@cache
def real(name: str) -> Trial:
    """A trial of tests/planned, or a published regimen with the participant of a golden case."""
    kind, _, number = name.partition(" ")
    if kind == "trial":
        who = participant_of(number)
        if number == "014":
            who = replace(who, cohort=1, place_time=named("10:00").on(who.day_1))
        return Trial(name, regimen_of(number), who, site_of(number))
    case = golden.Case(name)
    site = read_site_file(case.site_file).site if case.site_file is not None else ALWAYS_OPEN
    return Trial(name, golden.regimen_of(case), golden.participant_of(case), site)


# -- at random


def at_random(random: Random) -> Trial:
    """A small treatment that may be laid out, and one participant of it."""
    while True:
        text = body(random)
        trial = Trial(text, regimen(text), someone(random), some_site(random))
        try:
            planned = trial.after(())
        except Refused:
            continue
        if planned.events and not any(one.severity == "error" for one in check(trial.regimen).diagnostics):
            return trial


def someone(random: Random) -> Participant:
    day_1 = date(2027, 1, 1) + timedelta(random.randrange(700))
    return Participant(
        day_1=day_1,
        id="1042",
        zone=zone(random.choice(ZONES)),
        horizon=day_1 + timedelta(random.choice((30, 60, 120))),
        times={"breakfast": named("07:30"), "dinner": named("19:30")},
        measures={"weight": Amount(Decimal(70), "kg")},
    )


def some_site(random: Random) -> Site:
    closed = frozenset(date(2027, 1, 1) + timedelta(random.randrange(900)) for _ in range(random.choice((0, 60))))
    return Site(weekend=random.choice((frozenset(), WEEKENDS_CLOSED)), closed=closed)


Item = tuple[str, str, Mapping[str, str]]
"""Section, name, and the keys as they are written."""


def body(random: Random) -> str:
    """Everything below the head of the file."""
    top = [dose(random, name, None) for name in ("alpha", "bravo")[: random.randint(0, 2)]]
    length = random.choice((7, 14, 21))
    cyclic = [dose(random, name, length) for name in ("cycla", "cyclb")[: random.randint(0 if top else 1, 2)]]
    text = "events: [progression]\n"
    lines = [*top, *others(random, [*top, *cyclic], inside=False)]
    text += written(lines, "")
    if not cyclic:
        return text
    inside = [*cyclic, *others(random, cyclic, inside=True)]
    count = random.choice(("count: 3, ", "count: 4, ", ""))
    until = "    until: progression\n" if not count or random.random() < 0.5 else ""
    counts = random.choice(("actual", "actual", "plan"))
    text += f"phases:\n  treatment:\n{until}    cycle: {{length: {length} days, {count}count-from: {counts}}}\n{written(inside, '    ')}"
    if random.random() < 0.5:
        starts = f"    starts: {random.choice((3, 10))} days after end of treatment\n" if random.random() < 0.5 else ""
        text += f"  follow-up:\n{starts}    visits: {{close: {{when: days 1 8, window: ±2 days}}}}\n"
    return text


def written(items: list[Item], indent: str) -> str:
    text = ""
    for section in dict.fromkeys(section for section, _, _ in items):
        text += f"{indent}{section}:\n"
        for _, name, keys in (one for one in items if one[0] == section):
            text += f"{indent}  {name}: {{{', '.join(f'{key}: {value}' for key, value in keys.items())}}}\n"
    return text


def dose(random: Random, name: str, cycle: int | None) -> Item:
    """A dose outside phases, or in a cycle of so many days."""
    pick = random.choice
    keys: dict[str, str] = {"give": pick(("5 mg PO", "5 mg PO", "2 mg/kg IV", "{days 1-4: 5 mg PO, from day 5: 10 mg PO}"))}
    if cycle is not None:
        keys |= pick(({"when": "day 1"}, {"when": "days 1 3 5"}, {"when": "days 1-5"}, {"when": "every 2 days", "count-from": "plan"}))
    else:
        step, times = pick((2, 3, 7, 10)), pick((3, 5, 8))
        keys |= pick(
            (
                {"when": f"every {step} days {times} times", "count-from": "actual"},
                {"when": f"every {step} days {times} times", "count-from": "actual"},
                {"when": f"every {step} days {times} times", "count-from": "plan"},
                {"when": f"every {step} days for 30 days", "count-from": pick(("actual", "plan"))},
                {"when": "3 times weekly for 4 weeks", "days": "Mon Wed Fri", "count-from": "plan"},
                {"when": "every Tue Fri for 4 weeks", "count-from": "plan"},
                {"when": f"every day for {pick((6, 12, 20))} days", "count-from": pick(("plan", "plan", "actual"))},
                {"when": "every open day 8 times"},
                {"when": "days 3-7"},
                {"when": "days 1 8 15 22"},
                {"when": "every day until progression"},
                {"when": "every month 3 times", "count-from": pick(("actual", "plan"))},
            )
        )
    if random.random() < 0.5:
        keys["at"] = pick(("09:00", "19:00", "[08:00, 20:00]", "[breakfast, dinner]"))
    if random.random() < 0.3:
        keys["at-least"] = pick(("24 hours apart", "36 hours apart", "2 days apart", "12 hours apart"))
    if random.random() < 0.4:
        keys["window"] = pick(("±2 days", "-1 to +3 days", "±1 day"))
    if random.random() < 0.5:
        rules = ("take", "take if at least 24 hours before next dose else skip", "take if more than 1 day before next dose else skip")
        keys["if-missed"] = pick(rules)
    if random.random() < 0.25:
        keys["if-closed"] = pick(("next open day", "nearest open day", "previous open day", "stay"))
    if random.random() < 0.25:
        keys["initiate-again"] = pick(("after 2 missed days", "{days 1-7: after 1 missed day, from day 8: after 4 missed days}"))
    if random.random() < 0.2 and keys["give"] == "5 mg PO":
        keys["levels"] = "[2.5 mg, 5 mg]"
    if random.random() < 0.2:
        keys["lasts"] = "2 hours"
    return "doses", name, keys


def others(random: Random, doses: list[Item], *, inside: bool) -> list[Item]:
    """What is done, not given: on days of its own, or tied to the doses."""
    pick = random.choice
    mark = "inner " if inside else ""
    found: list[Item] = []
    if random.random() < 0.6:
        keys = {"when": pick(("days 1 4 7", "day 2", "day -1") if inside else ("weeks 1 2 4", "days 2 9 30", "every week for 5 weeks"))}
        keys |= pick(({}, {"window": "±2 days"}, {"window": "±3 days", "if-closed": "next open day"}, {"at": "10:00", "window": "±1 hour"}))
        found.append(("visits", f"{mark}checkup", keys))
    for section, name in (("labs", "blood"), ("assessments", "look"), ("procedures", "extra"))[: random.randint(0, 3) if doses else 0]:
        _, target, facts = pick(doses)
        timed = "at" in facts
        ways: list[dict[str, str]] = [
            {"when": f"1 day before each {target}", "window": f"0 to 3 days before each {target}"},
            {"when": f"1 day before each {target}"},
            {"when": f"{pick(SOON)} after each {target}", "window": "±1 day"},
            {"when": f"{pick((5, 30))} days after last {target}", "window": "±5 days"},
            {"when": f"every day from first {target} through last {target} at most 40 days"},
            {"when": "every 3 days for 6 days" if inside else "every 3 days for 21 days", "except": target},
            {"when": f"1 day after each late {target}"},
            {"when": f"each {target} due"},
            {"when": f"day {2 if inside else 15}", "not-before": f"2 days after first {target}"},
            {"when": "1 day before day 1", "window": "0 to 2 days before day 1"},
        ]
        ways += [{"when": f"2 hours after each {target}"}, {"when": f"30 minutes before each {target}"}] if timed else []
        ways += [{"when": f"each initiation of {target}"}] if "initiate-again" in facts else []
        ways += [{"when": f"first 2 days of each {target} course"}] if "-" in facts["when"] else []
        found.append((section, f"{mark}{name}", pick(ways)))
    return found
