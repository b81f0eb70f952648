"""A partition of a cohort -> its files, written: the plain function that runs here, in another process, or on a cluster alike."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

from msgspec.structs import replace

from dosecal import __version__
from dosecal.cohort.job import Failure, Job, Note, NoteKey, Partition, Row, Written, note_key
from dosecal.cohort.store import Put, Stopped, store_of
from dosecal.cohort.workshop import Made, workshop_of
from dosecal.diagnostic import Diagnostic
from dosecal.read.zones import zone_data_version

MOST_NOTES: Final = 20
"""So many different remarks on schedules a partition brings back."""


def write_partition(job: Job, partition: Partition) -> Written:
    """Write the file of every participant of a partition. Repeating it changes nothing.

    `job` and `partition` are plain data that can be sent anywhere; `job.folder` must mean the same place there, and so must the paths of
    participant files. Raises store.Stopped when the store takes no more, Refused for a regimen or site that is wrong.
    """
    own_versions = (__version__, zone_data_version())
    if job.versions != own_versions:
        theirs, own = (" and zone data ".join(versions) for versions in (own_versions, job.versions))
        raise Stopped(job.folder, f"a worker has dosecal {theirs}, and this run is of dosecal {own}")
    writing = _Writing(job)
    puts = store_of(job.folder).put(writing.files(partition.rows), force=job.force)
    return writing.written(partition.rows, puts)


def file_name(identity: str, form: str) -> str:
    """The name of a participant's file: an id of a roster is fit for it (read.table), and unique after case folding."""
    return f"{identity}.{form}"


class _Writing:
    """Files on their way to the store, and what became of them."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._sent: list[tuple[Made, int, bytes]] = []
        self._failures: list[Failure] = []
        self._notes: dict[NoteKey, Note] = {}

    def files(self, rows: Iterable[Row]) -> Iterator[tuple[str, bytes]]:
        """Names and contents, one after another: while one is made, the one before has gone, so that they share one place in memory."""
        for made in workshop_of(self._job).files(rows):
            if isinstance(made, Failure):
                self._failures.append(made)
                continue
            self._sent.append((replace(made, content=b""), len(made.content), hashlib.sha256(made.content).digest()))
            yield file_name(made.id, self._job.form), made.content

    def _note(self, identity: str, notes: Iterable[Diagnostic]) -> None:
        for said in notes:
            key = note_key(said)
            note = self._notes.get(key)
            if note is not None:
                self._notes[key] = Note(note.said, note.first, note.count + 1)
            elif len(self._notes) < MOST_NOTES:
                self._notes[key] = Note(said, identity, 1)

    def written(self, rows: Iterable[Row], puts: Iterable[Put]) -> Written:
        """What became of each row, by what became of each file."""
        done: dict[str, tuple[int, bytes]] = {}
        unchanged = 0
        for (made, size, digest), put in zip(self._sent, puts, strict=True):
            if put.refused is not None:
                self._failures.append(Failure(made.id, (put.refused,)))
                continue
            unchanged += not put.changed
            done[made.id] = size, digest
            self._note(made.id, made.notes)
        found = [done.get(row.id, (0, b"")) for row in rows]
        sizes, digests = tuple(size for size, _ in found), tuple(digest for _, digest in found)
        return Written(sizes, digests, unchanged, tuple(self._failures), tuple(self._notes.values()))
