"""SELECTION: whose schedule is asked for, by options or by a participant file, never by both and never by a guess."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import SMALL, good, run

HEAD = "format: dosecal/1\nstudy: Example\nsource: protocol, version 1\n"
FILES = {
    "regimen.yaml": SMALL,
    "same.yaml": SMALL,
    "other.yaml": SMALL.replace("10 mg", "20 mg"),
    "arms.yaml": HEAD
    + "arms:\n  A:\n    doses: {drug: {give: 1 mg PO, when: day 1}}\n"
    + "  B:\n    doses: {drug: {give: 2 mg PO, when: day 2}}\n",
    "weekly.yaml": HEAD + "doses:\n  drug: {give: 44 mcg SC, when: 3 times weekly for 2 weeks}\n",
    "open.yaml": HEAD + "events: [progression]\ndoses:\n  drug: {give: 1 mg PO, when: every day until progression}\n",
    "timed.yaml": HEAD + "doses:\n  drug: {give: 1 mg PO, when: days 1 2, at: 02:30}\n",
    "follows.yaml": HEAD + "labs:\n  test: {when: day 6, if-closed: next open day}\n",
    "1042.yaml": 'participant: "1042"\nregimen: regimen.yaml\nday-1: 2026-01-05\n',
    "weekly-1042.yaml": 'participant: "1042"\nregimen: weekly.yaml\nday-1: 2026-01-05\ndays: {drug: Tue Thu Sat}\n',
    "site.yaml": "weekend: Sat Sun\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "1043.yaml").write_text('participant: "1043"\nregimen: ../regimen.yaml\nday-1: 2026-01-05\n', encoding="utf-8")
    return tmp_path


def data(*words: str, folder: Path) -> dict[str, Any]:
    """What `dosecal schedule ... --format json` says."""
    said: dict[str, Any] = json.loads(good("schedule", *words, "--format", "json", folder=folder))
    return said


def dates(*words: str, folder: Path) -> list[str]:
    return [event["date"] for event in data(*words, folder=folder)["events"]]


def refused(*words: str, folder: Path) -> tuple[int, str]:
    """The exit code and the first line of a refusal that prints no data."""
    ran = run(*words, folder=folder)
    assert ran.out == b""
    return ran.code, ran.err.splitlines()[0]


def test_options_and_a_participant_file_ask_for_the_same_schedule(folder: Path) -> None:
    by_options = data("regimen.yaml", "--start", "2026-01-05", "--id", "1042", folder=folder)
    assert by_options == data("regimen.yaml", "--participant", "1042.yaml", folder=folder)
    assert [event["date"] for event in by_options["events"]] == ["2026-01-05", "2026-01-06", "2026-01-07", "2026-01-12", "2026-01-19"]


OPTIONS = [("--arm", "A"), ("--start", "2026-01-05"), ("--timezone", "UTC"), ("--days", "Mon"), ("--horizon", "2027-01-01"), ("--id", "1")]


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option[0])
def test_an_option_beside_a_participant_file_is_refused(option: tuple[str, str], folder: Path) -> None:
    said = refused("schedule", "regimen.yaml", "--participant", "1042.yaml", *option, folder=folder)
    assert said == (2, f"{option[0]}: error[two-sources]: with --participant, the participant file says this")


def test_without_day_1_nothing_is_guessed(folder: Path) -> None:
    assert refused("ics", "regimen.yaml", folder=folder) == (2, "--start: error[no-start]: Day 1 is not given")


def test_an_arm_may_be_left_out_only_where_there_are_none(folder: Path) -> None:
    assert dates("arms.yaml", "--arm", "B", "--start", "2026-01-05", folder=folder) == ["2026-01-06"]
    code, line = refused("schedule", "arms.yaml", "--start", "2026-01-05", folder=folder)
    assert (code, line.startswith("--arm: error[arm]: ")) == (2, True)
    assert refused("schedule", "regimen.yaml", "--arm", "A", "--start", "2026-01-05", folder=folder)[0] == 2


def test_weekdays_come_from_the_option_or_the_participant_file(folder: Path) -> None:
    wanted = ["2026-01-06", "2026-01-08", "2026-01-10", "2026-01-13", "2026-01-15", "2026-01-17"]
    assert dates("weekly.yaml", "--start", "2026-01-05", "--days", "Tue Thu Sat", folder=folder) == wanted
    assert dates("weekly.yaml", "--participant", "weekly-1042.yaml", folder=folder) == wanted


@pytest.mark.parametrize("days", ["Mon Tue", "Mon,Wed,Fri", "mon wed fri", "Fri Mon Tue Thu", "", "Mon Mon Mon", "Montag"])
def test_weekdays_that_do_not_fit_are_refused(days: str, folder: Path) -> None:
    assert refused("schedule", "weekly.yaml", "--start", "2026-01-05", "--days", days, folder=folder)[0] in (1, 2)


def test_an_open_ended_regimen_needs_a_horizon_which_is_included(folder: Path) -> None:
    ran = run("schedule", "open.yaml", "--start", "2026-01-05", folder=folder)
    assert (ran.code, ran.out) == (1, b"")
    assert "--horizon DATE" in ran.err
    asked = ("open.yaml", "--start", "2026-01-05", "--horizon", "2026-01-07")
    assert dates(*asked, folder=folder) == ["2026-01-05", "2026-01-06", "2026-01-07"]


def test_the_first_and_last_date_are_included_and_kinds_are_kept_apart(folder: Path) -> None:
    asked = ("regimen.yaml", "--start", "2026-01-05")
    assert dates(*asked, "--from", "2026-01-06", "--to", "2026-01-12", folder=folder) == ["2026-01-06", "2026-01-07", "2026-01-12"]
    assert dates(*asked, "--kinds", "lab", folder=folder) == ["2026-01-12", "2026-01-19"]
    assert len(dates(*asked, "--kinds", "lab, dose", folder=folder)) == 5
    assert dates(*asked, "--kinds", "visit", folder=folder) == []
    for kinds in ("", ",", "labs", "lab,doses", "Lab"):
        assert refused("schedule", *asked, "--kinds", kinds, folder=folder)[0] == 2


@pytest.mark.parametrize("form", ["csv", "json"])
def test_data_holds_every_event_and_cannot_fold(form: str, folder: Path) -> None:
    asked = ("schedule", "regimen.yaml", "--start", "2026-01-05", "--format", form)
    assert refused(*asked, "--fold", folder=folder) == (2, f"--fold: error[fold]: {form} lists every event")
    assert good(*asked, "--no-fold", folder=folder) == good(*asked, folder=folder)


def test_only_a_calendar_without_an_id_is_warned_about(folder: Path) -> None:
    asked = ("regimen.yaml", "--start", "2026-01-05")
    assert "warning[no-id]" in run("ics", *asked, folder=folder).err
    assert run("ics", *asked, "--id", "1042", folder=folder).err == ""
    assert run("ics", "regimen.yaml", "--participant", "1042.yaml", folder=folder).err == ""
    assert run("schedule", *asked, folder=folder).err == ""


def test_a_calendar_without_an_id_rests_on_study_and_day_1(folder: Path) -> None:
    one = good("ics", "regimen.yaml", "--start", "2026-01-05", folder=folder)
    assert one == good("ics", "regimen.yaml", "--start", "2026-01-05", folder=folder)
    ids = {good("ics", "regimen.yaml", "--start", "2026-01-05", *more, folder=folder) for more in ((), ("--id", "1"), ("--id", "2"))}
    assert len(ids) == 3


def test_a_participant_is_on_the_regimen_that_the_file_names(folder: Path) -> None:
    for same in ("regimen.yaml", "./regimen.yaml", "same.yaml"):
        assert run("schedule", same, "--participant", "1042.yaml", folder=folder).code == 0
        assert run("schedule", same, "--participant", "inner/1043.yaml", folder=folder).code == 0
    code, line = refused("schedule", "other.yaml", "--participant", "1042.yaml", folder=folder)
    assert code == 1
    assert line == "1042.yaml:2:10: error[other-regimen]: this file is for the regimen `regimen.yaml`, not for `other.yaml`"


@pytest.mark.parametrize("named", ["/dev/zero", ".", "no-such.yaml", "x" * 400])
def test_a_participant_file_that_names_no_plain_file_is_refused_at_once(named: str, folder: Path) -> None:
    (folder / "1044.yaml").write_text(f'participant: "1044"\nregimen: {named}\nday-1: 2026-01-05\n', encoding="utf-8")
    assert refused("schedule", "regimen.yaml", "--participant", "1044.yaml", folder=folder)[0] == 1


def test_a_published_regimen_is_known_by_name_even_beside_a_folder_of_that_name(folder: Path) -> None:
    (folder / "care-ms-ii").mkdir()
    asked = ("care-ms-ii", "--arm", "alemtuzumab-12", "--start", "2026-01-05")
    assert len([event for event in data(*asked, folder=folder)["events"] if event["kind"] == "dose"]) == 8


def test_a_site_moves_what_the_regimen_lets_it_move(folder: Path) -> None:
    asked = ("follows.yaml", "--start", "2026-01-05")
    assert dates(*asked, folder=folder) == ["2026-01-10"]
    assert dates(*asked, "--site", "site.yaml", folder=folder) == ["2026-01-12"]


def test_a_clock_time_has_no_default_zone(folder: Path) -> None:
    code, line = refused("ics", "timed.yaml", "--start", "2026-03-28", folder=folder)
    assert (code, "error[no-zone]" in line) == (1, True)
    said = data("timed.yaml", "--start", "2026-03-28", "--timezone", "Europe/Berlin", folder=folder)
    assert [(event["time"], event["utc_offset"]) for event in said["events"]] == [("02:30", "+01:00"), ("03:30", "+02:00")]


NO_DATES = ["2026-02-30", "2026-1-5", "05.01.2026", "1899-12-31", "2201-01-01", "tomorrow", "", "２０２６-01-05", "2026-01-05 "]


@pytest.mark.parametrize("date", NO_DATES)
def test_a_date_is_strict(date: str, folder: Path) -> None:
    code, line = refused("schedule", "regimen.yaml", "--start", date, folder=folder)
    assert (code, line.startswith("--start: error[date]: ")) == (2, True)


@pytest.mark.parametrize("identity", ["", " ", "x" * 65, "a\nb", "a\x1bb", "\udcff"])
def test_an_id_is_one_to_64_printable_characters(identity: str, folder: Path) -> None:
    code, line = refused("ics", "regimen.yaml", "--start", "2026-01-05", "--id", identity, folder=folder)
    assert (code, line) == (2, "--id: error[id]: this cannot be an id")


def test_validate_says_one_line_a_good_file_and_every_error_of_the_others(folder: Path) -> None:
    (folder / "wrong.yaml").write_text(HEAD + "dosses: {}\nlabs: {test: {when: day 0}}\n", encoding="utf-8")
    ran = run("validate", "regimen.yaml", "1042.yaml", "site.yaml", "wrong.yaml", folder=folder)
    assert ran.code == 1
    assert ran.out.decode().splitlines() == [
        "regimen.yaml: good: Example, no arms, 2 items; doses with Day 1 on Monday 2026-01-05: 3",
        "1042.yaml: good: participant 1042, Day 1 on Monday 2026-01-05",
        "site.yaml: good: site, weekend Sat Sun, 0 closing days",
    ]
    assert [line for line in ran.err.splitlines() if "error[" in line] == [
        "wrong.yaml:4:1: error[unknown-key]: a regimen has no key `dosses`",
        "wrong.yaml:5:21: error[day-zero]: there is no day 0",
    ]
    assert run("validate", "regimen.yaml", "missing.yaml", folder=folder).code == 2


def test_validate_gives_the_same_as_data(folder: Path) -> None:
    (folder / "wrong.yaml").write_text(HEAD + "labs: {test: {when: day 0}}\n", encoding="utf-8")
    ran = run("validate", "wrong.yaml", "site.yaml", "missing.yaml", "--format", "json", folder=folder)
    assert (ran.code, ran.err) == (2, "")
    wrong, site, missing = json.loads(ran.out)["files"]
    assert wrong == {
        "file": "wrong.yaml",
        "kind": "regimen",
        "good": False,
        "diagnostics": [
            {
                "name": "day-zero",
                "severity": "error",
                "message": "there is no day 0",
                "help": "write day 1 for the day of the first dose, or day -1 for the day before",
                "file": "wrong.yaml",
                "line": 4,
                "column": 21,
                "length": 5,
            }
        ],
    }
    assert site == {"file": "site.yaml", "kind": "site", "good": True, "diagnostics": []}
    assert (missing["file"], missing["kind"], missing["good"]) == ("missing.yaml", None, False)
    assert [one["name"] for one in missing["diagnostics"]] == ["unreadable"]
