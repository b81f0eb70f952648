"""What the records of real trials change, entry by entry, and which deviations they hold; the expected values are worked out by hand."""

from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace

from dosecal.changes import Change, changes
from dosecal.cli.selection import Selected, select_participant
from dosecal.deviations import deviations
from dosecal.read.participant import read_participant_file
from dosecal.schedule import Schedule

HERE = Path(__file__).parent
RECORDED = ("004", "006", "008", "009", "010", "011", "012", "013", "015", "016")


@cache
def selected(number: str) -> Selected:
    (folder,) = HERE.glob(f"{number}-*")
    site = folder / "site.yaml"
    own = read_participant_file(folder / "participant.yaml")
    return select_participant(own, regimen=str(folder / "regimen.yaml"), site_files=(str(site),) if site.exists() else ())


def after(number: str, entries: int) -> Schedule:
    """The schedule of a case after the first so many entries of its record."""
    one = selected(number)
    assert one.participant is not None
    assert one.lay is not None
    return one.lay(replace(one.participant, record=one.participant.record[:entries]))


def by_entry(number: str, entry: int) -> tuple[Change, ...]:
    """What one entry of a case changes, from 1."""
    return changes(after(number, entry - 1), after(number, entry))


def counts(found: tuple[Change, ...]) -> dict[tuple[str, str], int]:
    return dict(Counter((change.kind, change.event.item) for change in found))


def test_a_cycle_delayed_by_a_week_moves_it_and_all_later_ones_and_no_scan() -> None:
    found = by_entry("006", 2)
    cycles = 12 - 5 + 1
    assert counts(found) == {
        ("moved", "oxaliplatin"): cycles,
        ("moved", "leucovorin"): cycles,
        ("moved", "fluorouracil bolus"): cycles,
        ("moved", "fluorouracil infusion"): cycles,
        ("moved", "pump disconnect"): cycles,
        ("moved", "CBC and chemistry"): cycles - 1,  # cycle 5's was drawn already,
        ("added", "CBC and chemistry"): 1,  # so the delayed cycle gets one of its own
        ("moved", "end-of-treatment visit"): 1,
    }
    assert {change.days for change in found if change.kind == "moved"} == {7}


def test_a_reduced_dose_changes_the_doses_from_that_cycle_on_and_no_date() -> None:
    found = by_entry("006", 4)
    assert counts(found) == {("dose-changed", "oxaliplatin"): 6}  # cycles 7 to 12
    assert {change.days for change in found} == {0}


def test_a_dose_given_late_moves_what_is_tied_to_it_and_leaves_its_window() -> None:
    assert counts(by_entry("009", 1)) == {
        ("took-place", "ocrelizumab"): 1,
        ("out-of-window", "ocrelizumab"): 1,
        ("moved", "ocrelizumab"): 1,  # the third, counted from the second
        ("moved", "methylprednisolone"): 2,
        ("moved", "observation ends"): 2,
    }


def test_a_missed_dose_that_makes_the_next_an_initiation_adds_its_observation() -> None:
    assert counts(by_entry("012", 1)) == {("cancelled", "fingolimod"): 1, ("added", "ECG"): 2, ("added", "pulse and blood pressure"): 6}


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("004", [("late", date(2027, 12, 22), 1), ("late", date(2028, 1, 14), 1), ("skipped", date(2028, 1, 21), None)]),
        ("006", []),
        ("009", [("late", date(2028, 7, 31), 14), ("out-of-window", date(2028, 7, 31), 7)]),
        (
            "013",
            [("late", date(2027, 3, 1), 4), ("out-of-window", date(2027, 3, 1), 2), ("late", date(2027, 6, 10), 2)],
        ),
        (
            "016",
            [("early", date(2027, 11, 30), -10), ("late", date(2028, 2, 20), 21), ("out-of-window", date(2028, 2, 20), 7)],
        ),
    ],
)
def test_the_deviations_of_a_trial_come_out_with_their_days(number: str, expected: list[tuple[str, date, int | None]]) -> None:
    assert [(one.kind, one.event.due_date, one.days) for one in deviations(selected(number).schedule)] == expected


@pytest.mark.parametrize("number", RECORDED)
def test_deviations_and_flags_tell_of_the_same_events(number: str) -> None:
    schedule = selected(number).schedule
    found = {(one.kind, one.event.key) for one in deviations(schedule)}
    took_place = [event for event in schedule.events if event.state == "done" or "late" in event.flags]
    for flag in ("late", "early", "out-of-window", "gap-broken", "amount-differs"):
        assert {key for kind, key in found if kind == flag} == {event.key for event in took_place if flag in event.flags}, flag
    for state in ("missed", "held", "skipped"):
        assert {key for kind, key in found if kind == state} == {event.key for event in schedule.absent if event.state == state}, state


@pytest.mark.parametrize("number", RECORDED)
def test_undoing_the_whole_record_moves_every_event_back(number: str) -> None:
    plan, followed = after(number, 0), selected(number).schedule
    there = {change.key: change.days for change in changes(plan, followed) if change.kind in ("moved", "took-place") and change.days}
    back = {change.key: change.days for change in changes(followed, plan) if change.kind in ("moved", "restored") and change.days}
    assert there == {key: -days for key, days in back.items()}
    assert changes(followed, followed) == ()
