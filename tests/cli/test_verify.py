"""`dosecal verify`: what was changed is found at its place, what nothing covers is named, and a cut tail shows against a kept head."""

import json
from pathlib import Path

import pytest

from tests.cli.running import SMALL, good, run

PARTICIPANT = 'participant: "1042"\nregimen: regimen.yaml\nday-1: 2026-01-05\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "regimen.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "1042.yaml").write_text(PARTICIPANT, encoding="utf-8")
    return tmp_path


def add(folder: Path, day: str) -> str:
    """One more entry by dosecal; the head that it prints."""
    words = ("record", "1042.yaml", "given", "study drug", "--on", day, "--by", "JD", "--yes")
    return good(*words, folder=folder).decode().splitlines()[-1].removeprefix("head: ")


def add_by_hand(folder: Path, day: str) -> None:
    with (folder / "1042.yaml").open("a", encoding="utf-8") as file:
        file.write(f"  - {{on: {day}, unscheduled: visit, by: JD}}\n")


def changed(folder: Path, old: str, new: str) -> None:
    path = folder / "1042.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_an_empty_record_has_a_head_of_its_own(folder: Path) -> None:
    lines = good("verify", "1042.yaml", folder=folder).decode().splitlines()
    assert lines[0] == "1042.yaml: good: no entries"
    assert len(lines[1].removeprefix("head: ")) == 64


def test_what_is_chained_covered_and_not_yet_chained_is_said(folder: Path) -> None:
    add(folder, "2026-01-05")
    add_by_hand(folder, "2026-01-06")
    assert good("verify", "1042.yaml", folder=folder).decode().splitlines()[:2] == [
        "1042.yaml: good: 2 entries, 1 chained",
        "unchained: entry 2 (line 6); the next `dosecal record` chains what was written by hand",
    ]
    head = add(folder, "2026-01-07")
    assert good("verify", "1042.yaml", folder=folder).decode() == (
        f"1042.yaml: good: 3 entries, 2 chained, 1 by hand and covered by a later one\nhead: {head}\n"
    )
    data = json.loads(good("verify", "1042.yaml", "--format", "json", folder=folder))
    assert data == {
        "file": "1042.yaml", "good": True, "entries": 3, "chained": [1, 3], "unchained": [], "head": head, "diagnostics": [],
    }  # fmt: skip


TAMPERED = {
    "a reason inside an entry": ("on: 2026-01-06", "on: 2026-01-04", 2, "this entry, or one after entry 1, was"),
    "an entry by hand that is covered": ("by: JD}", "by: KL}", 4, "this entry, or one after entry 2, was"),
    "the Day 1 of the file": ("day-1: 2026-01-05", "day-1: 2026-01-06", 1, "a fact of the participant"),
    "an arm that was not there": ("day-1:", "arm: A\nday-1:", 1, "a fact of the participant"),
    "a state itself": ("chain: ", "chain: 0", 1, "an earlier one"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_change_inside_the_chain_is_found_at_the_first_entry_that_does_not_fit(what: str, folder: Path) -> None:
    add(folder, "2026-01-05")
    add(folder, "2026-01-06")
    add_by_hand(folder, "2026-01-06")
    add(folder, "2026-01-07")
    old, new, number, who = TAMPERED[what]
    changed(folder, old, new)
    if what == "a state itself":
        text = (folder / "1042.yaml").read_text(encoding="utf-8")
        at = text.index("chain: ") + len("chain: ")
        (folder / "1042.yaml").write_text(text[: at + 64] + text[at + 65 :], encoding="utf-8")
    ran = run("verify", "1042.yaml", folder=folder)
    line = 4 + number + new.count("\n")
    assert (ran.code, ran.out) == (1, b"")
    assert ran.err.startswith(f"1042.yaml:{line}:5: error[broken-chain]: the chain breaks at entry {number}: ")
    assert who in ran.err
    data = run("verify", "1042.yaml", "--format", "json", folder=folder)
    assert (data.code, json.loads(data.out)["good"], data.err) == (1, False, "")


def test_an_entry_taken_out_of_the_chain_is_found(folder: Path) -> None:
    for day in ("2026-01-05", "2026-01-06", "2026-01-07"):
        add(folder, day)
    lines = (folder / "1042.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "1042.yaml").write_text("".join(lines[:5] + lines[6:]), encoding="utf-8")
    assert "error[broken-chain]: the chain breaks at entry 2" in run("verify", "1042.yaml", folder=folder).err


def test_layout_and_remarks_are_no_change(folder: Path) -> None:
    head = add(folder, "2026-01-05")
    changed(folder, "  - {on: 2026-01-05, given: study drug", "  # by fax\n  - {given: 'study drug', 'on': \"2026-01-05\"")
    changed(folder, "participant:", "horizon: 2030-01-01\nparticipant:")
    assert good("verify", "1042.yaml", "--head", head, folder=folder).decode().splitlines()[-1] == f"head: {head}"


def test_a_cut_tail_shows_only_against_a_head_that_was_kept(folder: Path) -> None:
    first = add(folder, "2026-01-05")
    last = add(folder, "2026-01-06")
    assert b"the head given: entry 1 and all before it are as they were\n" in good("verify", "1042.yaml", "--head", first, folder=folder)
    lines = (folder / "1042.yaml").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "1042.yaml").write_text("".join(lines[:-1]), encoding="utf-8")
    assert run("verify", "1042.yaml", folder=folder).code == 0
    ran = run("verify", "1042.yaml", "--head", last, folder=folder)
    assert (ran.code, ran.out) == (1, b"")
    assert ran.err.startswith("1042.yaml: error[unknown-head]: the record never had this head")
    assert run("verify", "1042.yaml", "--head", first, folder=folder).code == 0


def test_what_is_no_hash_and_what_is_no_participant_is_said(folder: Path) -> None:
    assert run("verify", "1042.yaml", "--head", "abc", folder=folder).err.startswith("--head: error[hash]: ")
    assert run("verify", "regimen.yaml", folder=folder).code == 1
    assert run("verify", "nowhere.yaml", folder=folder).code == 2
