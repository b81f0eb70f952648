"""SELECTION: the options that say whose schedule is asked for -> a regimen, a participant and a site."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import click
from msgspec import Struct
from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic, Misused, Refused
from dosecal.expand.expansion import arm_of
from dosecal.laying.files import Laying, laying_of, named_regimen, refuse_other_regimen, refuse_wrong_regimen
from dosecal.laying.sight import EVERYTHING, UNBLINDED, Sight, sight_of, with_an_arm
from dosecal.participant import ALWAYS_OPEN, Participant
from dosecal.phrases.timing import parse_weekdays
from dosecal.phrases.words import Names, PhraseError
from dosecal.read.fields import date_from
from dosecal.read.files import FilePath, regimen_path
from dosecal.read.nodes import Document
from dosecal.read.participant import ID_LENGTH, ParticipantFile, read_participant_file, read_site_file
from dosecal.read.regimen import RegimenFile, locate, read_regimen_file
from dosecal.read.zones import zone_named
from dosecal.regimen import Regimen, weekly_items
from dosecal.schedule import Event, Schedule
from dosecal.study_time import Weekday, Zone

if TYPE_CHECKING:
    from dosecal.record import Entry


class Selected(Struct, frozen=True):
    """One participant's schedule, and the files that it was read from.

    `participant` has the record up to the date asked for, and `lay` lays out the same participant with another record, `alone` gives
    what an entry leaves that touches no other event; None for a roster.
    `schedule` is what `sight` leaves; `arm_said` is False where the arm is hidden, was not said, and all arms look alike. `language` is the
    participant's own, None where nobody said it.
    """

    schedule: Schedule
    regimen: RegimenFile
    inputs: tuple[FilePath, ...]
    identified: bool
    participant: Participant | None = None
    lay: Callable[[Participant], Schedule] | None = None
    alone: "Callable[[Entry], Event | None] | None" = None
    sight: Sight = EVERYTHING
    arm_said: bool = True
    language: str | None = None


def a_date(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    """The value of an option that takes a date, YYYY-MM-DD between 1900 and 2200. Raises Misused."""
    del ctx
    result = None if value is None else date_from(value)
    if isinstance(result, tuple):
        raise Misused(param.opts[0], "date", *result)
    return result


_OPTIONS: Final = (
    click.argument("regimen"),
    click.option("--arm", help="The participant's arm; may be left out where the regimen has none, or hides it from the audience."),
    click.option("--start", callback=a_date, metavar="YYYY-MM-DD", help="Study Day 1."),
    click.option("--timezone", "zone", metavar="ZONE", help="An IANA zone, such as America/Los_Angeles; needed for clock times."),
    click.option("--days", metavar='"Mon Wed Fri"', help="The weekdays of the arm's one weekly item."),
    click.option("--horizon", callback=a_date, metavar="YYYY-MM-DD", help="The last date to list; needed where the regimen has no end."),
    click.option("--id", "identity", metavar="ID", help="The participant's id; calendars of participants without one would collide."),
    click.option("--participant", "participant_file", metavar="FILE", help="A participant file, instead of the options above."),
    click.option(
        "--roster", "roster_file", metavar="FILE", help="A roster of cohorts, instead of the options above; --id picks one participant."
    ),
    click.option("--site", "site_files", metavar="FILE", multiple=True, help="A site file: weekend and closing days."),
    click.option("--as-of", callback=a_date, metavar="YYYY-MM-DD", help="As the record stood at the end of this day."),
)


def selection_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add REGIMEN and the options of SELECTION to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def select(
    *,
    regimen: str,
    arm: str | None,
    start: date | None,
    zone: str | None,
    days: str | None,
    horizon: date | None,
    identity: str | None,
    participant_file: str | None,
    roster_file: str | None,
    site_files: tuple[str, ...],
    as_of: date | None,
    audience: str = UNBLINDED,
) -> Selected:
    """The schedule asked for, as far as `audience` may see it. Raises Misused, Unreadable or Refused (with places in the files)."""
    given = {"--arm": arm, "--start": start, "--timezone": zone, "--days": days, "--horizon": horizon, "--id": identity}
    if roster_file is not None:
        others = {**given, "--id": None, "--participant": participant_file}
        _refuse_also(others, "--roster", "the roster says this")
        if as_of is not None:
            raise Misused("--as-of", "no-record", "a roster has no record", "leave it out")
        return _from_roster(regimen, roster_file, identity, site_files, audience)
    if participant_file is not None:
        _refuse_also(given, "--participant", "the participant file says this")
        own = read_participant_file(participant_file)
        return select_participant(own, regimen=regimen, site_files=site_files, as_of=as_of, audience=audience)
    if start is None:
        raise Misused("--start", "no-start", "Day 1 is not given", "add --start YYYY-MM-DD, --participant FILE or --roster FILE")
    if as_of is not None:
        mend = "give --participant FILE instead of --start, or leave --as-of out"
        raise Misused("--as-of", "no-record", "there is no record without a participant file", mend)
    path = regimen_path(regimen)
    read = read_regimen_file(path, regimen)
    if arm is not None or sight_of(audience, [read.regimen]).hidden is None:
        _refuse_wrong_arm(read.regimen, arm)
    participant = _participant(read.regimen, arm, start, zone=zone, days=days, horizon=horizon, identity=identity)
    refuse_wrong_regimen(read)
    laying = laying_of(read, path, participant, None, [read_site_file(one) for one in site_files])
    return _selected(laying, participant, audience)


def select_participant(
    own: ParticipantFile, *, regimen: str | None, site_files: tuple[str, ...], as_of: date | None = None, audience: str = UNBLINDED
) -> Selected:
    """The schedule of the participant whose file was read; `regimen` None: the one that their file names.

    `as_of`: as the record stood at the end of that day; None: the whole record. Raises Misused, Unreadable or Refused (with places).
    """
    said = own.participant.regimen or ""
    path = regimen_path(regimen) if regimen is not None else named_regimen(said, own.document)
    read = read_regimen_file(path, regimen or said)
    if regimen is not None:
        refuse_other_regimen(said, own.document, regimen, path)
    participant = own.participant
    if as_of is not None and participant.record:
        from dosecal.record import as_of as written_by  # noqa: PLC0415  (only a participant with a record needs it)

        participant = replace(participant, record=written_by(participant.record, as_of))
    refuse_wrong_regimen(read)
    sites = [read_site_file(one) for one in site_files]
    return _selected(laying_of(read, path, participant, own, sites), participant, audience)


def _selected(laying: Laying, participant: Participant, audience: str) -> Selected:
    sight = sight_of(audience, laying.regimens)
    arm_said = participant.arm is not None or sight.hidden is None or not laying.read.regimen.arms
    if not arm_said:
        participant, laying = with_an_arm(participant, laying, sight), laying.afresh()
    lay = sight.laying(laying.schedule)
    return Selected(
        sight.of(lay(participant)),
        laying.read,
        laying.inputs,
        participant.id is not None,
        participant=participant,
        lay=lay,
        alone=laying.known.alone if laying.known is not None and sight.hidden is None else None,
        language=participant.language,
        sight=sight,
        arm_said=arm_said,
    )


def _refuse_also(given: Mapping[str, object], option: str, says: str) -> None:
    """Two sources for one fact are one too many."""
    also = ", ".join(name for name, value in given.items() if value is not None)
    if also:
        raise Misused(also, "two-sources", f"with {option}, {says}", "leave it out here")


def _from_roster(regimen: str, roster_file: str, identity: str | None, site_files: tuple[str, ...], audience: str) -> Selected:
    """Everyone's schedule, or that of the one participant named."""
    from dosecal.read.roster import read_roster_file  # noqa: PLC0415  (only a trial with cohorts needs it)
    from dosecal.roster import lay_out_roster  # noqa: PLC0415

    path = regimen_path(regimen)
    read, rostered = read_regimen_file(path, regimen), read_roster_file(roster_file)
    refuse_other_regimen(rostered.regimen, rostered.document, regimen, path)
    if len(site_files) > 1:
        raise Misused("--site", "site", "the participants of a roster come to one site", "name one site file")
    site = read_site_file(site_files[0]).site if site_files else ALWAYS_OPEN
    refuse_wrong_regimen(read)
    try:
        result = lay_out_roster(read.regimen, rostered.roster, site)
    except Refused as refused:
        raise Refused([_located(one, read, rostered.document) for one in refused.diagnostics]) from None
    inputs = (path, roster_file, *site_files)
    sight = sight_of(audience, [read.regimen])
    if identity is None:
        return Selected(sight.of(_with_places(result.everyone, read, rostered.document)), read, inputs, identified=True, sight=sight)
    schedule = result.by_id.get(identity)
    if schedule is None:
        known = ", ".join(result.by_id)
        raise Misused("--id", "unknown-id", f"the roster has no participant `{identity}`", f"write one of its participants: {known}")
    own = rostered.roster.participants.get(identity)
    language = own.language if own is not None else None
    theirs = sight.of(_with_places(schedule, read, rostered.document))
    return Selected(theirs, read, inputs, identified=True, sight=sight, language=language)


def _with_places(schedule: Schedule, read: RegimenFile, roster: Document) -> Schedule:
    """A schedule of the roster, its notes with their places."""
    return replace(schedule, notes=tuple(_located(note, read, roster) for note in schedule.notes))


def _located(diagnostic: Diagnostic, read: RegimenFile, roster: Document) -> Diagnostic:
    """A refusal or note of a roster with its place: in the roster file where its path begins with `cohorts`, else in the regimen."""
    if not diagnostic.path:
        return diagnostic
    return locate(roster, diagnostic) if diagnostic.path[0] == "cohorts" else read.locate(diagnostic)


# -- options to a participant


def _participant(
    regimen: Regimen, arm: str | None, start: date, *, zone: str | None, days: str | None, horizon: date | None, identity: str | None
) -> Participant:
    if identity is not None and not (identity.strip() and identity.isprintable() and len(identity) <= ID_LENGTH):
        raise Misused("--id", "id", "this cannot be an id", f"write one to {ID_LENGTH} printable characters")
    if horizon is not None and horizon < start:
        raise Misused("--horizon", "horizon", f"the horizon {horizon} lies before Day 1, {start}", "it is the last date to be listed")
    chosen = {_weekly_item(regimen, arm): _weekdays(days)} if days is not None else {}
    return Participant(id=identity, day_1=start, arm=arm, zone=_zone(zone), horizon=horizon, days=chosen)


def _refuse_wrong_arm(regimen: Regimen, arm: str | None) -> None:
    try:
        arm_of(regimen, arm)
    except Refused as refused:
        wrong = refused.diagnostics[0]
        raise Misused("--arm", wrong.name, wrong.message, wrong.help) from None


def _zone(name: str | None) -> Zone | None:
    if name is None:
        return None
    zone = zone_named(name)
    if isinstance(zone, Zone):
        return zone
    raise Misused("--timezone", zone.name, zone.message, zone.help)


def _weekdays(days: str) -> tuple[Weekday, ...]:
    try:
        return parse_weekdays(days, Names()).tree.days
    except PhraseError as error:
        raise Misused("--days", error.name, error.message, error.help) from None


def _weekly_item(regimen: Regimen, arm: str | None) -> str:
    """The one item of the arm (None: of the arms) that is given on weekdays of choice. Raises Misused for none or several."""
    arms = regimen.arms if arm is None and regimen.arms else (arm_of(regimen, arm),)
    items = weekly_items(regimen, arms)
    if len(items) == 1:
        return items[0]
    if not items:
        raise Misused("--days", "days", "this arm has no item that is given on weekdays of the participant's choice", "leave it out")
    example = ", ".join(f"{item}: Mon Wed Fri" for item in items)
    message = f"this arm has {len(items)} items that are given on weekdays of the participant's choice"
    raise Misused("--days", "days", message, f"write them into a participant file: `days: {{{example}}}`")
