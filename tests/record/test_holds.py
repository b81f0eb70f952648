"""Held and resumed: withheld for a while, skipped when counted from the plan, waiting when counted from actual dates (rules 17 and 18)."""

import pytest

from tests.expand.laying import WEEKENDS_CLOSED, item, keys_of, shut
from tests.record.replaying import absent, days_of, event_on, places_of, replayed, window_of


def cycles(count_from: str, when: str = "days 1 4 8", **keys: str) -> str:
    """Three cycles of 14 days, from 4 January, 18 January and 1 February 2027, with doses on these days of each."""
    inside = item("doses", "it", give="1 mg PO", when=when, **keys)
    return f"phases: {{treatment: {{cycle: {{length: 14 days, count: 3, count-from: {count_from}}}, {inside}}}}}"


PLAN = ["01-04", "01-07", "01-11", "01-18", "01-21", "01-25", "02-01", "02-04", "02-08"]


def test_without_a_hold_the_cycles_are_those_of_the_plan() -> None:
    assert days_of(replayed(cycles("actual"))) == days_of(replayed(cycles("plan"))) == PLAN


# -- inside a cycle


@pytest.mark.parametrize("count_from", ["plan", "actual"])
@pytest.mark.parametrize("held", ["it", "treatment"])
def test_a_hold_inside_a_cycle_skips_days_and_moves_nothing(count_from: str, held: str) -> None:
    schedule = replayed(cycles(count_from), f"on: 2027-01-06, held: {held}, through: 2027-01-10")
    assert days_of(schedule) == [day for day in PLAN if day != "01-07"]
    assert absent(schedule) == [("2027-01-07", "held")]


@pytest.mark.parametrize("count_from", ["plan", "actual"])
def test_a_hold_inside_a_course_skips_its_days_and_moves_nothing(count_from: str) -> None:
    body = cycles(count_from, "days 1-7")
    schedule = replayed(body, "on: 2027-01-06, held: treatment, through: 2027-01-08")
    skipped = {"01-06", "01-07", "01-08"}
    assert days_of(schedule) == [day for day in days_of(replayed(body)) if day not in skipped]
    assert days_of(schedule)[:5] == ["01-04", "01-05", "01-09", "01-10", "01-18"]


def test_both_ends_of_a_hold_belong_to_it() -> None:
    schedule = replayed(cycles("plan"), "on: 2027-01-07, held: it, through: 2027-01-11")
    assert absent(schedule) == [("2027-01-07", "held"), ("2027-01-11", "held")]


# -- across the end of a cycle


def test_a_hold_over_the_start_of_a_cycle_moves_it_and_all_later_ones() -> None:
    # Held through 20 January: cycle 2 begins on the 21st instead of the 18th, cycle 3 14 days later, on 4 February.
    schedule = replayed(cycles("actual"), "on: 2027-01-15, held: treatment, through: 2027-01-20")
    assert days_of(schedule) == ["01-04", "01-07", "01-11", "01-21", "01-24", "01-28", "02-04", "02-07", "02-11"]
    assert keys_of(schedule) == keys_of(replayed(cycles("actual")))


def test_what_was_still_to_come_in_the_old_cycle_is_skipped() -> None:
    schedule = replayed(cycles("actual"), "on: 2027-01-10, held: treatment, through: 2027-01-20")
    assert days_of(schedule) == ["01-04", "01-07", "01-21", "01-24", "01-28", "02-04", "02-07", "02-11"]


def test_a_resumed_cycle_begins_on_the_day_on_which_it_was_resumed() -> None:
    schedule = replayed(cycles("actual"), "on: 2027-01-15, held: treatment", "on: 2027-01-22, resumed: treatment")
    assert days_of(schedule) == ["01-04", "01-07", "01-11", "01-22", "01-25", "01-29", "02-05", "02-08", "02-12"]


def test_a_hold_of_the_starting_day_alone_moves_it_by_one_day() -> None:
    schedule = replayed(cycles("actual"), "on: 2027-01-18, held: treatment, through: 2027-01-18")
    assert days_of(schedule)[3:] == ["01-19", "01-22", "01-26", "02-02", "02-05", "02-09"]


def test_a_hold_that_ends_the_day_before_a_cycle_moves_nothing() -> None:
    assert days_of(replayed(cycles("actual"), "on: 2027-01-12, held: treatment, through: 2027-01-17")) == PLAN


def test_a_hold_of_one_item_moves_no_cycle() -> None:
    schedule = replayed(cycles("actual"), "on: 2027-01-15, held: it, through: 2027-01-20")
    assert days_of(schedule) == [day for day in PLAN if day != "01-18"]


def test_two_holds_move_the_cycles_one_after_the_other() -> None:
    # Cycle 2 to 21 January; so cycle 3 to 4 February, which the second hold covers through the 5th.
    entries = ["on: 2027-01-15, held: treatment, through: 2027-01-20", "on: 2027-02-03, held: treatment, through: 2027-02-05"]
    schedule = replayed(cycles("actual"), *entries)
    assert days_of(schedule) == ["01-04", "01-07", "01-11", "01-21", "01-24", "01-28", "02-06", "02-09", "02-13"]


def test_counted_from_the_plan_every_cycle_starts_as_planned() -> None:
    schedule = replayed(cycles("plan"), "on: 2027-01-15, held: treatment, through: 2027-01-20")
    assert days_of(schedule) == [day for day in PLAN if day != "01-18"]
    assert absent(schedule) == [("2027-01-18", "held")]


@pytest.mark.parametrize("count_from", ["plan", "actual"])
def test_nothing_is_given_until_it_is_resumed(count_from: str) -> None:
    assert days_of(replayed(cycles(count_from), "on: 2027-01-15, held: treatment")) == ["01-04", "01-07", "01-11"]


def test_the_first_day_of_a_resumed_cycle_has_no_window() -> None:
    body = cycles("actual", "days 1 8", window="±2 days")
    schedule = replayed(body, "on: 2027-01-15, held: treatment", "on: 2027-01-22, resumed: treatment")
    assert window_of(event_on(schedule, "2027-01-22")) is None
    assert window_of(event_on(schedule, "2027-01-29")) == ("2027-01-27", "2027-01-31")
    assert window_of(event_on(schedule, "2027-02-05")) == ("2027-02-03", "2027-02-07")


def test_a_dose_given_during_a_hold_is_a_fact() -> None:
    schedule = replayed(cycles("plan"), "on: 2027-01-06, held: treatment, through: 2027-01-12", "on: 2027-01-07, given: it")
    assert days_of(schedule) == [day for day in PLAN if day != "01-11"]
    assert event_on(schedule, "2027-01-07").state == "done"


# -- an item that repeats


def weekly(count_from: str, **keys: str) -> str:
    """4, 11, 18 and 25 January, 1 February 2027."""
    return item("doses", "it", give="1 mg SC", when="every week 5 times", count_from=count_from, **keys)


def test_a_held_item_counted_from_the_plan_is_skipped_and_counts() -> None:
    schedule = replayed(weekly("plan"), "on: 2027-01-10, held: it, through: 2027-01-20")
    assert places_of(schedule) == {"no 1": "01-04", "no 4": "01-25", "no 5": "02-01"}
    assert absent(schedule) == [("2027-01-11", "held"), ("2027-01-18", "held")]


@pytest.mark.parametrize(
    "entries",
    [
        ["on: 2027-01-10, held: it", "on: 2027-01-20, resumed: it"],
        ["on: 2027-01-10, held: it, through: 2027-01-19"],
        ["on: 2027-01-11, held: it, through: 2027-01-19"],
    ],
)
def test_a_held_item_counted_from_actual_dates_waits_and_goes_on_from_there(entries: list[str]) -> None:
    schedule = replayed(weekly("actual"), *entries)
    assert places_of(schedule) == {"no 1": "01-04", "no 2": "01-20", "no 3": "01-27", "no 4": "02-03", "no 5": "02-10"}


def test_a_hold_between_two_doses_moves_none() -> None:
    assert days_of(replayed(weekly("actual"), "on: 2027-01-12, held: it, through: 2027-01-17")) == [
        "01-04", "01-11", "01-18", "01-25", "02-01",
    ]  # fmt: skip


@pytest.mark.parametrize("count_from", ["plan", "actual"])
def test_an_item_held_without_end_stays_away(count_from: str) -> None:
    assert days_of(replayed(weekly(count_from), "on: 2027-01-12, held: it")) == ["01-04", "01-11"]


def test_a_dose_that_waited_for_its_hold_has_no_window_on_the_day_on_which_it_was_resumed() -> None:
    schedule = replayed(weekly("actual", window="±2 days"), "on: 2027-01-10, held: it", "on: 2027-01-20, resumed: it")
    assert window_of(event_on(schedule, "2027-01-20")) is None
    assert window_of(event_on(schedule, "2027-01-27")) == ("2027-01-25", "2027-01-29")


def test_months_are_counted_from_the_day_on_which_a_dose_was_resumed() -> None:
    # Every month from 31 January: the one of 28 February waits until 10 March; then 10 April.
    body = item("doses", "it", give="1 mg SC", when="every month 3 times", count_from="actual")
    schedule = replayed(body, "on: 2027-02-20, held: it", "on: 2027-03-10, resumed: it", day_1="2027-01-31")
    assert days_of(schedule) == ["01-31", "03-10", "04-10"]


# -- open days


@pytest.mark.parametrize("held", ["it", "chemoradiation"])
def test_a_hold_lengthens_a_count_of_open_days(held: str) -> None:
    # Ten fractions on weekdays from Monday 4 January; Wednesday 6 and Thursday 7 are held, so two more at the end, 18 and 19 January.
    body = "phases: {chemoradiation: {doses: {it: {give: 2 Gy external beam, when: every open day 10 times}}}}"
    schedule = replayed(body, f"on: 2027-01-06, held: {held}, through: 2027-01-07", site=shut(weekend=WEEKENDS_CLOSED))
    days = ["01-04", "01-05", "01-08", "01-11", "01-12", "01-13", "01-14", "01-15", "01-18", "01-19"]
    assert places_of(schedule) == {f"no {number}": day for number, day in enumerate(days, 1)}


def test_what_lasts_as_long_as_the_open_days_is_lengthened_with_them() -> None:
    body = """
doses:
  it: {give: 2 Gy external beam, when: every open day 10 times}
  tablets: {give: 10 mg PO, when: every day from first it through last it}
"""
    schedule = replayed(body, "on: 2027-01-06, held: it, through: 2027-01-07", site=shut(weekend=WEEKENDS_CLOSED))
    assert (days_of(schedule, "tablets")[0], days_of(schedule, "tablets")[-1]) == ("01-04", "01-19")
    assert len(days_of(schedule, "tablets")) == 16
