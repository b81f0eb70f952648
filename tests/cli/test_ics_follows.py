"""`dosecal ics` with a record: the file keeps what the record cancelled, says so, and is cut to a day by --as-of."""

from pathlib import Path

import pytest

from tests.cli.running import good, run
from tests.readers.lines import vevents

REGIMEN = """format: dosecal/1
study: Example
source: protocol, version 1
doses:
  study drug: {give: 10 mg IV, when: every day for 3 days}
labs:
  blood test: {when: days 8 15}
"""
PARTICIPANT = 'participant: "1042"\nregimen: regimen.yaml\nday-1: 2026-01-05\n'
RECORD = """record:
  - {on: 2026-01-05, given: study drug, by: JD}
  - {on: 2026-01-06, not-given: study drug, why: felt ill, by: JD}
  - {on: 2026-01-10, moved: blood test, due: 2026-01-12, to: 2026-01-13, why: a journey, by: JD}
"""
CALENDAR = ("ics", "regimen.yaml", "--participant", "1042.yaml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "regimen.yaml").write_text(REGIMEN, encoding="utf-8")
    (tmp_path / "1042.yaml").write_text(PARTICIPANT + RECORD, encoding="utf-8")
    return tmp_path


def lines(octets: bytes) -> list[tuple[str, str, str, str, str]]:
    """Start, title, status, sequence and stamp of each event."""
    return [(one["DTSTART;VALUE=DATE"], one["SUMMARY"], one["STATUS"], one["SEQUENCE"], one["LAST-MODIFIED"]) for one in vevents(octets)]


PLANNED = ("CONFIRMED", "0", "19700101T000000Z")


def test_rules_6_to_8_the_record_changes_and_cancels_only_what_it_is_about(folder: Path) -> None:
    assert lines(good(*CALENDAR, folder=folder)) == [
        ("20260105", "Infusion", *PLANNED),
        ("20260106", "Cancelled: Infusion", "CANCELLED", "1", "20260106T000002Z"),
        ("20260107", "Infusion", *PLANNED),
        ("20260113", "Blood test", "CONFIRMED", "1", "20260110T000003Z"),
        ("20260119", "Blood test", *PLANNED),
    ]


def test_as_of_gives_the_calendar_of_that_day(folder: Path) -> None:
    assert [sequence for *_, sequence, _ in lines(good(*CALENDAR, "--as-of", "2026-01-09", folder=folder))] == ["0", "1", "0", "0", "0"]
    before = good(*CALENDAR, "--as-of", "2026-01-05", folder=folder)
    (folder / "1042.yaml").write_text(PARTICIPANT, encoding="utf-8")
    assert before == good(*CALENDAR, folder=folder)


def test_what_was_written_is_told_with_what_is_cancelled(folder: Path) -> None:
    assert run(*CALENDAR, "-o", "1042.ics", folder=folder).err == "1042.ics: 4 events, 2026-01-05 to 2026-01-19, 1 cancelled\n"
    told = run(*CALENDAR, "--as-of", "2026-01-05", "-o", "1042.ics", folder=folder)
    assert told.err == "1042.ics: 5 events, 2026-01-05 to 2026-01-19\n"


def test_a_visit_moved_behind_the_horizon_stays_in_the_calendar_and_is_counted(folder: Path) -> None:
    record = (
        "horizon: 2026-01-31\nrecord:\n  - {on: 2026-01-10, moved: blood test, due: 2026-01-19, to: 2026-02-02, by: JD, why: a journey}\n"
    )
    (folder / "1042.yaml").write_text(PARTICIPANT + record, encoding="utf-8")
    assert lines(good(*CALENDAR, folder=folder))[-1] == ("20260202", "Blood test", "CONFIRMED", "1", "20260110T000001Z")
    assert run(*CALENDAR, "-o", "1042.ics", folder=folder).err == "1042.ics: 5 events, 2026-01-05 to 2026-02-02\n"
