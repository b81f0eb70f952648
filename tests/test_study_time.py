"""Study time: study days, months and weekdays, against plain-date oracles."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dosecal.study_time import (
    CALENDAR_MONTHS,
    FIRST_DATE,
    LAST_DATE,
    DateOutOfRangeError,
    MonthRule,
    StudyDay,
    date_of_day,
    months_completed,
    plus_days,
    plus_months,
    study_day,
    weekday_of,
)

lawful = settings(derandomize=True, deadline=None, max_examples=300)
some_dates = st.dates(date(1900, 1, 1), date(2100, 12, 31))
DAY_1 = date(2027, 7, 1)


# -- study days


@pytest.mark.parametrize(
    ("day", "number"),
    [("2027-07-01", 1), ("2027-07-02", 2), ("2027-07-14", 14), ("2027-06-30", -1), ("2027-06-24", -7), ("2028-07-01", 367)],
)
def test_a_study_day_is_counted_from_day_1_and_there_is_no_day_0(day: str, number: int) -> None:
    assert study_day(DAY_1, date.fromisoformat(day)) == number
    assert date_of_day(DAY_1, StudyDay(number)) == date.fromisoformat(day)


def test_day_0_is_refused() -> None:
    with pytest.raises(ValueError, match="no day 0"):
        date_of_day(DAY_1, StudyDay(0))


@lawful
@given(origin=some_dates, day=some_dates)
def test_the_day_of_a_date_leads_back_to_the_date(origin: date, day: date) -> None:
    number = study_day(origin, day)
    assert number != 0
    assert date_of_day(origin, number) == day


def test_study_days_run_without_a_gap_over_day_1() -> None:
    days = [DAY_1 + timedelta(n) for n in range(-4, 4)]
    assert [study_day(DAY_1, day) for day in days] == [-4, -3, -2, -1, 1, 2, 3, 4]


# -- months


def months_later(origin: date, months: int) -> date:
    """The oracle: step month by month; where the month has no such day, try the day before it."""
    year, month = origin.year, origin.month
    step = 1 if months > 0 else -1
    for _ in range(abs(months)):
        month += step
        if month == 13:
            year, month = year + 1, 1
        if month == 0:
            year, month = year - 1, 12
    for day in range(origin.day, 0, -1):
        try:
            return date(year, month, day)
        except ValueError:
            continue
    raise AssertionError


@lawful
@given(origin=some_dates, months=st.integers(-2400, 2400))
@example(origin=date(2100, 1, 31), months=1)  # 2100 is no leap year
@example(origin=date(2000, 1, 31), months=1)  # 2000 is one
@example(origin=date(2028, 2, 29), months=12)
@example(origin=date(2028, 2, 29), months=-48)
@example(origin=date(1900, 3, 31), months=-1)
def test_months_are_those_of_the_calendar_clamped_to_its_end(origin: date, months: int) -> None:
    wanted = months_later(origin, months) if date(1900, 1, 1) <= rough(origin, months) <= date(2200, 12, 31) else None
    if wanted is not None:
        assert plus_months(origin, months) == wanted


def rough(origin: date, months: int) -> date:
    """A date of the month that is meant, kept within what a date can say."""
    number = origin.year * 12 + origin.month - 1 + months
    return date(max(1, min(9999, number // 12)), number % 12 + 1, 1)


def test_every_month_end_of_four_hundred_months_is_clamped_from_the_anchor() -> None:
    for anchor in (date(2027, 1, day) for day in (28, 29, 30, 31)):
        assert [plus_months(anchor, k) for k in range(-400, 401)] == [months_later(anchor, k) for k in range(-400, 401)]


def test_months_are_never_chained() -> None:
    anchor = date(2027, 1, 31)
    assert [plus_months(anchor, k).isoformat() for k in range(1, 5)] == ["2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"]
    assert plus_months(plus_months(anchor, 1), 1) == date(2027, 3, 28)  # what a chain would give for month 2


@lawful
@given(origin=some_dates, months=st.integers(-600, 600), length=st.sampled_from([28, 30]))
def test_months_of_a_fixed_length_are_so_many_days(origin: date, months: int, length: int) -> None:
    wanted = date.fromordinal(origin.toordinal() + months * length) if origin.toordinal() + months * length > 0 else date.min
    if FIRST_DATE <= wanted <= LAST_DATE:
        assert plus_months(origin, months, MonthRule(length)) == wanted
    else:
        with pytest.raises(DateOutOfRangeError):
            plus_months(origin, months, MonthRule(length))


@lawful
@given(origin=some_dates, day=some_dates, rule=st.sampled_from([CALENDAR_MONTHS, MonthRule(28), MonthRule(30)]))
@example(origin=date(2027, 1, 31), day=date(2027, 2, 28), rule=CALENDAR_MONTHS)
@example(origin=date(2027, 1, 31), day=date(2027, 2, 27), rule=CALENDAR_MONTHS)
@example(origin=date(2028, 2, 29), day=date(2029, 2, 28), rule=CALENDAR_MONTHS)
def test_the_months_completed_are_the_last_whose_day_has_come(origin: date, day: date, rule: MonthRule) -> None:
    def begins(months: int) -> date:
        return months_later(origin, months) if rule.days is None else date.fromordinal(origin.toordinal() + months * rule.days)

    completed = months_completed(origin, day, rule)
    assert begins(completed) <= day < begins(completed + 1)


# -- the range of dates


def test_dates_reach_from_1900_to_2200_both_included() -> None:
    assert (date(1900, 1, 1), date(2200, 12, 31)) == (FIRST_DATE, LAST_DATE)
    assert plus_days(date(1900, 1, 2), -1) == FIRST_DATE
    assert plus_days(date(2200, 12, 30), 1) == LAST_DATE
    assert plus_months(date(2200, 11, 30), 1) == date(2200, 12, 30)
    assert date_of_day(date(1900, 1, 2), StudyDay(-1)) == FIRST_DATE


@pytest.mark.parametrize("days", [-1, -40_000, -(10**6), -(10**12)])
def test_days_before_1900_are_refused(days: int) -> None:
    with pytest.raises(DateOutOfRangeError):
        plus_days(date(1900, 1, 1), days)


@pytest.mark.parametrize("days", [1, 40_000, 10**7, 10**12])
def test_days_after_2200_are_refused(days: int) -> None:
    with pytest.raises(DateOutOfRangeError):
        plus_days(date(2200, 12, 31), days)


@pytest.mark.parametrize("rule", [CALENDAR_MONTHS, MonthRule(28), MonthRule(30)])
@pytest.mark.parametrize("months", [-(10**9), -5000, -2, 5000, 10**9])
def test_months_out_of_range_are_refused(months: int, rule: MonthRule) -> None:
    with pytest.raises(DateOutOfRangeError):
        plus_months(date(1900, 1, 31), months, rule)


def test_a_weekday_has_its_three_letters() -> None:
    assert [weekday_of(date(2026, 11, 16) + timedelta(n)) for n in range(7)] == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
