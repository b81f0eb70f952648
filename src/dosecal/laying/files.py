"""A regimen, a participant and the files that a record names -> the participant's schedule, every refusal with its place in a file."""

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from dosecal.check import RULES
from dosecal.diagnostic import Diagnostic, Misused, Place, Refused
from dosecal.expand import expand
from dosecal.expand.expansion import arm_of
from dosecal.participant import ALWAYS_OPEN, Participant, Site
from dosecal.read.files import FilePath, Unreadable, published_names, regimen_path, same_content
from dosecal.read.nodes import Document
from dosecal.read.nodes import Mapping as MappingNode
from dosecal.read.participant import ParticipantFile, SiteFile
from dosecal.read.regimen import RegimenFile, locate, read_regimen_file
from dosecal.regimen import Regimen, items_of
from dosecal.schedule import Schedule

if TYPE_CHECKING:
    from dosecal.expand.bound import Bindings


class Laying(Struct, frozen=True):
    """How one participant is laid out: the regimen, their own file (if any), the sites by name, later versions of the protocol by name."""

    read: RegimenFile
    own: ParticipantFile | None
    site: Site
    sites: Mapping[str, Site]
    amendments: Mapping[str, RegimenFile]
    inputs: tuple[FilePath, ...]
    known: "Bindings | None" = None

    @property
    def regimens(self) -> tuple[Regimen, ...]:
        """Every version of the protocol that the participant may be laid out with."""
        return self.read.regimen, *(file.regimen for file in self.amendments.values())

    def afresh(self) -> "Laying":
        """The same with no memory of what entries mean: for the participant in another arm, where they may mean something else."""
        return self if self.known is None else replace(self, known=_bindings())

    def schedule(self, participant: Participant) -> Schedule:
        """The schedule of `participant`, with the places of its notes. Raises Refused, with places in the files."""
        amendments = {name: file.regimen for name, file in self.amendments.items()}
        try:
            laid = expand(self.read.regimen, participant, self.site, sites=self.sites, amendments=amendments, known=self.known)
        except Refused as refused:
            raise Refused([self.placed(one) for one in refused.diagnostics]) from None
        return replace(laid, notes=tuple(self.placed(note) for note in laid.notes)) if laid.notes else laid

    def placed(self, diagnostic: Diagnostic) -> Diagnostic:
        """A diagnostic with its place: in the participant's own file where it is about that, else in a version of the regimen."""
        place = _place_in(self.own.document, diagnostic) if self.own is not None else None
        if place is not None:
            return Diagnostic(diagnostic.name, diagnostic.message, diagnostic.help, diagnostic.severity, place, diagnostic.path)
        match diagnostic.path:
            case ("amended", str(name), *rest) if name in self.amendments:
                return self.amendments[name].locate(replace(diagnostic, path=tuple(rest)))
            case ():
                return diagnostic
        return self.read.locate(diagnostic)


def laying_of(
    read: RegimenFile, path: str, participant: Participant, own: ParticipantFile | None, sites: Sequence[SiteFile] = ()
) -> Laying:
    """What laying out `participant` needs, read and checked; the regimen is good. Raises Misused, Unreadable or Refused (with places)."""
    site_files = tuple(file.document.file for file in sites)
    site = _site_of(participant, own, sites, site_files)
    if site is None:
        _refuse_missing_site(read.regimen, participant, own)
    amendments = dict(_amendments(own)) if own is not None and participant.record else {}
    by_name = {file.name: file.site for file in sites if file.name is not None}
    inputs = (path, *((own.document.file,) if own is not None else ()), *site_files, *(file.document.file for file in amendments.values()))
    return Laying(read, own, site or ALWAYS_OPEN, by_name, amendments, inputs, _bindings() if participant.record else None)


def _bindings() -> "Bindings":
    from dosecal.expand.bound import Bindings  # noqa: PLC0415  (only a participant with a record needs it)

    return Bindings()


def refuse_wrong_regimen(read: RegimenFile) -> None:
    """Raise Refused for what `validate` finds wrong with the definition itself: nobody's dates are laid out from it."""
    faults = [read.locate(fault) for rule in RULES for fault in rule(read.regimen) if fault.severity == "error"]
    if faults:
        raise Refused(faults)


def refuse_other_regimen(said: str, document: Document, given: str, path: str) -> None:
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


def named_regimen(said: str, document: Document) -> str:
    """The path of the regimen that a participant file names: a file beside it (with or without `.yaml`), else a published name."""
    beside = os.path.join(os.path.dirname(document.file), said)
    return next((path for path in (beside, f"{beside}.yaml") if os.path.isfile(path)), None) or regimen_path(said)


def _amendments(own: ParticipantFile) -> Iterator[tuple[str, RegimenFile]]:
    """The later versions of the protocol that the record names. One that is not there, the schedule refuses at its entry, if that counts.

    Raises Refused for a version that is itself wrong, Unreadable for one that cannot be read, if its entry counts.
    """
    from dosecal.record import Amended, in_force  # noqa: PLC0415  (only a participant with a record needs it)

    record = own.participant.record
    counting = {entry.act.regimen for entry in in_force(record) if isinstance(entry.act, Amended)}
    for name in dict.fromkeys(entry.act.regimen for entry in record if isinstance(entry.act, Amended)):
        try:
            file = _amendment(name, own.document)
        except (Refused, Unreadable):
            if name in counting:
                raise
            continue
        if file is not None:
            yield name, file


def _amendment(name: str, document: Document) -> RegimenFile | None:
    """A version of the protocol, read and checked; None where it is not there. Raises Unreadable or Refused."""
    try:
        path = named_regimen(name, document)
    except Unreadable:
        return None
    if not os.path.exists(path):
        return None
    file = read_regimen_file(path)
    refuse_wrong_regimen(file)
    return file


# -- sites


def _site_of(participant: Participant, own: ParticipantFile | None, files: Sequence[SiteFile], paths: tuple[str, ...]) -> Site | None:
    """The site that the participant comes to first, among the files given. Raises Misused, or Refused for the file of another site."""
    names = [file.name for file in files]
    if len(files) > 1 and None in names:
        problem = f"of several site files each needs a name, and {paths[names.index(None)]} has none"
        raise Misused("--site", "site", problem, "add `site: NAME` to it")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise Misused("--site", "site", f"two files describe the site `{twice}`", "name one of the two")
    for file in files:
        meant = file.name is None or participant.site in (file.name, None)
        if meant and (len(files) == 1 or file.name == participant.site):
            return file.site
    if not files:
        return None
    if len(files) > 1 and participant.site is None:
        mend = "add `site: NAME` to the participant file" if own is not None else "name one site file, or give --participant FILE"
        raise Misused("--site", "site", "with several sites, the participant's own is not said", mend)
    node = own.document.root.get("site") if own is not None else None
    place = own.document.place(node) if own is not None and node is not None else None
    known = " and ".join(f"{path} is the site `{file.name}`" for path, file in zip(paths, files, strict=True))
    message = f"the participant comes to the site `{participant.site}`, and {known}"
    raise Refused([Diagnostic("other-site", message, "name the file of the participant's site", place=place)])


def _refuse_missing_site(regimen: Regimen, participant: Participant, own: ParticipantFile | None) -> None:
    """A participant's site that nobody described could move dates: refused where an item follows the site's calendar."""
    if participant.site is None:
        return
    arms = regimen.arms if participant.arm is None and regimen.arms else (arm_of(regimen, participant.arm),)
    items = [one for arm in arms for one in items_of(regimen, arm)]
    moving = next((one.item.name for one in items if one.item.if_closed is not None and one.item.if_closed.rule != "stay"), None)
    if moving is None:
        return
    node = own.document.root.get("site") if own is not None else None
    place = own.document.place(node) if own is not None and node is not None else None
    message = f"`{moving}` depends on when the site `{participant.site}` is open"
    raise Refused([Diagnostic("no-site", message, "add --site FILE", place=place)])


# -- places


def _place_in(document: Document, diagnostic: Diagnostic) -> Place | None:
    """Where a participant file says what a diagnostic is about; None where it is about the regimen."""
    if diagnostic.place is not None:
        return diagnostic.place
    if diagnostic.path[:1] == ("record",):
        return locate(document, diagnostic).place
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
