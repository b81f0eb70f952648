"""A job over a roster -> its files: everything is checked before the first is written, then as many workers write as there are."""

import hashlib
import os
import signal
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from typing import Any, Final, Protocol

from dosecal.cli.cohort_report import Progress, about_outcome, about_stop, say_outcome
from dosecal.cli.locked import locked
from dosecal.cli.messages import say
from dosecal.cli.output import Unwritable
from dosecal.cohort.job import Job
from dosecal.cohort.manifest import MANIFEST, Input
from dosecal.cohort.partition import file_name
from dosecal.cohort.run import PARTITION, Cohort, Executor, WorkerLost
from dosecal.cohort.store import Stopped, Store, is_remote, store_of
from dosecal.cohort.workshop import arms_of, workshop_of
from dosecal.diagnostic import Misused
from dosecal.read.table import Table, read_table

_LONGEST_WAIT: Final = 10
"""Seconds for a cluster's scheduler to answer."""


def run(job: Job, roster: str, inputs: tuple[str, ...], jobs: int | None, scheduler: str | None) -> int:
    """Write the cohort; the exit code. Raises Misused, Unreadable, Unwritable or Refused, each before the first file is written."""
    table = read_table(roster, arms_of(workshop_of(job).regimen.regimen, job.audience))
    said = Input(roster, _sha256_of(roster))
    workers = _Cluster(scheduler) if scheduler is not None else _Processes(min(jobs or _processors(), -(-len(table.ids) // PARTITION)))
    cohort = Cohort(job, table)
    with closing(workers):
        _prepare(job, inputs, table)
        with _one_run_at_a_time(job.folder):
            try:
                store = store_of(job.folder)
                store.settle()
                _write(cohort, workers, store, said)
            except (Stopped, WorkerLost) as stopped:
                say([about_stop(stopped, cohort.outcome)])
                return 2
            say(about_outcome(cohort.outcome, table, store, job.form))
    say_outcome(job.folder, cohort.outcome)
    return 1 if cohort.outcome.failed else 0


def _write(cohort: Cohort, workers: "_Workers", store: Store, roster: Input) -> None:
    """Write the files, then the manifest; what other attempts left unfinished is taken away however it ends."""
    try:
        with Progress(cohort.job.folder, cohort.outcome.total) as progress:
            if workers.count == 1 and isinstance(workers, _Processes):
                cohort.write_here(progress.show)
            else:
                cohort.write(workers.executor, workers.count, progress.show)
        if cohort.outcome.failed < cohort.outcome.total:  # else nothing was written, and an older manifest is still true
            cohort.write_manifest(store, roster)
    finally:
        workers.close()
        with suppress(Stopped):
            store.settle()


class _Workers(Protocol):
    """Who does the work: how many at once, and an executor that reaches them."""

    count: int

    def executor(self) -> Executor:
        """A working executor; a new one should the former have lost its workers."""

    def close(self) -> None:
        """Let them finish what is under way, and nothing more."""


class _Processes:
    """Processes of this machine."""

    def __init__(self, count: int) -> None:
        self.count = max(count, 1)
        self._pool: ProcessPoolExecutor | None = None

    def executor(self) -> Executor:
        self.close()
        self._pool = ProcessPoolExecutor(self.count, initializer=_leave_interrupts_to_the_first)
        return self._pool

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


class _Cluster:
    """The workers of a Dask cluster, through the executor of its client: what a lost worker had under way, another does again."""

    def __init__(self, address: str) -> None:
        """Raises Misused where the scheduler does not answer, or has no workers."""
        try:
            from distributed import Client  # noqa: PLC0415  (only for a cluster)
        except ImportError:
            mend = "pip install 'dosecal[cluster]'"
            raise Misused("--scheduler", "cluster", "this needs a package that is not installed (distributed)", mend) from None
        try:
            client: Any = Client
            self._client: Any = client(address, timeout=_LONGEST_WAIT, set_as_default=False)
        except (OSError, ValueError) as error:
            problem = f"the scheduler at {address} does not answer: {str(error).partition(chr(10))[0]}"
            raise Misused("--scheduler", "cluster", problem, "check the address, as in tcp://10.0.0.1:8786") from None
        self.count = sum(self._client.nthreads().values())
        if not self.count:
            self._client.close()
            raise Misused("--scheduler", "cluster", f"the cluster at {address} has no workers", "start one: dask worker ADDRESS")

    def executor(self) -> Executor:
        made: Executor = self._client.get_executor()
        return made

    def close(self) -> None:
        self._client.close()


def _leave_interrupts_to_the_first() -> None:
    """Ctrl-C reaches every process of a terminal: the first one ends the run, the others finish what they have in hand."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _prepare(job: Job, inputs: tuple[str, ...], table: Table) -> None:
    """Make sure that there is a folder for the files, and that none takes the place of an input. Raises Unwritable, Misused."""
    folder = job.folder
    if is_remote(folder):
        return
    names = {file_name(identity, job.form) for identity in table.ids} if any(_stands_in(folder, file) for file in inputs) else set()
    wrong = next((file for file in inputs if _stands_in(folder, file) and os.path.basename(file) in {*names, MANIFEST}), None)
    if wrong is not None:
        raise Misused("-o", "input", f"`{wrong}` would be replaced, and it is one of the files that are read", "name another folder")
    if os.path.isdir(folder):
        return
    if os.path.lexists(folder):
        raise Unwritable(folder, "this is not a folder", "name a folder, or a new one")
    try:
        os.mkdir(folder, 0o700)
    except OSError as error:
        raise Unwritable(folder, f"the folder could not be made: {error.strerror or error}", "make it first, or name another") from None


def _stands_in(folder: str, file: str) -> bool:
    with suppress(OSError, ValueError):
        return os.path.samefile(os.path.dirname(file) or os.curdir, folder)
    return False


def _one_run_at_a_time(folder: str) -> AbstractContextManager[None]:
    return nullcontext() if is_remote(folder) else locked(os.path.join(folder, MANIFEST))


def _processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _sha256_of(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
