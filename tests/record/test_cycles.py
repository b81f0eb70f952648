"""Delayed cycles: where they and those after them start, what stays that was done before, and their windows (rules 18 and 20)."""

import pytest

from dosecal.diagnostic import Refused
from tests.expand.laying import item, keys_of
from tests.record.replaying import absent, days_of, event_on, refused, replayed, window_of


def cycles(count_from: str, *, when: str = "days 1 8", also: str = "", **keys: str) -> str:
    """Four cycles of 14 days: from 4 January, 18 January, 1 February and 15 February 2027."""
    inside = item("doses", "it", give="10 mg IV", when=when, **keys)
    return f"phases: {{treatment: {{cycle: {{length: 14 days, count: 4, count-from: {count_from}}}, {inside}{also}}}}}"


PLAN = ["01-04", "01-11", "01-18", "01-25", "02-01", "02-08", "02-15", "02-22"]
LAB = ", labs: {blood: {when: 1 day before day 1, window: 0 to 3 days before day 1}}"
TO_25 = "on: 2027-01-17, delayed: treatment cycle 2, to: 2027-01-25"
TO_21 = "on: 2027-01-17, delayed: treatment cycle 2, to: 2027-01-21"


# -- where cycles start


def test_a_delayed_cycle_takes_all_later_ones_along() -> None:
    schedule = replayed(cycles("actual"), TO_25)
    assert days_of(schedule) == ["01-04", "01-11", "01-25", "02-01", "02-08", "02-15", "02-22", "03-01"]
    assert keys_of(schedule) == keys_of(replayed(cycles("actual")))


def test_a_delayed_cycle_counted_from_the_plan_moves_no_later_one() -> None:
    schedule = replayed(cycles("plan"), TO_21)
    assert days_of(schedule) == ["01-04", "01-11", "01-21", "01-28", "02-01", "02-08", "02-15", "02-22"]


def test_the_days_of_a_delayed_cycle_say_from_where_they_were_delayed() -> None:
    schedule = replayed(cycles("actual"), TO_25)
    assert "delayed-from:2027-01-18" in event_on(schedule, "2027-01-25").flags
    assert not any(flag.startswith("delayed-from") for flag in event_on(schedule, "2027-01-11").flags)


def test_a_cycle_that_is_delayed_twice_starts_where_it_was_delayed_last() -> None:
    schedule = replayed(cycles("actual"), TO_21, "on: 2027-01-20, delayed: treatment cycle 2, to: 2027-01-25")
    assert days_of(schedule) == ["01-04", "01-11", "01-25", "02-01", "02-08", "02-15", "02-22", "03-01"]


def test_two_delays_add_up() -> None:
    # Cycle 2 from 18 to 25 January, so cycle 3 on 8 February; delayed to the 11th; cycle 4 on the 25th.
    schedule = replayed(cycles("actual"), TO_25, "on: 2027-02-05, delayed: treatment cycle 3, to: 2027-02-11")
    assert days_of(schedule) == ["01-04", "01-11", "01-25", "02-01", "02-11", "02-18", "02-25", "03-04"]


@pytest.mark.parametrize("due", ["2027-01-11", "2027-01-18"])
def test_a_dose_given_late_moves_no_cycle(due: str) -> None:
    # On day 8 of cycle 1, and on the very first day of cycle 2.
    on = due[:-2] + f"{int(due[-2:]) + 2:02}"
    schedule = replayed(cycles("actual"), f"on: {on}, given: it, due: {due}")
    assert days_of(schedule) == [on[5:] if day == due[5:] else day for day in PLAN]


def test_what_is_planned_by_the_calendar_does_not_move_with_a_cycle() -> None:
    body = cycles("actual") + "\nassessments: {CT: {when: weeks 4 8}}"
    assert days_of(replayed(body, TO_25), "CT") == ["02-01", "03-01"]


def test_what_is_counted_from_the_last_dose_moves_with_the_cycles() -> None:
    body = cycles("actual") + "\nvisits: {end visit: {when: 30 days after last it}}"
    assert days_of(replayed(body, TO_25), "end visit") == ["03-31"]  # 1 March and 30 days


def test_the_phase_after_a_delayed_cycle_begins_later() -> None:
    # Four cycles from 4 January end on 28 February, and a week later after the delay.
    body = cycles("actual").removesuffix("}") + ", follow-up: {visits: {contact: {when: day 1}}}}"
    assert days_of(replayed(body), "contact") == ["03-01"]
    assert days_of(replayed(body, TO_25), "contact") == ["03-08"]


def test_a_cycle_counted_from_the_plan_that_would_run_into_the_next_is_refused() -> None:
    # Cycle 2 from 25 January would have its day 8 on 1 February, which is day 1 of cycle 3.
    with pytest.raises(Refused):
        replayed(cycles("plan"), TO_25)


def test_a_cycle_is_delayed_to_a_later_day_only() -> None:
    refused(cycles("actual"), "on: 2027-01-12, delayed: treatment cycle 2, to: 2027-01-14")


# -- what was done before


@pytest.mark.parametrize("first", ["done", "delayed"])
def test_a_test_that_was_done_before_the_delay_stays_and_the_cycle_gets_its_own(first: str) -> None:
    # Drawn on 17 January for the 18th; the delayed cycle's is due on the 24th, cycle 3's (8 February) on the 7th.
    entries = ["on: 2027-01-17, done: blood", TO_25]
    schedule = replayed(cycles("actual", also=LAB), *(entries if first == "done" else reversed(entries)))
    assert days_of(schedule, "blood") == ["01-03", "01-17", "01-24", "02-07", "02-21"]
    planned = keys_of(replayed(cycles("actual", also=LAB)), "blood")
    assert event_on(schedule, "2027-01-17", "blood").key == planned[1]
    again = event_on(schedule, "2027-01-24", "blood")
    assert (again.key, again.state) == (f"{planned[1]} again 1", "planned")
    assert "again" in again.flags
    assert window_of(again) == ("2027-01-22", "2027-01-25")
    assert window_of(event_on(schedule, "2027-01-17", "blood")) == ("2027-01-15", "2027-01-18")
    assert [event_on(schedule, f"2027-{day}", "blood").key for day in ("02-07", "02-21")] == planned[2:]


def test_the_test_of_a_delayed_cycle_is_done_by_its_new_date() -> None:
    entries = ["on: 2027-01-17, done: blood", TO_25, "on: 2027-01-24, done: blood"]
    schedule = replayed(cycles("actual", also=LAB), *entries)
    assert days_of(schedule, "blood") == ["01-03", "01-17", "01-24", "02-07", "02-21"]
    assert [event.state for event in schedule.events if event.item == "blood"] == ["planned", "done", "done", "planned", "planned"]


def test_a_test_that_was_not_done_moves_with_its_cycle() -> None:
    schedule = replayed(cycles("actual", also=LAB), TO_25)
    assert days_of(schedule, "blood") == ["01-03", "01-24", "02-07", "02-21"]
    assert keys_of(schedule, "blood") == keys_of(replayed(cycles("actual", also=LAB)), "blood")


def test_a_test_that_was_missed_before_the_delay_is_due_again() -> None:
    schedule = replayed(cycles("actual", also=LAB), "on: 2027-01-17, not-done: blood", TO_25)
    assert "01-24" in days_of(schedule, "blood")
    assert "01-17" not in days_of(schedule, "blood")


# -- windows


def test_the_day_to_which_a_cycle_was_delayed_has_no_window() -> None:
    schedule = replayed(cycles("actual", window="±2 days"), TO_25)
    assert window_of(event_on(schedule, "2027-01-25")) is None
    assert window_of(event_on(schedule, "2027-02-01")) == ("2027-01-30", "2027-02-03")
    assert window_of(event_on(schedule, "2027-02-08")) == ("2027-02-06", "2027-02-10")


def test_a_window_after_a_delay_lies_around_the_new_plan() -> None:
    entries = [TO_25, "on: 2027-02-04, given: it, due: 2027-02-01"]
    event = event_on(replayed(cycles("actual", window="±2 days"), *entries), "2027-02-04")
    assert window_of(event) == ("2027-01-30", "2027-02-03")
    assert {"late", "out-of-window"} <= set(event.flags)


# -- entries name dates as they are after the delay


def test_after_a_delay_doses_are_named_by_their_new_dates() -> None:
    schedule = replayed(cycles("actual"), TO_25, "on: 2027-01-25, not-given: it")
    assert absent(schedule) == [("2027-01-25", "missed")]
    assert days_of(schedule)[2] == "02-01"


def test_after_a_delay_the_old_dates_name_nothing() -> None:
    refused(cycles("actual"), TO_25, "on: 2027-01-18, given: it")
