"""Stopped, events that end a phase or a repeat, withdrawal: what ends, what goes on, what was done before stays (rules 7 and 21)."""

import pytest

from tests.expand.laying import item, keys_of
from tests.record.replaying import absent, days_of, event_on, replayed

# Treatment from 4 to 31 January 2027, follow-up from 1 February; week 2 is 18 January, week 6 is 15 February.
STUDY = """
phases:
  treatment: {lasts: 28 days, doses: {drug: {give: 1 mg PO, when: every 7 days, count-from: plan}}, labs: {blood: {when: days 8 15 22}}}
  follow-up: {visits: {contact: {when: day 1}, end visit: {when: day 29}}}
visits: {scan: {when: weeks 2 6}}
"""
ENDED = """
events: [progression]
phases:
  treatment: {until: progression, doses: {drug: {give: 1 mg PO, when: every 7 days, count-from: plan}}, labs: {blood: {when: days 8 15 22}}}
  follow-up: {visits: {contact: {when: day 1}, end visit: {when: day 29}}}
visits: {scan: {when: weeks 2 6}, progression visit: {when: 7 days after progression}}
"""
DAILY = item("doses", "it", give="1 mg PO", when="every day for 14 days")


# -- a phase


def test_a_stopped_phase_ends_the_day_before_and_the_next_begins_on_the_day() -> None:
    schedule = replayed(STUDY, "on: 2027-01-18, stopped: treatment")
    assert days_of(schedule, "drug") == ["01-04", "01-11"]
    assert days_of(schedule, "blood") == ["01-11"]  # its tests of 18 and 25 January end with it, whatever their section
    assert days_of(schedule, "contact") == ["01-18"]
    assert days_of(schedule, "end visit") == ["02-15"]  # day 29 of a phase that begins on 18 January
    assert days_of(schedule, "scan") == ["01-18", "02-15"]  # outside the phase


def test_the_doses_of_a_stopped_phase_are_shown_as_stopped() -> None:
    schedule = replayed(STUDY, "on: 2027-01-18, stopped: treatment")
    assert absent(schedule, "drug") == [("2027-01-18", "stopped"), ("2027-01-25", "stopped")]
    assert absent(schedule, "scan") == []


def test_stopping_renames_nothing() -> None:
    schedule = replayed(STUDY, "on: 2027-01-18, stopped: treatment")
    assert keys_of(schedule, "contact") == keys_of(replayed(STUDY), "contact")
    assert set(keys_of(schedule, "drug")) < set(keys_of(replayed(STUDY), "drug"))


@pytest.mark.parametrize(("day", "follow_up"), [("2027-01-18", "02-08"), ("2027-02-01", "02-22")])
def test_a_phase_that_says_its_start_waits_for_it(day: str, follow_up: str) -> None:
    # 28 days after the last dose: after 11 January, and after 25 January where the stop comes when the phase is over.
    body = STUDY.replace("follow-up: {", "follow-up: {starts: 28 days after last drug, ")
    assert days_of(replayed(body, f"on: {day}, stopped: treatment"), "contact") == [follow_up]


@pytest.mark.parametrize("given", ["2027-01-11", "2027-01-18"])
@pytest.mark.parametrize("first", ["stopped", "given"])
def test_a_dose_that_was_given_stays_whenever_it_was_written_down(given: str, first: str) -> None:
    # One from before the stop, and one of the very day.
    entries = ["on: 2027-01-18, stopped: treatment", f"on: {given}, given: drug"]
    schedule = replayed(STUDY, *(entries if first == "stopped" else reversed(entries)))
    assert event_on(schedule, given, "drug").state == "done"
    assert days_of(schedule, "drug")[-1] == max("2027-01-11", given)[5:]


def test_a_phase_of_cycles_ends_inside_one() -> None:
    body = """
phases:
  treatment: {cycle: {length: 14 days, count: 4, count-from: actual}, doses: {it: {give: 1 mg IV, when: days 1 8}}}
  follow-up: {visits: {contact: {when: day 1}}}
"""
    # Cycles begin on 4 and 18 January, 1 and 15 February.
    schedule = replayed(body, "on: 2027-01-25, stopped: treatment")
    assert (days_of(schedule), days_of(schedule, "contact")) == (["01-04", "01-11", "01-18"], ["01-25"])


def test_a_phase_that_is_stopped_before_another_shifts_it_and_what_comes_after() -> None:
    body = """
phases:
  period 1: {lasts: 14 days, visits: {visit 1: {when: day 1}}}
  period 2: {lasts: 14 days, visits: {visit 2: {when: day 1}}}
  period 3: {visits: {visit 3: {when: day 1}}}
"""
    schedule = replayed(body, "on: 2027-01-11, stopped: period 1")
    assert [days_of(schedule, name) for name in ("visit 1", "visit 2", "visit 3")] == [["01-04"], ["01-11"], ["01-25"]]


# -- an event


def test_an_event_ends_its_phase() -> None:
    schedule = replayed(ENDED, "on: 2027-01-20, event: progression", horizon="2027-06-30")
    assert days_of(schedule, "drug") == ["01-04", "01-11", "01-18"]
    assert days_of(schedule, "blood") == ["01-11", "01-18"]
    assert days_of(schedule, "contact") == ["01-20"]
    assert days_of(schedule, "end visit") == ["02-17"]
    assert days_of(schedule, "progression visit") == ["01-27"]
    assert days_of(schedule, "scan") == ["01-18", "02-15"]


def test_once_the_event_is_recorded_no_horizon_is_needed() -> None:
    assert days_of(replayed(ENDED, "on: 2027-01-20, event: progression"), "drug") == ["01-04", "01-11", "01-18"]


def test_until_the_event_is_recorded_it_has_no_date() -> None:
    schedule = replayed(ENDED, "on: 2027-01-04, given: drug", horizon="2027-02-28")
    assert days_of(schedule, "progression visit") == []
    assert days_of(schedule, "drug")[-1] == "02-22"


@pytest.mark.parametrize(
    ("when", "day", "last"),
    [
        ("every day until progression", "2027-01-20", "01-19"),
        ("every 3 days until progression", "2027-01-22", "01-19"),  # 4, 7, 10, 13, 16, 19, and not the 22nd itself
        ("every Mon Wed Fri until progression", "2027-01-20", "01-18"),
        ("every week until progression", "2027-01-18", "01-11"),
    ],
)
def test_a_repeat_until_an_event_leaves_out_its_day(when: str, day: str, last: str) -> None:
    body = f"events: [progression]\n{item('doses', 'it', give='1 mg PO', when=when, count_from='plan')}"
    schedule = replayed(body, f"on: {day}, event: progression", horizon="2027-06-30")
    assert days_of(schedule)[-1] == last


def test_a_happening_that_comes_twice_has_its_visit_twice() -> None:
    body = "events: [illness onset]\nvisits: {illness visit: {when: each illness onset, window: +0 to +3 days}}"
    schedule = replayed(body, "on: 2027-01-20, event: illness onset", "on: 2027-03-01, event: illness onset")
    assert days_of(schedule, "illness visit") == ["01-20", "03-01"]
    assert len(set(keys_of(schedule, "illness visit"))) == 2


# -- an item


def test_a_stopped_item_ends_alone_and_its_phase_goes_on() -> None:
    schedule = replayed(STUDY, "on: 2027-01-18, stopped: drug")
    assert days_of(schedule, "drug") == ["01-04", "01-11"]
    assert days_of(schedule, "blood") == ["01-11", "01-18", "01-25"]
    assert days_of(schedule, "contact") == ["02-01"]


def test_follow_up_is_counted_from_the_last_dose_before_the_stop() -> None:
    body = f"{DAILY}\nvisits: {{follow-up: {{when: 30 days after last it}}}}"
    schedule = replayed(body, "on: 2027-01-10, stopped: it")
    assert days_of(schedule)[-1] == "01-09"
    assert days_of(schedule, "follow-up") == ["02-08"]  # 9 January and 30 days


def test_a_dose_given_after_the_stop_is_a_fact() -> None:
    schedule = replayed(DAILY, "on: 2027-01-10, stopped: it", "on: 2027-01-12, given: it")
    assert days_of(schedule) == [f"01-{day:02}" for day in range(4, 10)] + ["01-12"]


# -- withdrawal


def test_withdrawal_ends_everything_follow_up_included() -> None:
    schedule = replayed(STUDY, "on: 2027-01-15, withdrew: study")
    assert [(event.item, f"{event.date:%m-%d}") for event in schedule.events] == [("drug", "01-04"), ("drug", "01-11"), ("blood", "01-11")]
    assert {event.state for event in schedule.absent} == {"stopped"}


@pytest.mark.parametrize("first", ["withdrew", "done"])
def test_what_was_done_on_the_day_of_withdrawal_stays(first: str) -> None:
    entries = ["on: 2027-01-18, withdrew: study", "on: 2027-01-18, done: scan"]
    schedule = replayed(STUDY, *(entries if first == "withdrew" else reversed(entries)))
    assert days_of(schedule, "scan") == ["01-18"]
    assert days_of(schedule, "blood") == ["01-11"]  # the one of the 18th was not done


def test_an_unscheduled_visit_on_the_day_of_withdrawal_stays() -> None:
    schedule = replayed(STUDY, "on: 2027-01-15, unscheduled: visit", "on: 2027-01-15, withdrew: study")
    assert [f"{event.date:%m-%d}" for event in schedule.events if "unscheduled" in event.flags] == ["01-15"]


def test_nothing_begins_after_withdrawal() -> None:
    schedule = replayed(ENDED, "on: 2027-01-13, withdrew: study", horizon="2027-06-30")
    assert days_of(schedule, "contact") == days_of(schedule, "end visit") == days_of(schedule, "scan") == []
