"""Two sides' calendars of the same participants -> where they differ, by what icalendar reads back from both.

    python equal.py [--participants N] [SIDE ...]

Every side is compared with dosecal. Exit code 1 when the events of one differ: in number, in start, end, title or alarm, or when two have
one uid. What else is written otherwise is told and does no harm. The order of the events does not count; the uids are each side's own.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import roster
from icalendar import Calendar, Event
from sides import OWN, SIDES, CannotRunError, run

PROPERTIES = ("DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "STATUS", "TRANSP", "CATEGORIES")
PARTICIPANTS = 3


class Compared(NamedTuple):
    """`wrong`: where the events differ; `otherwise`: the names of what else is not written, or not alike."""

    wrong: list[str]
    otherwise: list[str]


def instant(value: date) -> str:
    """In UTC. A day and a time without a zone stay what they are, and so equal no instant."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) and value.tzinfo else value.isoformat()


def core(event: Event) -> tuple[Any, ...]:
    """What must be alike: start, end, title and alarms."""
    alarms = [(str(alarm["ACTION"]), alarm["TRIGGER"].dt) for alarm in event.walk("VALARM")]
    return instant(event["DTSTART"].dt), instant(event["DTEND"].dt), str(event["SUMMARY"]), alarms


def rest(event: Event) -> dict[str, object]:
    """What else an event says, by the name of the property."""
    return {name: event[name].to_ical() if name in event else None for name in PROPERTIES} | {
        "TZID": [event[name].params.get("TZID") for name in ("DTSTART", "DTEND")],
        "the alarm's DESCRIPTION": [str(alarm.get("DESCRIPTION")) for alarm in event.walk("VALARM")],
    }


def head(calendar: Calendar) -> dict[str, object]:
    """What the calendar says above its events."""
    zones = [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")]
    return {name: calendar.get(name) for name in ("NAME", "X-WR-CALNAME")} | {"VTIMEZONE": zones}


def read(calendar: Calendar) -> list[tuple[tuple[Any, ...], dict[str, object]]]:
    """Its events in order of time."""
    return sorted(((core(event), rest(event)) for event in calendar.walk("VEVENT")), key=itemgetter(0))


def compare(own: Sequence[Calendar], other: Sequence[Calendar]) -> Compared:
    """Calendar by calendar, in the roster's order."""
    wrong = [] if len(own) == len(other) else [f"{len(other)} calendars, not {len(own)}"]
    otherwise: set[str] = set()
    for number, (one, two) in enumerate(zip(own, other, strict=False), 1):
        ours, theirs = read(one), read(two)
        uids = len({str(event["UID"]) for event in two.walk("VEVENT")})
        if not len(ours) == len(theirs) == uids:
            wrong.append(f"calendar {number}: {len(theirs)} events with {uids} uids, not {len(ours)}")
        pairs = list(zip(ours, theirs, strict=False))
        differing = [(a, b) for (a, _), (b, _) in pairs if a != b]
        if differing:
            wrong.append(f"calendar {number}: {len(differing)} events differ, first {differing[0][1]}, not {differing[0][0]}")
        for a, b in [(head(one), head(two)), *((a, b) for (_, a), (_, b) in pairs)]:
            otherwise |= {name for name, value in a.items() if b[name] != value}
    return Compared(wrong, sorted(otherwise))


def calendars(side: str, path: Path) -> list[Calendar]:
    """What a side writes for the roster at that path, read back. Raises CannotRunError."""
    return Calendar.from_ical(run(side, "write", path), multiple=True)


def check(sides: Sequence[str], participants: int) -> Iterator[tuple[str, Compared | CannotRunError]]:
    """Each of the sides against dosecal."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster.csv"
        # Every third: of the first three, one starts on a 29th and one on a 31st. In order of Day 1, as dosecal writes a cohort.
        roster.write(path, sorted(roster.rows(3 * participants)[2::3], key=roster.day_1))
        own = calendars(OWN, path)
        for side in sides:
            try:
                yield side, compare(own, calendars(side, path))
            except CannotRunError as error:
                yield side, error


def main() -> None:
    others = [name for name in SIDES if name != OWN]
    parser = argparse.ArgumentParser(description="Whether the peers write the same events as dosecal.")
    parser.add_argument("--participants", type=int, default=PARTICIPANTS)
    parser.add_argument("side", nargs="*", help=f"of {', '.join(others)}; all that are installed when none is named")
    options = parser.parse_args()
    failed = False
    for side, found in check(options.side or others, options.participants):
        if isinstance(found, CannotRunError):
            print(found)
            failed |= bool(options.side)
        else:
            failed |= bool(found.wrong)
            print(
                f"{side}: " + ("; ".join(found.wrong) or "the same events"), *(f"  otherwise: {name}" for name in found.otherwise), sep="\n"
            )
    raise SystemExit(failed)


if __name__ == "__main__":
    main()
