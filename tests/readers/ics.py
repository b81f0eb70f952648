"""Other people's parsers of .ics, made to say in one form what they read: icalendar, vobject, ical.js (through node)."""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import icalendar
import pytest
import vobject  # type: ignore[import-untyped]
from msgspec import Struct

HERE = Path(__file__).parent
PACKAGE_FILES = ("package.json", "package-lock.json")


class Read(Struct, frozen=True, kw_only=True):
    """One event as a parser reads it. Dates as "2026-01-05", instants in UTC as "2026-01-06T04:00:00Z", None: not there."""

    uid: str
    start: str
    end: str | None
    summary: str
    description: str | None
    categories: list[str]
    status: str
    sequence: int
    transp: str
    stamped: str


Reader = Callable[[Sequence[bytes]], list[list[Read]]]
"""The bytes of some calendars -> the events that it reads in each, in the file's order."""


def moment(value: date | datetime) -> str:
    if not isinstance(value, datetime):
        return value.isoformat()
    assert value.tzinfo is not None, "a floating time"
    return f"{value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def by_icalendar(files: Sequence[bytes]) -> list[list[Read]]:
    return [_icalendar_events(icalendar.Calendar.from_ical(file)) for file in files]


def _icalendar_events(calendar: Any) -> list[Read]:
    # By the VTIMEZONE that the file brings: icalendar itself would take the machine's zone data, which may be older.
    zones = {zone.tz_name: zone.to_tz(lookup_tzid=False) for zone in calendar.walk("VTIMEZONE")}

    def when(event: Any, name: str) -> str | None:
        if name not in event:
            return None
        value, tzid = event.decoded(name), event[name].params.get("TZID")
        return moment(value.replace(tzinfo=zones[tzid]) if tzid else value)

    return [
        Read(
            uid=str(event["UID"]),
            start=when(event, "DTSTART") or "",
            end=when(event, "DTEND"),
            summary=str(event["SUMMARY"]),
            description=str(event["DESCRIPTION"]) if "DESCRIPTION" in event else None,
            categories=[str(category) for category in event["CATEGORIES"].cats],
            status=str(event["STATUS"]),
            sequence=int(event["SEQUENCE"]),
            transp=str(event["TRANSP"]),
            stamped=when(event, "DTSTAMP") or "",
        )
        for event in calendar.walk("VEVENT")
    ]


def by_vobject(files: Sequence[bytes]) -> list[list[Read]]:
    return [_vobject_events(file) for file in files]


def _vobject_events(file: bytes) -> list[Read]:
    # vobject keeps the first VTIMEZONE that it sees of each name for good; each file is to be read by its own.
    vars(vobject.icalendar)["__tzidMap"].clear()
    vobject.icalendar.registerTzid("UTC", UTC)
    calendar = vobject.readOne(file.decode("utf-8"))
    return [_vobject_event(event) for event in calendar.contents.get("vevent", [])]


def _vobject_event(event: Any) -> Read:
    return Read(
        uid=event.uid.value,
        start=moment(event.dtstart.value),
        end=moment(event.dtend.value) if "dtend" in event.contents else None,
        summary=event.summary.value,
        description=event.description.value if "description" in event.contents else None,
        categories=list(event.categories.value),
        status=event.status.value,
        sequence=int(event.sequence.value),
        transp=event.transp.value,
        stamped=moment(event.dtstamp.value),
    )


def by_icaljs(files: Sequence[bytes]) -> list[list[Read]]:
    """Skips the test where npm or the package cannot be had, but never in CI."""
    texts = json.dumps([file.decode("utf-8") for file in files])
    command = ["node", str(HERE / "read_ics.mjs"), str(_icaljs_folder())]
    done = subprocess.run(command, input=texts, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return [[Read(**event) for event in events] for events in json.loads(done.stdout)]


@lru_cache(maxsize=1)
def _icaljs_folder() -> Path:
    """The folder with ical.js as package-lock.json pins it, installed once a machine."""
    if not shutil.which("node") or not shutil.which("npm"):
        _leave_out("ical.js needs node and npm, which are not on this machine: Thunderbird's reading of the files is left unchecked")
    pinned = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in PACKAGE_FILES)).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"dosecal-test-readers-{os.getuid() if hasattr(os, 'getuid') else 'user'}-{pinned}"
    if not (folder / "complete").exists():
        _install(folder)
    return folder


def _install(folder: Path) -> None:
    building = Path(tempfile.mkdtemp(prefix="dosecal-test-readers-"))
    for name in PACKAGE_FILES:
        shutil.copy(HERE / name, building)
    done = subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=building, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        shutil.rmtree(building)
        _leave_out(f"npm could not install ical.js, so Thunderbird's reading of the files is left unchecked: {done.stderr.strip()[-300:]}")
    (building / "complete").touch()
    try:
        building.rename(folder)
    except OSError:  # another test run was faster
        shutil.rmtree(building)


def _leave_out(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


READERS: dict[str, Reader] = {"icalendar": by_icalendar, "vobject": by_vobject, "ical.js": by_icaljs}
