"""Where what happened departs from what was planned, worked out from events made by hand."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dosecal.deviations import Deviation, deviations, report, unrecorded
from dosecal.schedule import Event
from dosecal.study_time import Window
from tests.write.schedules import DAY_1, at, dose, event, every, schedule

MON, TUE, WED, THU, FRI = every(1, 5)
GIVEN = "entry 3: given: travel"


def done(item: str, day: date, due: date | None = None, section: Any = "doses", **fields: Any) -> Event:
    """An event that took place on `day` and was due on `due`."""
    planned = due or day
    defaults: dict[str, Any] = {"state": "done", "nominal_date": planned, "due_date": planned, "reasons": ("every day", GIVEN)}
    return event(item, day, section, **(defaults | fields))


def absent(item: str, day: date, state: Any, reason: str = "entry 2: not given: felt ill") -> Event:
    return event(item, day, state=state, reasons=("every day", reason))


def said(found: tuple[Deviation, ...]) -> list[tuple[str, str, int | None]]:
    return [(one.kind, one.event.key, one.days) for one in found]


def test_a_plan_has_no_deviations_whatever_its_dates() -> None:
    flags = ("moved-from:2026-01-05", "out-of-window")
    moved = event("scan", FRI, "assessments", due_date=MON, nominal_date=MON, window=Window(MON, TUE), flags=flags)
    assert deviations(schedule(event("drug", MON), moved)) == ()


def test_what_took_place_as_planned_is_none() -> None:
    assert deviations(schedule(done("drug", MON), done("scan", TUE, section="assessments", window=Window(MON, TUE)))) == ()


def test_what_took_place_after_its_due_date_is_late_and_before_it_early_by_so_many_days() -> None:
    late, early = done("drug", date(2026, 1, 19), MON), done("scan", MON, date(2026, 1, 15), "assessments")
    (first, second) = deviations(schedule(late, early))
    assert (first.kind, first.event, first.days, first.actual_date) == ("early", early, -10, MON)
    assert (second.kind, second.event, second.days, second.actual_date) == ("late", late, 14, date(2026, 1, 19))


def test_the_due_date_counts_and_not_the_nominal_one() -> None:
    moved_by_a_holiday = done("drug", TUE, nominal_date=MON, flags=("moved-from:2026-01-05",))
    assert deviations(schedule(moved_by_a_holiday)) == ()


def test_the_reason_is_what_the_entries_say_without_the_plans_own_words() -> None:
    one = done("drug", TUE, MON, reasons=("every day from day 1", "entry 2: moved: strike", "entry 5: given"))
    assert [found.reason for found in deviations(schedule(one))] == ["entry 2: moved: strike; entry 5: given"]
    assert [found.reason for found in deviations(schedule(done("drug", TUE, MON, reasons=("entry into the study",))))] == [""]


def test_a_remembered_dose_that_is_taken_is_late_and_has_an_entry() -> None:
    remembered = done("drug", FRI, WED, state="planned", flags=("moved-from:2026-01-07", "late"))
    found = report(schedule(done("drug", MON), remembered), date(2026, 2, 1))
    assert [(one.kind, one.days, one.actual_date) for one in found.deviations] == [("late", 2, FRI)]
    assert found.unrecorded is not None
    assert found.unrecorded.events == ()


@pytest.mark.parametrize("state", ["missed", "held", "skipped"])
def test_what_did_not_take_place_is_a_deviation_of_its_own_kind_on_its_due_date(state: Any) -> None:
    gone = absent("drug", WED, state)
    (one,) = deviations(schedule(event("drug", FRI), absent=(gone,)))
    assert one == Deviation(kind=state, event=gone, reason="entry 2: not given: felt ill")
    assert one.actual_date is None


@pytest.mark.parametrize("state", ["stopped", "cancelled"])
def test_what_was_stopped_or_cancelled_is_none_for_each_occurrence(state: Any) -> None:
    assert deviations(schedule(absent=tuple(absent("drug", day, state) for day in (WED, THU)))) == ()


def test_deviations_stand_in_order_of_the_actual_date_and_one_occurrence_may_have_several() -> None:
    late = done("scan", date(2026, 1, 14), date(2026, 1, 7), "assessments", window=Window(date(2026, 1, 5), date(2026, 1, 9)))
    found = deviations(schedule(done("drug", FRI, THU), late, absent=(absent("drug", TUE, "missed"),)))
    assert said(found) == [
        ("missed", f"drug/{TUE}", None),
        ("late", f"drug/{FRI}", 1),
        ("late", "scan/2026-01-14", 7),
        ("out-of-window", "scan/2026-01-14", 5),
    ]


@pytest.mark.parametrize(
    ("day", "window", "beyond"),
    [
        (9, (5, 9), None),  # both ends are included
        (5, (5, 9), None),
        (10, (5, 9), 1),
        (3, (5, 9), -2),
        (20, (5, None), None),
        (4, (5, None), -1),
        (1, (None, 9), None),
        (19, (None, 9), 10),
        (19, (None, None), None),
    ],
)
def test_the_days_beyond_a_window_count_from_its_nearer_end(day: int, window: tuple[int | None, int | None], beyond: int | None) -> None:
    earliest, latest = (None if end is None else date(2026, 1, end) for end in window)
    one = done("scan", date(2026, 1, day), section="assessments", window=Window(earliest, latest))
    assert [(found.kind, found.days, found.exact) for found in deviations(schedule(one))] == (
        [] if beyond is None else [("out-of-window", beyond, None)]
    )


@pytest.mark.parametrize(
    ("clock", "beyond"),
    [
        (time(14), None),
        (time(16), None),
        (time(16, 45), timedelta(minutes=45)),
        (time(13, 30), timedelta(minutes=-30)),
    ],
)
def test_a_window_of_clock_times_compares_with_the_local_clock(clock: time, beyond: timedelta | None) -> None:
    window = Window(datetime(2026, 1, 5, 14), datetime(2026, 1, 5, 16))  # noqa: DTZ001  (windows are local)
    found = deviations(schedule(done("scan", MON, section="assessments", clock=at(MON, clock), window=window)))
    assert [(one.kind, one.days, one.exact) for one in found] == ([] if beyond is None else [("out-of-window", 0, beyond)])


def test_a_window_of_clock_times_around_an_event_without_one_counts_by_its_dates() -> None:
    window = Window(datetime(2026, 1, 5, 14), datetime(2026, 1, 5, 16))  # noqa: DTZ001
    assert deviations(schedule(done("scan", MON, section="assessments", window=window))) == ()
    assert said(deviations(schedule(done("scan", WED, section="assessments", window=window)))) == [("out-of-window", f"scan/{WED}", 2)]


def test_the_clock_change_does_not_count_in_a_window_or_a_gap() -> None:
    saturday, sunday = date(2026, 3, 7), date(2026, 3, 8)  # the clocks go forward on the Sunday in Los Angeles
    first = done("drug", saturday, clock=at(saturday, time(19)))
    second = done("drug", sunday, clock=at(sunday, time(19), hours=-7), flags=("gap-broken",))
    assert [one.exact for one in deviations(schedule(first, second))] == [timedelta(hours=24)]


def test_a_broken_gap_says_how_far_the_one_before_lies_back_by_date_or_by_clock() -> None:
    by_date = [event("drug", MON), done("drug", TUE, flags=("gap-broken",))]
    assert [(one.kind, one.days, one.exact) for one in deviations(schedule(*by_date))] == [("gap-broken", 1, None)]
    by_clock = [done("drug", MON, clock=at(MON, time(19))), done("drug", WED, clock=at(WED, time(7)), flags=("gap-broken",))]
    assert [(one.days, one.exact) for one in deviations(schedule(*by_clock))] == [(1, timedelta(hours=36))]


def test_the_one_before_is_the_same_item_of_the_same_phase() -> None:
    others = [done("other", TUE, phase="a"), done("drug", TUE, phase="b")]
    events = [done("drug", MON, phase="a"), *others, done("drug", THU, phase="a", flags=("gap-broken",))]
    assert [one.days for one in deviations(schedule(*events))] == [3]


def test_two_on_one_day_is_said_once_for_the_last_of_them_even_where_both_bear_the_flag() -> None:
    flags = ("two-on-one-day",)
    own = done("drug", FRI, flags=flags, clock=at(FRI, time(8)))
    other = done("drug", FRI, WED, clock=at(FRI, time(20)), flags=flags, key="drug/late")
    found = [one for one in deviations(schedule(own, other)) if one.kind == "two-on-one-day"]
    assert [(one.event.key, one.count) for one in found] == [("drug/late", 2)]


def test_another_amount_than_planned_is_a_deviation() -> None:
    less = done("drug", MON, dose=dose("20", "mg", "PO"), flags=("amount-differs",))
    assert said(deviations(schedule(less))) == [("amount-differs", f"drug/{MON}", None)]


def test_an_unscheduled_visit_is_no_deviation() -> None:
    assert deviations(schedule(done("visit", WED, section="visits", flags=("unscheduled",)))) == ()


# -- what has no entry


def test_planned_events_before_the_date_have_no_entry_and_are_not_missed() -> None:
    whole = schedule(done("drug", MON), event("drug", TUE), event("drug", WED), event("drug", THU))
    found = report(whole, WED)
    assert found.deviations == ()
    assert found.unrecorded is not None
    assert [one.date for one in found.unrecorded.events] == [TUE]
    assert report(whole).unrecorded is None


def test_sections_of_which_the_record_says_nothing_stand_apart() -> None:
    whole = schedule(event("drug", MON), event("blood test", MON, "labs"), absent=(absent("drug", TUE, "missed"),))
    found = unrecorded(whole, FRI)
    assert [one.item for one in found.events] == ["drug"]
    assert [one.item for one in found.uncovered] == ["blood test"]


def test_an_unscheduled_visit_or_a_hold_does_not_cover_a_section() -> None:
    extra = done("visit", WED, section="visits", flags=("unscheduled",))
    found = unrecorded(schedule(event("Visit 2", MON, "visits"), event("drug", MON), extra, absent=(absent("drug", TUE, "held"),)), FRI)
    assert (found.events, [one.item for one in found.uncovered]) == ((), ["Visit 2", "drug"])


# -- laws


PLANS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(-30, 30), st.integers(0, 9), st.integers(0, 9)), max_size=12, unique_by=lambda one: one[0]
)


@given(PLANS)
@settings(derandomize=True, deadline=None)
def test_a_date_is_late_early_and_out_of_window_by_plain_subtraction(plan: list[tuple[int, int, int, int]]) -> None:
    events = []
    for offset, moved, before, after in plan:
        due = DAY_1 + timedelta(offset)
        window = Window(due - timedelta(before), due + timedelta(after))
        events.append(done("scan", due + timedelta(moved), due, "assessments", window=window, key=f"scan/{offset}"))
    found = {(one.event.key, one.kind): one.days for one in deviations(schedule(*events))}
    expected: dict[tuple[str, str], int] = {}
    for offset, moved, before, after in plan:
        if moved:
            expected[f"scan/{offset}", "late" if moved > 0 else "early"] = moved
        if moved > after:
            expected[f"scan/{offset}", "out-of-window"] = moved - after
        if -moved > before:
            expected[f"scan/{offset}", "out-of-window"] = moved + before
    assert found == expected
