"""Amendments: a count goes on numbering up to its number in all, and a cycle that was delayed before starts where it was delayed to."""

from datetime import date

import pytest

from tests.expand.laying import item, keys_of
from tests.record.replaying import days_of, places_of, replayed

# Days 1 and 8 of four cycles of 14 days: 4 and 11 January, 18 and 25 January, 1 and 8 February, 15 and 22 February 2027.
CYCLES = """
phases:
  treatment:
    cycle: {length: 14 days, count: 4, count-from: actual}
    doses: {it: {give: 10 mg IV, when: days 1 8}}
"""


def counted(step: str, times: int) -> str:
    return item("doses", "it", give="10 mg SC", when=f"every {step} {times} times", count_from="plan")


@pytest.mark.parametrize(
    ("step", "times", "expected"),
    [
        # The new version's grid from 4 January: 18 January, 1 and 15 February, 1 March ...; three of six were had before 20 January.
        ("14 days", 6, ["01-04", "01-11", "01-18", "02-01", "02-15", "03-01"]),
        ("7 days", 8, ["01-04", "01-11", "01-18", "01-25", "02-01", "02-08", "02-15", "02-22"]),
        ("7 days", 4, ["01-04", "01-11", "01-18", "01-25"]),
        ("7 days", 2, ["01-04", "01-11", "01-18"]),
        ("28 days", 5, ["01-04", "01-11", "01-18", "02-01", "03-01"]),
    ],
)
def test_an_amended_count_goes_on_numbering_and_ends_at_its_number_in_all(step: str, times: int, expected: list[str]) -> None:
    schedule = replayed(counted("7 days", 6), "on: 2027-01-20, amended: v2", amendments={"v2": counted(step, times)})
    assert days_of(schedule) == expected
    assert keys_of(schedule) == [f"it/no {number}" for number in range(1, len(expected) + 1)]


def test_an_amended_count_keeps_what_was_given_late_before_it() -> None:
    # The second, due on the 11th, was given on the 13th; it stays the second.
    entries = ["on: 2027-01-13, given: it, due: 2027-01-11", "on: 2027-01-20, amended: v2"]
    schedule = replayed(counted("7 days", 6), *entries, amendments={"v2": counted("14 days", 6)})
    assert places_of(schedule) == {"no 1": "01-04", "no 2": "01-13", "no 3": "01-18", "no 4": "02-01", "no 5": "02-15", "no 6": "03-01"}


def test_a_dose_of_the_new_version_is_given_by_its_number_and_date() -> None:
    entries = ["on: 2027-01-20, amended: v2", "on: 2027-02-01, given: it"]
    schedule = replayed(counted("7 days", 6), *entries, amendments={"v2": counted("14 days", 6)})
    assert [(event.key, event.state) for event in schedule.events if event.date == date(2027, 2, 1)] == [("it/no 4", "done")]
    assert len(schedule.events) == 6


V2 = CYCLES.replace("days 1 8", "days 1 4")
TO_25 = "on: 2027-01-10, delayed: treatment cycle 2, to: 2027-01-25"


@pytest.mark.parametrize("amended", ["2027-01-15", "2027-01-20", "2027-01-25", "2027-01-26"])
def test_a_cycle_delayed_before_the_amendment_starts_on_the_delays_date(amended: str) -> None:
    # Cycle 1 as the first version had it (4, 11). Cycle 2 from 25 January, cycle 3 from 8 and cycle 4 from 22 February, on days 1 and 4.
    schedule = replayed(CYCLES, TO_25, f"on: {amended}, amended: v2", amendments={"v2": V2})
    assert days_of(schedule) == ["01-04", "01-11", "01-25", "01-28", "02-08", "02-11", "02-22", "02-25"]


def test_a_cycle_is_delayed_after_the_amendment_as_well() -> None:
    entries = ["on: 2027-01-15, amended: v2", "on: 2027-01-17, delayed: treatment cycle 2, to: 2027-01-25"]
    schedule = replayed(CYCLES, *entries, amendments={"v2": V2})
    assert days_of(schedule) == ["01-04", "01-11", "01-25", "01-28", "02-08", "02-11", "02-22", "02-25"]
