"""Points: days, weeks, months, offsets and searches, each on the date that the language's rules 1 to 5 give it."""

import pytest

from tests.expand.laying import MONDAY, WEEKENDS_CLOSED, dates_of, laid_out, one, only, refusal, shut


@pytest.mark.parametrize(
    ("point", "day"),
    [
        ("day 1", "2027-07-01"),
        ("day 14", "2027-07-14"),
        ("day -1", "2027-06-30"),
        ("day -14", "2027-06-17"),
        ("study day 3", "2027-07-03"),
        ("study day -3", "2027-06-28"),
        ("week 0", "2027-07-01"),
        ("week 2", "2027-07-15"),
        ("week 4", "2027-07-29"),
        ("month 0", "2027-07-01"),
        ("month 1", "2027-08-01"),
        ("month 18", "2029-01-01"),
    ],
)
def test_days_weeks_and_months_count_from_day_1(point: str, day: str) -> None:
    assert dates_of(laid_out(one(point), "2027-07-01")) == [day]


@pytest.mark.parametrize(
    ("day_1", "point", "day"),
    [
        ("2027-01-31", "month 1", "2027-02-28"),
        ("2028-01-31", "month 1", "2028-02-29"),
        ("2027-01-31", "month 2", "2027-03-31"),
        ("2027-01-31", "month 3", "2027-04-30"),
        ("2028-02-29", "month 12", "2029-02-28"),
        ("2028-02-29", "month 48", "2032-02-29"),
        ("2027-12-31", "month 2", "2028-02-29"),
        ("2099-12-31", "month 2", "2100-02-28"),
    ],
)
def test_a_month_too_short_for_day_1_ends_on_its_last_day(day_1: str, point: str, day: str) -> None:
    event = only(laid_out(one(point), day_1))
    assert event.date.isoformat() == day
    assert any("last day" in reason for reason in event.reasons) == (event.date.day != int(day_1[-2:]))


@pytest.mark.parametrize(("months", "day"), [("calendar", "2027-05-01"), ("28 days", "2027-04-25"), ("30 days", "2027-05-01")])
def test_a_month_is_what_the_regimen_says(months: str, day: str) -> None:
    assert dates_of(laid_out(one("month 3"), "2027-01-31" if months != "calendar" else "2027-02-01", months=months)) == [day]


def test_months_of_28_and_30_days_never_clamp() -> None:
    assert dates_of(laid_out(one("every month through month 3"), "2027-01-31", months="28 days")) == [
        *("2027-01-31", "2027-02-28", "2027-03-28", "2027-04-25"),
    ]
    assert dates_of(laid_out(one("every month through month 3"), "2027-01-31", months="30 days")) == [
        *("2027-01-31", "2027-03-02", "2027-04-01", "2027-05-01"),
    ]


@pytest.mark.parametrize(
    ("point", "day"),
    [
        ("3 days after day 10", "2027-02-12"),  # Day 10 is 9 February
        ("3 days before day 2", "2027-01-29"),  # the day before the day before Day 1
        ("2 weeks after day 1", "2027-02-14"),
        ("2 weeks before day 15", "2027-01-31"),
        ("7 days before month 1", "2027-02-21"),
        ("1 month after day 15", "2027-03-14"),
        ("1 month before month 2", "2027-02-28"),  # months are added up first: month 1
        ("1 month after 1 month after month 1", "2027-04-30"),
        ("1 month after 3 days after month 1", "2027-04-03"),  # 31 March and three days
        ("1 week after 1 day before month 2", "2027-04-06"),
    ],
)
def test_offsets_add_months_first_then_days(point: str, day: str) -> None:
    assert dates_of(laid_out(one(point), "2027-01-31")) == [day]


def test_several_offsets_from_one_point_are_several_dates() -> None:
    assert dates_of(laid_out(one("1 2 5 days after month 1"))) == ["2027-02-05", "2027-02-06", "2027-02-09"]
    assert dates_of(laid_out(one("2 4 weeks before day 1"))) == ["2026-12-07", "2026-12-21"]


@pytest.mark.parametrize(
    ("point", "day"),
    [
        ("first Mon on or after day 1", "2027-04-19"),
        ("first Sun on or after day 1", "2027-04-18"),
        ("first Sat on or after day 1", "2027-04-24"),
        ("first Mon on or after week 1", "2027-04-26"),
        ("first open day on or after day 1", "2027-04-20"),  # 18 April is a Sunday, 19 April a closing day
        ("first open Mon on or after day 1", "2027-04-26"),
        ("first open Tue on or after day 1", "2027-04-20"),
        ("3 days after first Mon on or after day 1", "2027-04-22"),
    ],
)
def test_a_search_finds_the_first_such_day_and_may_find_the_point_itself(point: str, day: str) -> None:
    site = shut("2027-04-19", weekend=WEEKENDS_CLOSED)
    assert dates_of(laid_out(one(point), "2027-04-18", site=site)) == [day]


def test_a_search_for_an_open_day_that_never_comes_is_refused() -> None:
    assert refusal(one("first open Sun on or after day 1"), site=shut(weekend=WEEKENDS_CLOSED)) == "date-range"


@pytest.mark.parametrize(
    ("when", "days"),
    [
        ("days 1 8 15", ["2027-01-04", "2027-01-11", "2027-01-18"]),
        ("days -7 -1 1", ["2026-12-28", "2027-01-03", "2027-01-04"]),
        ("weeks 0 4 8-10", ["2027-01-04", "2027-02-01", "2027-03-01", "2027-03-08", "2027-03-15"]),
        ("months 1-2 6", ["2027-02-04", "2027-03-04", "2027-07-04"]),
    ],
)
def test_a_list_is_each_of_its_dates(when: str, days: list[str]) -> None:
    schedule = laid_out(one(when))
    assert dates_of(schedule) == days
    assert {event.course_days for event in schedule.events} == {1}


def test_dates_reach_to_the_end_of_2200_and_no_further() -> None:
    assert dates_of(laid_out(one("day 2"), "2200-12-30")) == ["2200-12-31"]
    assert refusal(one("day 3"), "2200-12-30") == "date-range"
    assert refusal(one("month 1"), "2200-12-30") == "date-range"
    assert dates_of(laid_out(one("day -1"), "1900-01-02")) == ["1900-01-01"]
    assert refusal(one("day -2"), "1900-01-02") == "date-range"
    assert refusal(one("99999 months after day 99999")) == "date-range"


def test_study_day_and_month_are_those_of_the_date() -> None:
    schedule = laid_out(one("[day -3, day 1, day 28, month 1, day 40]"), "2027-01-31")
    assert [(event.study_day, event.month) for event in schedule.events] == [(-3, None), (1, 0), (28, 0), (29, 1), (40, 1)]


def test_a_regimen_that_uses_no_months_has_none() -> None:
    assert [event.month for event in laid_out(one("day 40"), MONDAY, months=None).events] == [None]
