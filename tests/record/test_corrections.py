"""Corrections and voids: an entry that no longer counts leaves no trace, and a correction stands in the place of what it corrects."""

import re

import pytest
from msgspec.structs import replace

from dosecal.schedule import Event, Schedule
from tests.expand.laying import item, keys_of
from tests.record.replaying import days_of, refused, replayed

# 4, 11, 18 and 25 January 2027.
WEEKLY = item("doses", "it", give="10 mg SC", when="every week 4 times", count_from="actual", window="±2 days")
WRONG = "on: 2027-01-13, given: it, due: 2027-01-11"
RIGHT = "on: 2027-01-12, given: it, due: 2027-01-11"


def unnumbered(schedule: Schedule) -> Schedule:
    """The schedule without the numbers of the entries that its reasons name: a correction has a number of its own."""

    def told(events: tuple[Event, ...]) -> tuple[Event, ...]:
        return tuple(replace(event, reasons=tuple(re.sub(r"entry \d+", "entry", why) for why in event.reasons)) for event in events)

    return replace(schedule, events=told(schedule.events), absent=told(schedule.absent), beyond=told(schedule.beyond))


def test_a_corrected_entry_leaves_no_trace() -> None:
    schedule = replayed(WEEKLY, WRONG, f"{RIGHT}, corrects: 1")
    assert unnumbered(schedule) == unnumbered(replayed(WEEKLY, RIGHT))
    assert days_of(schedule) == ["01-04", "01-12", "01-19", "01-26"]


def test_a_void_entry_leaves_no_trace() -> None:
    assert replayed(WEEKLY, WRONG, "on: 2027-01-14, void: 1") == replayed(WEEKLY)


def test_a_correction_can_be_corrected() -> None:
    third = "on: 2027-01-10, given: it, due: 2027-01-11"
    schedule = replayed(WEEKLY, WRONG, f"{RIGHT}, corrects: 1", f"{third}, corrects: 2")
    assert unnumbered(schedule) == unnumbered(replayed(WEEKLY, third))


def test_a_correction_can_be_void() -> None:
    # What it corrected stays corrected.
    assert replayed(WEEKLY, WRONG, f"{RIGHT}, corrects: 1", "on: 2027-01-14, void: 2") == replayed(WEEKLY)


def test_a_correction_may_be_of_another_kind() -> None:
    not_given = "on: 2027-01-11, not-given: it"
    assert unnumbered(replayed(WEEKLY, WRONG, f"{not_given}, corrects: 1")) == unnumbered(replayed(WEEKLY, not_given))


def test_other_entries_around_a_correction_still_count() -> None:
    # Given on the 5th, so the second is due on the 12th: the corrected entry, which names the 11th, would match nothing.
    first, extra = "on: 2027-01-05, given: it, due: 2027-01-04", "on: 2027-01-12, unscheduled: visit"
    schedule = replayed(WEEKLY, first, WRONG, extra, "on: 2027-01-12, given: it, corrects: 2")
    assert days_of(schedule)[:2] == ["01-05", "01-12"]


def test_a_correction_stands_where_the_entry_stood_that_it_corrects() -> None:
    # The second move is the last that counts, although the first was corrected after it.
    body = item("visits", "it", when="weeks 4 8")
    entries = [f"on: 2027-01-25, moved: it, due: 2027-02-01, to: 2027-02-{day}" for day in ("08", "03", "10")]
    schedule = replayed(body, *entries[:2], f"{entries[2]}, corrects: 1")
    assert unnumbered(schedule) == unnumbered(replayed(body, entries[2], entries[1]))
    assert days_of(schedule) == ["02-03", "03-01"]


def test_an_unscheduled_visit_keeps_its_key_when_its_entry_is_corrected() -> None:
    body = item("visits", "it", when="weeks 4 8")
    before = replayed(body, "on: 2027-01-12, unscheduled: visit")
    after = replayed(body, "on: 2027-01-12, unscheduled: visit", "on: 2027-01-13, unscheduled: visit, corrects: 1")
    assert [str(event.date) for event in after.events if event.item != "it"] == ["2027-01-13"]
    assert {event.key for event in before.events} == {event.key for event in after.events}


def test_a_corrected_stop_lets_everything_go_on() -> None:
    body = "phases: {treatment: {lasts: 28 days, doses: {it: {give: 1 mg PO, when: days 1 8 15 22}}}}"
    schedule = replayed(body, "on: 2027-01-10, stopped: treatment", "on: 2027-01-20, stopped: treatment, corrects: 1")
    assert days_of(schedule) == ["01-04", "01-11", "01-18"]
    assert days_of(replayed(body, "on: 2027-01-10, stopped: treatment", "on: 2027-01-11, void: 1")) == ["01-04", "01-11", "01-18", "01-25"]


def test_a_void_delay_renames_nothing_and_leaves_no_second_test() -> None:
    body = """
phases:
  treatment:
    cycle: {length: 14 days, count: 2, count-from: actual}
    doses: {it: {give: 1 mg IV, when: day 1}}
    labs: {blood: {when: 1 day before day 1}}
"""
    entries = ["on: 2027-01-17, done: blood", "on: 2027-01-17, delayed: treatment cycle 2, to: 2027-01-25", "on: 2027-01-18, void: 2"]
    schedule = replayed(body, *entries)
    assert schedule == replayed(body, entries[0])
    assert keys_of(schedule, "blood") == keys_of(replayed(body), "blood")


# -- references that lead nowhere


@pytest.mark.parametrize("number", ["2", "3", "0", "17"])
def test_only_an_earlier_entry_can_be_void(number: str) -> None:
    refused(WEEKLY, WRONG, f"on: 2027-01-14, void: {number}")


@pytest.mark.parametrize("number", ["2", "3", "0", "17"])
def test_only_an_earlier_entry_can_be_corrected(number: str) -> None:
    refused(WEEKLY, WRONG, f"{RIGHT}, corrects: {number}")


def test_an_entry_that_was_corrected_is_not_corrected_again_but_its_correction_is() -> None:
    diagnostic = refused(WEEKLY, WRONG, f"{RIGHT}, corrects: 1", "on: 2027-01-10, given: it, due: 2027-01-11, corrects: 1")
    assert "2" in f"{diagnostic.message} {diagnostic.help}"
