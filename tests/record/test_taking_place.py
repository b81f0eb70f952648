"""Given and done, not given and not done: an occurrence took place on another day, at another time, with another amount, or not at all."""

from decimal import Decimal

import pytest

from dosecal.diagnostic import Refused
from tests.expand.laying import item
from tests.record.replaying import absent, amounts_of, days_of, event_on, places_of, refused, replayed, said_by, times_of, window_of

# Mondays 4, 11, 18 and 25 January 2027.
WEEKLY = item("doses", "it", give="10 mg SC", when="every week 4 times", count_from="plan", window="±2 days")
FROM_ACTUAL = WEEKLY.replace("count-from: plan", "count-from: actual")
TWICE_DAILY = item("doses", "it", give="10 mg PO", when="every day for 3 days", at="['08:00', '20:00']")
BERLIN = {"timezone": "Europe/Berlin"}


# -- it took place


def test_a_dose_given_as_planned_is_done_and_moves_nothing() -> None:
    schedule = replayed(WEEKLY, "on: 2027-01-11, given: it")
    assert days_of(schedule) == ["01-04", "01-11", "01-18", "01-25"]
    assert [event.state for event in schedule.events] == ["planned", "done", "planned", "planned"]
    assert event_on(schedule, "2027-01-11").flags == ()


def test_recording_everything_as_planned_changes_no_date_and_no_dose() -> None:
    entries = [f"on: 2027-01-{day}, given: it" for day in ("04", "11", "18", "25")]
    schedule, plan = replayed(FROM_ACTUAL, *entries), replayed(FROM_ACTUAL)
    assert {event.state for event in schedule.events} == {"done"}
    assert [(one.key, one.date, one.dose, one.window, one.flags) for one in schedule.events] == [
        (one.key, one.date, one.dose, one.window, one.flags) for one in plan.events
    ]


@pytest.mark.parametrize(
    ("day", "flags"),
    [
        ("2027-01-13", {"late"}),
        ("2027-01-14", {"late", "out-of-window"}),
        ("2027-01-09", {"early"}),
        ("2027-01-08", {"early", "out-of-window"}),
    ],
)
def test_a_dose_given_on_another_day_stands_there_with_its_window_and_is_flagged(day: str, flags: set[str]) -> None:
    event = event_on(replayed(WEEKLY, f"on: {day}, given: it, due: 2027-01-11"), day)
    assert (event.key, event.state, str(event.nominal_date), str(event.due_date)) == ("it/no 2", "done", "2027-01-11", "2027-01-11")
    assert window_of(event) == ("2027-01-09", "2027-01-13")
    assert set(event.flags) & {"late", "early", "out-of-window"} == flags


def test_a_late_dose_counted_from_the_plan_changes_no_other() -> None:
    assert days_of(replayed(WEEKLY, "on: 2027-01-13, given: it, due: 2027-01-11")) == ["01-04", "01-13", "01-18", "01-25"]


def test_the_doses_after_a_late_one_are_counted_from_where_it_stands() -> None:
    # Given two days late on 13 January: one and two weeks after it, 20 and 27 January.
    schedule = replayed(FROM_ACTUAL, "on: 2027-01-13, given: it, due: 2027-01-11")
    assert places_of(schedule) == {"no 1": "01-04", "no 2": "01-13", "no 3": "01-20", "no 4": "01-27"}
    assert window_of(event_on(schedule, "2027-01-20")) == ("2027-01-18", "2027-01-22")


def test_two_doses_off_the_plan_are_counted_one_after_the_other() -> None:
    # The second stands on the 13th, so the third is due on the 20th; given on the 19th, the fourth is due on the 26th.
    schedule = replayed(FROM_ACTUAL, "on: 2027-01-13, given: it, due: 2027-01-11", "on: 2027-01-19, given: it, due: 2027-01-20")
    assert days_of(schedule) == ["01-04", "01-13", "01-19", "01-26"]


@pytest.mark.parametrize(("count_from", "third"), [("actual", "2028-02-20"), ("plan", "2028-02-29")])
def test_months_are_counted_from_the_injection_given_or_from_day_1(count_from: str, third: str) -> None:
    # Every 3 months from 31 August 2027: 30 November, 29 February. The second is given on 20 November.
    body = item("doses", "it", give="410 mg IM", when="every 3 months 3 times", count_from=count_from)
    schedule = replayed(body, "on: 2027-11-20, given: it, due: 2027-11-30", day_1="2027-08-31")
    assert [str(event.date) for event in schedule.events] == ["2027-08-31", "2027-11-20", third]


def test_what_is_tied_to_a_dose_follows_where_it_stands() -> None:
    body = f"{WEEKLY}\ncalls: {{call: {{when: 3 days after each it}}}}"
    schedule = replayed(body, "on: 2027-01-13, given: it, due: 2027-01-11")
    assert days_of(schedule, "call") == ["01-07", "01-16", "01-21", "01-28"]
    assert [event.key for event in schedule.events if event.item == "call"][1] == "call/@it/no 2"


def test_the_actual_time_is_the_one_that_tied_items_count_from() -> None:
    body = "doses: {it: {give: 1 mg IV, when: day 1, at: 09:00, lasts: 2 hours}}\nsamples: {PK: {when: 1 hour after end of each it}}"
    schedule = replayed(body, "on: 2027-01-04, given: it, at: 10:30", **BERLIN)
    assert times_of(schedule) == ["01-04 10:30"]
    assert times_of(schedule, "PK") == ["01-04 13:30"]  # 10:30 and 2 hours, and 1 hour
    assert str(event_on(schedule, "2027-01-04").date) == "2027-01-04"


def test_a_dose_given_on_another_day_without_a_time_stands_at_its_clock_time() -> None:
    body = item("doses", "it", give="1 mg IV", when="day 8", at="'09:00'")
    assert times_of(replayed(body, "on: 2027-01-13, given: it, due: 2027-01-11", **BERLIN)) == ["01-13 09:00"]


def test_an_amount_really_given_changes_that_dose_and_no_later_one() -> None:
    schedule = replayed(WEEKLY, "on: 2027-01-11, given: it, amount: 4 mg")
    assert amounts_of(schedule) == {"01-04": Decimal(10), "01-11": Decimal(4), "01-18": Decimal(10), "01-25": Decimal(10)}
    assert "amount-differs" in event_on(schedule, "2027-01-11").flags
    assert "amount-differs" not in event_on(schedule, "2027-01-18").flags


def test_the_planned_amount_is_no_different_one() -> None:
    assert event_on(replayed(WEEKLY, "on: 2027-01-11, given: it, amount: 10 mg"), "2027-01-11").flags == ()


def test_a_visit_is_done_within_its_window() -> None:
    body = item("visits", "it", when="weeks 4 8", window="±3 days")
    event = event_on(replayed(body, "on: 2027-02-03, done: it, due: 2027-02-01"), "2027-02-03")
    assert (event.key, event.state, window_of(event)) == ("it/week 4", "done", ("2027-01-29", "2027-02-04"))
    assert "out-of-window" not in event.flags


def test_a_late_first_dose_moves_neither_day_1_nor_anything_counted_from_it() -> None:
    body = f"{WEEKLY}\nvisits: {{scan: {{when: week 2}}}}"
    schedule = replayed(body, "on: 2027-01-05, given: it, due: 2027-01-04")
    assert (str(schedule.day_1), days_of(schedule), days_of(schedule, "scan")) == (
        "2027-01-04",
        ["01-05", "01-11", "01-18", "01-25"],
        ["01-18"],
    )


def test_the_earliest_date_of_one_item_follows_the_late_dose_of_another() -> None:
    # Day 15 is 18 January; 10 days after the priming dose given on the 12th is the 22nd.
    body = "doses: {priming: {give: 1 mg IV, when: day 1}, it: {give: 1 mg IV, when: day 15, not-before: 10 days after priming}}"
    assert days_of(replayed(body, "on: 2027-01-08, given: priming, due: 2027-01-04")) == ["01-18"]
    schedule = replayed(body, "on: 2027-01-12, given: priming, due: 2027-01-04")
    assert days_of(schedule) == ["01-22"]
    assert event_on(schedule, "2027-01-22").key == "it/day 15"


# -- it did not


def test_a_dose_not_given_is_absent_and_still_counts() -> None:
    schedule = replayed(WEEKLY, "on: 2027-01-11, not-given: it")
    assert days_of(schedule) == ["01-04", "01-18", "01-25"]
    assert absent(schedule) == [("2027-01-11", "missed")]


def test_a_dose_not_given_moves_none_that_is_counted_from_actual_dates() -> None:
    assert days_of(replayed(FROM_ACTUAL, "on: 2027-01-12, not-given: it, due: 2027-01-11")) == ["01-04", "01-18", "01-25"]


@pytest.mark.parametrize(
    "entry",
    [
        "on: 2027-01-11, not-given: it, through: 2027-01-20",
        "on: 2027-01-20, not-given: it, due: 2027-01-11, through: 2027-01-20",
    ],
)
def test_a_stretch_not_given_ends_with_its_last_day_included(entry: str) -> None:
    schedule = replayed(WEEKLY, entry)
    assert (days_of(schedule), absent(schedule)) == (["01-04", "01-25"], [("2027-01-11", "missed"), ("2027-01-18", "missed")])


def test_a_visit_not_done_takes_what_is_tied_to_it_along() -> None:
    body = "visits: {it: {when: weeks 4 8}}\nlabs: {blood: {when: 1 day before each it}}"
    schedule = replayed(body, "on: 2027-02-01, not-done: it")
    assert (days_of(schedule), days_of(schedule, "blood")) == (["03-01"], ["02-28"])


def test_the_last_dose_is_the_last_that_was_not_missed() -> None:
    body = f"{WEEKLY}\nvisits: {{follow-up: {{when: 30 days after last it}}}}"
    schedule = replayed(body, "on: 2027-01-25, not-given: it")
    assert days_of(schedule, "follow-up") == ["02-17"]  # 18 January and 30 days


# -- several times a day


def test_a_slot_tells_which_of_several_times_is_meant() -> None:
    schedule = replayed(TWICE_DAILY, "on: 2027-01-05, given: it, slot: '20:00', at: '21:15'", **BERLIN)
    assert times_of(schedule)[2:4] == ["01-05 08:00", "01-05 21:15"]
    assert [event.key for event in schedule.events][3] == "it/day 2/20:00"


def test_one_of_several_times_not_given_leaves_the_others() -> None:
    schedule = replayed(TWICE_DAILY, "on: 2027-01-05, not-given: it, slot: '08:00'", **BERLIN)
    assert times_of(schedule) == ["01-04 08:00", "01-04 20:00", "01-05 20:00", "01-06 08:00", "01-06 20:00"]


def test_a_stretch_not_given_takes_every_time_of_its_days() -> None:
    schedule = replayed(TWICE_DAILY, "on: 2027-01-05, not-given: it, through: 2027-01-06", **BERLIN)
    assert times_of(schedule) == ["01-04 08:00", "01-04 20:00"]


def test_a_named_time_is_a_slot_by_its_name() -> None:
    body = item("doses", "it", give="10 mg PO", when="every day for 2 days", at="[breakfast, dinner]")
    schedule = replayed(body, "on: 2027-01-05, not-given: it, slot: dinner", times="{breakfast: '07:30', dinner: '19:30'}", **BERLIN)
    assert times_of(schedule) == ["01-04 07:30", "01-04 19:30", "01-05 07:30"]


def test_without_a_slot_a_dose_of_several_a_day_is_refused_with_the_slots() -> None:
    said = said_by(refused(TWICE_DAILY, "on: 2027-01-05, given: it", **BERLIN))
    assert "08:00" in said
    assert "20:00" in said


def test_a_slot_that_the_item_does_not_have_is_refused_with_those_it_has() -> None:
    said = said_by(refused(TWICE_DAILY, "on: 2027-01-05, given: it, slot: '12:00'", **BERLIN))
    assert "08:00" in said
    assert "20:00" in said


# -- what cannot be


def test_a_second_entry_for_one_occurrence_is_refused_and_names_the_first() -> None:
    said = said_by(refused(WEEKLY, "on: 2027-01-11, given: it", "on: 2027-01-12, given: it, due: 2027-01-11"))
    assert "entry 1" in said


def test_what_was_given_cannot_have_been_not_given_too() -> None:
    assert "entry 1" in said_by(refused(WEEKLY, "on: 2027-01-11, given: it", "on: 2027-01-12, not-given: it, due: 2027-01-11"))


def test_two_doses_on_one_day_are_refused() -> None:
    with pytest.raises(Refused):
        replayed(WEEKLY, "on: 2027-01-18, given: it, due: 2027-01-11")
