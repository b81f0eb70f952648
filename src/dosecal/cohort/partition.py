"""A partition of a cohort -> its files, written: the plain function that runs here, in another process, or on a cluster alike."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

from dosecal import __version__
from dosecal.cohort.job import LEFT, NO_FILE, Failure, Job, Note, NoteKey, Partition, Row, Written, note_key
from dosecal.cohort.store import Put, Stopped, store_of
from dosecal.cohort.workshop import workshop_of
from dosecal.diagnostic import Diagnostic
from dosecal.read.zones import zone_data_version

MOST_NOTES: Final = 100
"""So many different reasons, and remarks on schedules, a partition brings back."""


def write_partition(job: Job, partition: Partition) -> Written:
    """Write the file of every participant of a partition. Repeating it changes nothing.

    `job` and `partition` are plain data that can be sent anywhere; `job.folder` must mean the same place there, and so must the paths of
    participant files. Raises store.Stopped when the store takes no more, Refused for a regimen or site that is wrong.
    """
    own_versions = (__version__, zone_data_version())
    if job.versions != own_versions:
        of_worker, of_run = (" and zone data ".join(versions) for versions in (own_versions, job.versions))
        raise Stopped(job.folder, f"a worker has dosecal {of_worker}, and this run is of dosecal {of_run}")
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
        self._sent: list[tuple[str, int, bytes]] = []
        self._reasons: dict[NoteKey, Note] = {}
        self._notes: dict[NoteKey, Note] = {}

    def files(self, rows: Iterable[Row]) -> Iterator[tuple[str, bytes]]:
        """Names and contents, one after another: while one is made, the one before has gone, so that they share one place in memory."""
        for made in workshop_of(self._job).files(rows):
            if isinstance(made, Failure):
                _add(self._reasons, made.id, made.diagnostics, by_id=True)
                continue
            # Whatever becomes of the file: Workshop.files takes it as told from now on.
            _add(self._notes, made.id, made.notes, by_id=False)
            self._sent.append((made.id, len(made.content), hashlib.sha256(made.content).digest()))
            yield file_name(made.id, self._job.form), made.content

    def written(self, rows: Iterable[Row], puts: Iterable[Put]) -> Written:
        """What became of each row, by what became of each file."""
        done: dict[str, tuple[int, bytes]] = {}
        unchanged = 0
        for (identity, size, digest), put in zip(self._sent, puts, strict=True):
            if put.refused is not None:
                _add(self._reasons, identity, (put.refused,), by_id=True)
                done[identity] = LEFT, b""
                continue
            unchanged += not put.changed
            done[identity] = size, digest
        found = [done.get(row.id, (NO_FILE, b"")) for row in rows]
        sizes, digests = tuple(size for size, _ in found), tuple(digest for _, digest in found)
        return Written(sizes, digests, unchanged, tuple(self._reasons.values()), tuple(self._notes.values()))


def _add(notes: dict[NoteKey, Note], identity: str, diagnostics: Iterable[Diagnostic], *, by_id: bool) -> None:
    """Count what is said of one more participant. `by_id`: in the words about the smallest id, else in those about the first to come.

    What is said of a moved calendar has the dates of another Day 1: only the first one's words are sure to be their own.
    """
    for said in diagnostics:
        note = notes.get(note_key(said))
        if note is not None:
            first = Note(said, identity, 0) if by_id and identity < note.first else note
            notes[note_key(said)] = Note(first.said, first.first, note.count + 1)
        elif len(notes) < MOST_NOTES:
            notes[note_key(said)] = Note(said, identity, 1)
