"""Cohorts to run: a small regimen, rosters of any length, the command in a process of its own, and what a folder holds."""

import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

from tests.cli.running import SMALL, contents, good

COMMAND = (sys.executable, "-m", "dosecal", "cohort", "regimen.yaml", "roster.csv")
ZONES = ("UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata")
MANY = 1100
"""Participants of three partitions."""


def make(folder: Path, count: int, regimen: str = SMALL) -> None:
    """regimen.yaml, and roster.csv with so many participants, no two neighbours alike."""
    (folder / "regimen.yaml").write_text(regimen, encoding="utf-8")
    rows = [f"{number:05d},{date(2026, 1, 5) + timedelta(number * 7 % 90)},{ZONES[number % len(ZONES)]}" for number in range(count)]
    (folder / "roster.csv").write_text("\n".join(["id,day-1,timezone", *rows, ""]), encoding="utf-8")


def undisturbed(folder: Path) -> dict[str, bytes]:
    """What the command writes when nothing disturbs it."""
    good("cohort", "regimen.yaml", "roster.csv", "-o", "undisturbed", "--jobs", "1", folder=folder)
    return contents(folder / "undisturbed")


def start(folder: Path, *words: str, **environment: str) -> subprocess.Popen[str]:
    """The command in a process, and a process group, of its own."""
    return subprocess.Popen(
        [*COMMAND, *words],
        cwd=folder,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    )


def finish(folder: Path, *words: str, **environment: str) -> tuple[int, str]:
    """Run the command to its end: its exit code and what it said."""
    with start(folder, *words, **environment) as process:
        said = process.communicate(timeout=100)[1]
    return process.returncode, said


def parts(folder: Path) -> list[str]:
    """What is not complete."""
    return [path.name for path in folder.iterdir() if path.name.endswith(".dosecal-part")] if folder.exists() else []


def incomplete(folder: Path, whole: dict[str, bytes]) -> list[str]:
    """The names of calendars that are not byte for byte those of an undisturbed run."""
    if not folder.exists():
        return []
    return [path.name for path in folder.glob("*.ics") if path.read_bytes() != whole[path.name]]
