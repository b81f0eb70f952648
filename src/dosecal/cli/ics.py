"""`dosecal ics REGIMEN SELECTION`: the participant's calendar."""

from datetime import UTC, datetime
from typing import Any

import click
from msgspec.structs import replace

from dosecal.cli.audiences import audience_option
from dosecal.cli.calendar_files import check_wishes, write_calendar
from dosecal.cli.languages import language_of, language_option
from dosecal.cli.messages import say
from dosecal.cli.selection import Selected, select, selection_options
from dosecal.cli.wishes import Wishes, wishes_options
from dosecal.diagnostic import Diagnostic, Misused
from dosecal.laying.sight import followed, plan_of, revealed
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
@audience_option("participant")
@language_option
@click.option(
    "--now", "stamped", callback=_instant, metavar="INSTANT", help="The instant to stamp into the events, as 2026-01-05T12:00:00Z."
)
@click.option("--compact", is_flag=True, help="Regular events as one series instead of one by one; the same dates in a smaller file.")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of standard output.")
@click.option("--force", is_flag=True, help="Replace FILE even if dosecal did not write it.")
@wishes_options
def command(
    *,
    audience: str,
    language: str | None,
    stamped: datetime | None,
    compact: bool,
    output: str | None,
    force: bool,
    wishes: Wishes,
    **selection: Any,
) -> None:
    """Write the calendar of one participant as an iCalendar file.

    REGIMEN is a file, or the name of a published regimen such as care-ms-ii. The same input gives the same bytes. What the record changed
    or cancelled keeps its place in the calendar: imported again, the file brings an older copy up to date.

    A calendar is never the only safety reminder: some clients drop alarms, and none of them says so.
    """
    check_wishes(wishes, output)
    options = replace(wishes.options(), readers="" if audience == "participant" else audience)
    from dosecal.write.ics import IcsWriter  # noqa: PLC0415  (icalendar is slow to import: not for a wrong command)

    selected = select(**selection, audience=audience)
    if any(event.subject is not None for event in selected.schedule.events):
        raise Misused("--id", "no-id", "a calendar is for one participant of the roster", "add --id ID")
    schedule = _followed(selected)
    plan = _plan(selected, schedule) if compact else None
    writer = IcsWriter(audience=selected.sight.audience, stamped=stamped, options=options, language=language_of(language, selected))
    about_files = list(write_calendar(writer, schedule, wishes, output, selected.inputs, force=force, plan=plan))
    notes = [*schedule.notes, *(revealed(selected.sight, selected.regimen) if selected.arm_said else ())]
    if not selected.identified:
        message = "without an id, the calendars of two participants with the same Day 1 collide: one would replace the other's events"
        notes.append(Diagnostic("no-id", message, "add --id ID", severity="warning"))
    say([*notes, *about_files])


def _followed(selected: Selected) -> Schedule:
    """The schedule with what its record changed and cancelled; as it is where there is no record to follow."""
    if selected.participant is None or selected.lay is None or not selected.participant.record:
        return selected.schedule
    return selected.sight.of(followed(selected.participant, selected.lay, selected.alone))


def _plan(selected: Selected, schedule: Schedule) -> Schedule:
    if selected.participant is None or selected.lay is None:
        return schedule
    return plan_of(selected.participant, selected.lay, selected.sight) or schedule
