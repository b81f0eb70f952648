"""Remembered doses: `if-missed` says whether a dose that was missed is taken on the day on which it is noticed (rule 19)."""

import pytest

from tests.expand.laying import item
from tests.record.replaying import absent, days_of, event_on, refused, replayed, said_by, times_of

ZONE = {"timezone": "America/Denver"}
# 4, 6, 8, 11, 13 and 15 January 2027, at 19:00.
MON_WED_FRI = "every Mon Wed Fri for 2 weeks"
PLAN = ["01-04", "01-06", "01-08", "01-11", "01-13", "01-15"]


def evening(if_missed: str | None, **keys: str) -> str:
    rule = {"if_missed": if_missed} if if_missed is not None else {}
    return item("doses", "it", give="44 mcg SC", when=MON_WED_FRI, at="'19:00'", **rule, **keys)


def without(*days: str) -> list[str]:
    return [day for day in PLAN if day not in days]


# -- taken or skipped


def test_take_takes_it_on_the_day_without_moving_others() -> None:
    schedule = replayed(evening("take"), "on: 2027-01-09, remembered: it, due: 2027-01-08", **ZONE)
    assert days_of(schedule) == ["01-04", "01-06", "01-09", "01-11", "01-13", "01-15"]
    event = event_on(schedule, "2027-01-09")
    assert event.key == "it/week 1 no 3"
    assert "late" in event.flags
    assert times_of(schedule)[2] == "01-09 19:00"


@pytest.mark.parametrize("rule", ["skip", None])
def test_skip_is_what_happens_where_nothing_is_said(rule: str | None) -> None:
    schedule = replayed(evening(rule), "on: 2027-01-09, remembered: it, due: 2027-01-08", **ZONE)
    assert days_of(schedule) == without("01-08")
    assert absent(schedule) == [("2027-01-08", "skipped")]


@pytest.mark.parametrize(("on", "taken"), [("2027-01-09", True), ("2027-01-10", False)])
def test_before_next_week_compares_with_its_first_dose(on: str, taken: bool) -> None:
    # Friday's, remembered on Saturday or on Sunday: 48 and 24 hours before Monday's.
    rule = "take if at least 48 hours before next week else skip"
    schedule = replayed(evening(rule), f"on: {on}, remembered: it, due: 2027-01-08", **ZONE)
    assert days_of(schedule) == sorted([*without("01-08"), on[5:]] if taken else without("01-08"))


def test_before_next_week_does_not_ask_for_the_next_dose() -> None:
    # Monday's, remembered on Tuesday: a day before Wednesday's, six days before next week's.
    rule = "take if at least 48 hours before next week else skip"
    assert "01-05" in days_of(replayed(evening(rule), "on: 2027-01-05, remembered: it, due: 2027-01-04", **ZONE))


@pytest.mark.parametrize(
    ("bound", "at", "taken"),
    [
        ("at least", "19:00", True),
        ("at least", "19:01", False),
        ("more than", "19:00", False),
        ("more than", "18:59", True),
    ],
)
def test_before_next_dose_compares_with_its_time(bound: str, at: str, taken: bool) -> None:
    # Wednesday's, remembered on Thursday at that time; the next is on Friday at 19:00.
    rule = f"take if {bound} 24 hours before next dose else skip"
    schedule = replayed(evening(rule), f"on: 2027-01-07, remembered: it, due: 2027-01-06, at: '{at}'", **ZONE)
    assert times_of(schedule)[1] == (f"01-07 {at}" if taken else "01-08 19:00")
    assert len(schedule.events) == (6 if taken else 5)


def test_without_a_time_it_is_the_items_clock_time_that_is_compared() -> None:
    rule = "take if at least 24 hours before next dose else skip"
    assert "01-07" in days_of(replayed(evening(rule), "on: 2027-01-07, remembered: it, due: 2027-01-06", **ZONE))


@pytest.mark.parametrize(("on", "taken"), [("2027-01-12", True), ("2027-01-16", True), ("2027-01-17", False)])
def test_days_are_compared_where_there_are_no_clock_times(on: str, taken: bool) -> None:
    rule = "take if at least 2 days before next dose else skip"
    body = item("doses", "it", give="10 mg PO", when="every week 3 times", count_from="plan", if_missed=rule)
    schedule = replayed(body, f"on: {on}, remembered: it, due: 2027-01-11")
    assert days_of(schedule) == (["01-04", on[5:], "01-18"] if taken else ["01-04", "01-18"])


@pytest.mark.parametrize(("on", "taken"), [("2027-01-15", True), ("2027-01-16", False)])
def test_before_next_cycle_compares_with_its_start(on: str, taken: bool) -> None:
    # Day 8 of cycle 1 is 11 January, cycle 2 starts on the 18th.
    rule = "take if at least 3 days before next cycle else skip"
    drug = item("doses", "it", give="10 mg PO", when="days 1 8", if_missed=rule)
    body = f"phases: {{treatment: {{cycle: {{length: 14 days, count: 2, count-from: actual}}, {drug}}}}}"
    schedule = replayed(body, f"on: {on}, remembered: it, due: 2027-01-11")
    assert days_of(schedule) == (["01-04", on[5:], "01-18", "01-25"] if taken else ["01-04", "01-18", "01-25"])


# -- with the minimum gap


def test_a_dose_that_is_taken_late_pushes_the_next_one() -> None:
    body = evening("take", at_least="48 hours apart")
    schedule = replayed(body, "on: 2027-01-07, remembered: it, due: 2027-01-06", **ZONE)
    assert days_of(schedule) == ["01-04", "01-07", "01-09", "01-11", "01-13", "01-15"]


def test_a_dose_that_is_taken_too_late_leaves_the_next_one_out() -> None:
    body = evening("take", at_least="48 hours apart")
    schedule = replayed(body, "on: 2027-01-10, remembered: it, due: 2027-01-08", **ZONE)
    assert days_of(schedule) == ["01-04", "01-06", "01-10", "01-13", "01-15"]


# -- beside other entries


@pytest.mark.parametrize("rule", ["take", "skip"])
def test_a_dose_that_was_recorded_as_not_given_may_be_remembered(rule: str) -> None:
    entries = ["on: 2027-01-08, not-given: it", "on: 2027-01-09, remembered: it, due: 2027-01-08"]
    schedule = replayed(evening(rule), *entries, **ZONE)
    assert days_of(schedule) == (sorted([*without("01-08"), "01-09"]) if rule == "take" else without("01-08"))


def test_a_dose_that_was_to_be_taken_when_remembered_is_given_like_any_other() -> None:
    entries = ["on: 2027-01-09, remembered: it, due: 2027-01-08", "on: 2027-01-09, given: it, due: 2027-01-08, at: '20:15'"]
    schedule = replayed(evening("take"), *entries, **ZONE)
    assert times_of(schedule)[2] == "01-09 20:15"
    assert event_on(schedule, "2027-01-09").state == "done"


def test_a_dose_that_was_given_cannot_be_remembered_as_missed() -> None:
    entries = ["on: 2027-01-08, given: it", "on: 2027-01-09, remembered: it, due: 2027-01-08"]
    assert "entry 1" in said_by(refused(evening("take"), *entries, **ZONE))


def test_what_is_not_a_dose_is_not_remembered() -> None:
    refused("visits: {it: {when: day 8}}", "on: 2027-01-12, remembered: it, due: 2027-01-11")
