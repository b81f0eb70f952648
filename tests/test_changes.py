"""What changes from one schedule to another, worked out from events made by hand."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dosecal.changes import Change, changes
from dosecal.schedule import Event, Schedule
from dosecal.study_time import Window
from tests.write.schedules import DAY_1, at, dose, event, every, injections, interferon_arm, schedule

MON, TUE, WED, THU, FRI = every(1, 5)
DRUG = event("drug", MON, key="drug/no 1", dose=dose("10", "mg", "PO"))


def between(before: Event | None, after: Event | None, **fields: Any) -> list[tuple[str, int | None]]:
    """The kinds and days of what changes from a schedule with one event to one with another."""
    was, now = (schedule(*(one for one in (event,) if one is not None)) for event in (before, after))
    return [(one.kind, one.days) for one in changes(was, replace(now, **fields))]


def standing(event: Event, day: date, **fields: Any) -> Event:
    return replace(event, date=day, **fields)


@pytest.mark.parametrize("arm", [schedule(), schedule(DRUG), interferon_arm()], ids=["empty", "one", "arm"])
def test_nothing_changes_between_a_schedule_and_itself(arm: Schedule) -> None:
    assert changes(arm, arm) == ()


def test_reasons_revisions_and_harmless_flags_are_no_change() -> None:
    assert between(DRUG, replace(DRUG, reasons=("entry 1: x",), revision=3, flags=("moved-from:2026-01-01",))) == []


def test_another_date_is_moved_by_so_many_days() -> None:
    assert between(DRUG, standing(DRUG, FRI)) == [("moved", 4)]
    assert between(standing(DRUG, FRI), DRUG) == [("moved", -4)]


def test_another_clock_time_is_moved_too_and_another_offset_is_not() -> None:
    seven = replace(DRUG, clock=at(MON, time(7)))
    assert between(seven, replace(DRUG, clock=at(MON, time(8)))) == [("moved", 0)]
    assert between(seven, replace(DRUG, clock=at(MON, time(7), hours=-7))) == []
    assert between(DRUG, seven) == [("moved", 0)]


def test_what_the_record_says_was_done_took_place_on_its_date_or_another() -> None:
    assert between(DRUG, replace(DRUG, state="done")) == [("took-place", 0)]
    assert between(DRUG, standing(DRUG, TUE, state="done")) == [("took-place", 1)]


def test_a_corrected_date_of_what_took_place_is_a_move() -> None:
    assert between(standing(DRUG, TUE, state="done"), standing(DRUG, WED, state="done")) == [("moved", 1)]


@pytest.mark.parametrize("state", ["missed", "held", "skipped", "stopped", "cancelled"])
def test_what_no_longer_takes_place_is_cancelled_and_keeps_its_state_and_reason(state: Any) -> None:
    gone = replace(DRUG, state=state, reasons=("every day", "entry 3: why"))
    (one,) = changes(schedule(DRUG), schedule(absent=(gone,)))
    assert (one.kind, one.before, one.after, one.days, one.key) == ("cancelled", DRUG, gone, None, "drug/no 1")


def test_what_is_nowhere_any_more_is_cancelled() -> None:
    assert changes(schedule(DRUG), schedule()) == (Change(kind="cancelled", before=DRUG, after=None),)


def test_what_is_absent_for_another_reason_than_before_is_said() -> None:
    missed, held = replace(DRUG, state="missed"), replace(DRUG, state="held")
    assert [one.kind for one in changes(schedule(absent=(missed,)), schedule(absent=(held,)))] == ["cancelled"]
    assert changes(schedule(absent=(missed,)), schedule(absent=(replace(missed, reasons=("entry 9",)),))) == ()
    assert changes(schedule(absent=(missed,)), schedule()) == ()


def test_what_was_absent_and_is_planned_again_is_restored() -> None:
    (one,) = changes(schedule(absent=(replace(DRUG, state="missed"),)), schedule(DRUG))
    assert (one.kind, one.after) == ("restored", DRUG)


def test_what_was_missed_and_took_place_after_all_took_place() -> None:
    missed, given_ = replace(DRUG, state="missed"), standing(DRUG, WED, state="done")
    assert [(one.kind, one.days) for one in changes(schedule(absent=(missed,)), schedule(given_))] == [("took-place", 2)]


def test_what_took_place_and_is_only_planned_now_is_restored() -> None:
    assert between(replace(DRUG, state="done"), DRUG) == [("restored", 0)]


def test_a_new_key_is_added_and_a_new_one_that_does_not_take_place_is_nothing() -> None:
    assert between(None, DRUG) == [("added", None)]
    assert changes(schedule(), schedule(absent=(replace(DRUG, state="skipped"),))) == ()


def test_another_dose_is_said_beside_the_move() -> None:
    assert between(DRUG, replace(DRUG, dose=dose("5", "mg", "PO"))) == [("dose-changed", 0)]
    assert between(DRUG, standing(DRUG, TUE, dose=dose("5", "mg", "PO"))) == [("moved", 1), ("dose-changed", 1)]


def test_a_window_that_moves_under_an_event_that_stays_is_said() -> None:
    windowed = replace(DRUG, window=Window(MON, TUE))
    assert between(windowed, replace(windowed, window=Window(MON, WED))) == [("window-changed", 0)]
    assert between(windowed, standing(windowed, TUE, window=Window(TUE, WED))) == [("moved", 1)]


DETAILS = [{"lasts": timedelta(hours=2)}, {"product": "vial B"}, {"phase": "x"}, {"cycle": 2}, {"title": "Infusion"}]


@pytest.mark.parametrize("fields", DETAILS)
def test_another_detail_is_said(fields: dict[str, object]) -> None:
    assert between(DRUG, replace(DRUG, **fields)) == [("changed", 0)]


def test_another_study_day_is_said_where_the_date_stays() -> None:
    assert between(DRUG, replace(DRUG, study_day=3)) == [("changed", 0)]
    assert between(DRUG, standing(DRUG, TUE, study_day=2)) == [("moved", 1)]


@pytest.mark.parametrize("flag", ["out-of-window", "gap-broken", "two-on-one-day"])
def test_a_rule_that_is_newly_broken_is_said_once(flag: Any) -> None:
    broken = standing(DRUG, FRI, flags=(flag,))
    assert between(DRUG, broken) == [("moved", 4), (flag, 4)]
    assert between(broken, standing(broken, THU)) == [("moved", -1)]
    assert between(broken, DRUG) == [("moved", -4)]
    assert between(None, broken) == [("added", None), (flag, None)]


def test_behind_the_horizon_nothing_is_said_until_something_crosses_it() -> None:
    far = standing(DRUG, FRI)
    assert changes(schedule(beyond=(DRUG,)), schedule(beyond=(far,))) == ()
    assert changes(schedule(beyond=(DRUG,)), schedule()) == ()
    assert changes(schedule(), schedule(beyond=(DRUG,))) == ()
    assert [(one.kind, one.days) for one in changes(schedule(DRUG), schedule(beyond=(far,)))] == [("moved", 4)]
    assert [(one.kind, one.days) for one in changes(schedule(beyond=(far,)), schedule(DRUG))] == [("moved", -4)]


def test_participants_of_one_schedule_are_told_apart() -> None:
    first, second = replace(DRUG, subject="S101"), replace(DRUG, subject="S102")
    (one,) = changes(schedule(first, second), schedule(first, standing(second, TUE)))
    assert one.event.subject == "S102"


def test_changes_stand_in_order_of_the_earlier_date() -> None:
    early, late = event("b", MON, key="b"), event("a", FRI, key="a")
    found = changes(schedule(early, late), schedule(standing(late, TUE), standing(early, FRI)))
    assert [one.key for one in found] == ["b", "a"]


@given(st.lists(st.integers(-5, 5), min_size=20, max_size=20))
@settings(derandomize=True, deadline=None)
def test_every_event_that_moves_is_said_once_and_no_other(shifts: list[int]) -> None:
    before = injections(*every(7, 20))
    after = [replace(one, date=one.date + timedelta(shift)) for one, shift in zip(before, shifts, strict=True)]
    found = changes(schedule(*before), schedule(*sorted(after, key=lambda one: one.date)))
    assert {(one.key, one.days) for one in found} == {(one.key, shift) for one, shift in zip(before, shifts, strict=True) if shift}
    assert len(found) == sum(shift != 0 for shift in shifts)
    assert {one.kind for one in found} <= {"moved"}


@given(st.sets(st.integers(0, 19)), st.sets(st.integers(0, 19)))
@settings(derandomize=True, deadline=None)
def test_what_is_cancelled_one_way_is_added_the_other_way(first: set[int], second: set[int]) -> None:
    days = every(3, 20, DAY_1)
    was, now = (schedule(*injections(*(days[index] for index in sorted(chosen)))) for chosen in (first, second))
    there, back = changes(was, now), changes(now, was)
    assert [one.key for one in there if one.kind == "cancelled"] == [one.key for one in back if one.kind == "added"]
    assert len(there) == len(first ^ second)
