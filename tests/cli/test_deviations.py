"""`dosecal deviations` from participant files to a table, cells and data."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import contents, good, run

REGIMEN = """format: dosecal/1
study: Example
source: protocol, version 1
doses:
  study drug: {give: 10 mg PO, when: every Mon Wed Fri for 3 weeks, at-least: 2 days apart, if-missed: skip}
labs:
  blood test: {when: days 8 15, window: ±1 day}
"""
PARTICIPANT = """participant: "IDENTITY"
regimen: regimen.yaml
day-1: 2026-01-05
record:
"""
RECORD = """  - {on: 2026-01-05, given: study drug, by: JD}
  - {on: 2026-01-07, not-given: study drug, why: felt ill, by: JD}
  - {on: 2026-01-15, done: blood test, due: 2026-01-12, why: travel, by: JD}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "regimen.yaml", REGIMEN)
    write(tmp_path, "1042.yaml", PARTICIPANT.replace("IDENTITY", "1042") + RECORD)
    write(tmp_path, "1043.yaml", PARTICIPANT.replace("IDENTITY", "1043") + "  - {on: 2026-01-05, given: study drug, by: JD}\n")
    write(tmp_path, "broken.yaml", "participant: a\nregimen: regimen.yaml\nday-1: 2026-02-30\n")
    write(tmp_path, "misspelt.yaml", "participant: b\nregimen: regimen.yaml\nday-1: 2026-01-05\nsiet: Bern\n")
    return tmp_path


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def kinds(*words: str, folder: Path) -> list[tuple[str, str, str, str]]:
    """The deviations of a command, as participant, kind, due date and days."""
    text = good("deviations", *words, "--format", "csv", folder=folder).decode()
    return [(row["participant"], row["deviation"], row["due_date"], row["days"]) for row in csv.DictReader(io.StringIO(text, newline=""))]


OF_1042 = [("1042", "missed", "2026-01-07", ""), ("1042", "late", "2026-01-12", "3"), ("1042", "out-of-window", "2026-01-12", "2")]


def test_what_the_record_says_comes_out_with_its_days(folder: Path) -> None:
    assert kinds("1042.yaml", folder=folder) == OF_1042


def test_the_table_has_the_reasons_and_the_counts(folder: Path) -> None:
    text = good("deviations", "1042.yaml", folder=folder).decode()
    assert "1 late, 1 missed, 1 out of window" in text
    assert "felt ill" in text
    assert "2 days after its window, 11 to 13 Jan 2026" in text


def test_a_participant_without_deviations_is_good(folder: Path) -> None:
    assert "\nNo deviations.\n" in good("deviations", "1043.yaml", folder=folder).decode()


def test_several_participants_stand_in_the_order_in_which_they_are_named(folder: Path) -> None:
    assert kinds("1043.yaml", "1042.yaml", folder=folder) == OF_1042
    data = json.loads(good("deviations", "1043.yaml", "1042.yaml", "--format", "json", folder=folder))
    assert [(one["participant"], len(one["deviations"])) for one in data["participants"]] == [("1043", 0), ("1042", 3)]


def test_as_of_a_date_only_what_was_known_then_counts_and_what_had_no_entry_stands_beside_it(folder: Path) -> None:
    assert kinds("1042.yaml", "--as-of", "2026-01-07", folder=folder) == OF_1042[:1]
    found = kinds("1042.yaml", "--as-of", "2026-01-14", folder=folder)
    assert found == [OF_1042[0], ("1042", "no-entry", "2026-01-09", ""), ("1042", "no-entry", "2026-01-12", "")]


def test_one_bad_file_does_not_hide_the_errors_of_another_and_nothing_is_written(folder: Path) -> None:
    before = contents(folder)
    ran = run("deviations", "1042.yaml", "broken.yaml", "misspelt.yaml", "-o", "out.txt", folder=folder)
    assert (ran.code, ran.out) == (1, b"")
    assert "broken.yaml:3:" in ran.err
    assert "misspelt.yaml:4:" in ran.err
    assert contents(folder) == before


def test_a_missing_file_is_a_wrong_command_and_the_others_are_read_all_the_same(folder: Path) -> None:
    ran = run("deviations", "nowhere.yaml", "broken.yaml", folder=folder)
    assert (ran.code, ran.out) == (2, b"")
    assert "nowhere.yaml: error[unreadable]" in ran.err
    assert "broken.yaml:3:" in ran.err


def test_what_is_wrong_with_the_regimen_of_all_is_said_once(folder: Path) -> None:
    write(folder, "regimen.yaml", REGIMEN.replace("days 8 15", "day 0"))
    ran = run("deviations", "1042.yaml", "1043.yaml", folder=folder)
    assert ran.code == 1
    assert ran.err.count("error[day-zero]") == 1


def test_two_files_of_one_participant_are_refused(folder: Path) -> None:
    write(folder, "copy.yaml", PARTICIPANT.replace("IDENTITY", "1042") + RECORD)
    ran = run("deviations", "1042.yaml", "copy.yaml", folder=folder)
    assert (ran.code, ran.out) == (2, b"")
    assert "`1042.yaml` and `copy.yaml` are of one participant, `1042`" in ran.err
    assert run("deviations", *["1042.yaml"] * 2, folder=folder).code == 2


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_a_file_is_replaced_by_the_same_command_and_by_no_schedule(form: str, folder: Path) -> None:
    command = ("deviations", "1042.yaml", "--format", form, "-o", "there")
    said = run(*command, folder=folder)
    assert (said.code, said.err) == (0, "there: 3 deviations of 1 participant\n")
    first = (folder / "there").read_bytes()
    assert first == good(*command[:-2], folder=folder)
    good(*command, folder=folder)
    schedule = run("schedule", "regimen.yaml", "--participant", "1042.yaml", "--format", form, "-o", "there", folder=folder)
    assert schedule.code == 2
    assert (folder / "there").read_bytes() == first


@pytest.mark.parametrize("form", ["csv", "json"])
def test_data_loads_no_dates_in_words(form: str, folder: Path) -> None:
    program = "import sys; from dosecal.cli import main; main(sys.argv[1:]); print(sorted(sys.modules), file=sys.stderr)"
    command = [sys.executable, "-c", program, "deviations", "1042.yaml", "--format", form]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert "'dosecal.write.deviations_data'" in ran.stderr
    assert "'pendulum'" not in ran.stderr
