"""`dosecal verify DIR`: whether the files of a cohort still are what was written, by their manifest."""

import json
from collections.abc import Iterator
from typing import Final

from dosecal.cli.cohort_report import counted, named, out_of_date
from dosecal.cli.messages import as_data, say
from dosecal.cli.output import tell
from dosecal.cohort.manifest import MANIFEST, Manifest, faults_of, read_manifest, strangers
from dosecal.cohort.partition import file_name
from dosecal.cohort.store import PART, Stopped, place_of, store_of
from dosecal.diagnostic import Diagnostic, Place, visible
from dosecal.read.files import Unreadable

MOST_TOLD: Final = 100
_FILES: Final = (".ics", ".json", ".csv")


def verify_folder(folder: str, form: str) -> int:
    """Say whether every file of the manifest is there and unchanged; the exit code. Raises Unreadable, Refused."""
    folder = place_of(folder)
    try:
        store = store_of(folder)
        content = store.content(MANIFEST)
        if content is None:
            mend = "name the folder that `dosecal cohort` wrote; a run that was interrupted has none until it is repeated"
            raise Unreadable(Diagnostic("unreadable", f"there is no {MANIFEST} in this folder", mend, place=Place(folder)))
        manifest = read_manifest(f"{folder}/{MANIFEST}", content)
        faults = list(faults_of(folder, manifest, store))
        others = [name for name in strangers(manifest, store) if name.endswith(_FILES) or PART.fullmatch(name)]
    except Stopped as stopped:
        problem = f"the folder could not be read: {stopped.why}"
        raise Unreadable(Diagnostic("unreadable", problem, "mend this and look again", place=stopped.diagnostic.place)) from None
    old = out_of_date(manifest.failed, manifest.written_as, others)
    faults += [Diagnostic("former-file", old, "take it away", place=Place(folder))] if old is not None else []
    notes = list(_about(others, manifest, folder))
    if form == "json":
        tell(json.dumps(_data(folder, manifest, [*faults, *notes], good=not faults), indent=2))
        return 1 if faults else 0
    if not faults:
        version = visible(manifest.dosecal)
        tell(f"{visible(folder)}: good: {counted(len(manifest.files), 'file')}, as dosecal {version} wrote them\n{_from(manifest)}")
    more = [Diagnostic("more", f"{len(faults) - MOST_TOLD:,} more errors follow", severity="note")] if len(faults) > MOST_TOLD else []
    say([*faults[:MOST_TOLD], *more, *notes])
    return 1 if faults else 0


def _from(manifest: Manifest) -> str:
    asked = " ".join([manifest.written_as, f"--audience {manifest.audience}", *manifest.options])
    lines = [f"written as: {visible(asked)}", f"regimen: {visible(manifest.regimen.name)}, SHA-256 {manifest.regimen.sha256}"]
    lines += [f"site: {visible(site.name)}, SHA-256 {site.sha256}" for site in manifest.sites]
    return "\n".join([*lines, f"roster: {visible(manifest.roster.name)}, SHA-256 {manifest.roster.sha256}"])


def _about(others: list[str], manifest: Manifest, folder: str) -> Iterator[Diagnostic]:
    """What the manifest does not name, and whose file was not written."""
    known = {file_name(identity, manifest.written_as) for identity in (*manifest.failed, *manifest.left)}
    unknown = [name for name in others if name not in known]
    if unknown:
        yield Diagnostic("former-file", f"{named(unknown)} that the manifest does not name", severity="note", place=Place(folder))
    for ids, what in (
        (manifest.failed, "could not be laid out and got no file"),
        (manifest.left, "got none: another file is in its place"),
    ):
        if ids:
            message = f"{counted(len(ids), 'participant')} of the roster {what}: {ids[0]}{' ...' if len(ids) > 1 else ''}"
            yield Diagnostic("failed", message, severity="note", place=Place(folder))


def _data(folder: str, manifest: Manifest, diagnostics: list[Diagnostic], *, good: bool) -> dict[str, object]:
    return {
        "folder": folder,
        "good": good,
        "files": len(manifest.files),
        "written-as": manifest.written_as,
        "audience": manifest.audience,
        "options": list(manifest.options),
        "failed": list(manifest.failed),
        "left": list(manifest.left),
        "dosecal": manifest.dosecal,
        "zone-data": manifest.zone_data,
        "regimen": {"name": manifest.regimen.name, "sha256": manifest.regimen.sha256},
        "diagnostics": [as_data(one) for one in diagnostics],
    }
