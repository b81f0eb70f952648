"""A record is a fact (rule 14): no rule undoes it, no plan is refused for it, and no entry is taken to mean another occurrence."""

from datetime import datetime

import pytest

from dosecal.diagnostic import Refused
from dosecal.schedule import Event
from tests.expand.laying import WEEKENDS_CLOSED, item, shut
from tests.record.replaying import days_of, event_on, places_of, replayed, window_of

BERLIN = {"timezone": "Europe/Berlin"}
# Cycles from 4 January, 18 January and 1 February 2027.
CYCLES = """
phases:
  treatment:
    cycle: {length: 14 days, count: 3, count-from: actual}
    doses: {it: {give: 10 mg IV, when: days 1 8}}
    labs: {blood: {when: 1 day before day 1}}
"""
DELAY = "on: 2027-01-18, delayed: treatment cycle 2, to: 2027-01-25"


def weekly(count_from: str) -> str:
    """4, 11, 18 and 25 January 2027."""
    return item("doses", "it", give="10 mg SC", when="every week 4 times", count_from=count_from)


# -- windows stay where the plan put them

AT_THREE = 'visits: {it: {when: day 8, at: "15:00", window: ±30 minutes}}'


def hours(event: Event) -> tuple[str, str] | None:
    ends = (event.window.earliest, event.window.latest) if event.window is not None else ()
    return (f"{ends[0]:%m-%d %H:%M}", f"{ends[1]:%m-%d %H:%M}") if ends and all(isinstance(end, datetime) for end in ends) else None


@pytest.mark.parametrize(
    ("on", "at", "outside"),
    [
        ("2027-01-11", "15:20", False),
        ("2027-01-11", "15:30", False),
        ("2027-01-11", "15:31", True),
        ("2027-01-11", "14:29", True),
        ("2027-01-12", "15:00", True),
    ],
)
def test_a_window_in_minutes_lies_around_the_planned_time_whenever_it_was_done(on: str, at: str, outside: bool) -> None:
    event = event_on(replayed(AT_THREE, f'on: {on}, done: it, due: 2027-01-11, at: "{at}"', **BERLIN), on)
    assert hours(event) == ("01-11 14:30", "01-11 15:30")
    assert ("out-of-window" in event.flags) is outside


# The second course is planned for 4 February, 27 days after the last day of the first, 8 January.
TWO_COURSES = """
doses:
  one: {give: 10 mg PO, when: month 0 for 5 days}
  it: {give: 10 mg PO, when: month 1 for 5 days, window: 23 to 27 days after last one}
"""


@pytest.mark.parametrize(
    ("entry", "window", "outside"),
    [
        ("on: 2027-01-09, given: one, due: 2027-01-08", ("2027-02-01", "2027-02-05"), False),
        ("on: 2027-01-12, given: one, due: 2027-01-08", ("2027-02-04", "2027-02-08"), False),
        ("on: 2027-01-14, given: one, due: 2027-01-08", ("2027-02-06", "2027-02-10"), True),
        ("on: 2027-01-03, moved: one, due: 2027-01-04, to: 2027-01-14", ("2027-02-10", "2027-02-14"), True),
    ],
)
def test_a_window_after_another_item_follows_it_and_what_falls_outside_is_flagged(
    entry: str, window: tuple[str, str], outside: bool
) -> None:
    event = event_on(replayed(TWO_COURSES, entry), "2027-02-04")
    assert window_of(event) == window
    assert ("out-of-window" in event.flags) is outside


def test_an_earliest_date_behind_the_window_is_kept_and_flagged() -> None:
    # Day 15 is 18 January, its window ends on the 21st; 10 days after the 14th is the 24th.
    body = """
doses:
  priming: {give: 1 mg IV, when: day 1}
  it: {give: 1 mg IV, when: day 15, window: ±3 days, not-before: 10 days after priming}
"""
    schedule = replayed(body, "on: 2027-01-14, given: priming, due: 2027-01-04")
    assert days_of(schedule) == ["01-24"]
    assert "out-of-window" in event_on(schedule, "2027-01-24").flags


# -- courses of which not every day took place

COURSE = """
doses: {it: {give: 12 mg IV, when: day 8 for 3 days}}
medicines: {premedication: {give: 1000 mg IV, when: first 3 days of each it course}}
"""


@pytest.mark.parametrize(
    ("entry", "days"),
    [
        ("on: 2027-01-12, not-given: it", ["01-11", "01-13"]),
        ("on: 2027-01-11, not-given: it", ["01-12", "01-13"]),
        ("on: 2027-01-12, held: it, through: 2027-01-12", ["01-11", "01-13"]),
        ("on: 2027-01-13, stopped: it", ["01-11", "01-12"]),
        ("on: 2027-01-11, not-given: it, through: 2027-01-13", []),
    ],
)
def test_what_goes_with_the_days_of_a_course_goes_with_those_that_take_place(entry: str, days: list[str]) -> None:
    schedule = replayed(COURSE, entry)
    assert days_of(schedule) == days_of(schedule, "premedication") == days


# -- what was recorded before something moved its occurrence


@pytest.mark.parametrize("before", ["on: 2027-01-18, not-given: it", "on: 2027-01-15, moved: it, due: 2027-01-18, to: 2027-01-19"])
def test_a_first_day_that_was_called_off_before_the_delay_comes_with_the_delayed_cycle(before: str) -> None:
    schedule = replayed(CYCLES, before, DELAY)
    assert days_of(schedule) == ["01-04", "01-11", "01-25", "02-01", "02-08", "02-15"]


def test_an_arrangement_from_before_a_delay_never_moves_another_dose() -> None:
    # Day 8 of cycle 2 was due on 25 January; after the delay that is the date of its day 1, which stands as it was entered.
    try:
        schedule = replayed(CYCLES, "on: 2027-01-15, moved: it, due: 2027-01-25, to: 2027-01-27", DELAY)
    except Refused:
        return  # then the coordinator says what is meant
    assert days_of(schedule) == ["01-04", "01-11", "01-25", "02-01", "02-08", "02-15"]


def test_a_missed_dose_from_before_a_delay_never_cancels_another() -> None:
    # Day 8 of cycle 2 was not given; cycle 3 goes from 1 to 8 February.
    entries = ["on: 2027-01-25, not-given: it", "on: 2027-01-26, delayed: treatment cycle 3, to: 2027-02-08"]
    schedule = replayed(CYCLES, *entries)
    assert days_of(schedule) == ["01-04", "01-11", "01-18", "02-08", "02-15"]


@pytest.mark.parametrize("first", ["given", "event"])
def test_a_dose_of_the_day_of_the_event_that_ends_it_stays(first: str) -> None:
    body = f"events: [progression]\n{item('doses', 'it', give='1 mg SC', when='every Mon Wed Fri until progression')}"
    entries = ["on: 2027-01-20, given: it", "on: 2027-01-20, event: progression"]
    schedule = replayed(body, *(entries if first == "given" else reversed(entries)))
    assert days_of(schedule)[-2:] == ["01-18", "01-20"]
    assert event_on(schedule, "2027-01-20").state == "done"


def test_doses_that_were_given_before_anyone_knew_of_the_event_stay() -> None:
    body = f"events: [progression]\n{item('doses', 'it', give='1 mg SC', when='every Mon Wed Fri until progression')}"
    entries = ["on: 2027-01-20, given: it", "on: 2027-01-22, given: it", "on: 2027-01-19, event: progression"]
    assert days_of(replayed(body, *entries))[-3:] == ["01-18", "01-20", "01-22"]


def test_a_fraction_of_the_day_on_which_the_machine_broke_down_stays() -> None:
    body = item("doses", "it", give="2 Gy external beam", when="every open day 5 times")
    entries = ["on: 2027-01-05, given: it", "on: 2027-01-05, closed: it, through: 2027-01-06"]
    schedule = replayed(body, *entries, site=shut(weekend=WEEKENDS_CLOSED))
    assert places_of(schedule) == {"no 1": "01-04", "no 2": "01-05", "no 3": "01-07", "no 4": "01-08", "no 5": "01-11"}


# -- holds


def test_a_dose_given_during_a_hold_does_not_wait() -> None:
    # Given on the 13th though held, so the third is due a week later, on the 20th; the hold is over on the 17th.
    entries = ["on: 2027-01-10, held: it, through: 2027-01-17", "on: 2027-01-13, given: it, due: 2027-01-11"]
    schedule = replayed(weekly("actual"), *entries)
    assert places_of(schedule) == {"no 1": "01-04", "no 2": "01-13", "no 3": "01-20", "no 4": "01-27"}


@pytest.mark.parametrize("due", ["2027-01-11", "2027-01-20"])
def test_a_dose_that_waited_is_named_by_its_due_date_or_by_the_day_on_which_it_stands(due: str) -> None:
    entries = ["on: 2027-01-10, held: it", "on: 2027-01-20, resumed: it", f"on: 2027-01-21, given: it, due: {due}"]
    schedule = replayed(weekly("actual"), *entries)
    assert places_of(schedule) == {"no 1": "01-04", "no 2": "01-21", "no 3": "01-28", "no 4": "02-04"}


def test_a_dose_that_had_been_moved_into_a_hold_waits_like_any_other() -> None:
    entries = ["on: 2027-01-05, moved: it, due: 2027-01-11, to: 2027-01-13", "on: 2027-01-12, held: it, through: 2027-01-20"]
    schedule = replayed(weekly("actual"), *entries)
    assert places_of(schedule) == {"no 1": "01-04", "no 2": "01-21", "no 3": "01-28", "no 4": "02-04"}


@pytest.mark.parametrize(("through", "start"), [("2027-01-24", "01-25"), ("2027-01-20", "01-21")])
def test_the_test_before_a_cycle_that_waited_for_a_hold_is_not_withheld(through: str, start: str) -> None:
    schedule = replayed(CYCLES, f"on: 2027-01-15, held: treatment, through: {through}")
    assert days_of(schedule)[2] == start
    assert days_of(schedule, "blood")[1] == through[5:]  # the day before the cycle begins
