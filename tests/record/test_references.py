"""References after a record: initiations, late ones, due dates, the first and the last that took place (rules 11 and 13)."""

import pytest

from tests.expand.laying import item, keys_of
from tests.record.replaying import days_of, replayed

AGAIN = "{days 1-14: after 1 missed day, days 15-28: after 8 missed days, from day 29: after 15 missed days}"
# Day 1 is 4 January 2027: day 15 is the 18th, day 29 is 1 February.
DAILY = f"""
doses: {{it: {{give: 0.5 mg PO, when: every day for 60 days, initiate-again: {AGAIN}}}}}
visits: {{observation: {{when: each initiation of it}}}}
"""


# -- initiations


@pytest.mark.parametrize(
    ("first", "last", "again"),
    [
        ("2027-01-13", "2027-01-13", "01-14"),  # day 10
        ("2027-01-17", "2027-01-17", "01-18"),  # day 14
        ("2027-01-17", "2027-01-19", "01-20"),  # begins on day 14
        ("2027-01-18", "2027-01-18", None),  # day 15
        ("2027-01-18", "2027-01-24", None),  # 7 days from day 15
        ("2027-01-18", "2027-01-25", "01-26"),  # 8 days
        ("2027-01-31", "2027-02-06", None),  # 7 days from day 28
        ("2027-01-31", "2027-02-07", "02-08"),  # 8 days
        ("2027-02-01", "2027-02-14", None),  # 14 days from day 29
        ("2027-02-01", "2027-02-15", "02-16"),  # 15 days
        ("2027-02-20", "2027-03-04", None),  # to the last dose: nothing follows
    ],
)
def test_a_long_enough_interruption_makes_the_next_dose_an_initiation(first: str, last: str, again: str | None) -> None:
    schedule = replayed(DAILY, f"on: {last}, not-given: it, due: {first}, through: {last}")
    assert days_of(schedule, "observation") == ["01-04", *([again] if again is not None else [])]


def test_two_short_interruptions_do_not_add_up() -> None:
    # 4 and 4 days with a dose between them.
    entries = ["on: 2027-01-18, not-given: it, through: 2027-01-21", "on: 2027-01-23, not-given: it, through: 2027-01-26"]
    assert days_of(replayed(DAILY, *entries), "observation") == ["01-04"]


def test_two_entries_for_one_interruption_are_one() -> None:
    entries = ["on: 2027-01-18, not-given: it, through: 2027-01-21", "on: 2027-01-22, not-given: it, through: 2027-01-25"]
    assert days_of(replayed(DAILY, *entries), "observation") == ["01-04", "01-26"]


def test_days_on_hold_are_days_without_a_dose() -> None:
    assert days_of(replayed(DAILY, "on: 2027-01-18, held: it, through: 2027-01-25"), "observation") == ["01-04", "01-26"]
    assert days_of(replayed(DAILY, "on: 2027-01-18, held: it, through: 2027-01-24"), "observation") == ["01-04"]


def test_each_interruption_has_its_own_initiation() -> None:
    entries = ["on: 2027-01-06, not-given: it", "on: 2027-01-10, not-given: it"]
    assert days_of(replayed(DAILY, *entries), "observation") == ["01-04", "01-07", "01-11"]


def test_without_the_key_only_the_first_dose_is_an_initiation() -> None:
    body = DAILY.replace(f", initiate-again: {AGAIN}", "")
    schedule = replayed(body, "on: 2027-01-06, not-given: it, through: 2027-02-10")
    assert days_of(schedule, "observation") == ["01-04"]


def test_a_first_dose_that_was_missed_makes_the_next_one_the_initiation() -> None:
    assert days_of(replayed(DAILY, "on: 2027-01-04, not-given: it"), "observation") == ["01-05"]


# -- late ones

WEEKLY = item("doses", "it", give="10 mg SC", when="every week 4 times", count_from="plan", window="±2 days")


@pytest.mark.parametrize(("on", "calls"), [("2027-01-14", ["01-15"]), ("2027-01-13", []), ("2027-01-11", []), ("2027-01-08", [])])
def test_late_are_those_that_stood_after_their_window(on: str, calls: list[str]) -> None:
    body = f"{WEEKLY}\ncalls: {{call: {{when: 1 day after each late it}}}}"
    assert days_of(replayed(body, f"on: {on}, given: it, due: 2027-01-11"), "call") == calls


def test_each_late_one_has_its_own() -> None:
    body = f"{WEEKLY}\ncalls: {{call: {{when: 1 day after each late it}}}}"
    schedule = replayed(body, "on: 2027-01-14, given: it, due: 2027-01-11", "on: 2027-01-21, given: it, due: 2027-01-18")
    assert days_of(schedule, "call") == ["01-15", "01-22"]
    assert keys_of(schedule, "call") == ["call/@it/no 2", "call/@it/no 3"]


# -- due dates


def test_due_is_the_due_date_of_one_that_was_late() -> None:
    body = f"{WEEKLY}\ncalls: {{due call: {{when: 3 days after each it due}}, call: {{when: 3 days after each it}}}}"
    schedule = replayed(body, "on: 2027-01-14, given: it, due: 2027-01-11")
    assert days_of(schedule, "due call") == ["01-07", "01-14", "01-21", "01-28"]
    assert days_of(schedule, "call") == ["01-07", "01-17", "01-21", "01-28"]


def test_due_is_the_due_date_of_one_that_was_not_given() -> None:
    body = f"{WEEKLY}\ncalls: {{due call: {{when: 3 days after each it due}}, call: {{when: 3 days after each it}}}}"
    schedule = replayed(body, "on: 2027-01-11, not-given: it")
    assert days_of(schedule, "due call") == ["01-07", "01-14", "01-21", "01-28"]
    assert days_of(schedule, "call") == ["01-07", "01-21", "01-28"]


# -- first, last, each next


def test_the_first_and_the_last_pass_over_what_was_missed() -> None:
    body = f"{WEEKLY}\nvisits: {{opening: {{when: 2 days after first it}}, closing: {{when: 2 days after last it}}}}"
    schedule = replayed(body, "on: 2027-01-04, not-given: it", "on: 2027-01-25, not-given: it")
    assert (days_of(schedule, "opening"), days_of(schedule, "closing")) == (["01-13"], ["01-20"])


def test_each_next_is_all_but_the_first_that_stands() -> None:
    body = f"{WEEKLY}\ncalls: {{call: {{when: 1 day before each next it}}}}"
    assert days_of(replayed(body, "on: 2027-01-18, not-given: it"), "call") == ["01-10", "01-24"]


def test_what_is_left_out_on_the_dates_of_another_item_follows_it() -> None:
    # Folic acid on every day but that of the weekly dose, which was given on Wednesday instead of Monday.
    body = f"{WEEKLY}\nmedicines: {{folic acid: {{give: 1 mg PO, when: every day for 14 days, except: it}}}}"
    days = days_of(replayed(body, "on: 2027-01-13, given: it, due: 2027-01-11"), "folic acid")
    assert "01-11" in days
    assert "01-13" not in days
    assert len(days) == 12


def test_the_last_dose_counts_study_treatment_alone() -> None:
    body = """
doses: {it: {give: 1 mg IV, when: days 1 8}}
medicines: {rescue: {give: 1 mg PO, when: day 15}}
visits: {end visit: {when: 30 days after last dose}}
"""
    schedule = replayed(body, "on: 2027-01-13, given: it, due: 2027-01-11")
    assert days_of(schedule, "end visit") == ["02-12"]  # 13 January and 30 days
