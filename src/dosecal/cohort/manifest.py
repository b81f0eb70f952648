"""The manifest of a cohort's folder: what was written, from what, by which versions; and what of it still stands."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import islice
from typing import Final

import msgspec
from msgspec import Struct

from dosecal import __version__
from dosecal.cohort.job import Job
from dosecal.cohort.store import Store
from dosecal.diagnostic import Diagnostic, Place, Refused
from dosecal.read.zones import zone_data_version

MANIFEST: Final = "manifest.json"
_MINUTE: Final = timedelta(minutes=1)
_LINES_AT_ONCE: Final = 500
_FORMAT: Final = "dosecal/manifest/1"
BEGINNING: Final = b'{\n"format": "dosecal/manifest/'
"""How every manifest begins, of whatever version."""
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}\.[a-z]{2,7}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


class File(Struct, frozen=True, forbid_unknown_fields=True):
    """A file that was written: its size in octets and its SHA-256 in hex digits."""

    name: str
    bytes: int
    sha256: str


class Input(Struct, frozen=True, forbid_unknown_fields=True):
    """A file that was read: its name without folders, and its SHA-256."""

    name: str
    sha256: str


class Manifest(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """What a manifest says, `options` as they were typed.

    `failed`: the ids of the roster for whom there was no file to write; `left`: those in whose place another file was left as it was.
    """

    format: str
    dosecal: str
    zone_data: str
    regimen: Input
    sites: tuple[Input, ...]
    roster: Input
    written_as: str
    audience: str
    options: tuple[str, ...]
    failed: tuple[str, ...]
    left: tuple[str, ...]
    files: tuple[File, ...]


def pieces_of(
    job: Job, roster: Input, files: Iterable[tuple[str, int, bytes]], *, failed: Sequence[str], left: Sequence[str]
) -> Iterator[bytes]:
    """The manifest as JSON, a line a file, so that it never stands in memory as a whole; no date: the same run gives the same bytes."""
    facts = {
        "format": _FORMAT,
        "dosecal": __version__,
        "zone-data": zone_data_version(),
        "regimen": _read(job.regimen.name, sha256(job.regimen.content)),
        "sites": [_read(site.name, sha256(site.content)) for site in job.sites],
        "roster": _read(roster.name, roster.sha256),
        "written-as": job.form,
        "audience": job.audience,
        "options": list(_options(job)),
        "failed": list(failed),
        "left": list(left),
    }
    yield ("{\n" + "".join(f"{json.dumps(key)}: {json.dumps(value)},\n" for key, value in facts.items()) + '"files": [').encode()
    lines = (f'{{"name": "{name}", "bytes": {size}, "sha256": "{digest.hex()}"}}' for name, size, digest in files)
    before = "\n"
    while block := ",\n".join(islice(lines, _LINES_AT_ONCE)):
        yield (before + block).encode()
        before = ",\n"
    yield b"\n]\n}\n"


def _options(job: Job) -> Iterator[str]:
    """What was asked for beside the format and the audience; of a study's key only that there is one."""
    options = job.options
    yield from ["--compact"] if job.compact else []
    yield from [f"--language {job.language}"] if job.language is not None else []
    yield from [f"--alarm {options.alarm // _MINUTE}m"] if options.alarm is not None else []
    yield from ["--todo"] if options.tasks else []
    yield from [f"--refresh {options.refresh // _MINUTE}m"] if options.refresh is not None else []
    yield from [f"--color {options.color}"] if options.color is not None else []
    yield from ["--uid-key-file"] if options.uid_key is not None else []


def _read(path: str, digest: str) -> dict[str, str]:
    """What is said of a file that was read: its name, since folders may tell of people; it need not be UTF-8, and JSON is."""
    name = path.replace("\\", "/").rpartition("/")[2]
    return {"name": name.encode("utf-8", "backslashreplace").decode(), "sha256": digest}


def read_manifest(file: str, content: bytes) -> Manifest:
    """What a manifest says. Raises Refused for what is none, or names what dosecal would not have written."""
    try:
        manifest = msgspec.json.decode(content, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _refused(file, f"this is no manifest that dosecal wrote: {error}") from None
    if manifest.format != _FORMAT:
        raise _refused(file, f"this manifest has the format `{manifest.format}`, and this dosecal reads `{_FORMAT}`")
    names: set[str] = set()
    for one in manifest.files:
        if not _NAME.fullmatch(one.name) or not _DIGEST.fullmatch(one.sha256) or one.name in names or one.name == MANIFEST:
            raise _refused(file, f"this manifest was changed: `{one.name}` is no line of dosecal's")
        names.add(one.name)
    for read in (manifest.regimen, manifest.roster, *manifest.sites):
        if not _DIGEST.fullmatch(read.sha256):
            raise _refused(file, f"this manifest was changed: `{read.sha256}` is no SHA-256")
    return manifest


def faults_of(where: str, manifest: Manifest, store: Store) -> Iterator[Diagnostic]:
    """What is no longer as the manifest says: files that are missing or changed. Raises store.Stopped."""
    for one in manifest.files:
        content = store.content(one.name, one.bytes)
        place = Place(f"{where}/{one.name}")
        if content is None:
            yield Diagnostic("missing-file", "this file is in the manifest and not in the folder", _AGAIN, place=place)
        elif len(content) != one.bytes or sha256(content) != one.sha256:
            yield Diagnostic("changed-file", "this file is no longer what was written", _AGAIN, place=place)


def strangers(manifest: Manifest, store: Store) -> list[str]:
    """The names in the folder that the manifest does not have, in order."""
    known = {one.name for one in manifest.files} | {MANIFEST}
    return sorted(name for name in store.names() if name not in known)


def sha256(content: bytes) -> str:
    """The SHA-256 of some octets, in hex digits."""
    return hashlib.sha256(content).hexdigest()


_AGAIN: Final = (
    "repeat `dosecal cohort` with the same options (a run that was interrupted leaves this too); if it stays, take the file away"
)


def _refused(file: str, problem: str) -> Refused:
    return Refused([Diagnostic("manifest", problem, "repeat `dosecal cohort` to write it anew", place=Place(file))])
