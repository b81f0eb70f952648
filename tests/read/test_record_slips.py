"""A record's slips: keys, values, and entries about entries, each refused where it stands and with its mend."""

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dosecal.read.acts import FORMS
from dosecal.read.record import COMMON
from dosecal.record import Kind
from tests.read.test_record import FIRST, HASH, READ, faults, marked, names, record

law = settings(derandomize=True, deadline=None, max_examples=150)


# -- keys


@pytest.mark.parametrize("key", ["on", "by"])
def test_when_and_by_whom_are_always_said(key: str) -> None:
    said = ", ".join(part for part in FIRST.split(", ") if not part.startswith(f"{key}:"))
    assert names(said) == ["missing-key"]


REASONED = {"not-given", "delayed", "held", "adjusted", "stopped", "void"}


@pytest.mark.parametrize("said", [said for said, _ in READ if ", slot" not in said])
def test_what_changes_treatment_needs_a_reason_and_a_withdrawal_does_not(said: str) -> None:
    unexplained = said.partition(", why")[0]
    if said.partition(":")[0] in REASONED:
        assert names(f"on: 2026-02-05, {unexplained}, by: JD")[0] == "missing-key"
    elif unexplained != "moved: visit 3, to: 2026-02-05":
        assert record(f"on: 2026-02-05, {unexplained}, by: JD")[0].why is None


def test_changing_the_record_needs_a_reason() -> None:
    assert names(FIRST, "on: 2026-02-06, void: 1, by: JD") == ["missing-key"]
    assert marked(FIRST, "on: 2026-02-06, done: visit, corrects: 1, by: JD") == ["missing-key 1"]


OPTIONS = {
    "given": "due slot at amount",
    "done": "due slot at",
    "not-given": "due through slot",
    "not-done": "due through slot",
    "remembered": "due slot at",
    "moved": "due slot to",
    "delayed": "to",
    "held": "through",
    "adjusted": "to through",
    "new-days": "to",
    "measured": "value",
    "closed": "through",
    "unscheduled": "at",
}


@pytest.mark.parametrize("kind", FORMS)
def test_an_entry_has_the_keys_of_its_kind_and_no_others(kind: Kind) -> None:
    """The keys of each kind as the language's table lists them."""
    allowed = {*OPTIONS.get(kind, "").split(), "on", "by", "why", "entered", "corrects", "chain"}
    every = {key for keys in OPTIONS.values() for key in keys.split()}
    for key in (every | set(COMMON)) - {"on", "by"}:
        refused = marked(f"on: 2026-02-05, {kind}: '', by: JD, {key}: ''")
        assert (f"unknown-key {key}" in refused) == (key not in allowed), key


@pytest.mark.parametrize("kind", ["moved", "delayed", "adjusted", "new-days", "measured"])
def test_an_entry_that_says_no_new_value_is_refused(kind: str) -> None:
    key = "value" if kind == "measured" else "to"
    said = {"delayed": "treatment cycle 2", "measured": "weight"}.get(kind, "drug")
    fault = faults(f"on: 2026-02-05, {kind}: {said}, why: x, by: JD")[0]
    assert (fault.name, fault.message) == ("missing-key", f"`{kind}` needs the key `{key}`")


@pytest.mark.parametrize(
    ("said", "name", "mend"),
    [
        ("gven: drug", "unknown-key", "did you mean `given`?"),
        ("missed: drug", "unknown-key", "did you mean `not-given`?"),
        ("Held: drug, through: 2026-02-09, why: rash", "unknown-key", "did you mean `held`?"),
        ("given: drug, done: visit", "two-kinds", "write an entry of its own for each"),
        ("corrects: 1, why: x", "missing-key", "a correction is a whole new entry: write what really happened, beside `corrects`"),
    ],
)
def test_an_entry_says_one_thing(said: str, name: str, mend: str) -> None:
    fault = faults(f"on: 2026-02-05, {said}, by: JD")[0]
    assert (fault.name, fault.help) == (name, mend)


def test_an_entry_that_says_nothing_names_every_kind() -> None:
    said = faults("on: 2026-02-05, by: JD")[0].help
    assert said is not None
    assert all(f" {kind}" in said for kind in get_args(Kind))


# -- values


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("given: drug, amount: 40", "no-unit 40"),
        ("given: drug, amount: 40 kg", "unit kg"),
        ("given: drug, at: 7:30", "time 7:30"),
        ("given: drug, due: 5.2.2026", "date 5.2.2026"),
        ("given: [drug]", "not-text ["),
        ("adjusted: drug, to: 5 kg, why: x", "unit kg"),
        ("adjusted: drug, to: AUC 5 IV, why: x", "phrase IV"),
        ("adjusted: drug, to: AUC 5.0, why: x", "spelling 5.0"),
        ("adjusted: drug, to: 0 mg, why: x", "number 0"),
        ("adjusted: drug, to: planned, why: x", "phrase planned"),
        ("delayed: treatment, to: 2026-02-12, why: x", "phrase treatment"),
        ("delayed: cycle 5, to: 2026-02-12, why: x", "phrase cycle 5"),
        ("delayed: treatment cycle 05, to: 2026-02-12, why: x", "phrase treatment cycle 05"),
        ("delayed: treatment cycle 0, to: 2026-02-12, why: x", "phrase treatment cycle 0"),
        ("new-days: drug, to: Tue Mon Wed", "ascending Wed"),
        ("new-times: {breakfast: 7am}", "time 7am"),
        ("new-times: {breakfast: {Mon-Fri: 07:00, Fri: 08:00}}", "twice Fri"),
        ("new-times: 07:00", "not-keys 07:00"),
        ("measured: weigt, value: 79.4 kg", "unknown-key weigt"),
        ("measured: weight, value: 79.4 lb", "unit lb"),
        ("measured: weight, value: 794 kg", "implausible 794 kg"),
        ("unscheduled: doses", "unknown-word doses"),
        ("withdrew: treatment", "unknown-word treatment"),
        ("day-1: 2026-02-30", "date 2026-02-30"),
        ("given: drug, chain: " + HASH.upper(), f"hash {HASH.upper()}"),
        ("given: drug, chain: " + HASH[1:], f"hash {HASH[1:]}"),
    ],
)
def test_a_wrong_value_is_found_where_it_stands(said: str, found: str) -> None:
    assert marked(f"on: 2026-02-05, {said}, by: JD") == [found]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("held: drug, through: 2026-02-04, why: x", "backwards 2026-02-04"),
        ("adjusted: drug, to: 5 mg, through: 2026-02-04, why: x", "backwards 2026-02-04"),
        ("closed: drug, through: 2026-02-04", "backwards 2026-02-04"),
        ("not-given: drug, through: 2026-02-04, why: x", "backwards 2026-02-04"),
        ("not-done: CBC, due: 2026-01-09, through: 2026-01-08", "backwards 2026-01-08"),
        ("moved: visit, due: 2026-03-05, to: 2026-03-05", "same-date 2026-03-05"),
        ("moved: visit, to: 2026-02-05", "same-date 2026-02-05"),
    ],
)
def test_a_stretch_that_ends_before_it_begins_and_a_move_to_nowhere_are_refused(said: str, found: str) -> None:
    assert marked(f"on: 2026-02-05, {said}, by: JD") == [found]


@pytest.mark.parametrize(
    "said",
    [
        "held: drug, through: 2026-02-05, why: x",
        "not-done: CBC, due: 2026-01-09, through: 2026-01-10",
        "moved: visit, due: 2026-03-05, to: 2026-03-04",
    ],
)
def test_a_stretch_of_one_day_and_one_that_was_over_before_it_was_written_stand(said: str) -> None:
    assert len(record(f"on: 2026-02-05, {said}, by: JD")) == 1


def test_every_error_of_every_entry_is_found_at_once_in_the_order_of_the_file() -> None:
    entries = ("on: 2026-02-30, given: drug", FIRST, "on: 2026-02-06, void: 9, by: JD", "on: 2026-02-07, hld: drug, by: JD")
    assert marked(*entries) == ["missing-key {", "date 2026-02-30", "missing-key {", "no-entry 9", "unknown-key hld"]


# -- entries about entries


def said_of(word: str, number: int) -> str:
    return f"on: 2026-02-06, {'given: drug, corrects' if word == 'corrects' else 'void'}: {number}, why: x, by: JD"


@pytest.mark.parametrize("word", ["corrects", "void"])
def test_only_earlier_entries_are_corrected_or_voided(word: str) -> None:
    assert names(said_of(word, 1)) == ["no-entry"]
    assert names(FIRST, said_of(word, 2), FIRST) == ["no-entry"]
    assert names(FIRST, said_of(word, 3), FIRST) == ["no-entry"]
    assert names(FIRST, said_of(word, 0)) == ["number"]
    assert names(FIRST, said_of(word, 99999)) == ["no-entry"]
    assert names(FIRST, said_of(word, 10**40)) == ["number"]


@pytest.mark.parametrize(
    ("history", "message", "mend"),
    [
        ("corrects 1; corrects 1", "entry 1 was corrected by entry 2 already", "entry 2 stands in its place: write `corrects: 2`"),
        ("corrects 1; void 1", "entry 1 was corrected by entry 2 already", "entry 2 stands in its place: write `void: 2`"),
        ("corrects 1; corrects 2; void 1", "entry 1 was corrected by entry 2 already", "entry 3 stands in its place: write `void: 3`"),
        ("void 1; corrects 1", "entry 1 was voided by entry 2 already", "correct the `void`: write `corrects: 2`"),
        ("void 1; void 1", "entry 1 was voided by entry 2 already", "leave this entry out: entry 1 counts no longer"),
        (
            "void 1; void 2",
            "entry 2 is itself a `void`, which nothing undoes",
            "write what holds instead as a new entry, with `corrects: 2`",
        ),
    ],
)
def test_what_counts_no_longer_cannot_be_changed_again(history: str, message: str, mend: str) -> None:
    entries = [said_of(word, int(number)) for word, number in (one.split() for one in history.split("; "))]
    only = faults(FIRST, *entries)
    assert [(one.message, one.help) for one in only] == [(message, mend)]
    assert record(FIRST, *entries[:-1])[-1].number == len(entries)


def test_a_wrong_void_is_corrected_by_the_entry_that_holds() -> None:
    read = record(FIRST, said_of("void", 1), "on: 2026-02-05, given: drug, corrects: 2, why: it was given, by: JD")
    assert [(entry.kind, entry.corrects) for entry in read] == [("given", None), ("void", None), ("given", 2)]


def test_one_entry_does_not_correct_and_void_the_same_one() -> None:
    assert names(FIRST, "on: 2026-02-06, void: 1, corrects: 1, why: x, by: JD") == ["replaced"]
    assert len(record(FIRST, FIRST, "on: 2026-02-06, void: 1, corrects: 2, why: x, by: JD")) == 3


@law
@given(st.lists(st.tuples(st.sampled_from(("", "corrects", "void")), st.integers(1, 6)), min_size=1, max_size=6))
def test_a_record_stands_if_nothing_is_changed_twice_or_beforehand_and_no_void_is_voided(
    history: list[tuple[str, int]],
) -> None:
    changes = [(number, word, named) for number, (word, named) in enumerate(history, 1) if word]
    stands = (
        all(named < number for number, _, named in changes)
        and len({named for _, _, named in changes}) == len(changes)
        and not any(word == "void" and history[named - 1][0] == "void" for _, word, named in changes)
    )
    entries = [said_of(word, named) if word else FIRST for word, named in history]
    if stands:
        assert len(record(*entries)) == len(history)
    else:
        assert set(names(*entries)) <= {"no-entry", "replaced", "void"}
