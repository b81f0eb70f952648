"""A participant's record -> its entries: every kind with its keys, every slip found where it stands."""

import subprocess
import sys
from datetime import UTC, date, datetime, time
from decimal import Decimal
from random import Random
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dosecal.diagnostic import Diagnostic, Refused
from dosecal.dose import Amount
from dosecal.phrases.tree import Auc
from dosecal.read.acts import FORMS
from dosecal.read.nodes import read_document
from dosecal.read.participant import read_participant
from dosecal.record import (
    Act,
    Adjusted,
    Amended,
    Closed,
    Delayed,
    DidNot,
    Entry,
    Happened,
    Held,
    Kind,
    Measured,
    Moved,
    NewDay1,
    NewDays,
    NewSite,
    NewTimes,
    Remembered,
    Resumed,
    Stopped,
    TookPlace,
    Unscheduled,
    Voided,
    Withdrew,
)
from dosecal.study_time import NamedTimeOfDay

HEAD = 'participant: "1042"\nregimen: care-ms-ii\nday-1: 2026-01-05\n'
FIRST = "on: 2026-02-05, given: drug, by: JD"
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
law = settings(derandomize=True, deadline=None, max_examples=150)


def record(*entries: str) -> tuple[Entry, ...]:
    """The record of these entries, each the inside of a pair of braces."""
    listed = "".join(f"  - {{{entry}}}\n" for entry in entries)
    return read_participant(read_document("x.yaml", f"{HEAD}record:\n{listed}".encode())).participant.record


def faults(*entries: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(Refused) as refused:
        record(*entries)
    return refused.value.diagnostics


def names(*entries: str) -> list[str]:
    return [one.name for one in faults(*entries)]


def marked(*entries: str) -> list[str]:
    """Each fault's name, and the characters under its carets."""
    places = [(one.name, one.place) for one in faults(*entries)]
    return [f"{name} {place.text[place.column - 1 : place.column - 1 + place.length]}" for name, place in places if place is not None]


D5, D12 = date(2026, 2, 5), date(2026, 2, 12)
READ: list[tuple[str, Act]] = [
    ("given: drug", TookPlace(item="drug")),
    (
        "given: drug A, due: 2026-02-05, slot: breakfast, at: 07:40, amount: 37.5 mg",
        TookPlace(item="drug A", due=D5, slot="breakfast", at=time(7, 40), amount=Amount(Decimal("37.5"), "mg")),
    ),
    ("done: visit 3, due: 2026-02-05, slot: 09:00, at: 09:10", TookPlace(item="visit 3", due=D5, slot="09:00", at=time(9, 10))),
    ("not-given: drug, why: felt ill", DidNot(item="drug")),
    (
        "not-given: drug, due: 2026-02-05, through: 2026-02-05, slot: noon, why: ill",
        DidNot(item="drug", due=D5, through=D5, slot="noon"),
    ),
    ("not-done: CBC, due: 2026-02-05", DidNot(item="CBC", due=D5)),
    ("remembered: drug, due: 2026-02-05, slot: dinner, at: 21:00", Remembered(item="drug", due=D5, slot="dinner", at=time(21))),
    ("moved: visit 3, due: 2026-02-05, slot: 09:00, to: 2026-02-12", Moved(item="visit 3", due=D5, slot="09:00", to=D12)),
    ("moved: visit 3, to: 2026-02-05", Moved(item="visit 3", to=D5)),
    ("delayed: treatment cycle 5, to: 2026-02-12, why: neutropenia", Delayed(phase="treatment", cycle=5, to=D12)),
    ("delayed: cycle phase cycle 2 cycle 10, to: 2026-02-12, why: x", Delayed(phase="cycle phase cycle 2", cycle=10, to=D12)),
    ("held: drug, through: 2026-02-12, why: rash", Held(name="drug", through=D12)),
    ("held: drug, why: rash", Held(name="drug")),
    ("resumed: drug", Resumed(name="drug")),
    ("adjusted: drug, to: 75 mg/m2, why: rash", Adjusted(item="drug", to=Amount(Decimal(75), "mg/m2"))),
    ("adjusted: drug, to: AUC 4.5, through: 2026-02-12, why: rash", Adjusted(item="drug", to=Auc(Decimal("4.5"), ""), through=D12)),
    ("adjusted: drug, to: plan, why: rash over", Adjusted(item="drug", to=None)),
    ("new-days: drug, to: Sun Tue Thu", NewDays(item="drug", to=("Sun", "Tue", "Thu"))),
    ("new-times: {breakfast: 07:00}", NewTimes(times={"breakfast": NamedTimeOfDay((time(7),) * 7)})),
    (
        "new-times: {dinner: {Mon-Fri: 19:30, Sat: 18:00}}",
        NewTimes(times={"dinner": NamedTimeOfDay((*(time(19, 30),) * 5, time(18), None))}),
    ),
    ("measured: weight, value: 79.4 kg", Measured(measure="weight", value=Amount(Decimal("79.4"), "kg"))),
    ("event: progression", Happened(event="progression")),
    ("stopped: treatment, why: rash", Stopped(name="treatment")),
    ("withdrew: study", Withdrew()),
    ("closed: radiotherapy, through: 2026-02-12", Closed(item="radiotherapy", through=D12)),
    ("unscheduled: visit, at: 11:00", Unscheduled(kind="visit", at=time(11))),
    ("day-1: 2026-02-12", NewDay1(to=D12)),
    ("site: Leith", NewSite(site="Leith")),
    ("amended: care-ms-ii-v2", Amended(regimen="care-ms-ii-v2")),
]


@pytest.mark.parametrize(("said", "act"), READ, ids=[said for said, _ in READ])
def test_an_entry_says_what_happened(said: str, act: Act) -> None:
    entry = record(f"on: 2026-02-06, {said}, by: JD")[0]
    assert entry.act == act
    assert entry.kind == said.partition(":")[0]
    assert (entry.number, entry.on, entry.by) == (1, date(2026, 2, 6), "JD")


def test_every_kind_of_entry_can_be_written() -> None:
    assert list(FORMS) == list(get_args(Kind))
    assert {said.partition(":")[0] for said, _ in READ} | {"void"} == set(FORMS)


def test_entries_are_numbered_in_the_order_of_the_file_whatever_their_dates() -> None:
    read = record("on: 2026-03-01, done: visit, by: JD", FIRST, "on: 2026-02-06, void: 1, why: written twice, by: A. Müller")
    assert [(entry.number, entry.on.month, entry.kind) for entry in read] == [(1, 3, "done"), (2, 2, "given"), (3, 2, "void")]
    assert read[2].act == Voided(number=1)
    assert read[2].by == "A. Müller"
    assert [entry.corrects for entry in read] == [None, None, None]


def test_an_entry_keeps_its_reason_what_it_corrects_and_when_it_was_written() -> None:
    written = f"entered: 2026-02-07T09:12:33Z, chain: {HASH}"
    entry = record(FIRST, f"on: 2026-02-06, given: drug, corrects: 1, why: wrong day, by: JD, {written}")[1]
    assert (entry.why, entry.corrects) == ("wrong day", 1)
    assert entry.entered == datetime(2026, 2, 7, 9, 12, 33, tzinfo=UTC)


@pytest.mark.parametrize(
    ("entered", "instant"),
    [
        ("2026-02-07", datetime(2026, 2, 7, tzinfo=UTC)),
        ("2026-01-02T00:00:00Z", datetime(2026, 1, 2, tzinfo=UTC)),
        ("2026-02-07T23:59:59Z", datetime(2026, 2, 7, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_when_it_was_written_is_an_instant_in_utc_or_a_date_and_may_lie_before_it_happened(entered: str, instant: datetime) -> None:
    assert record(f"{FIRST}, entered: {entered}")[0].entered == instant


@pytest.mark.parametrize(
    ("entered", "mend"),
    [
        ("2026-02-07T09:12:33", "2026-02-07T09:12:33Z"),
        ("2026-02-07T09:12Z", "2026-02-07T09:12:00Z"),
        ("2026-02-07 09:12:33Z", "2026-02-07T09:12:33Z"),
        ("2026-02-07T00:12:33+02:00", "2026-02-06T22:12:33Z"),
        ("2026-02-07T09:12:33.5Z", "2026-02-07T09:12:33Z"),
        ("2026-02-07T24:00:00Z", "2026-02-07T09:12:33Z"),
        ("2026-02-07T09:12:60Z", "2026-02-07T09:12:33Z"),
        ("0001-01-01T00:00:00+02:00", "2026-02-07T09:12:33Z"),
        ("09:12", "2026-02-07T09:12:33Z"),
    ],
)
def test_an_instant_in_any_other_form_is_refused_and_turned_into_utc_where_it_can_be(entered: str, mend: str) -> None:
    fault = faults(f"{FIRST}, entered: '{entered}'")[0]
    if entered.startswith("2026-02-07T24"):  # Python's reading of 24:00 depends on its version; the refusal does not
        assert fault.name == "instant"
        return
    assert (fault.name, fault.help) == ("instant", f"write it in UTC, as in {mend}")


@pytest.mark.parametrize("entered", ["2026-02-30", "2026-2-7", "1850-01-01", "2026-02-30T09:12:33Z", "1850-01-01T09:12:33Z", "yesterday"])
def test_a_date_of_writing_that_no_calendar_has_is_refused(entered: str) -> None:
    assert names(f"{FIRST}, entered: {entered}") == ["date"]


@pytest.mark.parametrize("written", ["", "[]", "[ ]", "''"])
def test_an_empty_record_has_no_entries(written: str) -> None:
    assert read_participant(read_document("x.yaml", f"{HEAD}record: {written}\n".encode())).participant.record == ()


@pytest.mark.parametrize("written", ["{}", "none", "{on: 2026-02-05, given: drug, by: JD}"])
def test_a_record_that_is_no_list_is_refused(written: str) -> None:
    with pytest.raises(Refused) as refused:
        read_participant(read_document("x.yaml", f"{HEAD}record: {written}\n".encode()))
    assert [one.name for one in refused.value.diagnostics] == ["not-list"]


@law
@given(st.sampled_from([said for said, _ in READ if "{" not in said]), st.randoms(use_true_random=False))
def test_the_order_of_an_entrys_keys_means_nothing(said: str, chance: Random) -> None:
    parts = ["on: 2026-02-06", *said.split(", "), "by: JD", "entered: 2026-02-07"]
    mixed = list(parts)
    chance.shuffle(mixed)
    assert record(", ".join(mixed)) == record(", ".join(parts))


def test_a_record_of_some_years_is_read() -> None:
    one = f"on: 2026-02-05, not-given: drug, due: 2026-02-05, why: felt ill, by: JD, entered: 2026-02-07T09:12:33Z, chain: {HASH}"
    assert len(record(*[one] * 1900)) == 1900


def test_a_participant_without_entries_costs_nothing_of_this() -> None:
    text = f"{HEAD}record: []\n"
    program = (
        "import sys\nfrom dosecal.read.nodes import read_document\nfrom dosecal.read.participant import read_participant\n"
        f"read_participant(read_document('x.yaml', {text.encode()!r}))\n"
        "assert not {'dosecal.read.record', 'dosecal.read.acts', 'dosecal.record'} & set(sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
