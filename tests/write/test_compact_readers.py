"""Four expanders find in a compact calendar the instances that the plain one lists: the same dates, instants, titles and states."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, time, timedelta
from functools import cache
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dosecal.diagnostic import Refused
from dosecal.follow import follow
from dosecal.regimen import Audience
from dosecal.schedule import Event, Schedule
from dosecal.study_time import instant_at
from dosecal.write.ics import write_ics
from tests.properties.records import drawn
from tests.properties.treatments import REAL, at_random, real
from tests.readers.ics import by_icalendar
from tests.readers.series import EXPANDERS, Instance
from tests.readers.zones import zone
from tests.write.schedules import dose, event, schedule
from tests.write.test_recurrence import some_dates

expanders = pytest.mark.parametrize("expander", EXPANDERS)
AROUND_THE_WORLD = (
    "America/Los_Angeles", "America/Sao_Paulo", "Europe/London", "Europe/Berlin", "Africa/Casablanca", "Asia/Riyadh", "Asia/Kolkata",
    "Australia/Lord_Howe",
)  # fmt: skip
Told = tuple[Schedule, Schedule]
"""A schedule as it stands, and its plan."""
Written = tuple[list[bytes], list[list[Instance]]]
"""Compact calendars, and the instances that must be found in each."""


def listed(plain: Sequence[bytes]) -> list[list[Instance]]:
    """The events of calendars without series, as icalendar reads them."""
    return [sorted(Instance(one.start, one.end or one.start, one.summary, one.status) for one in events) for events in by_icalendar(plain)]


def written(told: Sequence[Told], *audiences: Audience) -> Written:
    """The compact calendars for these audiences, and what the plain ones list."""
    plain = [write_ics(one, audience=audience) for audience in audiences for one, _ in told]
    compact = [write_ics(one, audience=audience, plan=plan) for audience in audiences for one, plan in told]
    return compact, listed(plain)


@cache
def shipped() -> Written:
    told: list[Told] = []
    for number, name in enumerate(REAL):
        trial = real(name)
        day_1 = date(2027, 10, 23) if number % 2 else date(2027, 3, 10)
        where = zone(AROUND_THE_WORLD[number // 2 % len(AROUND_THE_WORLD)])
        with suppress(Refused):  # a participant's choices may not fit another Day 1
            laid = trial.lay(replace(trial.participant, zone=where, day_1=day_1, horizon=day_1 + timedelta(400)))
            told.append((laid, laid))
    assert len(told) * 10 > len(REAL) * 9
    compact, wanted = written(told, "participant", "site")
    assert sum(file.count(b"RRULE:") for file in compact) > 150
    return compact, wanted


@expanders
def test_every_shipped_regimen_in_zones_around_the_world_from_days_before_the_clock_changes(expander: str) -> None:
    compact, wanted = shipped()
    assert EXPANDERS[expander](compact) == wanted


def through_the_night(name: str) -> Schedule:
    """Two years of doses at half past every hour of the night, by days, weeks, weekdays and months; some of them over an hour long."""
    here, first = zone(name), date(2026, 1, 5)
    events: list[Event] = []
    for hour in range(5):
        days = [first + timedelta(n) for n in range(0, 730, hour + 1)]
        days += [date(2026 + m // 12, m % 12 + 1, 28) for m in range(24)]
        for n, day in enumerate(sorted({day for day in days if day.day != 17})):
            lasts = timedelta(minutes=90) if hour % 2 else None
            at = instant_at(day, time(hour, 30), here.rules)
            events.append(event(f"pill {hour}", day, key=f"{hour} {n}", dose=dose(route="PO"), clock=at, lasts=lasts))
    return schedule(*sorted(events, key=lambda one: one.date), zone=here)


@cache
def nights() -> Written:
    return written([(told, told) for told in map(through_the_night, AROUND_THE_WORLD)], "participant")


@expanders
def test_series_through_the_hours_at_which_clocks_change(expander: str) -> None:
    compact, wanted = nights()
    assert EXPANDERS[expander](compact) == wanted


def fortnights() -> Schedule:
    """Every second and third week on several weekdays, from each weekday on: where a week begins decides which dates these are."""
    events = []
    for start in range(7):
        for step in (2, 3):
            for more in ({0, 2}, {0, 4, 6}, {0, 1, 5}):
                days = [date(2026, 1, 5) + timedelta(start + 7 * step * k + day) for k in range(9) for day in sorted(more)]
                name = f"every {step} weeks from {start} on {more}"
                events += [event(name, day, "visits", title=name) for day in days]
    return schedule(*events)


@expanders
def test_rule_14_weeks_begin_where_the_series_says(expander: str) -> None:
    told = fortnights()
    compact = write_ics(told, plan=told)
    assert compact.count(b";INTERVAL=2;") == compact.count(b";INTERVAL=3;") == 21
    assert EXPANDERS[expander]([compact]) == listed([write_ics(told)])


@cache
def recorded() -> Written:
    told: list[Told] = []
    for seed in range(16):
        random = Random(seed)  # noqa: S311  (no secret)
        history = drawn(real(REAL[seed * 2 % len(REAL)]) if seed % 4 == 0 else at_random(random), random, 6)
        trial = history.trial
        told.append((follow(replace(trial.participant, record=history.record), trial.lay), history.states[0]))
    assert sum(write_ics(one, plan=plan).count(b"RECURRENCE-ID") for one, plan in told) > 100
    return written(told, "participant", "site")


@expanders
def test_records_of_what_really_happened(expander: str) -> None:
    compact, wanted = recorded()
    assert EXPANDERS[expander](compact) == wanted


@expanders
def test_rule_15_an_instance_with_another_kind_of_time_replaces_its_own(expander: str) -> None:
    here = zone("Europe/Berlin")
    days = [date(2026, 3, 1) + timedelta(n) for n in range(60)]
    planned = [event("pill", day, dose=dose(route="PO"), clock=instant_at(day, time(2, 15), here.rules)) for day in days]
    whole = [event("cream", day, dose=dose(route="PO")) for day in days]
    whole_day = [replace(one, clock=None, revision=1) if n % 9 == 3 else one for n, one in enumerate(planned)]
    in_a_gap = instant_at(date(2026, 3, 29), time(2, 30), here.rules)
    moved = [replace(one, date=date(2026, 3, 29), clock=in_a_gap, revision=1) if n in (5, 6) else one for n, one in enumerate(whole_day)]
    timed = [
        replace(one, clock=instant_at(one.date, time(7), here.rules), revision=1) if n % 7 == 2 else one for n, one in enumerate(whole)
    ]
    plan, told = (schedule(*events, zone=here) for events in ([*planned, *whole], [*moved, *timed]))
    assert EXPANDERS[expander]([write_ics(told, plan=plan)]) == listed([write_ics(told)])


@settings(derandomize=True, deadline=None, max_examples=80)
@given(
    dates=some_dates(),
    where=st.sampled_from(AROUND_THE_WORLD),
    clocks=st.lists(st.one_of(st.none(), st.times(max_value=time(4), timezones=st.none())), min_size=1, max_size=3),
    lasts=st.sampled_from((None, timedelta(minutes=30), timedelta(hours=9))),
)
def test_whatever_the_dates_and_times_the_series_give_the_same_instants(
    dates: list[date], where: str, clocks: list[time | None], lasts: timedelta | None
) -> None:
    here = zone(where)
    events = []
    for n, day in enumerate(dates):
        clock = clocks[n * len(clocks) // len(dates)]
        at = instant_at(day, clock.replace(microsecond=0), here.rules) if clock is not None else None
        events.append(event("pill", day, dose=dose(route="PO"), clock=at, lasts=lasts if at is not None else None))
    told = schedule(*events, zone=here)
    for audience in ("participant", "site"):
        assert EXPANDERS["dateutil"]([write_ics(told, audience=audience, plan=told)]) == listed([write_ics(told, audience=audience)])
