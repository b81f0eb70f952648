"""Dates are given by the rules that are found for them, neither more nor less, as dateutil reads them; what is found stays found."""

from datetime import date, timedelta

import pytest
from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule, weekday
from hypothesis import given, settings
from hypothesis import strategies as st

from dosecal.write.recurrence import MOST, Rule, Run, runs
from tests.write.schedules import DAY_1, every, on_weekdays

FREQUENCIES = {"DAILY": DAILY, "WEEKLY": WEEKLY, "MONTHLY": MONTHLY}


def found(dates: list[date]) -> list[Run]:
    return list(runs(dates, lambda _: True))


def given_by(run: Run, dates: list[date]) -> list[date]:
    """What dateutil makes of the rule."""
    first, rule = dates[run.start], run.rule
    parts = {"byweekday": [weekday(day) for day in rule.weekdays], "wkst": rule.week_start} if rule.frequency == "WEEKLY" else {}
    parts |= {"bymonthday": first.day} if rule.frequency == "MONTHLY" else {}
    whole = rrule(FREQUENCIES[rule.frequency], dtstart=first, interval=rule.interval, count=run.given, **parts)  # type: ignore[arg-type]
    return [at.date() for at in whole]


def some_dates() -> st.SearchStrategy[list[date]]:
    """Stretches of regular dates of every kind, with dates taken out and others put in, cut somewhere."""
    regular = st.builds(
        lambda start, step, count: every(step, count, DAY_1 + timedelta(start)),
        st.integers(0, 200), st.sampled_from((1, 2, 3, 7, 10, 14, 21)), st.integers(1, 40),
    )  # fmt: skip
    weekly = st.builds(
        lambda start, days, weeks, step: [
            one for k in range(0, weeks, step) for day in sorted(days) for one in [DAY_1 + timedelta(start + 7 * k + day)]
        ],
        st.integers(0, 200), st.sets(st.integers(0, 6), min_size=1), st.integers(1, 12), st.integers(1, 3),
    )  # fmt: skip
    monthly = st.builds(
        lambda day, step, count: [date(2026 + k * step // 12, k * step % 12 + 1, day) for k in range(count)],
        st.integers(1, 28), st.sampled_from((1, 2, 3, 6, 12)), st.integers(1, 12),
    )  # fmt: skip
    odd = st.lists(st.integers(0, 400).map(lambda n: DAY_1 + timedelta(n)), max_size=5)
    parts = st.lists(st.one_of(regular, weekly, monthly, odd), min_size=1, max_size=3)
    missing = st.sets(st.integers(0, 60), max_size=4)
    return st.builds(
        lambda parts, out: [day for n, day in enumerate(sorted({day for part in parts for day in part})) if n not in out], parts, missing
    )


@settings(derandomize=True, deadline=None, max_examples=400)
@given(dates=some_dates())
def test_rule_14_a_run_is_what_its_rule_gives_without_the_excluded_dates(dates: list[date]) -> None:
    last = 0
    for run in found(dates):
        assert last <= run.start < run.end
        last = run.end
        everything = given_by(run, dates)
        assert set(run.excluded) < set(everything)
        assert [day for day in everything if day not in run.excluded] == dates[run.start : run.end]


@settings(derandomize=True, deadline=None, max_examples=300)
@given(dates=some_dates(), cut=st.integers(0, 80))
def test_dates_added_behind_the_last_one_make_no_instance_or_lone_date_part_of_an_earlier_run(dates: list[date], cut: int) -> None:
    # A calendar laid out farther: what began a series, or stood alone, still does, so that no UID is left behind.
    shorter = dates[:cut]
    alone_or_first = set(range(len(shorter))) - {n for run in found(shorter) for n in range(run.start + 1, run.end)}
    inside_now = {n for run in found(dates) for n in range(run.start + 1, run.end)}
    assert not alone_or_first & inside_now & set(range(max(len(shorter) - 1, 0)))


@settings(derandomize=True, deadline=None, max_examples=300)
@given(dates=some_dates(), barred=st.sets(st.integers(0, 400).map(lambda n: DAY_1 + timedelta(n)), max_size=60))
def test_no_date_is_excluded_that_may_not_be(dates: list[date], barred: set[date]) -> None:
    for run in runs(dates, lambda day: day not in barred):
        assert not barred & set(run.excluded)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(dates=some_dates())
def test_exceptions_are_few_a_third_of_what_takes_place_at_most(dates: list[date]) -> None:
    for run in found(dates):
        assert len(run.excluded) * 3 <= run.end - run.start
        assert run.given <= MOST


@pytest.mark.parametrize(
    ("dates", "rule"),
    [
        (every(1, 5), Rule("DAILY", 1)),
        (every(3, 9), Rule("DAILY", 3)),
        (every(7, 9), Rule("WEEKLY", 1, (0,), 0)),
        (every(14, 9, DAY_1 + timedelta(3)), Rule("WEEKLY", 2, (3,), 3)),
        (on_weekdays({0, 2, 4}, DAY_1, DAY_1 + timedelta(90)), Rule("WEEKLY", 1, (0, 2, 4), 0)),
        # Every second week from a Thursday on: its Monday is in the week that begins on Thursday.
        ([date(2026, 1, 8), date(2026, 1, 12), date(2026, 1, 22), date(2026, 1, 26), date(2026, 2, 5)], Rule("WEEKLY", 2, (0, 3), 3)),
        ([date(2026, month, 28) for month in range(1, 13)], Rule("MONTHLY", 1)),
        ([date(2026, month, 5) for month in range(1, 13, 3)], Rule("MONTHLY", 3)),
        ([date(year, 2, 28) for year in range(2026, 2030)], Rule("MONTHLY", 12)),
    ],
)  # fmt: skip
def test_regular_dates_are_one_run_with_the_rule_that_people_would_name(dates: list[date], rule: Rule) -> None:
    assert found(dates) == [Run(0, len(dates), rule)]


def test_month_ends_are_no_monthly_run() -> None:
    month_ends = [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 30)]
    assert all(run.rule.frequency != "MONTHLY" for run in found(month_ends))
    thirtieths = [date(2026, month, 30) for month in (3, 4, 5, 6, 7)]
    assert all(run.rule.frequency != "MONTHLY" for run in found(thirtieths))


def test_a_missing_day_is_excluded_once_enough_came_before_and_a_long_gap_ends_the_run() -> None:
    days = every(1, 21)
    assert found([*days[:10], *days[11:]]) == [Run(0, 20, Rule("DAILY", 1), (days[10],))]
    assert [(run.start, run.end) for run in found([*days[:10], *days[14:]])] == [(0, 10), (10, 17)]


def test_two_dates_are_a_run_only_at_the_end_where_it_may_go_on() -> None:
    assert found(every(9, 2)) == [Run(0, 2, Rule("DAILY", 9))]
    assert [(run.start, run.end) for run in found([*every(9, 2), DAY_1 + timedelta(11)])] == [(1, 3)]
    assert found([DAY_1]) == []


def test_a_rule_gives_at_most_999_dates() -> None:
    assert [(run.start, run.end) for run in found(every(1, 2000))] == [(0, 999), (999, 1998), (1998, 2000)]
