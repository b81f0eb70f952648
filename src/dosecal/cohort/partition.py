"""A partition of a cohort -> its files, written: the plain function that runs here, in another process, or on a cluster alike."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

from dosecal import __version__
from dosecal.cohort.job import Failure, Job, Note, NoteKey, Partition, Row, Written, note_key
from dosecal.cohort.store import AT_ONCE, Stopped, Store, store_of
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
    writing = _Writing(job, store_of(job.folder))
    batch: list[Made] = []
    for made in workshop_of(job).files(partition.rows):
        if isinstance(made, Failure):
            writing.fail(made)
            continue
        batch.append(made)
        if len(batch) == AT_ONCE:
            writing.take(batch)
            batch = []
    writing.take(batch)
    return writing.written(partition.rows)


def file_name(identity: str, form: str) -> str:
    """The name of a participant's file: an id of a roster is fit for it (read.table), and unique after case folding."""
    return f"{identity}.{form}"


class _Writing:
    """Files on their way to the store, and what became of them."""

    def __init__(self, job: Job, store: Store) -> None:
        self._job, self._store = job, store
        self._done: dict[str, tuple[int, bytes]] = {}
        self._failures: list[Failure] = []
        self._unchanged = 0
        self._notes: dict[NoteKey, Note] = {}

    def fail(self, failure: Failure) -> None:
        self._failures.append(failure)

    def take(self, batch: Sequence[Made]) -> None:
        files = [(file_name(made.id, self._job.form), made.content) for made in batch]
        for made, put in zip(batch, self._store.put(files, force=self._job.force), strict=True):
            if put.refused is not None:
                self._failures.append(Failure(made.id, (put.refused,)))
                continue
            self._unchanged += not put.changed
            self._done[made.id] = len(made.content), hashlib.sha256(made.content).digest()
            self._note(made.id, made.notes)

    def _note(self, identity: str, notes: Iterable[Diagnostic]) -> None:
        for said in notes:
            key = note_key(said)
            note = self._notes.get(key)
            if note is not None:
                self._notes[key] = Note(note.said, note.first, note.count + 1)
            elif len(self._notes) < MOST_NOTES:
                self._notes[key] = Note(said, identity, 1)

    def written(self, rows: Iterable[Row]) -> Written:
        done = [self._done.get(row.id, (0, b"")) for row in rows]
        return Written(
            tuple(size for size, _ in done),
            tuple(digest for _, digest in done),
            self._unchanged,
            tuple(self._failures),
            tuple(self._notes.values()),
        )
