"""A partition is plain data in, plain data out: any executor may write it, in any order, split anyhow, and the files are the same."""

import multiprocessing
import pickle
import random
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dosecal.cohort import run
from dosecal.cohort.job import Job, Partition, Source, Written
from dosecal.cohort.manifest import Input
from dosecal.cohort.partition import write_partition
from dosecal.cohort.run import Cohort, Outcome, WorkerLost
from dosecal.cohort.store import Stopped, store_of
from dosecal.cohort.workshop import arms_of, workshop_of
from dosecal.diagnostic import Diagnostic, Misused, Place, Refused
from dosecal.read.cells import CELLS
from dosecal.read.files import Unreadable
from dosecal.read.table import read_table
from dosecal.write.options import CalendarOptions
from dosecal.write.uid import study_key
from tests.cli.running import SMALL, contents
from tests.cohort.making import make, undisturbed

COUNT = 60
BY_WEIGHT = SMALL.replace("10 mg", "1 mg/kg")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("partitions")
    make(made, COUNT)
    return made


@pytest.fixture(scope="module")
def whole(folder: Path) -> dict[str, bytes]:
    return undisturbed(folder)


def cohort(folder: Path, out: Path, size: int = 7, **asked: Any) -> Cohort:
    """The cohort of a folder, to be written to another in partitions of this size."""
    out.mkdir(exist_ok=True)
    content = (folder / "regimen.yaml").read_bytes()
    job = Job(regimen=Source("regimen.yaml", str(folder / "regimen.yaml"), content), sites=(), folder=str(out), **asked)
    return Cohort(job, read_table(folder / "roster.csv", arms_of(workshop_of(job).regimen.regimen, "participant")), size)


def finished(one: Cohort) -> dict[str, bytes]:
    """What stands in the folder when the manifest is written too."""
    store = store_of(one.job.folder)
    one.write_manifest(store, Input("roster.csv", ""))
    store.settle()
    return contents(Path(one.job.folder))


def same(there: dict[str, bytes], whole: dict[str, bytes]) -> bool:
    """Whether the folders are the same; these manifests do not know the roster's hash."""
    manifests = [msgspec.json.decode(files["manifest.json"]) | {"roster": None} for files in (there, whole)]
    return manifests[0] == manifests[1] and {**there, "manifest.json": b""} == {**whole, "manifest.json": b""}


def nobody(outcome: Outcome) -> None:
    del outcome


# -- plain data


def test_what_goes_to_a_worker_and_comes_back_survives_a_pickle_and_msgpack(folder: Path, tmp_path: Path) -> None:
    one = cohort(folder, tmp_path / "out", options=CalendarOptions(tasks=True, uid_key=study_key(b"a key for this case alone 4711")))
    partition = next(one.partitions())
    written = write_partition(one.job, partition)
    for value in (one.job, partition, written, Stopped("out", "full")):
        again = pickle.loads(pickle.dumps(value))  # noqa: S301  (our own)
        assert type(again) is type(value)
        assert msgspec.to_builtins(again.__dict__ if isinstance(value, Stopped) else again) == msgspec.to_builtins(
            value.__dict__ if isinstance(value, Stopped) else value
        )
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(partition), type=Partition) == partition
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(written), type=Written) == written
    assert write_partition.__module__ == "dosecal.cohort.partition"
    assert "4711" not in repr(one.job)


def test_writing_a_partition_again_changes_nothing_and_gives_the_same_answer(folder: Path, tmp_path: Path) -> None:
    one = cohort(folder, tmp_path / "out")
    partition = next(one.partitions())
    first = write_partition(one.job, partition)
    before = {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in (tmp_path / "out").iterdir()}
    again = write_partition(one.job, partition)
    assert (first.unchanged, again.unchanged) == (0, len(partition.rows))
    assert msgspec.structs.replace(again, unchanged=0) == first
    assert {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in (tmp_path / "out").iterdir()} == before


def test_a_worker_of_another_version_writes_nothing(folder: Path, tmp_path: Path) -> None:
    one = cohort(folder, tmp_path / "out", versions=("9.9", "2099z"))
    with pytest.raises(Stopped) as stopped:
        write_partition(one.job, next(one.partitions()))
    assert "this run is of dosecal 9.9 and zone data 2099z" in stopped.value.why
    assert contents(tmp_path / "out") == {}


# -- any executor, any order, any size


@pytest.mark.parametrize("size", [1, 2, 7, 59, 60, 512])
def test_the_size_of_partitions_changes_no_byte(size: int, folder: Path, tmp_path: Path, whole: dict[str, bytes]) -> None:
    one = cohort(folder, tmp_path / "out", size)
    assert sorted(number for partition in one.partitions() for number in partition.numbers) == list(range(COUNT))
    one.write_here(nobody)
    assert same(finished(one), whole)
    assert (one.outcome.done, one.outcome.written, one.outcome.failed) == (COUNT, COUNT, 0)


EXECUTORS: dict[str, Callable[[], Executor]] = {
    "spawned processes": lambda: ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")),
    "threads": lambda: ThreadPoolExecutor(3),
}


@pytest.mark.parametrize("name", EXECUTORS)
def test_processes_and_threads_write_the_same_files(name: str, folder: Path, tmp_path: Path, whole: dict[str, bytes]) -> None:
    one = cohort(folder, tmp_path / "out")
    with EXECUTORS[name]() as executor:
        one.write(lambda: executor, 2, nobody)
    assert same(finished(one), whole)


class Shuffled:
    """Answers in any order, and is lost, or gives up, where it is told to."""

    def __init__(self, seed: int, fails: int = 0, error: type[BaseException] = BrokenExecutor) -> None:
        self.chance, self.fails, self.error = random.Random(seed), fails, error  # noqa: S311  (a seed makes it repeatable)
        self.calls = self.started = 0

    def executor(self) -> "Shuffled":
        self.started += 1
        return self

    def submit(self, work: Callable[[Job, Partition], Written], job: Job, partition: Partition, /) -> "Future[Written]":
        self.calls += 1
        future: Future[Written] = Future()
        if self.fails and self.chance.random() < 0.5:
            self.fails -= 1
            if self.error is CancelledError:
                future.cancel()
                future.set_running_or_notify_cancel()
                return future
            if self.chance.random() < 0.5:
                raise self.error
            future.set_exception(self.error())
            return future
        future.set_result(work(pickle.loads(pickle.dumps(job)), pickle.loads(pickle.dumps(partition))))  # noqa: S301  (our own)
        return future


@pytest.mark.parametrize("seed", range(8))
def test_what_a_lost_worker_had_in_hand_is_done_again_and_counted_once(
    seed: int, folder: Path, tmp_path: Path, whole: dict[str, bytes]
) -> None:
    one, executor = cohort(folder, tmp_path / "out"), Shuffled(seed, fails=run.MOST_RESTARTS)
    one.write(executor.executor, 2, nobody)
    assert same(finished(one), whole)
    assert (one.outcome.done, one.outcome.failed) == (COUNT, 0)
    assert executor.started > 1


def test_a_run_whose_workers_are_lost_again_and_again_ends(folder: Path, tmp_path: Path) -> None:
    one, executor = cohort(folder, tmp_path / "out"), Shuffled(0, fails=1000)
    with pytest.raises(WorkerLost, match="again and again"):
        one.write(executor.executor, 2, nobody)
    assert executor.started == run.MOST_RESTARTS + 1


def test_a_run_whose_scheduler_is_gone_ends(folder: Path, tmp_path: Path) -> None:
    one, executor = cohort(folder, tmp_path / "out"), Shuffled(0, fails=1, error=CancelledError)
    with pytest.raises(WorkerLost, match="the scheduler is gone"):
        one.write(executor.executor, 2, nobody)


def test_who_has_no_file_is_in_the_manifest_in_the_order_of_the_roster(tmp_path: Path) -> None:
    make(tmp_path, COUNT, BY_WEIGHT)
    lines = (tmp_path / "roster.csv").read_text(encoding="utf-8").splitlines()
    lines = [lines[0] + ",measures", *(f"{line},{'weight: 70 kg' if at % 3 else ''}" for at, line in enumerate(lines[1:]))]
    (tmp_path / "roster.csv").write_text("\n".join(lines), encoding="utf-8")
    one = cohort(tmp_path, tmp_path / "out", 4)
    with ThreadPoolExecutor(3) as executor:
        one.write(lambda: executor, 3, nobody)
    said = msgspec.json.decode(finished(one)["manifest.json"])
    assert said["failed"] == [f"{number:05d}" for number in range(0, COUNT, 3)]
    assert [file["name"] for file in said["files"]] == [f"{number:05d}.ics" for number in range(COUNT) if number % 3]
    assert (one.outcome.failed, one.outcome.written) == (COUNT // 3, COUNT * 2 // 3)
    assert [(note.said.name, note.first, note.count) for note in one.outcome.reasons.values()] == [("no-measure", "00000", COUNT // 3)]


def test_a_reason_is_kept_once_and_all_are_counted(tmp_path: Path) -> None:
    make(tmp_path, 250, BY_WEIGHT)
    one = cohort(tmp_path, tmp_path / "out", 60)
    one.write_here(nobody)
    (reason,) = one.outcome.reasons.values()
    assert (one.outcome.failed, reason.count, reason.first) == (250, 250, "00000")


@pytest.mark.parametrize(
    "raised",
    [
        Refused([Diagnostic("name", "what is wrong", "the mend", place=Place("file", 1, 2))], located=True),
        Unreadable(Diagnostic("unreadable", "there is no such file", place=Place("file"))),
        Misused("--site", "site", "two files", "name one"),
        Stopped("folder", "No space left on device"),
    ],
    ids=lambda raised: type(raised).__name__,
)
def test_what_a_worker_raises_comes_back(raised: Exception) -> None:
    again = pickle.loads(pickle.dumps(raised))  # noqa: S301  (it was written here)
    assert type(again) is type(raised)
    assert (vars(again), str(again)) == (vars(raised), str(raised))


def test_rows_with_the_same_choices_share_them(folder: Path, tmp_path: Path) -> None:
    rows = (folder / "roster.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "regimen.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "roster.csv").write_text("\n".join([*rows, *(f"x{row}" for row in rows[1:])]), encoding="utf-8")
    one = cohort(tmp_path, tmp_path / "out")
    shared = [row.choices for partition in one.partitions() for row in partition.rows]
    assert {len(choices) for choices in shared} == {len(CELLS)}
    assert (len(shared), len({id(choices) for choices in shared})) == (2 * COUNT, COUNT)
    assert sum(first is second for first, second in pairwise(shared)) == COUNT  # next to each other: laid out once
