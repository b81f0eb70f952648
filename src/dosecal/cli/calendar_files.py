"""A participant's schedule -> the calendar that was asked for: one file, one a calendar year, or what changed since an older one."""

import os
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from dosecal.cli.messages import say_line, say_written
from dosecal.cli.output import write_files, write_out
from dosecal.cli.wishes import Wishes
from dosecal.diagnostic import Diagnostic, Misused, Place, Refused
from dosecal.read.files import FilePath, read_bytes
from dosecal.schedule import Schedule

if TYPE_CHECKING:
    from dosecal.write.ics import IcsWriter
    from dosecal.write.since import Update
    from dosecal.write.stamp import Stamp

LARGEST_OLDER: Final = 100_000_000
"""Bytes of an older calendar that are read: more than any that dosecal writes has."""
_NAMED: Final = 3
_MIDNIGHT: Final = datetime(2000, 1, 1)  # noqa: DTZ001  (any day's 00:00, to count back from)


def check_wishes(wishes: Wishes, output: str | None) -> None:
    """Raises Misused for wishes that do not go together."""
    if wishes.split and output in (None, "-"):
        raise Misused("--split", "split", "several files cannot go to standard output", "name them with -o FILE.ics")
    if wishes.split and wishes.since is not None:
        raise Misused("--split", "split", "--since compares with one older calendar", "leave one of the two out")


def write_calendar(
    writer: "IcsWriter",
    schedule: Schedule,
    wishes: Wishes,
    output: str | None,
    inputs: Iterable[FilePath],
    *,
    force: bool,
    plan: Schedule | None = None,
) -> Iterator[Diagnostic]:
    """Write what was asked for, say what stands in it, and yield what else there is to say.

    `wishes` and `output` go together (`check_wishes`); `plan` as the writer takes it. Nothing is written before the first is taken. Raises
    Unwritable, Unreadable; Refused for an older calendar that does not fit; ValueError as the writer.
    """
    inputs = (*inputs, *wishes.inputs)
    if wishes.split and output is not None:
        yield from _write_years(writer, (schedule, plan), output, inputs, force=force)
    elif wishes.since is not None:
        data = writer.write(schedule, plan)
        update = _changed_since(wishes.since, data)
        write_out(update.data, output, inputs, force=force)
        if output not in (None, "-"):
            what = "events and tasks" if wishes.todo else "events"
            say_line(f"{output}: {update.changed:,} of {update.total:,} {what}, changed since {wishes.since}")
        yield from _about_update(update, wishes.since)
        yield from _about_size(output, len(update.data), "send the whole calendar, with --split year")
    else:
        data = writer.write(schedule, plan)
        write_out(data, output, inputs, force=force)
        say_written(output, schedule)
        yield from _about_size(output, len(data), "add --split year, for one file a calendar year")
    yield from _about_alarm(schedule, wishes.alarm)


# -- one file a year


def years_of(schedule: Schedule, plan: Schedule | None = None) -> dict[int, Schedule]:
    """A schedule for each calendar year in which one of its events begins, in order; without events, the year of Day 1.

    What stands in a calendar although it does not take place, or lies behind the horizon, belongs to the year of its date. `plan`: its
    events belong to the year in which it has them, so that a move over New Year changes no series.
    """
    planned = {event.key: event.date.year for event in plan.events} if plan is not None else {}
    absent, beyond = ([event for event in events if event.revision] for events in (schedule.absent, schedule.beyond))
    years = {event.key: planned.get(event.key, event.date.year) for event in (*schedule.events, *absent, *beyond)}
    return {
        year: replace(
            schedule,
            events=tuple(event for event in schedule.events if years[event.key] == year),
            absent=tuple(event for event in absent if years[event.key] == year),
            beyond=tuple(event for event in beyond if years[event.key] == year),
        )
        for year in sorted({*years.values()} or {schedule.day_1.year})
    }


def name_of_year(output: str, year: int) -> str:
    """`1042.ics` and 2026: `1042-2026.ics`."""
    stem, ending = os.path.splitext(output)
    return f"{stem}-{year}{ending}"


def _write_years(
    writer: "IcsWriter", whole: tuple[Schedule, Schedule | None], output: str, inputs: tuple[FilePath, ...], *, force: bool
) -> Iterator[Diagnostic]:
    schedule, plan = whole
    if output.endswith(("/", os.sep)) or not os.path.basename(output):
        write_files({output: b""}, inputs, force=force)  # refused in its words
    parts = {name_of_year(output, year): part for year, part in years_of(schedule, plan).items()}
    files = {name: writer.write(part, plan) for name, part in parts.items()}
    write_files(files, inputs, force=force)
    for name, part in parts.items():
        say_written(name, part)
    for name, data in files.items():
        yield from _about_size(name, len(data), "list a shorter time with --horizon")
    yield from _about_former_years(output, files)


def _about_former_years(output: str, files: dict[str, bytes]) -> Iterator[Diagnostic]:
    """Files of an earlier export for years that have no event now: a client that reads them goes on showing what was there."""
    from dosecal.write.stamp import LOOK, stamp_of  # noqa: PLC0415  (not for a wrong command)

    folder, name = os.path.split(output)
    stem, ending = os.path.splitext(name)
    pattern = re.compile(rf"{re.escape(stem)}-\d{{4}}{re.escape(ending)}")
    new = next((stamp for stamp in map(stamp_of, files.values()) if stamp is not None and stamp.person is not None), None)
    for other in sorted(filter(pattern.fullmatch, os.listdir(folder or "."))):
        path = os.path.join(folder, other)
        if path in files or new is None or not os.path.isfile(path):
            continue
        there = stamp_of(read_bytes(path)[:LOOK])
        if there is not None and there.person == new.person:
            message = "this file is from an earlier export, and no event of the calendar begins in its year any more"
            mend = "delete it, and what was read from it"
            yield Diagnostic("former-year", message, mend, severity="warning", place=Place(path))


# -- what changed


def _changed_since(older: str, data: bytes) -> "Update":
    """The update for who has the older calendar. Raises Unreadable; Refused where that is not an earlier state of this one."""
    from dosecal.write.since import changed_since, older_stamp  # noqa: PLC0415  (not for a wrong command)
    from dosecal.write.stamp import calendar_stamp  # noqa: PLC0415

    content = read_bytes(older, LARGEST_OLDER)
    problem = "there is too much in it" if len(content) > LARGEST_OLDER else _misfit(older_stamp(content), calendar_stamp(data))
    if problem is not None:
        mend = "name the file of an earlier export, by the same options"
        raise Refused([Diagnostic("other-calendar", problem, mend, place=Place(older))])
    return changed_since(content, data)


def _misfit(there: "Stamp | None", new: "Stamp | None") -> str | None:
    """Why an older calendar is not an earlier state of the new one; None: it is."""
    if there is None:
        return "dosecal did not write this calendar, or it was changed since"
    if new is None or there.precedes(new):
        return None
    if there.name != new.name or there.readers != new.readers:
        return "this calendar is for other readers or in another language, or it is another participant's"
    if there.keyed != new.keyed:
        theirs, ours = ("with a study's key", "without") if there.keyed else ("without a study's key", "with one")
        return f"the UIDs of this calendar were made {theirs}, those of the new one {ours}"
    if there.series != new.series:
        theirs, ours = ("with --compact", "without") if there.series else ("without --compact", "with it")
        return f"this calendar was written {theirs}, the new one {ours}"
    other = ", or its UIDs were made with another key" if new.keyed else ""
    return f"this calendar is another participant's{other}"


def _about_update(update: "Update", older: str) -> Iterator[Diagnostic]:
    if not update.changed:
        message = f"no event is new or changed since {older}: this calendar has none"
        yield Diagnostic("unchanged", message, None if update.gone else "there is nothing to send", severity="note")
    if update.gone:
        named = ", ".join(update.gone[:_NAMED])
        more = f" and {len(update.gone) - _NAMED:,} more" if len(update.gone) > _NAMED else ""
        were = "is one event" if len(update.gone) == 1 else f"are {len(update.gone):,} events"
        message = f"there {were} that the new calendar has not, and an update cannot take away: {named}{more}"
        yield Diagnostic("gone", message, "delete them by hand where the older calendar was read", severity="warning", place=Place(older))
    if update.older:
        were = "one event has" if update.older == 1 else f"{update.older:,} events have"
        message = f"{were} a higher SEQUENCE than in the new calendar: who has read this keeps what it says"
        yield Diagnostic("newer", message, "name the calendar that was exported before", severity="warning", place=Place(older))
    if update.unraised:
        have = "one event has" if update.unraised == 1 else f"{update.unraised:,} events have"
        message = f"{have} another time here, and no record entry says so: a reader that goes by SEQUENCE may keep the old one"
        mend = "enter what changed in the record (`day-1`, `moved`, `amended`), or delete the older calendar before this one is read"
        yield Diagnostic("unraised", message, mend, severity="warning", place=Place(older))


# -- remarks


def _about_size(name: str | None, size: int, mend: str) -> Iterator[Diagnostic]:
    from dosecal.write.ics import LARGEST_IMPORTABLE  # noqa: PLC0415  (as above)

    if size > LARGEST_IMPORTABLE:
        which = "the calendar" if name in (None, "-") else f"{name}"
        message = f"{which} has {size:,} bytes, and Google Calendar imports no more than 1 MB"
        yield Diagnostic("large", message, mend, severity="warning")


def _about_alarm(schedule: Schedule, alarm: timedelta | None) -> Iterator[Diagnostic]:
    """When the reminder of an all-day event comes: so long before its 00:00, which may be in the night."""
    if alarm is None:
        return
    whole_days = sum(event.clock is None for event in schedule.events)
    if not whole_days:
        return
    at = _MIDNIGHT - alarm
    days = (_MIDNIGHT.date() - at.date()).days
    when = "on the day before" if days == 1 else f"{days} days before"
    have = "one event has no clock time, and its" if whole_days == 1 else f"{whole_days:,} events have no clock time, and their"
    message = f"{have} reminder comes at {at:%H:%M} {when}"
    yield Diagnostic("alarm", message, "--alarm 6h is 18:00 on the day before; `at:` in the regimen sets a clock time", severity="note")
