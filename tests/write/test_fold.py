"""A long run of equal home doses becomes one line, and no dose is lost."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dosecal.schedule import Event
from dosecal.study_time import Window
from dosecal.write.fold import Run, fold
from tests.write.schedules import DAY_1, at, dose, event, every, injections, interferon_arm, on_weekdays

WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def summary(events: list[Event]) -> list[str]:
    """Each row as "pattern first..last xN", a single event as its date."""
    return [
        f"{row.pattern} {row.first.date}..{row.last.date} x{len(row.events)}" if isinstance(row, Run) else str(row.date)
        for row in fold(events)
    ]


def dates_in_words(run: Run) -> list[date]:
    """The dates that a run's words name, found day by day: what a reader of the folded line would do."""
    days = [run.first.date + timedelta(n) for n in range((run.last.date - run.first.date).days + 1)]
    words = run.pattern.split()
    if run.pattern == "every day":
        return days
    if words[0] == "every" and words[-1] == "days":
        return days[:: int(words[1])]
    if words[0] == "every" and words[2:3] == ["weeks"]:
        assert WEEKDAYS[run.first.date.weekday()] == words[4]
        return days[:: 7 * int(words[1])]
    weekdays = words[1:] if words[0] == "every" else words
    return [day for day in days if WEEKDAYS[day.weekday()] in weekdays]


def test_two_years_of_three_injections_a_week_are_one_line_and_every_visit_stays() -> None:
    schedule = interferon_arm()
    first, *others = fold(schedule.events)
    assert isinstance(first, Run)
    assert (first.pattern, first.first.date, first.last.date, len(first.events)) == (
        "Mon Wed Fri", date(2026, 1, 5), date(2028, 1, 3), 313,
    )  # fmt: skip
    assert others == [one for one in schedule.events if one.section != "doses"]
    assert len(others) == 32


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (every(1, 10), "every day 2026-01-05..2026-01-14 x10"),
        (every(2, 8), "every 2 days 2026-01-05..2026-01-19 x8"),
        (every(7, 8), "every Mon 2026-01-05..2026-02-23 x8"),
        (every(14, 8), "every 2 weeks on Mon 2026-01-05..2026-04-13 x8"),
        (every(10, 8), "every 10 days 2026-01-05..2026-03-16 x8"),
        (on_weekdays({1, 3, 6}, date(2026, 1, 8), date(2026, 1, 25)), "Tue Thu Sun 2026-01-08..2026-01-25 x8"),
        (on_weekdays({0, 1, 2, 3, 4}, DAY_1, date(2026, 1, 16)), "Mon Tue Wed Thu Fri 2026-01-05..2026-01-16 x10"),
    ],
)
def test_a_run_says_its_pattern_first_and_last_date_and_count(days: list[date], words: str) -> None:
    assert summary(injections(*days)) == [words]


def test_a_week_of_daily_doses_stays_line_by_line_and_eight_days_fold() -> None:
    assert summary(injections(*every(1, 7))) == [str(day) for day in every(1, 7)]
    assert summary(injections(*every(1, 8))) == ["every day 2026-01-05..2026-01-12 x8"]


def test_a_change_of_dose_starts_a_new_run() -> None:
    low = injections(*every(1, 10), dose=dose("22"))
    high = injections(*every(1, 10, date(2026, 1, 15)), dose=dose("44"))
    assert summary(low + high) == ["every day 2026-01-05..2026-01-14 x10", "every day 2026-01-15..2026-01-24 x10"]


@pytest.mark.parametrize(
    "change",
    [
        {"clock": at(date(2026, 1, 15), time(8))},
        {"lasts": timedelta(minutes=5)},
        {"phase": "period 2"},
        {"flags": ("given",)},
        {"state": "done"},
        {"product": "blister 2"},
        {"section": "medicines"},
        {"dose": dose(route="PO")},
        {"dose": dose(None)},
    ],
)
def test_what_a_line_would_say_differently_starts_a_new_run(change: dict[str, object]) -> None:
    before = injections(*every(1, 10))
    after = injections(*every(1, 10, date(2026, 1, 15)), **change)
    assert summary(before + after) == ["every day 2026-01-05..2026-01-14 x10", "every day 2026-01-15..2026-01-24 x10"]


def test_an_amount_written_with_another_number_of_zeros_is_the_same_dose() -> None:
    events = injections(*every(1, 5)) + injections(*every(1, 5, date(2026, 1, 10)), dose=dose("44.0"))
    assert summary(events) == ["every day 2026-01-05..2026-01-14 x10"]


def test_a_missing_date_ends_the_run_and_starts_another() -> None:
    days = [day for day in on_weekdays({0, 2, 4}, DAY_1, date(2026, 3, 1)) if day != date(2026, 1, 28)]
    assert summary(injections(*days)) == [
        "Mon Wed Fri 2026-01-05..2026-01-26 x10",
        "Mon Wed Fri 2026-01-30..2026-02-27 x13",
    ]


def test_an_extra_date_stands_alone_between_two_runs() -> None:
    days = sorted([*on_weekdays({0, 2, 4}, DAY_1, date(2026, 3, 1)), date(2026, 1, 29)])
    assert summary(injections(*days)) == [
        "Mon Wed Fri 2026-01-05..2026-01-28 x11",
        "2026-01-29",
        "Mon Wed Fri 2026-01-30..2026-02-27 x13",
    ]


def test_an_irregular_first_date_stands_alone_before_the_run() -> None:
    days = [date(2026, 1, 4), *on_weekdays({0, 2, 4}, DAY_1, date(2026, 1, 31))]
    assert summary(injections(*days)) == ["2026-01-04", "Mon Wed Fri 2026-01-05..2026-01-30 x12"]


def test_a_dose_given_at_the_clinic_is_never_folded() -> None:
    events = injections(*every(1, 20), dose=dose("2", "Gy", "external beam"))
    assert list(fold(events)) == events


def test_what_is_no_dose_is_never_folded() -> None:
    events = [event("diary", day, "assessments") for day in every(1, 20)]
    assert list(fold(events)) == events


@pytest.mark.parametrize(
    "fields",
    [
        {"nominal_date": date(2026, 1, 13)},
        {"due_date": date(2026, 1, 13)},
        {"flags": ("late",)},
        {"window": Window(date(2026, 1, 13), date(2026, 1, 15))},
        {"window": Window(datetime(2026, 1, 14, 22), datetime(2026, 1, 15, 2))},  # noqa: DTZ001
        {"window": Window(date(2026, 1, 13), None)},
    ],
)
def test_a_dose_of_which_something_must_be_said_is_never_folded(fields: dict[str, object]) -> None:
    special = injections(date(2026, 1, 14), **fields)
    events = injections(*every(1, 9)) + special + injections(*every(1, 9, date(2026, 1, 15)))
    assert summary(events) == ["every day 2026-01-05..2026-01-13 x9", "2026-01-14", "every day 2026-01-15..2026-01-23 x9"]


@pytest.mark.parametrize("fields", [{"shifted": time(2, 30)}, {"ambiguous": True}])
def test_a_dose_whose_clock_time_a_clock_change_touches_stands_alone_even_at_the_usual_time(fields: dict[str, Any]) -> None:
    days = every(1, 19)
    events = [
        event("tablet", day, dose=dose(route="PO"), clock=at(day, time(3, 30), **(fields if n == 9 else {}))) for n, day in enumerate(days)
    ]
    assert summary(events) == ["every day 2026-01-05..2026-01-13 x9", "2026-01-14", "every day 2026-01-15..2026-01-23 x9"]


def test_windows_that_cross_midnight_keep_every_dose_on_its_line() -> None:
    def around_midnight(day: date) -> Window:
        return Window(datetime.combine(day - timedelta(1), time(22)), datetime.combine(day, time(2)))

    events = [event("tablet", day, dose=dose(route="PO"), window=around_midnight(day)) for day in every(1, 20)]
    assert list(fold(events)) == events


def test_twenty_moved_doses_in_a_row_stay_twenty_lines() -> None:
    events = [event("tablet", day, dose=dose(route="PO"), nominal_date=day - timedelta(1)) for day in every(1, 20)]
    assert list(fold(events)) == events


def test_the_same_window_of_clock_times_on_every_day_folds_until_the_times_change() -> None:
    events = [
        event("tablet", day, dose=dose(route="PO"), window=Window(datetime.combine(day, time(7)), datetime.combine(day, time(9 + n // 10))))
        for n, day in enumerate(every(1, 20))
    ]
    assert summary(events) == ["every day 2026-01-05..2026-01-14 x10", "every day 2026-01-15..2026-01-24 x10"]


def test_two_doses_a_day_are_two_runs_each_in_the_place_of_its_first_dose() -> None:
    events = [event("capsule", day, dose=dose(route="PO"), clock=at(day, time(hour))) for day in every(1, 10) for hour in (8, 20)]
    rows = fold(events)
    assert [row.first.clock and row.first.clock.local.hour for row in rows if isinstance(row, Run)] == [8, 20]
    assert len(rows) == 2


def test_a_clock_change_does_not_end_a_run_at_the_same_wall_clock_time() -> None:
    days = every(1, 20, date(2026, 3, 1))  # America/Los_Angeles: UTC-8 until 8 March, then UTC-7
    events = [event("tablet", day, dose=dose(route="PO"), clock=at(day, time(8), -8 if day.day < 8 else -7)) for day in days]
    assert summary(events) == ["every day 2026-03-01..2026-03-20 x20"]


def test_courses_of_several_days_that_touch_are_two_runs() -> None:
    events = [event("capsule", day, dose=dose(route="PO"), course_day=n % 10 + 1, course_days=10) for n, day in enumerate(every(1, 20))]
    assert summary(events) == ["every day 2026-01-05..2026-01-14 x10", "every day 2026-01-15..2026-01-24 x10"]


@pytest.mark.parametrize("days", [[day for day in every(1, 10) for _ in range(2)], [DAY_1] * 10])
def test_equal_doses_on_one_date_do_not_hide_each_other(days: list[date]) -> None:
    events = injections(*days)
    assert list(fold(events)) == events


DAYS = st.one_of(
    st.sets(st.integers(0, 120)),
    st.builds(
        lambda weekdays, length, dropped, added: ({n for n in range(length) if n % 7 in weekdays} - dropped) | added,
        st.sets(st.integers(0, 6), min_size=1),
        st.integers(7, 200),
        st.sets(st.integers(0, 200), max_size=3),
        st.sets(st.integers(0, 200), max_size=3),
    ),
    st.builds(
        lambda gap, count, dropped: set(range(0, gap * count, gap)) - dropped,
        st.integers(1, 30),
        st.integers(1, 40),
        st.sets(st.integers(0, 100), max_size=2),
    ),
)


@given(
    days=DAYS, amounts=st.lists(st.sampled_from(["22", "44"]), min_size=1, max_size=6), start=st.dates(date(2000, 1, 1), date(2099, 1, 1))
)
@settings(derandomize=True, deadline=None)
def test_unfolding_the_words_of_the_lines_gives_exactly_the_doses(days: set[int], amounts: list[str], start: date) -> None:
    # The dose changes at most five times, at days 40, 80 ...: runs of both doses, and regular and irregular dates.
    events = [event("i", start + timedelta(n), dose=dose(amounts[min(n // 40, len(amounts) - 1)])) for n in sorted(days)]
    unfolded: list[tuple[date, Decimal]] = []
    for row in fold(events):
        first = row.first if isinstance(row, Run) else row
        dates = dates_in_words(row) if isinstance(row, Run) else [row.date]
        assert first.dose is not None
        assert first.dose.amount is not None
        if isinstance(row, Run):
            assert len(row.events) == len(dates) >= 8
        unfolded += [(day, first.dose.amount.value) for day in dates]
    assert sorted(unfolded) == [(one.date, one.dose.amount.value) for one in events if one.dose and one.dose.amount]


@given(days=DAYS, other=DAYS)
@settings(derandomize=True, deadline=None)
def test_rows_stand_in_order_of_date_and_other_items_stay_where_they_are(days: set[int], other: set[int]) -> None:
    labs = [event("blood test", DAY_1 + timedelta(n), "labs") for n in sorted(other)]
    events = sorted(injections(*[DAY_1 + timedelta(n) for n in sorted(days)]) + labs, key=lambda one: one.date)
    rows = fold(events)
    dates = [row.first.date if isinstance(row, Run) else row.date for row in rows]
    assert dates == sorted(dates)
    assert [row for row in rows if isinstance(row, Event) and row.section == "labs"] == labs
