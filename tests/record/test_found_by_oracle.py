"""What the oracle of the record found, each as its smallest record: dates worked out by hand."""

import pytest

from tests.expand.laying import WEEKENDS_CLOSED, item, shut
from tests.record.replaying import absent, days_of, places_of, replayed

# 4, 11 and 18 January 2027, each counted from where the one before it stands.
WEEKLY = item("doses", "it", give="10 mg SC", when="every week 3 times", count_from="actual")
# Cycles from 4 January, 18 January and 1 February 2027.
CYCLES = """
phases:
  treatment:
    cycle: {length: 14 days, count: 3, count-from: actual}
    doses: {it: {give: 10 mg IV, when: days 1 8}}
    labs: {blood: {when: 1 day before day 1}}
"""
THREE_WEEKLY = item(
    "doses",
    "it",
    give="44 mcg SC",
    when="3 times weekly for 2 weeks",
    at="'19:00'",
    at_least="48 hours apart",
    if_missed="take if at least 48 hours before next week else skip",
)
CLINIC = shut(weekend=WEEKENDS_CLOSED)


def chosen(days: str) -> dict[str, str]:
    return {"days": f"{{it: {days}}}", "timezone": "Europe/Berlin"}


def fractions(times: int) -> str:
    """On weekdays from Monday 4 January 2027."""
    return item("doses", "it", give="2 Gy external beam", when=f"every open day {times} times")


# -- holds


@pytest.mark.parametrize(
    "holds",
    [
        ["on: 2027-01-10, held: it, through: 2027-01-14", "on: 2027-01-14, held: it, through: 2027-01-16"],
        ["on: 2027-01-10, held: it, through: 2027-01-14", "on: 2027-01-15, held: it, through: 2027-01-16"],
        ["on: 2027-01-10, held: it", "on: 2027-01-15, resumed: it", "on: 2027-01-15, held: it, through: 2027-01-16"],
    ],
)
def test_a_dose_that_waited_for_one_hold_does_not_stand_inside_the_next(holds: list[str]) -> None:
    # The second, due on the 11th, waits until the 17th; the third follows a week later.
    assert places_of(replayed(WEEKLY, *holds)) == {"no 1": "01-04", "no 2": "01-17", "no 3": "01-24"}


def test_a_cycle_whose_first_dose_was_given_during_a_hold_is_not_moved_by_resuming() -> None:
    # Day 1 of cycle 2 was given on the 18th: its day 8 is the 25th, cycle 3 starts on 1 February, and no blood is due after the dose.
    entries = ["on: 2027-01-15, held: treatment", "on: 2027-01-18, given: it", "on: 2027-01-22, resumed: treatment"]
    schedule = replayed(CYCLES, *entries)
    assert days_of(schedule) == ["01-04", "01-11", "01-18", "01-25", "02-01", "02-08"]
    assert days_of(schedule, "blood") == ["01-03", "01-31"]


@pytest.mark.parametrize("held", ["held: treatment", "held: treatment, through: 2027-01-21"])
def test_a_dose_given_during_a_hold_is_accepted_on_its_planned_day_whether_the_hold_has_an_end(held: str) -> None:
    schedule = replayed(CYCLES, f"on: 2027-01-15, {held}", "on: 2027-01-18, given: it")
    assert [event.key for event in schedule.events if event.state == "done"] == ["treatment/cycle 2/it/day 1"]


def test_the_blood_test_before_a_cycle_that_waited_stands_though_a_shorter_hold_is_entered_within_the_longer_one() -> None:
    # Held through the 24th, so cycle 2 starts on the 25th, its blood is drawn on the 24th; a second hold says nothing more.
    longer, shorter = "on: 2027-01-16, held: treatment, through: 2027-01-24", "on: 2027-01-20, held: treatment, through: 2027-01-24"
    assert days_of(replayed(CYCLES, longer), "blood") == ["01-03", "01-24", "02-07"]
    assert days_of(replayed(CYCLES, longer, shorter), "blood") == ["01-03", "01-24", "02-07"]


# -- open days


def test_a_fraction_that_was_not_given_stays_missed_when_an_earlier_day_is_closed() -> None:
    # The fourth, of Thursday the 7th, was not given. The 5th was closed: the second and third go to the next days that are free.
    schedule = replayed(fractions(5), "on: 2027-01-07, not-given: it", "on: 2027-01-05, closed: it", site=CLINIC)
    assert "01-07" not in days_of(schedule)
    assert absent(schedule) == [("2027-01-07", "missed")]


def test_a_fraction_that_was_not_given_stays_missed_when_an_earlier_day_was_held() -> None:
    entries = ["on: 2027-01-07, not-given: it", "on: 2027-01-05, held: it, through: 2027-01-05"]
    schedule = replayed(fractions(5), *entries, site=CLINIC)
    assert "01-07" not in days_of(schedule)
    assert absent(schedule) == [("2027-01-07", "missed")]


def test_a_fraction_that_was_not_given_stays_missed_when_it_is_held_from_its_day_on() -> None:
    schedule = replayed(fractions(5), "on: 2027-01-06, not-given: it", "on: 2027-01-06, held: it", site=CLINIC)
    assert days_of(schedule) == ["01-04", "01-05"]
    assert ("2027-01-06", "missed") in absent(schedule)


@pytest.mark.parametrize("closed", ["2027-01-07", "2027-01-08"])
def test_a_late_fraction_leaves_no_open_day_empty_after_a_closure(closed: str) -> None:
    # Friday's was given on Saturday the 9th, then a day is entered as closed: what is left begins on Monday the 11th.
    entries = ["on: 2027-01-09, given: it, due: 2027-01-08", f"on: {closed}, closed: it"]
    expected = {
        "2027-01-07": ["01-04", "01-05", "01-06", "01-09", "01-11", "01-12"],
        "2027-01-08": ["01-04", "01-05", "01-06", "01-07", "01-09", "01-11"],
    }
    assert days_of(replayed(fractions(6), *entries, site=CLINIC)) == expected[closed]


# -- three times weekly


def test_weekdays_change_twice_in_one_treatment_week() -> None:
    # The week from Wednesday the 6th: Thu 7, Sat 9, Tue 12. From the 8th on Mon Wed Sat: Thu 7, Sat 9, Mon 11. From the 11th on
    # Tue Thu Sat again: Thursday's and Saturday's are over and stay, the third goes to Tuesday the 12th.
    body = item("doses", "it", give="44 mcg SC", when="3 times weekly for 1 week")
    entries = ["on: 2027-01-08, new-days: it, to: Mon Wed Sat", "on: 2027-01-11, new-days: it, to: Tue Thu Sat"]
    assert days_of(replayed(body, *entries, day_1="2027-01-06", **chosen("Tue Thu Sat"))) == ["01-07", "01-09", "01-12"]


def test_after_a_remembered_dose_was_given_at_another_time_the_next_one_is_named_by_the_date_on_the_schedule() -> None:
    # Monday's, remembered on Tuesday for 22:00 and given at 18:59: Wednesday's goes to Thursday the 7th, 48 hours before Saturday's.
    remembered = "on: 2027-01-05, remembered: it, due: 2027-01-04, at: '22:00'"
    entries = [remembered, "on: 2027-01-05, given: it, due: 2027-01-04, at: '18:59'"]
    assert "01-07" in days_of(replayed(THREE_WEEKLY, *entries, **chosen("Mon Wed Sat")))
    schedule = replayed(THREE_WEEKLY, *entries, "on: 2027-01-07, given: it", **chosen("Mon Wed Sat"))
    assert days_of(schedule)[:3] == ["01-05", "01-07", "01-09"]
