"""`dosecal validate FILE...`: one line for each good file, every error of the others."""

from collections.abc import Iterable

import click
from msgspec import Struct

from dosecal.check import check, every_item
from dosecal.cli.messages import as_data, say
from dosecal.cli.output import tell
from dosecal.diagnostic import Diagnostic, Place, Refused, visible
from dosecal.outline import REFERENCE_DAY_1, ArmCount
from dosecal.read.files import Unreadable, read_bytes, regimen_path
from dosecal.read.nodes import Document, read_document
from dosecal.read.regimen import RegimenFile, read_regimen
from dosecal.study_time import WEEKDAYS


class Verdict(Struct, frozen=True):
    """What validation found in one file: its kind (None: unknown), one line for people when it is good, and the diagnostics."""

    file: str
    kind: str | None
    line: str
    diagnostics: tuple[Diagnostic, ...] = ()
    readable: bool = True

    @property
    def good(self) -> bool:
        return not any(one.severity == "error" for one in self.diagnostics)


@click.command("validate")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to say what was found.")
def command(files: tuple[str, ...], form: str) -> int:
    """Say whether regimen, participant and site files are right, with every error of each.

    FILE is a path, or the name of a published regimen.
    """
    verdicts = [_verdict(file) for file in files]
    if form == "json":
        tell(_json(verdicts))
    else:
        for verdict in verdicts:
            if verdict.good:
                tell(visible(verdict.line))
        say(one for verdict in verdicts for one in verdict.diagnostics)
    if not all(verdict.readable for verdict in verdicts):
        return 2
    return 0 if all(verdict.good for verdict in verdicts) else 1


def _verdict(file: str) -> Verdict:
    kind: str | None = None
    try:
        path = regimen_path(file)
        document = read_document(file, read_bytes(path))
        kind = _kind(document)
        return _READERS[kind](document)
    except Unreadable as unreadable:
        return Verdict(file, None, "", (unreadable.diagnostic,), readable=False)
    except Refused as refused:
        return Verdict(file, kind, "", refused.diagnostics)


def _kind(document: Document) -> str:
    """What a file is, by its keys. Raises Refused when they do not say."""
    keys = {key.text for key, _ in document.root.entries}
    if "roster" in keys:
        return "roster"
    if "participant" in keys:
        return "participant"
    if keys & {"format", "study", "source", "arms", "doses"}:
        return "regimen"
    if keys & {"weekend", "closed", "holidays", "open"}:
        return "site"
    mend = "a regimen begins with `format: dosecal/1`, a participant file with `participant:`, a site file with `weekend:`"
    place = Place(document.file, document.root.line, document.root.column, 1, document.lines[document.root.line - 1])
    raise Refused([Diagnostic("unknown-kind", "this is no regimen, participant or site file", mend, place=place)])


def _regimen(document: Document) -> Verdict:
    file = read_regimen(document)
    checked = check(file.regimen)
    located = tuple(file.locate(one) for one in checked.diagnostics)
    return Verdict(document.file, "regimen", _regimen_line(file, checked.counts) if checked.good else "", located)


def _regimen_line(file: RegimenFile, counts: tuple[ArmCount, ...]) -> str:
    """`care-ms-ii.yaml: good: CARE-MS II, 3 arms, 5 items; doses from Monday 2026-01-05: alemtuzumab-12 8, ...`."""
    regimen = file.regimen
    items = sum(1 for _ in every_item(regimen))
    arms = _counted(len(regimen.arms), "arm") if regimen.arms else "no arms"
    doses = ", ".join(f"{count.arm} {count.doses}" if count.arm else str(count.doses) for count in counts)
    start = f"{REFERENCE_DAY_1:%A} {REFERENCE_DAY_1}"
    return f"{file.document.file}: good: {regimen.study}, {arms}, {_counted(items, 'item')}; doses with Day 1 on {start}: {doses}"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _participant(document: Document) -> Verdict:
    from dosecal.read.participant import read_participant  # noqa: PLC0415  (each kind of file brings its own reader)

    participant = read_participant(document).participant
    arm = f", arm {participant.arm}" if participant.arm else ""
    line = f"{document.file}: good: participant {participant.id}{arm}, Day 1 on {participant.day_1:%A} {participant.day_1}"
    return Verdict(document.file, "participant", line)


def _roster(document: Document) -> Verdict:
    from dosecal.read.roster import read_roster  # noqa: PLC0415

    roster = read_roster(document).roster
    people = sum(len(cohort.places) for cohort in roster.cohorts)
    cohorts = _counted(len(roster.cohorts), "cohort")
    line = f"{document.file}: good: roster, {cohorts}, {_counted(people, 'participant')}, Day 1 on {roster.day_1:%A} {roster.day_1}"
    return Verdict(document.file, "roster", line)


def _site(document: Document) -> Verdict:
    from dosecal.read.participant import read_site  # noqa: PLC0415

    site = read_site(document).site
    weekend = " ".join(sorted(site.weekend, key=WEEKDAYS.index)) or "none"
    line = f"{document.file}: good: site, weekend {weekend}, {_counted(len(site.closed), 'closing day')}"
    return Verdict(document.file, "site", line)


_READERS = {"regimen": _regimen, "participant": _participant, "site": _site, "roster": _roster}


def _json(verdicts: Iterable[Verdict]) -> str:
    import json  # noqa: PLC0415  (only when asked for)

    files = [
        {"file": one.file, "kind": one.kind, "good": one.good, "diagnostics": [as_data(diagnostic) for diagnostic in one.diagnostics]}
        for one in verdicts
    ]
    return json.dumps({"files": files}, indent=2)
