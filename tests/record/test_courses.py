"""Courses in the record: they move as a block, day by day only where each day says so, and never two days onto one date."""

import pytest

from dosecal.diagnostic import Refused
from tests.expand.laying import WEEKENDS_CLOSED, item, shut
from tests.record.replaying import absent, days_of, event_on, places_of, refused, replayed, said_by, window_of

WEEKDAYS_ONLY = shut(weekend=WEEKENDS_CLOSED)
# From Monday 11 to Friday 15 January 2027.
MONDAY_COURSE = "day 8 for 5 days"
# From Thursday 7 to Monday 11 January 2027.
THURSDAY_COURSE = "day 4 for 5 days"


def course(when: str = MONDAY_COURSE, **keys: str) -> str:
    return item("doses", "it", give="12 mg IV", when=when, **keys)


# -- closed days


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("stay", ["01-07", "01-08", "01-09", "01-10", "01-11"]),
        ("next open day", ["01-11", "01-12", "01-13", "01-14", "01-15"]),
        ("previous open day", ["01-04", "01-05", "01-06", "01-07", "01-08"]),
        ("nearest open day", ["01-04", "01-05", "01-06", "01-07", "01-08"]),  # 3 days earlier, 4 days later
    ],
)
def test_a_thursday_course_moves_as_a_block_over_a_closed_weekend_whatever_else_is_recorded(rule: str, days: list[str]) -> None:
    body = f"{course(THURSDAY_COURSE, if_closed=rule)}\nvisits: {{visit: {{when: day 1}}}}"
    schedule = replayed(body, "on: 2027-01-04, done: visit", site=WEEKDAYS_ONLY)
    assert places_of(schedule) == {f"day 4 day {number}": day for number, day in enumerate(days, 1)}


def test_a_thursday_course_over_a_closed_weekend_is_refused_where_the_regimen_says_so() -> None:
    with pytest.raises(Refused) as caught:
        replayed(course(THURSDAY_COURSE, if_closed="refuse"), site=WEEKDAYS_ONLY)
    assert [one.name for one in caught.value.diagnostics] == ["closed"]


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("stay", ["01-11", "01-12", "01-13", "01-14", "01-15"]),
        ("next open day", ["01-18", "01-19", "01-20", "01-21", "01-22"]),
        ("previous open day", ["01-04", "01-05", "01-06", "01-07", "01-08"]),
        ("nearest open day", ["01-18", "01-19", "01-20", "01-21", "01-22"]),  # 7 days either way: a tie goes later
    ],
)
def test_a_closed_entry_for_one_day_moves_the_whole_course(rule: str, days: list[str]) -> None:
    assert days_of(replayed(course(if_closed=rule), "on: 2027-01-13, closed: it", site=WEEKDAYS_ONLY)) == days


def test_a_closed_entry_for_a_day_of_a_course_is_refused_where_the_regimen_says_so() -> None:
    with pytest.raises(Refused) as caught:
        replayed(course(if_closed="refuse"), "on: 2027-01-13, closed: it", site=WEEKDAYS_ONLY)
    assert "closed" in [one.name for one in caught.value.diagnostics]


# -- moved


def test_moving_its_first_day_moves_the_whole_course() -> None:
    schedule = replayed(course(), "on: 2027-01-05, moved: it, due: 2027-01-11, to: 2027-01-14")
    assert places_of(schedule) == {f"day 8 day {number}": f"01-{13 + number}" for number in range(1, 6)}
    assert [event.course_day for event in schedule.events] == [1, 2, 3, 4, 5]


def test_a_course_is_moved_earlier_as_well() -> None:
    schedule = replayed(course(), "on: 2027-01-05, moved: it, due: 2027-01-11, to: 2027-01-09")
    assert days_of(schedule) == ["01-09", "01-10", "01-11", "01-12", "01-13"]


@pytest.mark.parametrize("day", ["2027-01-12", "2027-01-15"])
def test_moving_a_later_day_of_a_course_is_refused_and_names_the_first(day: str) -> None:
    assert "2027-01-11" in said_by(refused(course(), f"on: 2027-01-05, moved: it, due: {day}, to: 2027-01-20"))


def test_a_course_that_a_closed_weekend_moved_is_moved_from_where_it_is_due() -> None:
    body = course(THURSDAY_COURSE, if_closed="next open day")
    schedule = replayed(body, "on: 2027-01-05, moved: it, due: 2027-01-11, to: 2027-01-18", site=WEEKDAYS_ONLY)
    assert days_of(schedule) == ["01-18", "01-19", "01-20", "01-21", "01-22"]
    nominal = refused(body, "on: 2027-01-05, moved: it, due: 2027-01-07, to: 2027-01-18", site=WEEKDAYS_ONLY)
    assert "2027-01-11" in said_by(nominal)


def test_a_course_that_was_arranged_over_a_weekend_is_a_fact() -> None:
    body = course(if_closed="next open day")
    schedule = replayed(body, "on: 2027-01-05, moved: it, due: 2027-01-11, to: 2027-01-14", site=WEEKDAYS_ONLY)
    assert days_of(schedule) == ["01-14", "01-15", "01-16", "01-17", "01-18"]


def test_a_moved_course_has_one_window_for_its_first_day() -> None:
    schedule = replayed(course(window="±5 days"), "on: 2027-01-05, moved: it, due: 2027-01-11, to: 2027-01-18")
    assert [window_of(event) for event in schedule.events] == [("2027-01-06", "2027-01-16"), None, None, None, None]
    assert ["out-of-window" in event.flags for event in schedule.events] == [True, False, False, False, False]


def test_what_is_tied_to_the_days_of_a_course_moves_with_them() -> None:
    body = f"{course()}\nmedicines: {{methylprednisolone: {{give: 1000 mg IV, when: first 3 days of each it course}}}}"
    schedule = replayed(body, "on: 2027-01-05, moved: it, due: 2027-01-11, to: 2027-01-14")
    assert days_of(schedule, "methylprednisolone") == ["01-14", "01-15", "01-16"]


def test_only_the_course_that_is_named_moves() -> None:
    schedule = replayed(course("[day 8 for 2 days, day 22 for 2 days]"), "on: 2027-01-05, moved: it, due: 2027-01-11, to: 2027-01-13")
    assert days_of(schedule) == ["01-13", "01-14", "01-25", "01-26"]


def test_the_first_day_of_a_moved_course_is_given_on_its_new_date() -> None:
    schedule = replayed(course(), "on: 2027-01-05, moved: it, due: 2027-01-11, to: 2027-01-18", "on: 2027-01-18, given: it")
    assert event_on(schedule, "2027-01-18").key == "it/day 8 day 1"
    assert {event.key: event.state for event in schedule.events}["it/day 8 day 1"] == "done"
    assert days_of(schedule) == ["01-18", "01-19", "01-20", "01-21", "01-22"]


def test_a_course_moved_by_a_day_never_takes_its_second_day_for_its_first() -> None:
    # On the 12th day 1 now stands, and day 2 was due: the entry means day 1, or it is refused, but never day 2 alone.
    entries = ["on: 2027-01-05, moved: it, due: 2027-01-11, to: 2027-01-12", "on: 2027-01-12, given: it"]
    try:
        schedule = replayed(course(), *entries)
    except Refused:
        return  # then the next test says how it is written
    assert places_of(schedule) == {f"day 8 day {number}": f"01-{11 + number}" for number in range(1, 6)}
    assert [event.key for event in schedule.events if event.state == "done"] == ["it/day 8 day 1"]


def test_the_first_day_of_a_course_moved_by_a_day_is_given_by_its_due_date() -> None:
    entries = ["on: 2027-01-05, moved: it, due: 2027-01-11, to: 2027-01-12", "on: 2027-01-12, given: it, due: 2027-01-11"]
    schedule = replayed(course(), *entries)
    assert places_of(schedule) == {f"day 8 day {number}": f"01-{11 + number}" for number in range(1, 6)}
    assert [event.key for event in schedule.events if event.state == "done"] == ["it/day 8 day 1"]


# -- given on other days


@pytest.mark.parametrize(
    ("on", "days"),
    [
        ("2027-01-16", ["01-12", "01-13", "01-14", "01-15", "01-16"]),
        ("2027-01-10", ["01-10", "01-12", "01-13", "01-14", "01-15"]),
    ],
)
def test_the_other_days_stay_when_the_first_is_given_on_a_free_day(on: str, days: list[str]) -> None:
    schedule = replayed(course(), f"on: {on}, given: it, due: 2027-01-11")
    assert days_of(schedule) == days
    assert event_on(schedule, on).key == "it/day 8 day 1"


def test_a_first_day_given_on_the_second_days_date_is_refused() -> None:
    refused(course(), "on: 2027-01-12, given: it, due: 2027-01-11")


def test_a_first_day_may_be_given_on_a_date_that_the_second_has_left() -> None:
    entries = ["on: 2027-01-11, not-given: it, due: 2027-01-12", "on: 2027-01-12, given: it, due: 2027-01-11"]
    schedule = replayed(course(), *entries)
    assert places_of(schedule) == {"day 8 day 1": "01-12", "day 8 day 3": "01-13", "day 8 day 4": "01-14", "day 8 day 5": "01-15"}


def test_a_day_of_a_course_that_was_not_given_leaves_the_others() -> None:
    schedule = replayed(course(), "on: 2027-01-13, not-given: it")
    assert days_of(schedule) == ["01-11", "01-12", "01-14", "01-15"]
    assert absent(schedule) == [("2027-01-13", "missed")]


def test_each_day_of_a_course_is_recorded_by_itself() -> None:
    entries = [f"on: 2027-01-{day}, given: it" for day in range(11, 16)]
    assert [event.state for event in replayed(course(), *entries).events] == ["done"] * 5
