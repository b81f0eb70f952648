"""`dosecal cohort`: a file for every participant of a roster; what is wrong is said at once, and what dosecal did not write stays."""

import json
import os
from pathlib import Path

import pytest

from dosecal.cli import locked
from dosecal.write.formats import FORMATS
from tests.cli.running import SMALL, contents, good, posix, run

ROSTER = "id,day-1,timezone\n1001,2026-01-05,UTC\n1002,2026-01-06,UTC\n1003,2026-01-05,UTC\n"
COHORT = ("cohort", "regimen.yaml", "roster.csv", "-o", "out")
BY_WEIGHT = SMALL.replace("give: 10 mg PO", "give: 1 mg/kg PO")
ARMS = """format: dosecal/1
study: Example
source: protocol, version 1
blinding: {participant: treatment, rater: treatment}
arms:
  active: {doses: {study drug: {give: 10 mg PO, when: every day for 3 days}}}
  placebo: {doses: {dummy: {give: placebo PO, when: every day for 5 days}}}
labs:
  blood test: {when: days 8 15}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "regimen.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "roster.csv").write_text(ROSTER, encoding="utf-8")
    return tmp_path


def alone(identity: str, day_1: str, folder: Path, *more: str) -> bytes:
    return good("ics", "regimen.yaml", "--id", identity, "--start", day_1, "--timezone", "UTC", *more, folder=folder)


def test_every_participant_gets_a_file_and_the_manifest_names_them(folder: Path) -> None:
    ran = run(*COHORT, folder=folder)
    files = contents(folder / "out")
    size = sum(len(content) for name, content in files.items() if name != "manifest.json")
    assert (ran.code, ran.out) == (0, b"")
    assert ran.err == f"out: 3 participants: 3 written, 0 unchanged, {size:,} bytes; manifest.json\n"
    assert set(files) == {"1001.ics", "1002.ics", "1003.ics", "manifest.json"}
    assert files["1001.ics"] == alone("1001", "2026-01-05", folder)
    assert files["1002.ics"] == alone("1002", "2026-01-06", folder)
    assert [one["name"] for one in json.loads(files["manifest.json"])["files"]] == ["1001.ics", "1002.ics", "1003.ics"]


@posix
def test_files_and_a_new_folder_are_for_their_owner_alone(folder: Path) -> None:
    before = os.umask(0)
    try:
        good(*COHORT, folder=folder)
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in (folder / "out").iterdir()} == {0o600}
    assert (folder / "out").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("form", ["json", "csv"])
def test_schedules_as_data_are_those_of_the_command_for_one(form: str, folder: Path) -> None:
    assert form in FORMATS
    good(*COHORT, "--format", form, "--audience", "site", folder=folder)
    words = ("schedule", "regimen.yaml", "--id", "1002", "--start", "2026-01-06", "--timezone", "UTC", "--format", form)
    assert (folder / "out" / f"1002.{form}").read_bytes() == good(*words, folder=folder)
    assert set(contents(folder / "out")) == {f"1001.{form}", f"1002.{form}", f"1003.{form}", "manifest.json"}


# -- the roster is checked before the first file is written


def test_all_that_is_wrong_with_a_roster_is_said_at_once_and_nothing_is_written(folder: Path) -> None:
    rows = [
        "1001,2026-01-05,UTC",
        "1002,5.1.2026,UTC",
        "con,2026-01-05,UTC",
        "10/3,2026-01-05,Mars",
        "A1,2026-01-05,UTC",
        "a1,2026-01-05,UTC",
    ]
    (folder / "roster.csv").write_text("\n".join(["id,day-1,timezone", *rows]), encoding="utf-8")
    before = contents(folder)
    ran = run(*COHORT, folder=folder)
    assert ran.code == 1
    assert [line.partition(": ")[::2] for line in ran.err.splitlines() if ": error[" in line] == [
        ("roster.csv:3:6", "error[date]: `5.1.2026` is not a date"),
        ("roster.csv:4:1", "error[id]: `con` is the name of a device on Windows, and no file there can be called so"),
        ("roster.csv:5:3", "error[id]: `/` may not stand in an id"),
        ("roster.csv:5:17", "error[zone]: there is no time zone `Mars`"),
        ("roster.csv:7:1", "error[twice]: the id `a1` differs from `A1` in line 6 only in capital letters"),
    ]
    assert contents(folder) == before


WRONG_COMMANDS = [
    ("cohort",),
    ("cohort", "regimen.yaml", "-o", "out"),
    ("cohort", "regimen.yaml", "roster.csv"),
    ("cohort", "regimen.yaml", "missing.csv", "-o", "out"),
    ("cohort", "missing.yaml", "roster.csv", "-o", "out"),
    ("cohort", "regimen.yaml", ".", "-o", "out"),
    (*COHORT, "--site", "missing.yaml"),
    (*COHORT, "--format", "json", "--compact"),
    (*COHORT, "--format", "csv", "--alarm", "2h"),
    (*COHORT, "--format", "csv", "--uid-key-file", "regimen.yaml"),
    (*COHORT, "--format", "html"),
    (*COHORT, "--template"),
    ("cohort", "regimen.yaml", "roster.csv", "--template"),
    (*COHORT, "--language", "de", "--audience", "site"),
    (*COHORT, "--language", "tlh"),
    (*COHORT, "--jobs", "0"),
    (*COHORT, "--jobs", "2", "--scheduler", "tcp://127.0.0.1:9"),
    (*COHORT, "--scheduler", ""),
    (*COHORT, "--scheduler", "127.0.0.1:8786"),
    (*COHORT, "--scheduler", "http://127.0.0.1:8786"),
    ("cohort", "regimen.yaml", "roster.csv", "-o", ""),
    ("cohort", "regimen.yaml", "roster.csv", "-o", "\0"),
    ("cohort", "regimen.yaml", "roster.csv", "-o", "no/such/folder"),
    ("cohort", "regimen.yaml", "roster.csv", "-o", "roster.csv"),
    ("cohort", "regimen.yaml", "roster.csv", "-o", "nowhere://out"),
    ("cohort", "regimen.yaml", "roster.csv", "-o", "memory://out", "--jobs", "2"),
]


@pytest.mark.parametrize("words", WRONG_COMMANDS, ids=lambda words: " ".join(words[3:]) or " ".join(words))
def test_a_wrong_command_writes_nothing(words: tuple[str, ...], folder: Path) -> None:
    before = contents(folder)
    ran = run(*words, folder=folder)
    assert (ran.code, ran.out) == (2, b""), ran.err
    assert "error[" in ran.err
    assert contents(folder) == before


@posix
def test_a_roster_that_can_be_read_only_once_is_refused(folder: Path) -> None:
    os.mkfifo(folder / "pipe.csv")
    ran = run("cohort", "regimen.yaml", "pipe.csv", "-o", "out", folder=folder)
    assert (ran.code, (folder / "out").exists()) == (2, False)
    assert "pipe.csv: error[unreadable]: this is a pipe or a device" in ran.err


def test_a_wrong_regimen_or_site_is_said_once_and_nothing_is_written(folder: Path) -> None:
    (folder / "regimen.yaml").write_text(SMALL.replace("days 8", "days 0 8"), encoding="utf-8")
    ran = run(*COHORT, folder=folder)
    assert (ran.code, ran.err.count("error["), (folder / "out").exists()) == (1, 1, False)
    (folder / "regimen.yaml").write_text(SMALL, encoding="utf-8")
    (folder / "site.yaml").write_text("weekend: Sat Sunday\n", encoding="utf-8")
    ran = run(*COHORT, "--site", "site.yaml", folder=folder)
    assert (ran.code, ran.err.count("error["), (folder / "out").exists()) == (1, 1, False)


def test_an_id_whose_file_would_be_the_manifest_is_refused(folder: Path) -> None:
    (folder / "roster.csv").write_text(ROSTER.replace("1002", "Manifest"), encoding="utf-8")
    ran = run(*COHORT, "--format", "json", folder=folder)
    assert (ran.code, (folder / "out").exists()) == (1, False)
    assert ran.err.startswith("roster.csv:3:1: error[id]: the file of this participant would be manifest.json")
    good(*COHORT, folder=folder)
    assert "Manifest.ics" in contents(folder / "out")


# -- participants who cannot be laid out


def test_a_participant_who_cannot_be_laid_out_stops_nobody_else(folder: Path) -> None:
    (folder / "regimen.yaml").write_text(BY_WEIGHT, encoding="utf-8")
    (folder / "roster.csv").write_text(
        "id,day-1,timezone,measures\n1001,2026-01-05,UTC,weight: 70 kg\n1002,2026-01-06,UTC,\n1003,2026-01-05,UTC,weight: 80 kg\n"
        "1004,2026-01-06,UTC,\n",
        encoding="utf-8",
    )
    ran = run(*COHORT, folder=folder)
    files = contents(folder / "out")
    assert ran.code == 1
    assert set(files) == {"1001.ics", "1003.ics", "manifest.json"}
    assert json.loads(files["manifest.json"])["failed"] == ["1002", "1004"]
    assert ran.err.startswith("regimen.yaml:5:22: error[no-measure]: 1002: `1 mg/kg PO` needs the participant's weight")
    assert "out: 4 participants: 2 written, 0 unchanged, 2 failed, " in ran.err


def test_a_wrong_file_of_a_participants_own_is_theirs_alone(folder: Path) -> None:
    (folder / "1001.yaml").write_text('participant: "1001"\nregimen: regimen.yaml\nday-1: 2026-13-05\n', encoding="utf-8")
    (folder / "1002.yaml").write_text('participant: "1003"\nregimen: regimen.yaml\nday-1: 2026-01-06\n', encoding="utf-8")
    (folder / "1003.yaml").write_text('participant: "1003"\nregimen: care-ms-ii\nday-1: 2026-01-06\n', encoding="utf-8")
    (folder / "1004.yaml").write_text('participant: "1004"\nregimen: regimen.yaml\nday-1: 2026-01-06\n', encoding="utf-8")
    rows = ["1001,,,1001.yaml", "1002,,,1002.yaml", "1003,,,1003.yaml", "1004,2026-01-05,,1004.yaml", "1005,2026-01-06,UTC,"]
    (folder / "roster.csv").write_text("\n".join(["id,day-1,timezone,participant", *rows]), encoding="utf-8")
    ran = run(*COHORT, folder=folder)
    assert ran.code == 1
    assert [line.partition(": ")[::2] for line in ran.err.splitlines() if ": error[" in line] == [
        ("1001.yaml:3:8", "error[date]: 1001: there is no date 2026-13-05"),
        ("1002.yaml:1:15", "error[other-row]: 1002: the participant file says `1003`, and the roster's `id` is `1002`"),
        ("1003.yaml:2:10", "error[other-regimen]: 1003: this file is for the regimen `care-ms-ii`, not for `regimen.yaml`"),
        ("1004.yaml:3:8", "error[other-row]: 1004: the participant file says `2026-01-06`, and the roster's `day-1` is `2026-01-05`"),
    ]
    assert set(contents(folder / "out")) == {"1005.ics", "manifest.json"}


def test_a_site_that_nobody_describes_keeps_its_participants_from_a_file(folder: Path) -> None:
    (folder / "regimen.yaml").write_text(SMALL.replace("days 8 15", "days 8 15, if-closed: next open day"), encoding="utf-8")
    (folder / "dundee.yaml").write_text("site: Dundee\nweekend: Sat Sun\n", encoding="utf-8")
    rows = ["1001,2026-01-05,UTC,Dundee", "1002,2026-01-05,UTC,Perth", "1003,2026-01-05,UTC,"]
    (folder / "roster.csv").write_text("\n".join(["id,day-1,timezone,site", *rows]), encoding="utf-8")
    ran = run(*COHORT, "--site", "dundee.yaml", folder=folder)
    assert ran.code == 1
    assert "error[other-site]: 1002: the participant comes to the site `Perth`" in ran.err
    assert set(contents(folder / "out")) == {"1001.ics", "1003.ics", "manifest.json"}
    assert (folder / "out/1003.ics").read_bytes() == alone("1003", "2026-01-05", folder, "--site", "dundee.yaml")


def test_where_nobody_gets_a_file_no_folder_is_left(folder: Path) -> None:
    (folder / "regimen.yaml").write_text(BY_WEIGHT, encoding="utf-8")
    before = contents(folder)
    ran = run(*COHORT, folder=folder)
    assert ran.code == 1
    assert ran.err.endswith("out: 3 participants: 0 written, 0 unchanged, 3 failed\n")
    assert contents(folder) == before


# -- who may see what


@pytest.mark.parametrize("audience", ["participant", "rater"])
def test_a_blinded_roster_needs_no_arms_where_the_arms_look_alike(audience: str, folder: Path) -> None:
    (folder / "regimen.yaml").write_text(ARMS.replace("5 days", "3 days").replace("dummy", "study drug"), encoding="utf-8")
    said = run(*COHORT, "--audience", audience, folder=folder)
    assert said.code == 0, said.err
    for arm in ("active", "placebo"):
        rows = ROSTER.replace(",day-1", ",arm,day-1").replace(",2026", f",{arm},2026")
        (folder / "with-arms.csv").write_text(rows, encoding="utf-8")
        good("cohort", "regimen.yaml", "with-arms.csv", "-o", arm, "--audience", audience, folder=folder)
        for identity in ("1001", "1002", "1003"):
            assert (folder / arm / f"{identity}.ics").read_bytes() == (folder / "out" / f"{identity}.ics").read_bytes()
    assert run(*COHORT[:-1], "unblinded", "--audience", "unblinded", folder=folder).code == 1


def test_a_blinded_roster_without_arms_is_refused_where_the_dates_tell_the_arm(folder: Path) -> None:
    (folder / "regimen.yaml").write_text(ARMS, encoding="utf-8")
    ran = run(*COHORT, folder=folder)
    assert (ran.code, (folder / "out").exists()) == (1, False)
    assert ran.err.startswith("roster.csv: error[arm]: 1001: the arm is not named, and what the participant may see tells `active`")
    good(*COHORT, "--audience", "rater", folder=folder)
    assert b"study drug" not in (folder / "out/1001.ics").read_bytes()


# -- a template, and what else is said


@pytest.mark.parametrize("words", [["care-ms-ii"], [], ["cdisc-pilot"], ["secukinumab"]], ids=" ".join)
def test_the_template_is_a_roster_that_the_command_takes(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_bytes(good("cohort", *words, "--template", folder=tmp_path))
    good("cohort", *(words or ["care-ms-ii"]), "roster.csv", "-o", "out", folder=tmp_path)
    assert set(contents(tmp_path / "out")) == {"1001.ics", "1002.ics", "1003.ics", "manifest.json"}


def test_an_older_file_of_someone_who_gets_none_now_is_told_of_as_out_of_date(folder: Path) -> None:
    good(*COHORT, folder=folder)
    (folder / "1002.yaml").write_text("participant: 'nobody'\nregimen: regimen.yaml\nday-1: 2026-01-06\n", encoding="utf-8")
    lines = (folder / "roster.csv").read_text(encoding="utf-8").splitlines()
    rows = [f"{line},{'participant' if line == lines[0] else '1002.yaml' if line.startswith('1002,') else ''}" for line in lines]
    (folder / "roster.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    ran = run(*COHORT, folder=folder)
    assert ran.code == 1
    told = "[former-file]: 1 file is there (1002.ics) of an earlier run: their participants have no file now"
    assert f"warning{told}" in ran.err
    verified = run("verify", "out", folder=folder)
    assert verified.code == 1
    assert f"error{told}" in verified.err


def test_files_of_nobody_in_the_roster_stay_and_are_named(folder: Path) -> None:
    good(*COHORT, folder=folder)
    (folder / "roster.csv").write_text(ROSTER.replace("1002,2026-01-06,UTC\n", ""), encoding="utf-8")
    ran = run(*COHORT, folder=folder)
    assert ran.code == 0
    assert "note[former-file]: 1 file is there (1002.ics) of nobody in this roster: left untouched" in ran.err
    assert (folder / "out/1002.ics").read_bytes() == alone("1002", "2026-01-06", folder)


def test_a_remark_that_is_true_of_many_is_told_once(tmp_path: Path) -> None:
    rows = [f"{1001 + number},interferon-beta-1a,2026-01-{6 + 7 * (number % 2):02d},UTC,Mon Wed Fri" for number in range(9)]
    (tmp_path / "roster.csv").write_text("\n".join(["id,arm,day-1,timezone,days", *rows]), encoding="utf-8")
    ran = run("cohort", "care-ms-ii", "roster.csv", "-o", "out", folder=tmp_path)
    assert (ran.code, ran.err.count("note[")) == (0, 1)
    assert "note[no-dose-on-day-1]: 1001: no dose of interferon beta-1a on Day 1" in ran.err
    assert "(and 8 more like this)" in ran.err


# -- two runs at one time


@posix
def test_a_second_run_in_the_same_folder_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good(*COHORT, folder=folder)
    before = contents(folder)
    monkeypatch.setattr(locked, "_LONGEST_WAIT", 0.05)
    (folder / "roster.csv").write_text(ROSTER.replace("2026", "2027"), encoding="utf-8")
    with locked.locked(str(folder / "out" / "manifest.json")):
        ran = run(*COHORT, folder=folder)
    assert ran.code == 2
    assert "another run of dosecal is writing in this folder" in ran.err
    assert contents(folder / "out") == {name.removeprefix("out/"): data for name, data in before.items() if name.startswith("out/")}
    good(*COHORT, folder=folder)
