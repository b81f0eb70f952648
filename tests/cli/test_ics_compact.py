"""`dosecal ics --compact`: series instead of single events, kept apart from calendars without."""

from pathlib import Path

import pytest

from tests.cli.running import good, run
from tests.readers.lines import vevents

REGIMEN = """format: dosecal/1
study: Example
source: protocol, version 1
doses:
  study drug: {give: GIVE, when: every week 30 times, count-from: plan}
"""
PARTICIPANT = 'participant: "1042"\nregimen: regimen.yaml\nday-1: 2026-01-05\n'
MISSED = "record:\n  - {on: 2026-01-13, not-given: study drug, due: 2026-01-12, why: felt ill, by: JD}\n"
WEIGHED = "record:\n  - {on: 2026-01-05, measured: weight, value: 70 kg, by: JD}\n"
CALENDAR = ("ics", "regimen.yaml", "--participant", "1042.yaml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "regimen.yaml").write_text(REGIMEN.replace("GIVE", "10 mg PO"), encoding="utf-8")
    (tmp_path / "1042.yaml").write_text(PARTICIPANT, encoding="utf-8")
    return tmp_path


def test_a_missed_dose_is_an_exception_of_its_series(folder: Path) -> None:
    [planned] = vevents(good(*CALENDAR, "--compact", folder=folder))
    (folder / "1042.yaml").write_text(PARTICIPANT + MISSED, encoding="utf-8")
    series, missed = vevents(good(*CALENDAR, "--compact", folder=folder))
    assert series == planned
    assert series["RRULE"] == "FREQ=WEEKLY;COUNT=30;BYDAY=MO;WKST=MO"
    assert (missed["RECURRENCE-ID;VALUE=DATE"], missed["STATUS"], missed["SEQUENCE"]) == ("20260112", "CANCELLED", "1")


def test_a_calendar_of_one_kind_does_not_take_the_place_of_one_of_the_other(folder: Path) -> None:
    good(*CALENDAR, "-o", "1042.ics", folder=folder)
    refused = run(*CALENDAR, "--compact", "-o", "1042.ics", folder=folder)
    assert (refused.code, "error[unwritable]" in refused.err) == (2, True)
    good(*CALENDAR, "--compact", "-o", "series.ics", folder=folder)
    good(*CALENDAR, "--compact", "-o", "series.ics", folder=folder)
    compared = run(*CALENDAR, "--since", "series.ics", folder=folder)
    assert compared.code == 1
    assert "this calendar was written with --compact, the new one without" in compared.err


def test_an_update_has_the_series_with_all_its_exceptions(folder: Path) -> None:
    good(*CALENDAR, "--compact", "-o", "before.ics", folder=folder)
    (folder / "1042.yaml").write_text(PARTICIPANT + MISSED, encoding="utf-8")
    update = vevents(good(*CALENDAR, "--compact", "--since", "before.ics", folder=folder))
    assert ["RRULE" in one for one in update] == [True, False]


def test_files_by_the_year_have_series_of_their_own(folder: Path) -> None:
    (folder / "1042.yaml").write_text(PARTICIPANT.replace("2026-01-05", "2026-11-02"), encoding="utf-8")
    good(*CALENDAR, "--compact", "--split", "year", "-o", "1042.ics", folder=folder)
    rules = [only["RRULE"] for year in (2026, 2027) for only in vevents((folder / f"1042-{year}.ics").read_bytes())]
    assert rules == ["FREQ=WEEKLY;COUNT=9;BYDAY=MO;WKST=MO", "FREQ=WEEKLY;COUNT=21;BYDAY=MO;WKST=MO"]


def test_where_the_plan_needs_its_record_the_series_are_found_in_its_first_part(folder: Path) -> None:
    (folder / "regimen.yaml").write_text(REGIMEN.replace("GIVE", "2 mg/kg PO"), encoding="utf-8")
    (folder / "1042.yaml").write_text(PARTICIPANT + WEIGHED, encoding="utf-8")
    [planned] = vevents(good(*CALENDAR, "--compact", folder=folder))
    assert (planned["SEQUENCE"], planned["DTSTAMP"]) == ("1", "20260105T000001Z")
    (folder / "1042.yaml").write_text(PARTICIPANT + WEIGHED + MISSED.removeprefix("record:\n"), encoding="utf-8")
    series, missed = vevents(good(*CALENDAR, "--compact", folder=folder))
    assert series == planned
    assert (missed["SEQUENCE"], missed["STATUS"]) == ("2", "CANCELLED")


@pytest.mark.parametrize("audience", ["participant", "site"])
def test_series_tell_a_blinded_audience_no_more_than_single_events(folder: Path, audience: str) -> None:
    arms = [
        good("ics", "care-ms-ii", "--arm", arm, "--start", "2026-01-05", "--id", "7", "--audience", audience, "--compact", folder=folder)
        for arm in ("alemtuzumab-12", "alemtuzumab-24")
    ]
    assert arms[0] == arms[1]
    assert (b"RRULE" in arms[0]) == (audience == "participant")
