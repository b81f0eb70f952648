"""--roster: everyone of a trial with cohorts, or by --id one of them; a roster and one participant's options never meet."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import contents, good, run

REGIMEN = """format: dosecal/1
study: Escalation
source: protocol, version 1
doses:
  study drug: {give: 1 mg/kg IV, when: day 1, at: place}
visits:
  Day 8 visit: {when: day 8}
cohort-plans:
  escalation:
    places:
      sentinel 1: {when: day 1, at: 09:00}
      others 2-3: {when: 1 day after sentinel, at: 09:00 every 30 minutes}
    reviews: {safety review: {when: 2 open days after last Day 8 visit}}
    next: first Mon on or after 3 days after safety review
"""
ROSTER = """roster: Escalation
regimen: regimen.yaml
day-1: 2026-01-05
timezone: Europe/Berlin
cohorts:
  - {plan: escalation, places: [S101, S102, S103]}
  - {plan: escalation, places: [S201, S202, S203]}
participants:
  S101: {measures: {weight: 70 kg}}
  S102: {measures: {weight: 82 kg}}
  S103: {measures: {weight: 64.5 kg}}
  S201: {measures: {weight: 68 kg}}
  S202: {measures: {weight: 75 kg}}
  S203: {measures: {weight: 88 kg}}
"""
FILES = {
    "regimen.yaml": REGIMEN,
    "same.yaml": REGIMEN,
    "other.yaml": REGIMEN.replace("1 mg/kg", "2 mg/kg"),
    "roster.yaml": ROSTER,
    "site.yaml": "weekend: Sat Sun\n",
    "closed.yaml": "weekend: Sat Sun\nclosed: [2026-01-14]\n",
    "1042.yaml": 'participant: "1042"\nregimen: regimen.yaml\nday-1: 2026-01-05\n',
}
ASKED = ("regimen.yaml", "--roster", "roster.yaml", "--site", "site.yaml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def data(*words: str, folder: Path) -> dict[str, Any]:
    """What `dosecal schedule ... --format json` says."""
    said: dict[str, Any] = json.loads(good("schedule", *words, "--format", "json", folder=folder))
    return said


def doses(said: dict[str, Any]) -> list[tuple[str | None, str, str, str, float]]:
    dosed = [event for event in said["events"] if event["kind"] == "dose"]
    return [(one.get("subject"), one["date"], one["time"], one["utc_offset"], one["dose"]["amount"]) for one in dosed]


def reviewed(said: dict[str, Any]) -> list[str]:
    return [event["date"] for event in said["events"] if event["item"] == "safety review"]


def refused(*words: str, folder: Path) -> tuple[int, str]:
    """The exit code and the first line of a refusal, which prints no data and leaves no file."""
    before = contents(folder)
    ran = run(*words, folder=folder)
    assert (ran.out, contents(folder)) == (b"", before)
    return ran.code, ran.err.splitlines()[0]


def test_a_roster_lays_out_everyone_in_order_of_time(folder: Path) -> None:
    said = data(*ASKED, folder=folder)
    assert doses(said) == [
        ("S101", "2026-01-05", "09:00", "+01:00", 70),
        ("S102", "2026-01-06", "09:00", "+01:00", 82),
        ("S103", "2026-01-06", "09:30", "+01:00", 64.5),
        ("S201", "2026-01-19", "09:00", "+01:00", 68),
        ("S202", "2026-01-20", "09:00", "+01:00", 75),
        ("S203", "2026-01-20", "09:30", "+01:00", 88),
    ]
    assert reviewed(said) == ["2026-01-15", "2026-01-29"]
    assert said["participant"] is None


def test_an_id_picks_one_participant_with_their_own_day_1(folder: Path) -> None:
    said = data(*ASKED, "--id", "S203", folder=folder)
    assert (said["participant"], said["day_1"]) == ("S203", "2026-01-20")
    assert [(event["item"], event["date"], event["study_day"]) for event in said["events"]] == [
        ("study drug", "2026-01-20", 1),
        ("Day 8 visit", "2026-01-27", 8),
    ]
    assert all("subject" not in event for event in said["events"])


def test_an_id_that_the_roster_has_not_is_refused_with_those_that_it_has(folder: Path) -> None:
    ran = run("schedule", *ASKED, "--id", "s101", folder=folder)
    assert (ran.code, ran.out) == (2, b"")
    assert ran.err.splitlines() == [
        "--id: error[unknown-id]: the roster has no participant `s101`",
        "help: write one of its participants: S101, S102, S103, S201, S202, S203",
    ]


OTHERS = [
    ("--participant", "1042.yaml"),
    ("--arm", "A"),
    ("--start", "2026-01-05"),
    ("--timezone", "UTC"),
    ("--days", "Mon"),
    ("--horizon", "2027-01-01"),
]


@pytest.mark.parametrize("option", OTHERS, ids=lambda option: option[0])
def test_an_option_beside_a_roster_is_refused(option: tuple[str, str], folder: Path) -> None:
    said = refused("schedule", *ASKED, *option, folder=folder)
    assert said == (2, f"{option[0]}: error[two-sources]: with --roster, the roster says this")


def test_a_calendar_is_for_one_participant_of_the_roster(folder: Path) -> None:
    assert refused("ics", *ASKED, "-o", "all.ics", folder=folder) == (
        2,
        "--id: error[no-id]: a calendar is for one participant of the roster",
    )
    calendars = {identity: good("ics", *ASKED, "--id", identity, folder=folder) for identity in ("S102", "S103")}
    assert {identity: calendar.count(b"BEGIN:VEVENT") for identity, calendar in calendars.items()} == {"S102": 2, "S103": 2}
    uids = [line for calendar in calendars.values() for line in calendar.splitlines() if line.startswith(b"UID:")]
    assert len(set(uids)) == 4


def test_a_rosters_participant_has_the_calendar_of_a_participant_file(folder: Path) -> None:
    (folder / "plain.yaml").write_text(REGIMEN.replace("at: place", "at: 09:30"), encoding="utf-8")
    own = 'participant: "S103"\nregimen: plain.yaml\nday-1: 2026-01-06\ntimezone: Europe/Berlin\nmeasures: {weight: 64.5 kg}\n'
    (folder / "S103.yaml").write_text(own, encoding="utf-8")
    alone = data("plain.yaml", "--participant", "S103.yaml", "--site", "site.yaml", folder=folder)
    rostered = data(*ASKED, "--id", "S103", folder=folder)
    assert [(event["key"], event["date"], event.get("time")) for event in rostered["events"]] == [
        (event["key"], event["date"], event.get("time")) for event in alone["events"]
    ]


def test_a_roster_is_laid_out_with_the_regimen_that_it_names(folder: Path) -> None:
    for same in ("regimen.yaml", "./regimen.yaml", "same.yaml"):
        assert run("schedule", same, *ASKED[1:], folder=folder).code == 0
    code, line = refused("schedule", "other.yaml", *ASKED[1:], folder=folder)
    assert code == 1
    assert line == "roster.yaml:2:10: error[other-regimen]: this file is for the regimen `regimen.yaml`, not for `other.yaml`"


def test_the_sites_closing_days_move_the_review_and_with_it_the_next_cohort(folder: Path) -> None:
    said = data("regimen.yaml", "--roster", "roster.yaml", "--site", "closed.yaml", folder=folder)
    assert reviewed(said) == ["2026-01-16", "2026-01-29"]
    (folder / "closed.yaml").write_text("weekend: Sat Sun\nclosed: [2026-01-14, 2026-01-15, 2026-01-16]\n", encoding="utf-8")
    said = data("regimen.yaml", "--roster", "roster.yaml", "--site", "closed.yaml", folder=folder)
    assert reviewed(said) == ["2026-01-20", "2026-02-05"]
    assert [dose[1] for dose in doses(said)[3:]] == ["2026-01-26", "2026-01-27", "2026-01-27"]


def test_open_days_of_a_site_that_nobody_described_are_refused(folder: Path) -> None:
    code, line = refused("schedule", "regimen.yaml", "--roster", "roster.yaml", folder=folder)
    assert (code, line.startswith("regimen.yaml:13:39: error[no-site]: ")) == (1, True)


def test_what_a_participant_lacks_is_said_with_their_id(folder: Path) -> None:
    text = ROSTER.replace("  S103: {measures: {weight: 64.5 kg}}\n", "")
    (folder / "roster.yaml").write_text(text, encoding="utf-8")
    assert refused("schedule", *ASKED, folder=folder) == (
        1,
        "regimen.yaml:5:22: error[no-measure]: S103: `1 mg/kg IV` needs the participant's weight, and nobody gives it by 2026-01-06",
    )


def test_a_roster_that_does_not_fit_its_plan_is_refused_on_its_own_line(folder: Path) -> None:
    text = ROSTER.replace("[S201, S202, S203]", "[S201, S202]").split("participants:", maxsplit=1)[0]
    (folder / "roster.yaml").write_text(text, encoding="utf-8")
    assert refused("schedule", *ASKED, folder=folder) == (
        1,
        "roster.yaml:7:24: error[places]: cohort 2 names 2 participants, and `escalation` has 3 places",
    )
    (folder / "roster.yaml").write_text(text.replace("plan: escalation, places: [S201", "plan: expansion, places: [S201"), encoding="utf-8")
    code, line = refused("schedule", *ASKED, folder=folder)
    assert (code, line) == (1, "roster.yaml:7:12: error[plan]: there is no cohort plan `expansion`")


def test_validate_knows_a_roster(folder: Path) -> None:
    said = good("validate", "roster.yaml", folder=folder).decode()
    assert said == "roster.yaml: good: roster, 2 cohorts, 6 participants, Day 1 on Monday 2026-01-05\n"


def test_a_roster_that_is_no_file_is_refused(folder: Path) -> None:
    assert refused("schedule", "regimen.yaml", "--roster", "missing.yaml", folder=folder)[0] == 2
