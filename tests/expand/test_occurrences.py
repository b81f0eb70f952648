"""Repeats, their ends, and courses: rules 6, 7, 8 and 10 of the language, one worked example each."""

import pytest

from tests.expand.laying import MONDAY, dates_of, keys_of, laid_out, one, refusal, spread


def dates(when: str, day_1: str = MONDAY, horizon: str | None = None, head: str = "") -> list[str]:
    return dates_of(laid_out(head + one(when), day_1, horizon=horizon))


# -- every: from, included; through, included; for, half open


def test_a_repeat_begins_on_the_scopes_first_day() -> None:
    assert dates("every 3 months through month 24", "2027-01-31") == [
        *("2027-01-31", "2027-04-30", "2027-07-31", "2027-10-31", "2028-01-31", "2028-04-30", "2028-07-31", "2028-10-31", "2029-01-31"),
    ]


def test_a_repeat_begins_on_its_from_included() -> None:
    assert dates("every month from month 1 through month 4", "2027-01-31") == ["2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"]
    assert dates("every 2 weeks from day 15 through day 45") == ["2027-01-18", "2027-02-01", "2027-02-15"]
    assert dates("every day from day -3 through day 2") == spread("2027-01-01..2027-01-05")


@pytest.mark.parametrize(
    ("when", "last"),
    [
        ("every day for 24 months", "2028-10-10"),
        ("every day through month 24", "2028-10-11"),
        ("every day for 2 weeks", "2026-10-24"),
        ("every day through week 2", "2026-10-25"),
        ("every day for 5 days", "2026-10-15"),
        ("every day through day 5", "2026-10-15"),
        ("every day from day 3 for 5 days", "2026-10-17"),
        ("every day from month 1 for 1 month", "2026-12-10"),
    ],
)
def test_for_is_half_open_and_through_is_closed(when: str, last: str) -> None:
    first = {"every day from day 3 for 5 days": "2026-10-13", "every day from month 1 for 1 month": "2026-11-11"}.get(when, "2026-10-11")
    assert dates(when, "2026-10-11") == spread(f"{first}..{last}")


def test_a_step_that_ends_exactly_on_the_half_open_end_is_out() -> None:
    assert dates("every 2 weeks for 4 weeks") == ["2027-01-04", "2027-01-18"]
    assert dates("every 2 weeks through week 4") == ["2027-01-04", "2027-01-18", "2027-02-01"]
    assert dates("every month for 3 months", "2027-01-31") == ["2027-01-31", "2027-02-28", "2027-03-31"]


def test_months_of_a_repeat_are_counted_from_the_start_and_not_chained() -> None:
    assert dates("every month from 7 days before month 1 through month 3", "2027-01-31") == ["2027-02-21", "2027-03-24", "2027-04-23"]
    # Day 15 of 17 January is 31 January; months go first: 17 February and 14 days, 17 March and 14 days.
    assert dates("every month from day 15 through month 3", "2027-01-17") == ["2027-01-31", "2027-03-03", "2027-03-31"]


def test_weeks_from_a_clamped_month_go_on_in_sevens() -> None:
    assert dates("every week from month 1 through day 50", "2027-01-31") == ["2027-02-28", "2027-03-07", "2027-03-14", "2027-03-21"]


def test_so_many_times_counts_them() -> None:
    assert dates("every 4 weeks 3 times from day 113") == ["2027-04-26", "2027-05-24", "2027-06-21"]
    assert dates("every 3 months 6 times", "2027-08-31") == [
        *("2027-08-31", "2027-11-30", "2028-02-29", "2028-05-31", "2028-08-31", "2028-11-30"),
    ]


def test_at_most_so_many_days_caps_the_span() -> None:
    assert dates("every month 5 times at most 60 days") == ["2027-01-04", "2027-02-04", "2027-03-04"]  # Day 60
    assert dates("every month 5 times at most 59 days") == ["2027-01-04", "2027-02-04"]
    assert dates("every week from day 8 through day 99 at most 15 days") == ["2027-01-11", "2027-01-18", "2027-01-25"]


def test_at_most_so_many_days_is_an_end_of_its_own() -> None:
    assert dates("every week at most 15 days") == ["2027-01-04", "2027-01-11", "2027-01-18"]


def test_until_an_event_needs_a_horizon_and_reaches_it() -> None:
    head = "events: [progression]\n"
    assert dates("every week until progression", horizon="2027-01-18", head=head) == ["2027-01-04", "2027-01-11", "2027-01-18"]
    assert refusal(head + one("every week until progression")) == "no-horizon"


def test_the_horizon_cuts_the_list_and_is_included() -> None:
    assert dates("every week through week 8", horizon="2027-01-18") == ["2027-01-04", "2027-01-11", "2027-01-18"]
    assert dates("every week through week 8", horizon="2027-01-17") == ["2027-01-04", "2027-01-11"]


# -- weekdays


def test_every_mon_wed_fri_begins_on_the_first_of_them() -> None:
    assert dates("every Mon Wed Fri for 2 weeks", "2027-01-05") == [
        *("2027-01-06", "2027-01-08", "2027-01-11", "2027-01-13", "2027-01-15", "2027-01-18"),
    ]


def test_weekdays_end_as_every_repeat_does() -> None:
    assert dates("every Tue through day 16", "2027-01-04") == ["2027-01-05", "2027-01-12", "2027-01-19"]
    assert dates("every Tue for 15 days", "2027-01-04") == ["2027-01-05", "2027-01-12"]
    assert dates("every Tue Thu 3 times from day 10", "2027-01-04") == ["2027-01-14", "2027-01-19", "2027-01-21"]


def test_weekdays_run_on_over_the_turn_of_the_year_and_a_leap_day() -> None:
    assert dates("every Tue from day 50 through day 64", "2028-01-04") == ["2028-02-22", "2028-02-29", "2028-03-07"]


# -- courses


def test_a_course_is_consecutive_days_over_holidays_and_weekends() -> None:
    schedule = laid_out(one("month 0 for 5 days"), "2026-12-29")
    assert dates_of(schedule) == spread("2026-12-29..2027-01-02")
    assert [(event.course_day, event.course_days) for event in schedule.events] == [(n, 5) for n in range(1, 6)]


@pytest.mark.parametrize(
    ("when", "days"),
    [
        ("days 1-5", "2027-01-04..2027-01-08"),
        ("days 8-10", "2027-01-11..2027-01-13"),
        ("day -7 for 7 days", "2026-12-28..2027-01-03"),
        ("day 2 for 2 weeks", "2027-01-05..2027-01-18"),
        ("week 1 for 3 days", "2027-01-11..2027-01-13"),
        ("month 1 for 1 month", "2027-02-04..2027-03-03"),
        ("3 days after month 1 for 2 days", "2027-02-07..2027-02-08"),
        ("first Wed on or after day 1 for 2 days", "2027-01-06..2027-01-07"),
    ],
)
def test_a_range_and_a_length_make_a_course(when: str, days: str) -> None:
    schedule = laid_out(one(when))
    assert dates_of(schedule) == spread(days)
    assert [event.course_day for event in schedule.events] == list(range(1, len(spread(days)) + 1))
    assert {event.course_days for event in schedule.events} == {len(spread(days))}


def test_a_course_of_a_month_from_a_clamped_day_ends_before_the_next_month_of_day_1() -> None:
    assert dates("month 1 for 1 month", "2027-01-31") == spread("2027-02-28..2027-03-30")


def test_ranges_in_a_list_are_courses_of_their_own() -> None:
    schedule = laid_out(one("days 1-3 8 15-16"))
    assert [(event.study_day, event.course_day, event.course_days) for event in schedule.events] == [
        *((1, 1, 3), (2, 2, 3), (3, 3, 3), (8, 1, 1), (15, 1, 2), (16, 2, 2)),
    ]


def test_a_length_after_a_list_gives_each_point_a_course() -> None:
    schedule = laid_out(one("months 0 12 for 3 days"))
    assert dates_of(schedule) == [*spread("2027-01-04..2027-01-06"), *spread("2028-01-04..2028-01-06")]
    assert keys_of(schedule)[2:4] == ["it/month 0 day 3", "it/month 12 day 1"]


# -- unions


def test_two_phrases_on_one_date_make_one_occurrence_keyed_by_the_first() -> None:
    schedule = laid_out(one("[every month through month 3, every 3 months through month 6]"))
    assert dates_of(schedule) == ["2027-01-04", "2027-02-04", "2027-03-04", "2027-04-04", "2027-07-04"]
    assert keys_of(laid_out(one("[week 4, day 29, day 30]"))) == ["it/week 4", "it/day 30"]
    assert keys_of(laid_out(one("[day 29, week 4, day 30]"))) == ["it/day 29", "it/day 30"]


def test_courses_of_two_phrases_stay_two_courses() -> None:
    schedule = laid_out(one("[month 0 for 2 days, day 3 for 2 days]"))
    assert [(event.course_day, event.course_days) for event in schedule.events] == [(1, 2), (2, 2), (1, 2), (2, 2)]


def test_a_union_stands_in_order_of_date_whatever_the_order_of_its_phrases() -> None:
    assert dates("[month 2, day -3, week 1]") == ["2027-01-01", "2027-01-11", "2027-03-04"]


# -- how many


@pytest.mark.parametrize(
    "when",
    ["every day 50000 times", "every day for 1500 months", "day 1 for 50000 days", "every Mon Tue Wed Thu Fri Sat Sun 50000 times"],
)
def test_too_many_occurrences_are_refused(when: str) -> None:
    assert refusal(one(when)) == "too-many"


def test_every_day_of_a_century_is_not_too_many() -> None:
    assert len(dates("every day for 1200 months", "2000-01-01")) == 36525


@pytest.mark.parametrize(
    ("when", "day_1"),
    [
        ("every day through day 9", "2200-12-25"),
        ("every month from month 1 through month 2", "2200-11-15"),
        ("every Mon 3 times", "2200-12-20"),
        ("every Thu 1 time", "2200-12-31"),
        ("every day 10 times", "2200-12-25"),
        ("day 1 for 10 days", "2200-12-25"),
    ],
)
def test_a_repeat_that_leaves_the_range_of_dates_is_refused(when: str, day_1: str) -> None:
    assert refusal(one(when), day_1) == "date-range"
