"""Moved: an appointment changed beforehand stands on its new date, keeps its window, and takes along what is tied to it."""

import pytest

from dosecal.diagnostic import Refused
from tests.expand.laying import WEEKENDS_CLOSED, item, shut
from tests.record.replaying import days_of, event_on, places_of, refused, replayed, said_by, window_of

# Week 4 is 1 February, week 8 is 1 March 2027, both Mondays.
VISITS = item("visits", "it", when="weeks 4 8", window="±3 days")


def test_an_appointment_stands_on_its_new_date_and_keeps_its_window() -> None:
    schedule = replayed(VISITS, "on: 2027-01-25, moved: it, due: 2027-02-01, to: 2027-02-03")
    assert places_of(schedule) == {"week 4": "02-03", "week 8": "03-01"}
    event = event_on(schedule, "2027-02-03")
    assert (event.state, str(event.nominal_date), str(event.due_date)) == ("planned", "2027-02-01", "2027-02-01")
    assert window_of(event) == ("2027-01-29", "2027-02-04")
    assert event.flags == ("moved-from:2027-02-01",)


@pytest.mark.parametrize(
    ("to", "outside"), [("2027-02-04", False), ("2027-02-05", True), ("2027-01-29", False), ("2027-01-28", True), ("2027-02-08", True)]
)
def test_a_date_outside_the_window_is_kept_and_flagged(to: str, outside: bool) -> None:
    event = event_on(replayed(VISITS, f"on: 2027-01-25, moved: it, due: 2027-02-01, to: {to}"), to)
    assert ("out-of-window" in event.flags) is outside
    assert window_of(event) == ("2027-01-29", "2027-02-04")


@pytest.mark.parametrize("named", ["2027-02-01", "2027-02-08"])
def test_what_was_moved_twice_stands_where_it_was_moved_last(named: str) -> None:
    # By its due date; and by the date to which it was moved, where nothing else is due.
    entries = ["on: 2027-01-25, moved: it, due: 2027-02-01, to: 2027-02-08", f"on: 2027-01-27, moved: it, due: {named}, to: 2027-02-03"]
    schedule = replayed(VISITS, *entries)
    assert days_of(schedule) == ["02-03", "03-01"]
    assert event_on(schedule, "2027-02-03").flags == ("moved-from:2027-02-01",)


def test_what_was_moved_back_is_as_it_was_planned() -> None:
    entries = ["on: 2027-01-25, moved: it, due: 2027-02-01, to: 2027-02-08", "on: 2027-01-27, moved: it, due: 2027-02-08, to: 2027-02-01"]
    schedule = replayed(VISITS, *entries)
    assert days_of(schedule) == ["02-01", "03-01"]
    assert event_on(schedule, "2027-02-01").flags == ()


def test_a_moved_appointment_is_done_on_its_new_date_without_saying_which() -> None:
    schedule = replayed(VISITS, "on: 2027-01-25, moved: it, due: 2027-02-01, to: 2027-02-08", "on: 2027-02-08, done: it")
    event = event_on(schedule, "2027-02-08")
    assert (event.key, event.state) == ("it/week 4", "done")
    assert days_of(schedule) == ["02-08", "03-01"]


def test_an_entry_names_what_is_due_on_a_date_before_what_was_moved_to_it() -> None:
    # Week 4 was moved to 1 March, on which week 8 is due: `done` on that date means week 8.
    schedule = replayed(VISITS, "on: 2027-01-25, moved: it, due: 2027-02-01, to: 2027-03-01", "on: 2027-03-01, done: it")
    assert {event.key: event.state for event in schedule.events} == {"it/week 4": "planned", "it/week 8": "done"}


@pytest.mark.parametrize("day", ["2027-02-01", "2027-02-02", "2027-02-10"])
def test_what_happened_outweighs_what_was_arranged(day: str) -> None:
    schedule = replayed(VISITS, "on: 2027-01-25, moved: it, due: 2027-02-01, to: 2027-02-08", f"on: {day}, done: it, due: 2027-02-01")
    event = event_on(schedule, day)
    assert (event.key, event.state) == ("it/week 4", "done")


def test_what_is_tied_to_an_appointment_follows_it() -> None:
    body = f"{VISITS}\nlabs: {{blood: {{when: 1 day before each it}}, serum: {{when: 1 day before each it due}}}}"
    schedule = replayed(body, "on: 2027-01-25, moved: it, due: 2027-02-01, to: 2027-02-03")
    assert days_of(schedule, "blood") == ["02-02", "02-28"]
    assert days_of(schedule, "serum") == ["01-31", "02-28"]  # counted from where it was due


@pytest.mark.parametrize(
    ("count_from", "days"), [("actual", ["01-04", "02-03", "03-03", "03-31"]), ("plan", ["01-04", "02-03", "03-01", "03-29"])]
)
def test_those_after_a_moved_one_are_counted_from_it_or_from_the_plan(count_from: str, days: list[str]) -> None:
    # Every 4 weeks from 4 January: 1 February, 1 and 29 March. The second is moved by 2 days.
    body = item("visits", "it", when="every 4 weeks 4 times", count_from=count_from)
    assert days_of(replayed(body, "on: 2027-01-25, moved: it, due: 2027-02-01, to: 2027-02-03")) == days


def test_a_month_that_is_counted_from_a_moved_date_clamps_from_there() -> None:
    # Months 1, 2, 3 of 31 January: 28 February, 31 March, 30 April. The first is moved to 2 March: 2 April, 2 May.
    body = item("visits", "it", when="every month 3 times from month 1", count_from="actual")
    assert days_of(replayed(body, day_1="2027-01-31")) == ["02-28", "03-31", "04-30"]
    moved = replayed(body, "on: 2027-02-20, moved: it, due: 2027-02-28, to: 2027-03-02", day_1="2027-01-31")
    assert days_of(moved) == ["03-02", "04-02", "05-02"]


def test_those_after_a_moved_one_can_be_moved_by_their_own_new_due_dates() -> None:
    body = item("visits", "it", when="every 4 weeks 4 times", count_from="actual")
    entries = ["on: 2027-01-25, moved: it, due: 2027-02-01, to: 2027-02-03", "on: 2027-02-20, moved: it, due: 2027-03-03, to: 2027-03-04"]
    assert days_of(replayed(body, *entries)) == ["01-04", "02-03", "03-04", "04-01"]


def test_a_date_that_was_arranged_is_moved_by_no_calendar_rule() -> None:
    # 6 February is a Saturday; the visit was due on Monday, which is open.
    body = item("visits", "it", when="weeks 4 8", if_closed="next open day")
    site = shut(weekend=WEEKENDS_CLOSED)
    assert days_of(replayed(body, "on: 2027-01-25, moved: it, due: 2027-02-01, to: 2027-02-06", site=site)) == ["02-06", "03-01"]


def test_a_visit_is_named_by_the_date_to_which_a_closed_day_moved_it() -> None:
    body = item("visits", "it", when="weeks 4 8", if_closed="next open day")
    site = shut("2027-02-01", weekend=WEEKENDS_CLOSED)
    assert days_of(replayed(body, "on: 2027-01-25, moved: it, due: 2027-02-02, to: 2027-02-04", site=site)) == ["02-04", "03-01"]
    assert "2027-02-02" in said_by(refused(body, "on: 2027-01-25, moved: it, due: 2027-02-01, to: 2027-02-04", site=site))


def test_a_dose_is_not_moved_onto_another_of_the_same_item() -> None:
    body = item("doses", "it", give="10 mg SC", when="every week 4 times", count_from="plan")
    with pytest.raises(Refused):
        replayed(body, "on: 2027-01-05, moved: it, due: 2027-01-11, to: 2027-01-18")


def test_a_moved_dose_keeps_its_clock_time_and_its_step() -> None:
    body = item("doses", "it", give="{days 1-7: 5 mg PO, from day 8: 10 mg PO}", when="days 7 14", at="'09:00'")
    schedule = replayed(body, "on: 2027-01-05, moved: it, due: 2027-01-10, to: 2027-01-12", timezone="Europe/Berlin")
    event = event_on(schedule, "2027-01-12")
    assert event.clock is not None
    assert event.dose is not None
    assert (f"{event.clock.local:%H:%M}", str(event.dose.amount and event.dose.amount.value)) == ("09:00", "5")
