"""What one run over a cohort is asked to do, as plain data that can be sent to another process or machine."""

from typing import Final

from msgspec import Struct

from dosecal import __version__
from dosecal.diagnostic import Diagnostic, Path, Place
from dosecal.read.zones import zone_data_version
from dosecal.write.options import NOTHING_ASKED, CalendarOptions


class Source(Struct, frozen=True):
    """A file as it was read: the name that people gave it, its path, and its content."""

    name: str
    path: str
    content: bytes


class Job(Struct, frozen=True, kw_only=True):
    """What is the same for every participant of a run.

    `form` is "ics" or a name of write.formats.FORMATS; `audience` also "unblinded"; `language` goes before the participant's own.
    `folder` is where the files go: a path, or the address of a shared store (s3://bucket/folder). `force`: files that dosecal did not
    write are replaced too. `versions`: of dosecal and of its zone data, which a worker must have too.
    """

    regimen: Source
    sites: tuple[Source, ...]
    folder: str
    versions: tuple[str, str] = (__version__, zone_data_version())
    form: str = "ics"
    audience: str = "participant"
    language: str | None = None
    compact: bool = False
    options: CalendarOptions = NOTHING_ASKED
    force: bool = False


class Row(Struct, frozen=True):
    """One participant of a roster table: id, the cells of read.cells.CELLS, and the path of their own file, if the table names one."""

    id: str
    choices: tuple[str, ...]
    own: str | None = None


class Partition(Struct, frozen=True):
    """Participants whose files one worker writes, in an order that keeps equal choices together; `numbers` are their rows."""

    numbers: tuple[int, ...]
    rows: tuple[Row, ...]


class Failure(Struct, frozen=True):
    """A participant for whom there is no file to write, and everything that is wrong."""

    id: str
    diagnostics: tuple[Diagnostic, ...]


NoteKey = tuple[str, Path, Place | None, str | None]


def note_key(said: Diagnostic) -> NoteKey:
    """What remarks have in common that say the same of different dates."""
    return said.name, said.path, said.place, said.help


class Note(Struct, frozen=True):
    """A remark, or a reason for having no file: as it is said of one participant, and for how many it holds in words of their own."""

    said: Diagnostic
    first: str
    count: int


class Written(Struct, frozen=True):
    """What became of a partition: for each of its participants the size and SHA-256 of their file.

    Where no file was written, the digest is empty and the size NO_FILE (there is none to write) or LEFT (another one stands in its place).
    `unchanged`: so many files were there already, byte for byte. `reasons` for which files were not written; `notes` on schedules.
    """

    sizes: tuple[int, ...]
    digests: tuple[bytes, ...]
    unchanged: int
    reasons: tuple[Note, ...] = ()
    notes: tuple[Note, ...] = ()


NO_FILE: Final = 0
LEFT: Final = -1
