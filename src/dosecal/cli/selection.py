"""SELECTION: the options that say whose schedule is asked for -> a regimen, a participant and a site."""

import os
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

import click
from msgspec import Struct

from dosecal.check import RULES
from dosecal.cli.messages import Misused
from dosecal.diagnostic import Diagnostic, Place, Refused
from dosecal.expand import expand
from dosecal.expand.expansion import arm_of
from dosecal.participant import ALWAYS_OPEN, Participant, Site
from dosecal.phrases.timing import parse_weekdays
from dosecal.phrases.tree import Weekly
from dosecal.phrases.words import Names, PhraseError
from dosecal.read.fields import date_from
from dosecal.read.files import FilePath, published_names, regimen_path, same_content
from dosecal.read.nodes import Document
from dosecal.read.nodes import Mapping as MappingNode
from dosecal.read.participant import ID_LENGTH, ParticipantFile, read_participant_file, read_site_file
from dosecal.read.regimen import RegimenFile, locate, read_regimen_file
from dosecal.read.zones import zone_named
from dosecal.regimen import Regimen, items_of
from dosecal.schedule import Schedule
from dosecal.study_time import Weekday, Zone


class Selected(Struct, frozen=True):
    """One participant's schedule, and the files that it was read from."""

    schedule: Schedule
    regimen: RegimenFile
    inputs: tuple[FilePath, ...]
    identified: bool


def a_date(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    """The value of an option that takes a date, YYYY-MM-DD between 1900 and 2200. Raises Misused."""
    del ctx
    result = None if value is None else date_from(value)
    if isinstance(result, tuple):
        raise Misused(param.opts[0], "date", *result)
    return result


_OPTIONS: Final = (
    click.argument("regimen"),
    click.option("--arm", help="The participant's arm; may be left out where the regimen has none."),
    click.option("--start", callback=a_date, metavar="YYYY-MM-DD", help="Study Day 1."),
    click.option("--timezone", "zone", metavar="ZONE", help="An IANA zone, such as America/Los_Angeles; needed for clock times."),
    click.option("--days", metavar='"Mon Wed Fri"', help="The weekdays of the arm's one weekly item."),
    click.option("--horizon", callback=a_date, metavar="YYYY-MM-DD", help="The last date to list; needed where the regimen has no end."),
    click.option("--id", "identity", metavar="ID", help="The participant's id; calendars of participants without one would collide."),
    click.option("--participant", "participant_file", metavar="FILE", help="A participant file, instead of the options above."),
    click.option(
        "--roster", "roster_file", metavar="FILE", help="A roster of cohorts, instead of the options above; --id picks one participant."
    ),
    click.option("--site", "site_file", metavar="FILE", help="A site file: weekend and closing days."),
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
    site_file: str | None,
) -> Selected:
    """The schedule asked for. Raises Misused, Unreadable or Refused (with places in the files)."""
    given = {"--arm": arm, "--start": start, "--timezone": zone, "--days": days, "--horizon": horizon, "--id": identity}
    if roster_file is not None:
        others = {**given, "--id": None, "--participant": participant_file}
        _refuse_also(others, "--roster", "the roster says this")
        return _from_roster(regimen, roster_file, identity, site_file)
    if participant_file is not None:
        _refuse_also(given, "--participant", "the participant file says this")
    elif start is None:
        raise Misused("--start", "no-start", "Day 1 is not given", "add --start YYYY-MM-DD, --participant FILE or --roster FILE")
    path = regimen_path(regimen)
    read = read_regimen_file(path, regimen)
    own_file: ParticipantFile | None = None
    if participant_file is not None:
        own_file = read_participant_file(participant_file)
        _refuse_other_regimen(own_file.participant.regimen or "", own_file.document, regimen, path)
        participant = own_file.participant
    else:
        assert start is not None  # noqa: S101  (for the type checker: refused above)
        participant = _participant(read.regimen, arm, start, zone=zone, days=days, horizon=horizon, identity=identity)
    inputs = tuple(one for one in (path, participant_file, site_file) if one is not None)
    return Selected(_laid_out(read, participant, own_file, site_file), read, inputs, participant.id is not None)


def _laid_out(read: RegimenFile, participant: Participant, own_file: ParticipantFile | None, site_file: str | None) -> Schedule:
    """One participant's schedule at their site. Raises Refused, with places in the files."""
    _refuse_wrong_regimen(read)
    site = ALWAYS_OPEN
    if site_file is not None:
        site = _site(site_file, participant, own_file)
    elif participant.site is not None:
        _refuse_missing_site(read.regimen, participant, own_file)
    try:
        return expand(read.regimen, participant, site)
    except Refused as refused:
        raise Refused([_placed(one, read, own_file) for one in refused.diagnostics]) from None


def _refuse_wrong_regimen(read: RegimenFile) -> None:
    """Raise Refused for what `validate` finds wrong with the definition itself: nobody's dates are laid out from it."""
    faults = [read.locate(fault) for rule in RULES for fault in rule(read.regimen) if fault.severity == "error"]
    if faults:
        raise Refused(faults)


def _refuse_also(given: Mapping[str, object], option: str, says: str) -> None:
    """Two sources for one fact are one too many."""
    also = ", ".join(name for name, value in given.items() if value is not None)
    if also:
        raise Misused(also, "two-sources", f"with {option}, {says}", "leave it out here")


def _from_roster(regimen: str, roster_file: str, identity: str | None, site_file: str | None) -> Selected:
    """Everyone's schedule, or that of the one participant named."""
    from dosecal.read.roster import read_roster_file  # noqa: PLC0415  (only a trial with cohorts needs it)
    from dosecal.roster import lay_out_roster  # noqa: PLC0415

    path = regimen_path(regimen)
    read, rostered = read_regimen_file(path, regimen), read_roster_file(roster_file)
    _refuse_other_regimen(rostered.regimen, rostered.document, regimen, path)
    site = read_site_file(site_file).site if site_file is not None else ALWAYS_OPEN
    _refuse_wrong_regimen(read)
    try:
        result = lay_out_roster(read.regimen, rostered.roster, site)
    except Refused as refused:
        raise Refused([_located(one, read, rostered.document) for one in refused.diagnostics]) from None
    inputs = tuple(one for one in (path, roster_file, site_file) if one is not None)
    if identity is None:
        return Selected(result.everyone, read, inputs, identified=True)
    schedule = result.by_id.get(identity)
    if schedule is None:
        known = ", ".join(result.by_id)
        raise Misused("--id", "unknown-id", f"the roster has no participant `{identity}`", f"write one of its participants: {known}")
    return Selected(schedule, read, inputs, identified=True)


def _located(diagnostic: Diagnostic, read: RegimenFile, roster: Document) -> Diagnostic:
    """A refusal of a roster with its place: in the roster file where its path begins with the roster's `cohorts`, else in the regimen."""
    if not diagnostic.path:
        return diagnostic
    return locate(roster, diagnostic) if diagnostic.path[0] == "cohorts" else read.locate(diagnostic)


def _placed(diagnostic: Diagnostic, read: RegimenFile, own: ParticipantFile | None) -> Diagnostic:
    """A refusal with its place: in the regimen file, or on the participant file's own line where that is what it is about."""
    place = _place_in(own.document, diagnostic) if own is not None else None
    if place is not None:
        return Diagnostic(diagnostic.name, diagnostic.message, diagnostic.help, diagnostic.severity, place)
    return read.locate(diagnostic) if diagnostic.path else diagnostic


def _place_in(document: Document, diagnostic: Diagnostic) -> Place | None:
    """Where a participant file says what is refused; None where the refusal is about the regimen."""
    if diagnostic.name == "arm":
        node = document.root.get("arm")
        return document.place(node) if node is not None else Place(document.file)
    if diagnostic.name == "flags":
        node = document.root.get("flags")
        return document.place(node) if node is not None else None
    days = document.root.get("days")
    if diagnostic.name not in ("days", "weekdays") or not isinstance(days, MappingNode):
        return None
    # Refused for a name in `days`, which is its `part`; or in an item's `when`, for the number of weekdays chosen.
    chosen = next((key for key, _ in days.entries if key.text in (diagnostic.part, *diagnostic.path[-2:-1])), None)
    return document.place(chosen) if chosen is not None else document.place(days) if diagnostic.name == "days" else None


# -- options to a participant


def _participant(
    regimen: Regimen, arm: str | None, start: date, *, zone: str | None, days: str | None, horizon: date | None, identity: str | None
) -> Participant:
    try:
        arm_of(regimen, arm)
    except Refused as refused:
        wrong = refused.diagnostics[0]
        raise Misused("--arm", wrong.name, wrong.message, wrong.help) from None
    if identity is not None and not (identity.strip() and identity.isprintable() and len(identity) <= ID_LENGTH):
        raise Misused("--id", "id", "this cannot be an id", f"write one to {ID_LENGTH} printable characters")
    if horizon is not None and horizon < start:
        raise Misused("--horizon", "horizon", f"the horizon {horizon} lies before Day 1, {start}", "it is the last date to be listed")
    chosen = {_weekly_item(regimen, arm): _weekdays(days)} if days is not None else {}
    return Participant(id=identity, day_1=start, arm=arm, zone=_zone(zone), horizon=horizon, days=chosen)


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
    """The one item of the arm that is given on weekdays of choice. Raises Misused for none or several."""
    items = [one.item.name for one in items_of(regimen, arm_of(regimen, arm)) if any(isinstance(when, Weekly) for when in one.item.when)]
    if len(items) == 1:
        return items[0]
    if not items:
        raise Misused("--days", "days", "this arm has no item that is given on weekdays of the participant's choice", "leave it out")
    example = ", ".join(f"{item}: Mon Wed Fri" for item in items)
    message = f"this arm has {len(items)} items that are given on weekdays of the participant's choice"
    raise Misused("--days", "days", message, f"write them into a participant file: `days: {{{example}}}`")


# -- participant and site files


def _refuse_other_regimen(said: str, document: Document, given: str, path: str) -> None:
    """A participant or roster file names its regimen: another one is refused, whatever its dates."""
    candidates = [os.path.join(os.path.dirname(document.file), said)]
    if said in published_names():
        candidates.append(regimen_path(said))
    same = any(same_content(path, candidate) for candidate in candidates)
    same_name = os.path.basename(path).removesuffix(".yaml") == said and said not in published_names()
    if same or same_name or not said:
        return
    node = document.root.get("regimen")
    place = document.place(node) if node is not None else Place(document.file)
    message = f"this file is for the regimen `{said}`, not for `{given}`"
    raise Refused([Diagnostic("other-regimen", message, f"ask for `{said}`, or correct the file", place=place)])


def _site(path: str, participant: Participant, own: ParticipantFile | None) -> Site:
    file = read_site_file(path)
    if participant.site is None or file.name is None or file.name == participant.site:
        return file.site
    node = own.document.root.get("site") if own is not None else None
    place = own.document.place(node) if own is not None and node is not None else None
    message = f"the participant comes to the site `{participant.site}`, and {path} is the site `{file.name}`"
    raise Refused([Diagnostic("other-site", message, "name the file of the participant's site", place=place)])


def _refuse_missing_site(regimen: Regimen, participant: Participant, own: ParticipantFile | None) -> None:
    """A participant's site that nobody described could move dates: refused where an item follows the site's calendar."""
    items = items_of(regimen, arm_of(regimen, participant.arm))
    moving = next((one.item.name for one in items if one.item.if_closed is not None and one.item.if_closed.rule != "stay"), None)
    if moving is None or own is None:
        return
    node = own.document.root.get("site")
    place = own.document.place(node) if node is not None else None
    message = f"`{moving}` depends on when the site `{participant.site}` is open"
    raise Refused([Diagnostic("no-site", message, "add --site FILE", place=place)])
