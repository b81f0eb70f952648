"""`dosecal cohort` and what stands in its folder already: the same stays untouched, what dosecal did not write is told and stays."""

import json
import os
import stat
from datetime import date, timedelta
from pathlib import Path

import pytest

from dosecal.cli import cohort_run
from dosecal.read.table import read_table
from tests.cli.running import SMALL, Ran, contents, good, posix, run

ROSTER = "id,day-1,timezone\n1001,2026-01-05,UTC\n1002,2026-01-06,UTC\n1003,2026-01-05,UTC\n"
COHORT = ("cohort", "regimen.yaml", "roster.csv", "-o", "out")
KEY = "a key for these cases alone 4711\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "regimen.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "roster.csv").write_text(ROSTER, encoding="utf-8")
    (tmp_path / "out").mkdir()
    return tmp_path


@pytest.fixture
def written(folder: Path) -> dict[str, bytes]:
    """What an undisturbed run writes."""
    good(*COHORT[:-1], "elsewhere", folder=folder)
    return contents(folder / "elsewhere")


def state(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Which file stands under each name, and when it was written."""
    found = {path.name: os.lstat(path) for path in folder.iterdir()}
    return {name: (one.st_ino, one.st_mtime_ns, one.st_ctime_ns) for name, one in found.items()}


def left(folder: Path) -> list[str]:
    """The ids who got no file, by the manifest."""
    ids: list[str] = json.loads((folder / "out/manifest.json").read_bytes())["left"]
    return ids


def test_a_repeated_run_touches_no_file_that_is_as_it_should_be(folder: Path) -> None:
    good(*COHORT, folder=folder)
    before, bytes_before = state(folder / "out"), contents(folder / "out")
    ran = run(*COHORT, "--force", folder=folder)
    assert (ran.code, "0 written, 3 unchanged" in ran.err) == (0, True)
    assert state(folder / "out") == before
    assert contents(folder / "out") == bytes_before


def test_what_changed_in_the_roster_changes_those_files_alone(folder: Path) -> None:
    good(*COHORT, folder=folder)
    before = state(folder / "out")
    (folder / "roster.csv").write_text(ROSTER.replace("1002,2026-01-06", "1002,2026-01-07"), encoding="utf-8")
    ran = run(*COHORT, folder=folder)
    assert (ran.code, "1 written, 2 unchanged" in ran.err) == (0, True)
    after = state(folder / "out")
    assert {name for name in after if after[name] != before[name]} == {"1002.ics", "manifest.json"}
    words = ("ics", "regimen.yaml", "--id", "1002", "--start", "2026-01-07", "--timezone", "UTC")
    assert (folder / "out/1002.ics").read_bytes() == good(*words, folder=folder)


# -- what stays


def _refused(ran: Ran, folder: Path, problem: str, written: dict[str, bytes]) -> None:
    """1002 got no file and is told why; the others have theirs."""
    assert ran.code == 1
    assert f"error[unwritable]: 1002: {problem}" in ran.err
    assert left(folder) == ["1002"]
    assert (folder / "out/1001.ics").read_bytes() == written["1001.ics"]
    assert (folder / "out/1003.ics").read_bytes() == written["1003.ics"]
    assert not [name for name in contents(folder / "out") if name.endswith(".dosecal-part")]


@pytest.mark.parametrize("content", [b"my notes\n", b"BEGIN:VCALENDAR\r\nPRODID:-//Other//EN\r\n", b"\0" * 9000])
def test_a_file_that_dosecal_did_not_write_stays_unless_it_is_forced(content: bytes, folder: Path, written: dict[str, bytes]) -> None:
    there = folder / "out/1002.ics"
    there.write_bytes(content)
    _refused(run(*COHORT, folder=folder), folder, "there is a file of this name that dosecal did not write", written)
    assert there.read_bytes() == content
    good(*COHORT, "--force", folder=folder)
    assert contents(folder / "out") == written


OTHERS = [
    ("ics", "regimen.yaml", "--id", "9999", "--start", "2026-01-06"),
    ("ics", "regimen.yaml", "--id", "1002", "--start", "2026-01-06", "--audience", "site"),
    ("ics", "regimen.yaml", "--id", "1002", "--start", "2026-01-06", "--audience", "rater"),
    ("ics", "regimen.yaml", "--id", "1002", "--start", "2026-01-06", "--compact"),
    ("ics", "regimen.yaml", "--id", "1002", "--start", "2026-01-06", "--language", "de"),
    ("ics", "regimen.yaml", "--id", "1002", "--start", "2026-01-06", "--uid-key-file", "study.key"),
    ("ics", "other.yaml", "--id", "1002", "--start", "2026-01-06"),
    ("schedule", "regimen.yaml", "--id", "1002", "--start", "2026-01-06"),
]


@pytest.mark.parametrize("words", OTHERS, ids=" ".join)
def test_a_file_of_another_participant_or_for_other_readers_stays(words: tuple[str, ...], folder: Path, written: dict[str, bytes]) -> None:
    (folder / "study.key").write_text(KEY, encoding="utf-8")
    (folder / "study.key").chmod(0o600)
    (folder / "other.yaml").write_text(SMALL.replace("study: Example", "study: Another"), encoding="utf-8")
    other = good(*words, folder=folder)
    (folder / "out/1002.ics").write_bytes(other)
    _refused(run(*COHORT, folder=folder), folder, "there is another file of this name", written)
    assert (folder / "out/1002.ics").read_bytes() == other
    good(*COHORT, "--force", folder=folder)
    assert contents(folder / "out") == written


def test_an_empty_file_belongs_to_nobody(folder: Path, written: dict[str, bytes]) -> None:
    (folder / "out/1002.ics").touch()
    good(*COHORT, folder=folder)
    assert contents(folder / "out") == written


@posix
@pytest.mark.parametrize("force", [[], ["--force"]], ids=["", "force"])
@pytest.mark.parametrize("trap", ["link", "dangling link", "folder", "full folder", "pipe"])
def test_a_link_a_folder_or_a_device_stays_whatever_the_force(trap: str, force: list[str], folder: Path, written: dict[str, bytes]) -> None:
    there = folder / "out/1002.ics"
    (folder / "precious").write_bytes(written["1001.ics"])
    if trap.endswith("link"):
        there.symlink_to("../precious" if trap == "link" else "../nowhere")
    elif trap.endswith("folder"):
        there.mkdir()
        (there / "inside").touch() if trap == "full folder" else None
    else:
        os.mkfifo(there)
    before = os.lstat(there)
    _refused(run(*COHORT, *force, folder=folder), folder, "what stands under this name is no plain file", written)
    after = os.lstat(there)
    assert (after.st_ino, stat.S_IFMT(after.st_mode)) == (before.st_ino, stat.S_IFMT(before.st_mode))
    assert (folder / "precious").read_bytes() == written["1001.ics"]
    assert not (folder / "nowhere").exists()


@posix
@pytest.mark.parametrize("force", [[], ["--force"]], ids=["", "force"])
def test_a_protected_file_stays_but_for_its_own_bytes(force: list[str], folder: Path, written: dict[str, bytes]) -> None:
    there = folder / "out/1002.ics"
    there.write_bytes(written["1002.ics"].replace(b"20260106", b"20260107"))
    there.chmod(0o444)
    _refused(run(*COHORT, *force, folder=folder), folder, "the file of this name is protected against writing", written)
    there.chmod(0o644)
    there.write_bytes(written["1002.ics"])
    there.chmod(0o444)
    good(*COHORT, *force, folder=folder)
    assert contents(folder / "out") == written


@posix
@pytest.mark.parametrize("trap", ["file", "link", "folder", "protected"])
def test_a_manifest_of_somebody_else_stays_and_nothing_is_written(trap: str, folder: Path, written: dict[str, bytes]) -> None:
    there = folder / "out/manifest.json"
    (folder / "precious").write_bytes(written["manifest.json"])
    if trap == "link":
        there.symlink_to("../precious")
    elif trap == "folder":
        there.mkdir()
    else:
        there.write_bytes(b'{"format": "npm/1"}\n' if trap == "file" else written["manifest.json"])
        there.chmod(0o444 if trap == "protected" else 0o644)
    before = contents(folder)
    for force in ([], ["--force"]) if trap != "file" else ([],):
        ran = run(*COHORT, *force, folder=folder)
        assert (ran.code, contents(folder)) == (2, before)
        assert ran.err.startswith("out: error[unwritable]: ")
    if trap == "file":
        good(*COHORT, "--force", folder=folder)
        assert contents(folder / "out") == written


@pytest.mark.parametrize("form", ["ics", "json", "csv"])
def test_files_for_one_audience_never_take_the_place_of_those_for_another(form: str, folder: Path) -> None:
    words = (*COHORT, "--format", form)
    assert run(*words, "--audience", "rater", folder=folder).err.count("[") == 0
    before = contents(folder / "out")
    ran = run(*words, "--audience", "unblinded", folder=folder)
    assert (ran.code, contents(folder / "out")) == (2, before)
    assert "the files in this folder are of another audience: `rater`, and these would be `unblinded`" in ran.err
    good(*words, "--audience", "unblinded", "--force", folder=folder)
    assert contents(folder / "out") != before
    (folder / "out/manifest.json").write_bytes((folder / "out/manifest.json").read_bytes() + b"changed")
    good(*words, "--audience", "unblinded", folder=folder)


# -- inputs


@posix
@pytest.mark.parametrize("how", ["itself", "a link to it", "a participant's own file", "a site file", "the manifest"])
def test_an_input_in_the_folder_is_never_replaced(how: str, folder: Path) -> None:
    rows = ["id,day-1,timezone", "1001,2026-01-05,UTC", "1002,2026-01-06,UTC"]
    words = ["cohort", "regimen.yaml", "out/1001.csv", "-o", "out", "--format", "csv", "--force"]
    if how == "a participant's own file":
        rows = ["id,day-1,timezone,participant", "1001,2026-01-05,UTC,", "1002,,,out/1002.csv"]
        (folder / "out/1002.csv").write_text('participant: "1002"\nregimen: regimen.yaml\nday-1: 2026-01-06\n', encoding="utf-8")
        words[2] = "roster.csv"
    elif how == "a link to it":
        (folder / "linked.csv").symlink_to("out/1001.csv")
        words[2] = "linked.csv"
    elif how == "a site file":
        (folder / "out/1002.csv").write_text("weekend: Sat Sun\n", encoding="utf-8")
        words[2:3] = ["roster.csv", "--site", "out/1002.csv"]
    elif how == "the manifest":
        (folder / "out/manifest.json").write_text(SMALL, encoding="utf-8")
        words[1:3] = ["out/manifest.json", "roster.csv"]
    (folder / ("roster.csv" if "roster.csv" in words else "out/1001.csv")).write_text("\n".join(rows), encoding="utf-8")
    before = contents(folder)
    ran = run(*words, folder=folder)
    assert (ran.code, contents(folder)) == (2, before)
    assert "would be replaced, and it is one of the files that are read" in ran.err


@posix
def test_what_a_killed_run_left_unfinished_is_taken_away_and_nothing_else(folder: Path, written: dict[str, bytes]) -> None:
    (folder / "out/.1001.ics.0123abcd.dosecal-part").write_bytes(b"half")
    (folder / "out/.manifest.json.0123abcd.dosecal-part").write_bytes(b"half")
    kept = {".1001.ics.dosecal-part": b"theirs", ".1001.ics.0123abcd.dosecal-part.bak": b"theirs", "notes.txt": b"notes"}
    for name, content in kept.items():
        (folder / "out" / name).write_bytes(content)
    good(*COHORT, folder=folder)
    assert contents(folder / "out") == written | kept


def test_a_folder_has_one_manifest_and_so_one_format(folder: Path) -> None:
    good(*COHORT, folder=folder)
    before = contents(folder / "out")
    ran = run(*COHORT, "--format", "json", folder=folder)
    assert ran.code == 2
    assert "the files in this folder are of another format: `ics`, and these would be `json`" in ran.err
    assert contents(folder / "out") == before


def test_a_file_that_was_left_as_it_was_is_not_called_out_of_date(folder: Path) -> None:
    good(*COHORT, folder=folder)
    ran = run(*COHORT, "--compact", folder=folder)  # other UIDs: every file is left
    assert ran.code == 1
    assert "error[unwritable]: 1001: there is another file of this name" in ran.err
    assert "(and 2 more like this)" in ran.err
    assert "out of date" not in ran.err
    assert run("verify", "out", folder=folder).code == 0


def test_what_is_said_of_dates_is_said_of_the_participant_whose_they_are(tmp_path: Path) -> None:
    """Where the files of the first ones are left as they were, the words about them are still not those about the next."""
    rows = [f"{1001 + number},interferon-beta-1a,{date(2026, 1, 6) + timedelta(7 * number)},Europe/Berlin" for number in range(4)]
    (tmp_path / "roster.csv").write_text("\n".join(["id,arm,day-1,timezone", *rows]) + "\n", encoding="utf-8")
    (tmp_path / "out").mkdir()
    for number in (1001, 1002):
        (tmp_path / f"out/{number}.ics").write_text("not dosecal's", encoding="utf-8")
    ran = run("cohort", "care-ms-ii", "roster.csv", "-o", "out", "--jobs", "1", folder=tmp_path)
    assert "1001: no dose of interferon beta-1a on Day 1; the first is on Day 2, Wed 2026-01-07 (and 3 more like this)" in ran.err


def test_a_roster_that_is_saved_while_it_is_read_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def saved(path: str, arms: object) -> object:
        table = read_table(path, arms)  # type: ignore[arg-type]
        with (folder / "roster.csv").open("a", encoding="utf-8") as file:
            file.write("1009,2026-01-06,UTC\n")
        return table

    monkeypatch.setattr(cohort_run, "read_table", saved)
    ran = run(*COHORT, folder=folder)
    assert ran.code == 2
    assert "roster.csv: error[unreadable]: the file was changed while it was read" in ran.err
    assert contents(folder / "out") == {}
