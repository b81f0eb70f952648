"""A whole roster -> its files and their manifest: partitions handed to an executor, a few at a time, and what comes back gathered.

Memory holds of each participant an id, an index, a size and a digest; what else there is lives in the partitions under way.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator
from concurrent import futures
from typing import Final, Protocol, TypeVar

from msgspec import Struct

from dosecal.cohort.job import LEFT, NO_FILE, Job, Note, NoteKey, Partition, Row, Written, note_key
from dosecal.cohort.manifest import MANIFEST, Input, pieces_of
from dosecal.cohort.partition import file_name, write_partition
from dosecal.cohort.store import Store
from dosecal.read.cells import by_day_1
from dosecal.read.table import Table

PARTITION: Final = 512
"""Participants of a partition: some ten megabytes of calendars, a second of work at most."""
AHEAD: Final = 2
"""Partitions that wait for each worker, so that none is idle."""
MOST_RESTARTS: Final = 3
PATIENCE: Final = 5
"""Seconds without news, after which is told that there is none."""
_FEWER: Final = "let fewer work at once"

T = TypeVar("T")


class Executor(Protocol):
    """What runs partitions: a pool of concurrent.futures, or a cluster's client in its form."""

    def submit(self, work: Callable[[Job, Partition], Written], job: Job, partition: Partition, /) -> "futures.Future[Written]": ...


class WorkerLost(Exception):  # noqa: N818  (as Refused)
    """Nobody does the work any more. `why` says so, and `mend` what to do."""

    def __init__(self, why: str, mend: str) -> None:
        self.why: Final = why
        self.mend: Final = mend
        super().__init__(why)


class Outcome(Struct):
    """What became of a run."""

    total: int
    done: int = 0
    unchanged: int = 0
    failed: int = 0
    octets: int = 0
    reasons: dict[NoteKey, Note] = {}
    notes: dict[NoteKey, Note] = {}

    @property
    def written(self) -> int:
        return self.done - self.unchanged - self.failed

    def add(self, written: Written) -> None:
        """Count a partition."""
        self.done += len(written.sizes)
        self.unchanged += written.unchanged
        self.failed += sum(size <= NO_FILE for size in written.sizes)
        self.octets += sum(size for size in written.sizes if size > NO_FILE)
        _merge(self.reasons, written.reasons)
        _merge(self.notes, written.notes)


def _merge(notes: dict[NoteKey, Note], more: Iterable[Note]) -> None:
    """Add what another partition says, in the words about the smallest id, whichever partition came back first."""
    for new in more:
        key = note_key(new.said)
        note = notes.get(key, Note(new.said, new.first, 0))
        earliest = min(note, new, key=_first)
        notes[key] = Note(earliest.said, earliest.first, note.count + new.count)


class Cohort:
    """One run: the files of a roster's participants, written by any executor."""

    def __init__(self, job: Job, table: Table, size: int = PARTITION) -> None:
        self.job, self.table, self.size = job, table, size
        self.outcome: Final = Outcome(total=len(table.ids))
        self._sizes: Final = array("q", bytes(8 * len(table.ids)))
        self._digests: Final = bytearray(32 * len(table.ids))

    def partitions(self) -> Iterator[Partition]:
        """The roster in partitions: equal choices stand together, then those that differ in Day 1 alone, for what they share."""
        kinds, table = self.table.kinds, self.table
        rank = array("q", bytes(8 * len(table.choices)))
        for place, kind in enumerate(sorted(range(len(rank)), key=lambda kind: by_day_1(table.choices[kind]))):
            rank[kind] = place
        order = array("q", sorted(range(len(table.ids)), key=lambda row: rank[kinds[row]]))
        for first in range(0, len(order), self.size):
            numbers = tuple(order[first : first + self.size])
            yield Partition(numbers, tuple(Row(table.ids[at], table.choices[kinds[at]], table.own.get(at)) for at in numbers))

    def write(
        self,
        executor: Callable[[], Executor],
        workers: int,
        told: Callable[[Outcome], None],
        lost: tuple[type[Exception], ...] = (futures.BrokenExecutor,),
    ) -> None:
        """Write every file. `executor` makes one, and another should its workers be `lost`; `told` hears often how far things are.

        Raises store.Stopped, Refused (as write_partition) and WorkerLost; what is written stays, and a repeated run goes on from there.
        """
        waiting, restarts = self.partitions(), 0
        under_way: dict[futures.Future[Written], Partition] = {}
        running = executor()
        again: list[Partition] = []
        while True:
            try:
                for partition in _some(again, waiting, workers * AHEAD - len(under_way)):
                    again.append(partition)  # it stays there should the executor be broken already
                    future = running.submit(write_partition, self.job, partition)
                    under_way[future] = again.pop()
                if not under_way:
                    return
                done, _ = futures.wait(under_way, PATIENCE, return_when=futures.FIRST_COMPLETED)
                for future in done:
                    self._take(under_way[future], future.result())
                    del under_way[future]
                told(self.outcome)
            except futures.CancelledError:
                raise WorkerLost("the scheduler is gone, and with it what was under way", "start it anew") from None
            except lost:
                restarts += 1
                if restarts > MOST_RESTARTS:
                    raise WorkerLost("worker processes ended by themselves, again and again (killed, or out of memory)", _FEWER) from None
                again += under_way.values()
                under_way.clear()
                running = executor()

    def write_here(self, told: Callable[[Outcome], None]) -> None:
        """Write every file in this very process. Raises store.Stopped, Refused."""
        for partition in self.partitions():
            self._take(partition, write_partition(self.job, partition))
            told(self.outcome)

    def _take(self, partition: Partition, written: Written) -> None:
        self.outcome.add(written)
        for number, size, digest in zip(partition.numbers, written.sizes, written.digests, strict=True):
            self._sizes[number] = size
            self._digests[32 * number : 32 * number + 32] = digest or bytes(32)

    def write_manifest(self, store: Store, roster: Input) -> None:
        """Write what was written, in the order of the roster. Raises store.Stopped."""
        ids = self.table.ids
        files = (
            (file_name(identity, self.job.form), size, bytes(self._digests[32 * number : 32 * number + 32]))
            for number, (identity, size) in enumerate(zip(ids, self._sizes, strict=True))
            if size > NO_FILE
        )
        store.replace(MANIFEST, pieces_of(self.job, roster, files, failed=self.ids(NO_FILE), left=self.ids(LEFT)))

    def ids(self, size: int) -> list[str]:
        """The ids of those of whom nothing could be written (NO_FILE), or in whose place another file was left as it was (LEFT)."""
        return [identity for identity, one in zip(self.table.ids, self._sizes, strict=True) if one == size]


def _first(note: Note) -> str:
    return note.first


def _some(again: list[T], waiting: Iterator[T], count: int) -> Iterator[T]:
    """Up to so many of what is to be done: first what is to be done again."""
    for _ in range(count):
        if again:
            yield again.pop()
            continue
        try:
            yield next(waiting)
        except StopIteration:
            return
