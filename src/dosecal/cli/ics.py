"""`dosecal ics REGIMEN SELECTION`: the participant's calendar."""

from datetime import UTC, datetime
from typing import Any

import click

from dosecal.cli.messages import Misused, say, say_written
from dosecal.cli.output import write_out
from dosecal.cli.selection import Selected, select, selection_options
from dosecal.diagnostic import Diagnostic
from dosecal.schedule import Schedule


def _instant(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
    del ctx, param
    if value is None:
        return None
    try:
        instant = datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise Misused("--now", "instant", f"`{value}` is not an instant", "write it in UTC as in 2026-01-05T12:00:00Z") from None
    return instant


@click.command("ics")
@selection_options
@click.option(
    "--audience",
    type=click.Choice(["participant", "site"]),
    default="participant",
    show_default=True,
    help="participant: discreet titles, no drug, dose, arm, study or site; site: everything.",
)
@click.option(
    "--now", "stamped", callback=_instant, metavar="INSTANT", help="The instant to stamp into the events, as 2026-01-05T12:00:00Z."
)
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of standard output.")
@click.option("--force", is_flag=True, help="Replace FILE even if dosecal did not write it.")
def command(*, audience: str, stamped: datetime | None, output: str | None, force: bool, **selection: Any) -> None:
    """Write the calendar of one participant as an iCalendar file.

    REGIMEN is a file, or the name of a published regimen such as care-ms-ii. The same input gives the same bytes. What the record changed
    or cancelled keeps its place in the calendar: imported again, the file brings an older copy up to date.
    """
    from dosecal.write.ics import LARGEST_IMPORTABLE, write_ics  # noqa: PLC0415  (icalendar is slow to import: not for a wrong command)

    selected = select(**selection)
    if any(event.subject is not None for event in selected.schedule.events):
        raise Misused("--id", "no-id", "a calendar is for one participant of the roster", "add --id ID")
    schedule = _followed(selected)
    data = write_ics(schedule, audience="site" if audience == "site" else "participant", stamped=stamped)
    write_out(data, output, selected.inputs, force=force)
    say_written(output, schedule)
    notes = [selected.regimen.locate(note) if note.path and note.place is None else note for note in schedule.notes]
    if not selected.identified:
        message = "without an id, the calendars of two participants with the same Day 1 collide: one would replace the other's events"
        notes.append(Diagnostic("no-id", message, "add --id ID", severity="warning"))
    if len(data) > LARGEST_IMPORTABLE:
        message = f"the calendar has {len(data):,} bytes, and Google Calendar imports no more than 1 MB"
        notes.append(Diagnostic("large", message, "list a shorter time with --horizon", severity="warning"))
    say(notes)


def _followed(selected: Selected) -> Schedule:
    """The schedule with what its record changed and cancelled; as it is where there is no record to follow."""
    if selected.participant is None or selected.lay is None or not selected.participant.record:
        return selected.schedule
    from dosecal.follow import follow  # noqa: PLC0415  (only a participant with a record needs it)

    return follow(selected.participant, selected.lay)
