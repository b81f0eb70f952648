"""Eighteen real trials as planned: the expansion gives exactly what plain loops over dates give, for any Day 1 and in any zone."""

import json
from collections import Counter
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dosecal.expand import expand
from dosecal.participant import Participant
from dosecal.schedule import Event, Schedule
from tests.expand.laying import zone
from tests.planned.reckoning import Planned, at, ends, plus
from tests.planned.trials import HERE, TRIALS, participant_of, regimen_of, site_of, who_of
from tests.readers.zones import ZONES

every_trial = pytest.mark.parametrize("number", TRIALS)
lawful = settings(derandomize=True, deadline=None, max_examples=12)
UNDEVIATED = ("001", "002", "003", "005", "007", "017", "018")
"""The published cases in which nothing departs from the plan."""
FIRST_DAYS = [
    "2027-01-31", "2028-02-29", "2027-02-28", "2027-04-30", "2027-08-31", "2026-12-29", "2027-12-31", "2028-01-01",  # ends of months, years
    "2027-03-26", "2027-03-13", "2027-10-30", "2027-11-05", "2026-10-24", "2027-09-30",  # the clocks change within days
    "2027-11-06", "2027-11-28", "2099-11-30",
]  # fmt: skip


def facts(event: Event) -> Planned:
    """An event as the oracles know it."""
    amount = event.dose.amount if event.dose is not None else None
    offset = None
    if event.clock is not None:
        minutes = event.clock.utc_offset // timedelta(minutes=1)
        offset = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    return Planned(
        date=event.date,
        clock=f"{event.clock.local:%H:%M}" if event.clock is not None else None,
        utc_offset=offset,
        kind=event.kind,
        item=event.item,
        amount=amount.value if amount is not None else None,
        unit=amount.unit if amount is not None else None,
        minutes=event.lasts // timedelta(minutes=1) if event.lasts is not None else None,
        window=ends((event.window.earliest, event.window.latest)) if event.window is not None else None,
    )


def person(number: str, day_1: date, timezone: str, **others: Any) -> Participant:
    """The trial's participant with another Day 1 and zone; the list ends as many days after Day 1."""
    listed = TRIALS[number].listed
    horizon = day_1 + timedelta(listed) if listed is not None else None
    facts: dict[str, Any] = {"day_1": day_1, "zone": zone(timezone), "horizon": horizon}
    if number == "014":
        facts |= {"cohort": 1, "place_time": time(10)}
    return replace(participant_of(number), **facts | others)


def agree(schedule: Schedule, planned: list[Planned]) -> None:
    found, wanted = Counter(map(facts, schedule.events)), Counter(planned)
    assert {"missing": [*map(str, wanted - found)], "unexpected": [*map(str, found - wanted)]} == {"missing": [], "unexpected": []}


def compare(number: str, day_1: date, timezone: str) -> None:
    trial = TRIALS[number]
    schedule = expand(regimen_of(number), person(number, day_1, timezone), site_of(number))
    agree(schedule, trial.oracle(who_of(trial, day_1, timezone)))


def own(number: str) -> tuple[date, str]:
    """The Day 1 and the zone of the trial's own participant."""
    participant = participant_of(number)
    assert participant.zone is not None
    return participant.day_1, participant.zone.name


@every_trial
def test_a_trial_as_planned_is_exactly_what_the_oracle_gives(number: str) -> None:
    compare(number, *own(number))


@every_trial
def test_a_trial_as_planned_has_so_many_events_of_each_kind(number: str) -> None:
    day_1, timezone = own(number)
    trial = TRIALS[number]
    assert dict(Counter(one.kind for one in trial.oracle(who_of(trial, day_1, timezone)))) == trial.counts


@every_trial
def test_a_participants_file_gives_the_list_as_far_as_the_oracle_goes(number: str) -> None:
    participant = participant_of(number)
    if number == "014":
        participant = replace(participant, cohort=1, place_time=time(10))
    trial = TRIALS[number]
    agree(expand(regimen_of(number), participant, site_of(number)), trial.oracle(who_of(trial, *own(number))))


@every_trial
@pytest.mark.parametrize("day_1", FIRST_DAYS)
def test_a_trial_comes_out_for_a_difficult_day_1(number: str, day_1: str) -> None:
    compare(number, date.fromisoformat(day_1), own(number)[1])


@every_trial
@lawful
@given(day_1=st.dates(date(2001, 1, 1), date(2095, 12, 31)), timezone=st.sampled_from(ZONES))
def test_a_trial_comes_out_for_any_day_1_in_any_zone(number: str, day_1: date, timezone: str) -> None:
    compare(number, day_1, timezone)


@pytest.mark.parametrize("number", ["004", "006", "008", "009", "012", "014"])
@pytest.mark.parametrize("timezone", ["America/Los_Angeles", "Australia/Lord_Howe", "America/Nuuk", "Asia/Gaza", "Africa/Casablanca"])
def test_a_timed_trial_comes_out_when_it_starts_about_a_change_of_the_clock(number: str, timezone: str) -> None:
    days = [date(2026, 1, 1) + timedelta(n) for n in range(730)]
    noons = [at(day, "12:00", zone(timezone).rules).utcoffset() for day in days]
    changes = [day for day, here, next_day in zip(days, noons, noons[1:], strict=False) if here != next_day]
    assert len(changes) >= 3
    for day in changes:
        for shift in (-1, 0, 1):
            compare(number, plus(day, shift), timezone)


@pytest.mark.parametrize("number", UNDEVIATED)
def test_the_oracle_itself_gives_the_published_case(number: str) -> None:
    (path,) = (HERE.parent / "cases").glob(f"{number}-*/expected.json")
    published = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal, parse_int=Decimal)["expected"]
    trial = TRIALS[number]
    worked_out = Counter(one._replace(item="") for one in trial.oracle(who_of(trial, *own(number))))
    assert worked_out == Counter(map(published_facts, published))


def published_facts(event: dict[str, Any]) -> Planned:
    dose, window = event.get("dose", {}), event.get("window")
    return Planned(
        date=date.fromisoformat(event["date"]),
        clock=event.get("time"),
        utc_offset=event.get("utc_offset"),
        kind=event["kind"],
        item="",
        amount=dose.get("amount"),
        unit=dose.get("unit") if dose.get("amount") is not None else None,
        minutes=int(event["duration_min"]) if "duration_min" in event else None,
        window=(window["earliest"], window["latest"]) if window else None,
    )
