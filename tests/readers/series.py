"""Other people's expanders of recurrence rules, made to say in one form which instances they find in a calendar."""

import hashlib
import json
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import icalendar
from dateutil.rrule import rrulestr

from tests.readers.ics import moment
from tests.readers.lines import unfolded
from tests.readers.programs import HERE, icaljs_folder, leave_out, libical_program


class Instance(NamedTuple):
    """One instance, of a series or alone. Dates as "2026-01-05", instants in UTC; an instance without an end ends when it begins."""

    start: str
    end: str
    summary: str
    status: str


Expander = Callable[[Sequence[bytes]], list[list[Instance]]]
"""The bytes of some calendars -> the instances that it finds in each, sorted."""


# -- recurring-ical-events


def by_recurring_ical_events(files: Sequence[bytes]) -> list[list[Instance]]:
    """Leaves the test out where it is not installed, which is beside dateutil 4 alone."""
    if find_spec("recurring_ical_events") is None:
        leave_out("recurring-ical-events is not installed (it needs python-dateutil below 3): its reading of series is left unchecked")
    return [sorted(_recurring(file)) for file in files]


def _recurring(file: bytes) -> Iterator[Instance]:
    import recurring_ical_events  # type: ignore[import-untyped]  # noqa: PLC0415  (not beside dateutil 4)

    # Under a name of its own, the zone is what this file says: not what the machine's data do, nor another file that icalendar has read.
    own = hashlib.sha256(file).hexdigest().encode()
    named = re.sub(rb"TZID([=:])(?=[A-Z])", rb"TZID\g<1>" + own + rb" ", file)
    calendar = icalendar.Calendar.from_ical(named)
    for event in recurring_ical_events.of(calendar).between(date(1900, 1, 1), date(2200, 1, 1)):
        start = event.decoded("DTSTART")
        end = event.decoded("DTEND") if "DTEND" in event else start
        yield Instance(moment(start), moment(end), str(event["SUMMARY"]), str(event["STATUS"]))


# -- dateutil


class Component(NamedTuple):
    """A VEVENT as it stands in the file: the lines of each property, each with its parameters and value."""

    properties: dict[str, list[tuple[str, str]]]

    def value(self, name: str) -> str:
        return self.properties[name][0][1]


def by_dateutil(files: Sequence[bytes]) -> list[list[Instance]]:
    """dateutil knows rules, not calendars: exceptions are taken in here by the definition (RFC 5545 3.8.4.4, 3.8.5.1)."""
    return [sorted(_by_rules(_components(file), _zone_of(file))) for file in files]


def _components(file: bytes) -> list[Component]:
    found = []
    for block in "\n".join(unfolded(file)).split("BEGIN:VEVENT\n")[1:]:
        properties: dict[str, list[tuple[str, str]]] = {}
        for line in block.split("\nEND:VEVENT")[0].split("\nBEGIN:VALARM")[0].split("\n"):
            head, _, value = line.partition(":")
            name, _, parameters = head.partition(";")
            properties.setdefault(name, []).append((parameters, value))
        found.append(Component(properties))
    return found


def _zone_of(file: bytes) -> tzinfo:
    zones: Any = icalendar.Calendar.from_ical(file).walk("VTIMEZONE")
    return zones[0].to_tz(lookup_tzid=False) if zones else UTC


def _by_rules(components: list[Component], zone: tzinfo) -> Iterator[Instance]:
    replaced = {(one.value("UID"), one.value("RECURRENCE-ID")) for one in components if "RECURRENCE-ID" in one.properties}
    for one in components:
        text = one.value("DTSTART")
        starts = [text]
        if "RRULE" in one.properties:
            rule = rrulestr(one.value("RRULE"), dtstart=_naive(text))
            form = "%Y%m%d" if len(text) == 8 else "%Y%m%dT%H%M%S"
            excluded = {value for _, value in one.properties.get("EXDATE", ())}
            given = [f"{at:{form}}" for at in rule]
            assert excluded <= set(given), "an EXDATE that no instance has"
            assert {at for uid, at in replaced if uid == one.value("UID")} <= set(given) - excluded
            starts = [at for at in given if at not in excluded and (one.value("UID"), at) not in replaced]
        end = one.value("DTEND") if "DTEND" in one.properties else text
        lasts = _at(end, zone) - _at(text, zone)
        for start in starts:
            yield Instance(_told(start, zone), _told(start, zone, lasts), _unescaped(one.value("SUMMARY")), one.value("STATUS"))


def _naive(text: str) -> datetime:
    return datetime.strptime(text.rstrip("Z"), "%Y%m%d" if len(text) == 8 else "%Y%m%dT%H%M%S")  # noqa: DTZ007


def _at(text: str, zone: tzinfo) -> datetime:
    return _naive(text).replace(tzinfo=UTC if text.endswith("Z") or len(text) == 8 else zone).astimezone(UTC)


def _told(text: str, zone: tzinfo, later: timedelta = timedelta(0)) -> str:
    at = _at(text, zone) + later
    return str(at.date()) if len(text) == 8 else moment(at)


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] in "nN" else match[1], text)


# -- ical.js and libical


def by_icaljs(files: Sequence[bytes]) -> list[list[Instance]]:
    """Leaves the test out where npm or the package cannot be had."""
    texts = json.dumps([file.decode("utf-8") for file in files])
    command = ["node", str(HERE / "expand_ics.mjs"), str(icaljs_folder())]
    done = subprocess.run(command, input=texts, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return [sorted(Instance(*one) for one in instances) for instances in json.loads(done.stdout)]


def by_libical(files: Sequence[bytes]) -> list[list[Instance]]:
    """Leaves the test out where there is no compiler or no libical."""
    program = libical_program("expand_ics.c")
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{n}.ics" for n in range(len(files))]
        for path, file in zip(paths, files, strict=True):
            path.write_bytes(file)
        done = subprocess.run([program, *paths], capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr or done.returncode
    return [sorted(_of_line(line) for line in told.splitlines()) for told in done.stdout.split("--\n")[:-1]]


def _of_line(line: str) -> Instance:
    start, end, status, summary = line.split("\t")
    return Instance(start, end, summary, status)


EXPANDERS: dict[str, Expander] = {
    "recurring-ical-events": by_recurring_ical_events,
    "dateutil": by_dateutil,
    "ical.js": by_icaljs,
    "libical": by_libical,
}
