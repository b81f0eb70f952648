"""Other people's parsers of .ics, made to say in one form what they read: icalendar, vobject, ical.js (node), libical (C)."""

import json
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import icalendar
import vobject  # type: ignore[import-untyped]
from msgspec import Struct

from tests.readers.lines import Component
from tests.readers.programs import HERE, icaljs_folder, libical_program


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
Lister = Callable[[Sequence[bytes]], list[list[Component]]]
"""The bytes of some calendars -> the components that it reads in each, sorted."""


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


# -- those that run in a process of their own, one for all files


def by_icaljs(files: Sequence[bytes]) -> list[list[Read]]:
    """Leaves the test out where npm or the package cannot be had."""
    return [_events(one) for one in _told_by_icaljs(files)]


def by_libical(files: Sequence[bytes]) -> list[list[Read]]:
    """Leaves the test out where there is no compiler or no libical."""
    return [_events(one) for one in _told_by_libical(files)]


def _told_by_icaljs(files: Sequence[bytes]) -> list[Any]:
    texts = json.dumps([file.decode("utf-8") for file in files])
    told: list[Any] = json.loads(_run("node", HERE / "read_ics.mjs", icaljs_folder(), texts=texts))
    return told


def _told_by_libical(files: Sequence[bytes]) -> list[Any]:
    program = libical_program("read_ics.c")
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{n}.ics" for n in range(len(files))]
        for path, file in zip(paths, files, strict=True):
            path.write_bytes(file)
        # Lines end in LF alone: a text may hold what else Python takes for a line's end.
        return [json.loads(line) for line in _run(program, *paths).split("\n")[:-1]]


def _run(*command: str | Path, texts: str | None = None) -> str:
    done = subprocess.run(command, input=texts, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr or done.returncode
    return done.stdout


def _events(told: Any) -> list[Read]:
    return [Read(**event) for event in told["events"]]


READERS: dict[str, Reader] = {"icalendar": by_icalendar, "vobject": by_vobject, "ical.js": by_icaljs, "libical": by_libical}


# -- components


def _components_by_icalendar(files: Sequence[bytes]) -> list[list[Component]]:
    return [sorted(one for calendar in icalendar.Calendar.from_ical(file, multiple=True) for one in _walked(calendar)) for file in files]


def _walked(component: Any, above: str = "") -> Iterator[Component]:
    assert not component.errors, component.errors
    path = above + component.name
    counts = {name: len(value) if isinstance(value, list) else 1 for name, value in component.items()}
    yield Component(path, tuple(sorted(name.upper() for name, count in counts.items() for _ in range(count))))
    for inner in component.subcomponents:
        yield from _walked(inner, f"{path}/")


def _components_by_vobject(files: Sequence[bytes]) -> list[list[Component]]:
    read = vobject.base.readComponents
    return [sorted(one for top in read(file.decode("utf-8"), transform=False) for one in _descended(top)) for file in files]


def _descended(component: Any, above: str = "") -> Iterator[Component]:
    path = above + component.name
    yield Component(path, tuple(sorted(line.name.upper() for line in component.lines())))
    for inner in component.components():
        yield from _descended(inner, f"{path}/")


def _components_told(told: Sequence[Any]) -> list[list[Component]]:
    return [sorted(Component(path, tuple(sorted(names))) for path, names in one["components"]) for one in told]


LISTERS: dict[str, Lister] = {
    "icalendar": _components_by_icalendar,
    "vobject": _components_by_vobject,
    "ical.js": lambda files: _components_told(_told_by_icaljs(files)),
    "libical": lambda files: _components_told(_told_by_libical(files)),
}
