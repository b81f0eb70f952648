"""Entries that cannot be meant: unknown names, wrong words, dates on which nothing is due; each is refused with what would be right."""

import pytest

from tests.expand.laying import item
from tests.record.replaying import refused, replayed, said_by

BODY = """
events: [discontinuation]
phases:
  treatment:
    until: discontinuation
    cycle: {length: 14 days, count: 4, count-from: actual}
    doses: {paclitaxel: {give: 100 mg IV, when: day 1}}
    labs: {CBC: {when: 1 day before each paclitaxel}}
  follow-up: {lasts: 28 days, visits: {contact: {when: day 1}}}
visits: {scan: {when: weeks 2 6}}
calls: {call: {when: day 8}}
"""
WEEKLY = item("doses", "it", give="10 mg SC", when="every week 4 times", count_from="plan")


# -- names


@pytest.mark.parametrize(
    ("entry", "meant"),
    [
        ("on: 2027-01-04, given: paclitaxol", "paclitaxel"),
        ("on: 2027-01-03, done: CBD", "CBC"),
        ("on: 2027-01-04, not-given: paclitaxol", "paclitaxel"),
        ("on: 2027-01-17, not-done: scans", "scan"),
        ("on: 2027-01-17, moved: scans, due: 2027-01-18, to: 2027-01-19", "scan"),
        ("on: 2027-01-17, adjusted: paclitaxol, to: 80 mg", "paclitaxel"),
        ("on: 2027-01-17, held: treatmant, through: 2027-01-20", "treatment"),
        ("on: 2027-01-17, stopped: treatmant", "treatment"),
        ("on: 2027-01-17, stopped: paclitaxol", "paclitaxel"),
        ("on: 2027-01-17, event: discontinuations", "discontinuation"),
        ("on: 2027-01-17, delayed: treatmant cycle 2, to: 2027-01-25", "treatment"),
        ("on: 2027-01-17, closed: scans", "scan"),
    ],
)
def test_an_unknown_name_is_refused_with_the_one_that_was_meant(entry: str, meant: str) -> None:
    assert f"`{meant}`" in said_by(refused(BODY, entry))


@pytest.mark.parametrize("cycle", ["5", "9"])
def test_a_cycle_that_does_not_take_place_is_refused(cycle: str) -> None:
    assert "4" in said_by(refused(BODY, f"on: 2027-01-17, delayed: treatment cycle {cycle}, to: 2027-06-01"))


def test_a_phase_without_cycles_has_none_to_delay() -> None:
    refused(BODY, "on: 2027-01-17, delayed: follow-up cycle 2, to: 2027-06-01")


def test_what_was_not_held_is_not_resumed() -> None:
    refused(BODY, "on: 2027-01-17, resumed: treatment")


def test_a_name_of_another_kind_is_refused() -> None:
    refused(BODY, "on: 2027-01-17, event: paclitaxel")
    refused(BODY, "on: 2027-01-17, given: treatment")
    refused(BODY, "on: 2027-01-17, stopped: discontinuation")


# -- words


@pytest.mark.parametrize(
    ("entry", "word"),
    [
        ("on: 2027-01-03, given: CBC", "done"),
        ("on: 2027-01-18, given: scan", "done"),
        ("on: 2027-01-11, given: call", "done"),
        ("on: 2027-01-04, done: paclitaxel", "given"),
        ("on: 2027-01-03, not-given: CBC", "not-done"),
        ("on: 2027-01-04, not-done: paclitaxel", "not-given"),
    ],
)
def test_doses_are_given_and_all_else_is_done(entry: str, word: str) -> None:
    assert f"`{word}" in said_by(refused(BODY, entry))


def test_medicines_are_given_like_doses() -> None:
    body = "medicines: {it: {give: 1 mg PO, when: day 8}}"
    assert [event.state for event in replayed(body, "on: 2027-01-11, given: it").events] == ["done"]
    refused(body, "on: 2027-01-11, done: it")


def test_only_what_gives_an_amount_is_adjusted() -> None:
    refused(BODY, "on: 2027-01-17, adjusted: scan, to: 80 mg")


# -- dates


@pytest.mark.parametrize(
    ("due", "nearest"),
    [("2027-01-12", "2027-01-11"), ("2027-01-10", "2027-01-11"), ("2027-01-15", "2027-01-18"), ("2027-03-01", "2027-01-25")],
)
def test_a_date_on_which_nothing_is_due_is_refused_with_the_nearest_one(due: str, nearest: str) -> None:
    assert nearest in said_by(refused(WEEKLY, f"on: 2027-01-19, given: it, due: {due}"))


@pytest.mark.parametrize("entry", ["given: it", "not-given: it", "remembered: it", "moved: it, to: 2027-01-14"])
def test_without_a_due_date_the_entrys_own_date_is_meant_and_has_to_be_one(entry: str) -> None:
    assert "2027-01-11" in said_by(refused(WEEKLY, f"on: 2027-01-12, {entry}"))


def test_a_stretch_in_which_nothing_is_due_is_refused() -> None:
    refused(WEEKLY, "on: 2027-01-12, not-given: it, through: 2027-01-17")


def test_the_refusal_of_an_entry_counts_the_entries_from_the_top() -> None:
    diagnostic = refused(WEEKLY, "on: 2027-01-04, given: it", "on: 2027-01-12, given: it", "on: 2027-01-18, given: it", entry=2)
    assert diagnostic.path[:2] == ("record", 1)


def test_an_entry_keeps_its_dose_though_a_correction_moves_its_date() -> None:
    # Counted from actual dates: the third dose was due on 20 January, because the second was given on the 13th.
    body = WEEKLY.replace("count-from: plan", "count-from: actual")
    entries = ["on: 2027-01-13, given: it, due: 2027-01-11", "on: 2027-01-20, given: it"]
    assert [event.state for event in replayed(body, *entries).events] == ["planned", "done", "done", "planned"]
    correction = "on: 2027-01-12, given: it, due: 2027-01-11, corrects: 1"
    schedule = replayed(body, *entries, correction)
    assert [(f"{event.date:%m-%d}", event.state) for event in schedule.events] == [
        ("01-04", "planned"),
        ("01-12", "done"),
        ("01-20", "done"),
        ("01-27", "planned"),
    ]
