"""What is measured side by side is equal work: the plain script writes what `dosecal ics` writes."""

import subprocess
import sys
import sysconfig
from pathlib import Path

PLAIN = Path(__file__).parents[1] / "benchmarks" / "plain_icalendar.py"
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
