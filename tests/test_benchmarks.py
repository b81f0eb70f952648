"""What is measured side by side is equal work: the plain script and the peers write what dosecal writes, and a difference is found."""

import importlib
import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from icalendar import Calendar

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
PLAIN = BENCHMARKS / "plain_icalendar.py"
PEERS = BENCHMARKS / "peers"
DOSECAL = Path(sysconfig.get_path("scripts")) / "dosecal"
INTERFERON = ["care-ms-ii", "--arm", "interferon-beta-1a", "--start", "2026-01-05", "--timezone", "America/Los_Angeles", "--id", "1042"]
OWN = ("UID:", "PRODID:")


def components(*command: str | Path) -> list[list[str]]:
    """The lines of each component but the UIDs and the product's name, whose values differ; the calendar's own lines come first."""
    text = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
    lines = [line[: line.index(":")] if line.startswith(OWN) else line for line in text.splitlines()]
    first, *events = "\n".join(lines).removesuffix("\nEND:VCALENDAR").split("BEGIN:VEVENT\n")
    return [first.splitlines(), *sorted(event.splitlines() for event in events)]


def test_the_plain_script_writes_the_same_calendar() -> None:
    plain = components(sys.executable, PLAIN)
    assert len(plain) == 1 + 345
    assert components(DOSECAL, "ics", *INTERFERON) == plain


OF_A_COHORT = [
    ["files", "--participants", "70", "--rounds", "1"],
    ["files", "--participants", "20", "--jobs", "2", "--rounds", "1"],
    ["once", "--participants", "30"],
    ["limits"],
]


@pytest.mark.parametrize("what", OF_A_COHORT, ids=" ".join)
def test_a_cohort_is_written_beside_the_floor(what: list[str], tmp_path: Path) -> None:
    command = [sys.executable, BENCHMARKS / "cohort.py", *what, "--folder", tmp_path, "--json", tmp_path / "figures.json"]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert ran.returncode == 0, ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["figures.json"]
    assert json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))


def test_the_peers_write_the_same_events_as_dosecal(tmp_path: Path) -> None:
    # An empty folder: of the peers, those that dosecal's own tests have.
    environment = os.environ | {"DOSECAL_PEERS_HOME": str(tmp_path / "empty")}
    command = [sys.executable, PEERS / "equal.py", "--participants", "3", "icalendar", "vobject"]
    compared = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert compared.stdout == "icalendar: the same events\nvobject: the same events\n", compared.stderr
    assert compared.returncode == 0


TWO_EVENTS = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//two//events//EN
BEGIN:VEVENT
UID:1
DTSTAMP:19700101T000000Z
DTSTART;TZID=America/Los_Angeles:20260105T200000
DTEND;TZID=America/Los_Angeles:20260105T201500
SUMMARY:Injection
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:Injection
TRIGGER:-PT30M
END:VALARM
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTAMP:19700101T000000Z
DTSTART;TZID=America/Los_Angeles:20260205T090000
DTEND;TZID=America/Los_Angeles:20260205T093000
SUMMARY:Blood test
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.parametrize(
    ("written", "instead", "wrong", "otherwise"),
    [
        ("DTSTART;TZID=America/Los_Angeles:20260105T200000", "DTSTART:20260106T040000Z", False, ["TZID"]),
        ("SUMMARY:Blood test", "SUMMARY:Blood test\nSEQUENCE:0", False, ["SEQUENCE"]),
        ("VERSION:2.0", "VERSION:2.0\nNAME:Two events", False, ["NAME"]),
        ("DTSTART;TZID=America/Los_Angeles:20260105T200000", "DTSTART:20260105T200000", True, ["TZID"]),
        ("20260205T090000", "20260205T080000", True, []),
        ("20260205T093000", "20260205T100000", True, []),
        ("SUMMARY:Injection", "SUMMARY:Inhalation", True, []),
        ("TRIGGER:-PT30M", "TRIGGER:-PT15M", True, []),
        ("UID:2", "UID:1", True, []),
    ],
)
def test_the_checker_tells_what_harms_from_what_does_not(
    monkeypatch: pytest.MonkeyPatch, written: str, instead: str, wrong: bool, otherwise: list[str]
) -> None:
    monkeypatch.syspath_prepend(PEERS)
    equal = importlib.import_module("equal")
    own, other = (Calendar.from_ical(text, multiple=True) for text in (TWO_EVENTS, TWO_EVENTS.replace(written, instead)))
    assert equal.compare(own, own) == ([], [])
    found = equal.compare(own, other)
    assert (bool(found.wrong), found.otherwise) == (wrong, otherwise)


def test_a_calendar_that_is_missing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(PEERS)
    equal = importlib.import_module("equal")
    own = Calendar.from_ical(TWO_EVENTS, multiple=True)
    assert equal.compare(own, []).wrong == ["0 calendars, not 1"]
