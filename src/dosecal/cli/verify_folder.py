"""`dosecal verify DIR`: whether the files of a cohort still are what was written, by their manifest."""

import json

from dosecal.cli.cohort_report import counted, named
from dosecal.cli.messages import as_data, say
from dosecal.cli.output import tell
from dosecal.cohort.manifest import MANIFEST, Manifest, faults_of, read_manifest, strangers
from dosecal.cohort.partition import file_name
from dosecal.cohort.store import PART, Stopped, place_of, store_of
from dosecal.diagnostic import Diagnostic, Place, visible
from dosecal.read.files import Unreadable

MOST_TOLD = 100


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
        others = [name for name in strangers(manifest, store) if name.endswith(f".{manifest.written_as}") or PART.fullmatch(name)]
    except Stopped as stopped:
        problem = f"the folder could not be read: {stopped.why}"
        raise Unreadable(Diagnostic("unreadable", problem, "mend this and look again", place=stopped.diagnostic.place)) from None
    notes = _about(others, manifest, folder)
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
    lines = [f"regimen: {visible(manifest.regimen.name)}, SHA-256 {manifest.regimen.sha256}"]
    lines += [f"site: {visible(site.name)}, SHA-256 {site.sha256}" for site in manifest.sites]
    return "\n".join([*lines, f"roster: {visible(manifest.roster.name)}, SHA-256 {manifest.roster.sha256}"])


def _about(others: list[str], manifest: Manifest, folder: str) -> list[Diagnostic]:
    """What the manifest does not name, and who got no file."""
    notes: list[Diagnostic] = []
    failed = {file_name(identity, manifest.written_as) for identity in manifest.failed}
    old = sorted(failed.intersection(others))
    if old:
        message = f"{named(old)} of an earlier run: their participants have no file now, and what is there is out of date"
        notes.append(Diagnostic("former-file", message, "take it away", severity="warning", place=Place(folder)))
    others = [name for name in others if name not in failed]
    if others:
        message = f"{counted(len(others), 'file')} there that the manifest does not name: {others[0]}{' ...' if len(others) > 1 else ''}"
        notes.append(Diagnostic("former-file", message, severity="note", place=Place(folder)))
    if manifest.failed:
        who = f"{manifest.failed[0]}{' ...' if len(manifest.failed) > 1 else ''}"
        message = f"{counted(len(manifest.failed), 'participant')} of the roster got no file: {who}"
        notes.append(Diagnostic("failed", message, severity="note", place=Place(folder)))
    return notes


def _data(folder: str, manifest: Manifest, diagnostics: list[Diagnostic], *, good: bool) -> dict[str, object]:
    return {
        "folder": folder,
        "good": good,
        "files": len(manifest.files),
        "failed": list(manifest.failed),
        "dosecal": manifest.dosecal,
        "zone-data": manifest.zone_data,
        "regimen": {"name": manifest.regimen.name, "sha256": manifest.regimen.sha256},
        "diagnostics": [as_data(one) for one in diagnostics],
    }
