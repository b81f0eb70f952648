"""The minimum gap after a record: doses give way to one that was late, within their week, read off the wall clock (rule 16)."""

import pytest

from tests.expand.laying import WEEKENDS_CLOSED, item, shut
from tests.record.replaying import absent, days_of, event_on, replayed, times_of

DENVER = {"timezone": "America/Denver"}
BERLIN = {"timezone": "Europe/Berlin"}


def three_a_week(at: str | None = "19:00", weeks: int = 2, **keys: str) -> str:
    clock = {"at": f"'{at}'"} if at else {}
    gap = keys.pop("at_least", "48 hours apart")
    return item("doses", "it", give="44 mcg SC", when=f"every Mon Wed Fri for {weeks} weeks", at_least=gap, **clock, **keys)


SECOND_WEEK = ["01-11", "01-13", "01-15"]


def test_a_late_dose_pushes_the_next_one_on_within_its_week() -> None:
    # Wednesday's on Thursday 7 January: Friday's to Saturday 9; Monday 11 is 48 hours after that and stands.
    schedule = replayed(three_a_week(), "on: 2027-01-07, given: it, due: 2027-01-06", **DENVER)
    assert days_of(schedule) == ["01-04", "01-07", "01-09", *SECOND_WEEK]
    assert event_on(schedule, "2027-01-09").key == "it/week 1 no 3"
    assert str(event_on(schedule, "2027-01-09").due_date) == "2027-01-09"


def test_a_dose_taken_on_the_next_ones_day_takes_its_place() -> None:
    # Wednesday's on Friday: Friday's own would go to Sunday, a day before Monday's, so it is skipped.
    schedule = replayed(three_a_week(), "on: 2027-01-08, given: it, due: 2027-01-06", **DENVER)
    assert days_of(schedule) == ["01-04", "01-08", *SECOND_WEEK]
    assert event_on(schedule, "2027-01-08").key == "it/week 1 no 2"
    assert absent(schedule) == [("2027-01-08", "skipped")]


def test_a_dose_48_hours_before_the_next_week_moves_nothing() -> None:
    schedule = replayed(three_a_week(), "on: 2027-01-09, given: it, due: 2027-01-08", **DENVER)
    assert days_of(schedule) == ["01-04", "01-06", "01-09", *SECOND_WEEK]


def test_a_dose_a_day_before_the_next_week_leaves_no_place_for_mondays() -> None:
    # Friday's on Sunday 10: Monday's would go to Tuesday, a day before Wednesday's.
    schedule = replayed(three_a_week(), "on: 2027-01-10, given: it, due: 2027-01-08", **DENVER)
    assert days_of(schedule) == ["01-04", "01-06", "01-10", "01-13", "01-15"]
    assert absent(schedule) == [("2027-01-11", "skipped")]


def test_the_gap_counts_from_the_actual_time() -> None:
    # Wednesday at 21:00 to Friday at 19:00 are 46 hours: to Saturday, 48 hours before Monday.
    schedule = replayed(three_a_week(), "on: 2027-01-06, given: it, at: '21:00'", **DENVER)
    assert times_of(schedule)[:4] == ["01-04 19:00", "01-06 21:00", "01-09 19:00", "01-11 19:00"]


def test_an_earlier_time_leaves_the_next_dose_alone() -> None:
    schedule = replayed(three_a_week(), "on: 2027-01-06, given: it, at: '18:00'", **DENVER)
    assert days_of(schedule) == ["01-04", "01-06", "01-08", *SECOND_WEEK]


def test_without_clock_times_48_hours_are_two_days() -> None:
    assert days_of(replayed(three_a_week(None), "on: 2027-01-07, given: it, due: 2027-01-06")) == ["01-04", "01-07", "01-09", *SECOND_WEEK]


def test_a_dose_that_was_moved_beforehand_pushes_the_next_one_as_well() -> None:
    schedule = replayed(three_a_week(), "on: 2027-01-05, moved: it, due: 2027-01-06, to: 2027-01-07", **DENVER)
    assert days_of(schedule) == ["01-04", "01-07", "01-09", *SECOND_WEEK]


def test_a_pushed_dose_goes_to_an_open_day_or_is_skipped() -> None:
    # With the weekend closed there is none between Friday and Monday.
    body = three_a_week(if_closed="next open day")
    schedule = replayed(body, "on: 2027-01-07, given: it, due: 2027-01-06", site=shut(weekend=WEEKENDS_CLOSED), **DENVER)
    assert days_of(schedule) == ["01-04", "01-07", *SECOND_WEEK]
    assert absent(schedule) == [("2027-01-08", "skipped")]


def test_a_missed_dose_gives_way_to_nothing() -> None:
    schedule = replayed(three_a_week(), "on: 2027-01-06, not-given: it", **DENVER)
    assert days_of(schedule) == ["01-04", "01-08", *SECOND_WEEK]


# -- facts


def test_a_gap_broken_by_a_fact_is_flagged_and_both_doses_stand() -> None:
    # Friday's taken on Thursday, a day after Wednesday's.
    schedule = replayed(three_a_week(), "on: 2027-01-06, given: it", "on: 2027-01-07, given: it, due: 2027-01-08", **DENVER)
    assert days_of(schedule) == ["01-04", "01-06", "01-07", *SECOND_WEEK]
    assert "gap-broken" in event_on(schedule, "2027-01-07").flags
    assert "gap-broken" not in event_on(schedule, "2027-01-06").flags


def test_a_dose_that_keeps_the_gap_is_not_flagged() -> None:
    schedule = replayed(three_a_week(), "on: 2027-01-06, given: it", "on: 2027-01-08, given: it", **DENVER)
    assert [event.flags for event in schedule.events] == [()] * 6


def test_a_pushed_dose_that_was_given_on_its_old_day_after_all_is_a_fact() -> None:
    entries = ["on: 2027-01-07, given: it, due: 2027-01-06", "on: 2027-01-08, given: it, due: 2027-01-09"]
    schedule = replayed(three_a_week(), *entries, **DENVER)
    assert days_of(schedule) == ["01-04", "01-07", "01-08", *SECOND_WEEK]
    assert "gap-broken" in event_on(schedule, "2027-01-08").flags


# -- clock changes: in Berlin at 02:00 on Sunday 28 March and at 03:00 on Sunday 31 October 2027


@pytest.mark.parametrize(
    ("day_1", "saturday", "due", "monday"),
    [("2027-03-22", "2027-03-27", "2027-03-26", "03-29"), ("2027-10-25", "2027-10-30", "2027-10-29", "11-01")],
)
def test_48_hours_by_the_wall_clock_are_enough_whatever_elapses(day_1: str, saturday: str, due: str, monday: str) -> None:
    # From Saturday 19:00 to Monday 19:00 pass 47 hours in spring and 49 in autumn; the clock on the wall shows 48.
    schedule = replayed(three_a_week(), f"on: {saturday}, given: it, due: {due}", day_1=day_1, **BERLIN)
    assert f"{monday} 19:00" in times_of(schedule)
    assert absent(schedule) == []
    assert all("gap-broken" not in event.flags for event in schedule.events)


@pytest.mark.parametrize(
    ("day_1", "saturday", "due", "monday"),
    [("2027-03-22", "2027-03-27", "2027-03-26", "03-29"), ("2027-10-25", "2027-10-30", "2027-10-29", "11-01")],
)
def test_47_hours_by_the_wall_clock_are_too_few_whatever_elapses(day_1: str, saturday: str, due: str, monday: str) -> None:
    # From Saturday 20:00 to Monday 19:00 pass 46 hours in spring and 48 in autumn. Tuesday is too near to Wednesday: Monday's is skipped.
    schedule = replayed(three_a_week(), f"on: {saturday}, given: it, due: {due}, at: '20:00'", day_1=day_1, **BERLIN)
    assert f"{monday} 19:00" not in times_of(schedule)
    assert absent(schedule) == [(f"2027-{monday}", "skipped")]


def test_a_plan_across_a_clock_change_is_moved_by_no_record() -> None:
    schedule = replayed(three_a_week(), "on: 2027-03-26, given: it", day_1="2027-03-22", **BERLIN)
    assert days_of(schedule) == ["03-22", "03-24", "03-26", "03-29", "03-31", "04-02"]
