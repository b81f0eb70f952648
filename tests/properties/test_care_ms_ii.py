"""CARE-MS II on any Day 1: the expansion of the shipped regimen equals the oracle worked out with plain dates."""

from collections import Counter
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dosecal.expand import expand
from dosecal.participant import ALWAYS_OPEN, Participant
from dosecal.read.regimen import read_regimen_file
from dosecal.regimen import Regimen
from dosecal.schedule import Event, Schedule
from dosecal.study_time import WEEKDAYS, Zone
from tests.oracle import Planned, care_ms_ii, is_leap, month_after

REGIMEN = Path(__file__).parents[2] / "regimens" / "care-ms-ii.yaml"
INTERFERON = "interferon-beta-1a"
ALEMTUZUMAB_ARMS = ("alemtuzumab-12", "alemtuzumab-24")
ARMS = (*ALEMTUZUMAB_ARMS, INTERFERON)
MON_WED_FRI = frozenset({0, 2, 4})
# Three days of a week, never two running: the only triples that keep 48 hours between injections, over the weekend too.
TRIPLES = [frozenset({first, (first + 2) % 7, (first + 4) % 7}) for first in range(7)]
HARD_STARTS = [
    *(date(year, month, day) for year in (2027, 2028) for month in (1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) for day in (29, 30)),
    *(date(year, month, 31) for year in (2027, 2028) for month in (1, 3, 5, 7, 8, 10, 12)),
    *(date(year, 2, 29) for year in (2000, 2024, 2028, 2096)),
    *(date(2026, 3, 5) + timedelta(days) for days in range(7)),  # the clock goes forward in the United States on the 8th
    *(date(2026, 3, 26) + timedelta(days) for days in range(7)),  # in Europe on the 29th
    *(date(2026, 10, 22) + timedelta(days) for days in range(14)),  # back in Europe on 25 October, in the United States on 1 November
    *(date(2026, 12, 25) + timedelta(days) for days in range(10)),
    date(2000, 1, 1),
    date(2100, 2, 28),
    date(2100, 12, 31),
]


@cache
def regimen() -> Regimen:
    return read_regimen_file(REGIMEN).regimen


def schedule_of(arm: str, day_1: date, weekdays: frozenset[int] = MON_WED_FRI, zone: Zone | None = None) -> Schedule:
    days = {"interferon beta-1a": tuple(WEEKDAYS[weekday] for weekday in sorted(weekdays))} if arm == INTERFERON else {}
    return expand(regimen(), Participant(day_1=day_1, arm=arm, days=days, zone=zone), ALWAYS_OPEN)


def as_planned(event: Event) -> Planned:
    amount = None if event.dose is None or event.dose.amount is None else f"{event.dose.amount.value:f} {event.dose.amount.unit}"
    return Planned(event.date, event.kind, event.item, amount)


def planned_by_dosecal(schedule: Schedule) -> list[Planned]:
    return sorted((as_planned(event) for event in schedule.events), key=lambda planned: planned[:3])


def counts(schedule: Schedule) -> dict[str, int]:
    return Counter(event.kind for event in schedule.events)


# -- the oracle itself, against facts worked out by hand


def test_the_oracle_knows_the_calendar() -> None:
    assert month_after(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert month_after(date(2027, 1, 31), 2) == date(2027, 3, 31)
    assert month_after(date(2026, 11, 30), 24) == date(2028, 11, 30)
    assert (is_leap(2000), is_leap(2100), is_leap(2028)) == (True, False, True)


# -- dosecal against the oracle


@pytest.mark.parametrize("arm", ARMS)
@settings(derandomize=True, deadline=None, max_examples=60)
@given(day_1=st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_every_arm_from_any_day_1_is_as_the_protocol_says(arm: str, day_1: date) -> None:
    assert planned_by_dosecal(schedule_of(arm, day_1)) == care_ms_ii(arm, day_1)


@pytest.mark.parametrize("arm", ARMS)
@pytest.mark.parametrize("day_1", HARD_STARTS, ids=str)
def test_every_arm_from_a_hard_day_1_is_as_the_protocol_says(arm: str, day_1: date) -> None:
    assert planned_by_dosecal(schedule_of(arm, day_1)) == care_ms_ii(arm, day_1)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(day_1=st.dates(date(2000, 1, 1), date(2100, 12, 31)), weekdays=st.sampled_from(TRIPLES))
def test_injections_fall_on_the_weekdays_that_the_participant_chose(day_1: date, weekdays: frozenset[int]) -> None:
    assert planned_by_dosecal(schedule_of(INTERFERON, day_1, weekdays)) == care_ms_ii(INTERFERON, day_1, weekdays)


@pytest.mark.parametrize("name", ["America/Los_Angeles", "Europe/Berlin", "Pacific/Apia", "Asia/Kathmandu"])
@pytest.mark.parametrize("arm", ARMS)
def test_dates_without_clock_times_are_the_same_in_every_zone(arm: str, name: str) -> None:
    # Samoa left out 30 December 2011 altogether: a date that no clock there has shown is still a date.
    zone = Zone(name=name, rules=ZoneInfo(name), data_version="test")
    for day_1 in (date(2011, 12, 30), date(2026, 3, 8), date(2026, 10, 25)):
        assert planned_by_dosecal(schedule_of(arm, day_1, zone=zone)) == care_ms_ii(arm, day_1)


# -- facts that were published with the project's aims


def test_two_years_of_interferon_from_the_first_monday_of_2026() -> None:
    zone = Zone(name="America/Los_Angeles", rules=ZoneInfo("America/Los_Angeles"), data_version="test")
    schedule = schedule_of(INTERFERON, date(2026, 1, 5), zone=zone)
    doses = [event.date for event in schedule.events if event.kind == "dose"]
    assert counts(schedule) == {"dose": 313, "lab": 24, "assessment": 8}
    assert (doses[0], doses[-1]) == (date(2026, 1, 5), date(2028, 1, 3))


@pytest.mark.parametrize("arm", ALEMTUZUMAB_ARMS)
def test_eight_infusions_of_alemtuzumab_in_two_courses(arm: str) -> None:
    schedule = schedule_of(arm, date(2026, 1, 5))
    infusions = [event.date for event in schedule.events if event.kind == "dose"]
    assert counts(schedule) == {"dose": 8, "lab": 24, "assessment": 8}
    assert infusions == [date(2026, 1, day) for day in (5, 6, 7, 8, 9)] + [date(2027, 1, day) for day in (5, 6, 7)]
