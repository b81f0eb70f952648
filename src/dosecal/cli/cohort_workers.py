"""Who writes the files of a cohort: processes of this machine, or the workers of a Dask cluster."""

import logging
import multiprocessing
import os
import re
import signal
import sys
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, wait
from contextlib import suppress
from threading import Thread
from time import monotonic
from typing import Any, Final, Protocol
from weakref import WeakSet

from dosecal.cohort.job import Job, Partition, Written
from dosecal.cohort.run import Executor, WorkerLost
from dosecal.diagnostic import Misused

_MOST: Final = 61 if sys.platform == "win32" else 512
"""Processes of a pool: more cannot be waited for on Windows."""
LONGEST_WAIT: Final = 10
"""Seconds for a cluster's scheduler to answer."""
LONGEST_ABSENCE: Final = 60
"""Seconds for a cluster's workers to come back when all of them are gone."""
_BETWEEN_LOOKS: Final = 5
_ADDRESS: Final = re.compile(r"(tcp|tls)://[^\s/]+:[0-9]{1,5}")
_EXAMPLE: Final = "check the address, as in tcp://10.0.0.1:8786"


class Workers(Protocol):
    """Who does the work: how many at once, and an executor that reaches them."""

    count: int
    lost: tuple[type[Exception], ...]

    def executor(self) -> Executor:
        """A working executor; a new one should the former have lost its workers."""

    def look(self) -> None:
        """Raise WorkerLost where nobody is there any more to do the work."""

    def close(self) -> None:
        """Let them finish what is under way, and nothing more."""


class Processes:
    """Processes of this machine."""

    lost: tuple[type[Exception], ...] = (BrokenExecutor,)

    def __init__(self, count: int, *, afresh: bool = False) -> None:
        """`afresh`: each starts as a new program, where what this one has in hand (connections, threads) must not be shared."""
        self.count = min(max(count, 1), _MOST)
        self._context = multiprocessing.get_context("spawn" if afresh else None)
        self._pool: ProcessPoolExecutor | None = None

    def executor(self) -> Executor:
        self.close()
        self._pool = ProcessPoolExecutor(self.count, mp_context=self._context, initializer=_begin)
        handler = signal.signal(signal.SIGINT, signal.SIG_IGN)  # each takes it over, so that Ctrl-C finds none of them unprepared
        try:
            with suppress(BrokenExecutor):  # the next one to be submitted says so
                for _ in range(self.count):
                    self._pool.submit(os.getpid)
        finally:
            signal.signal(signal.SIGINT, handler)
        return self._pool

    def look(self) -> None:
        """A pool notices by itself."""

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


class Cluster:
    """The workers of a Dask cluster, through the executor of its client: what a lost worker had under way, another does again."""

    lost: tuple[type[Exception], ...] = ()

    def __init__(self, address: str) -> None:
        """Raises Misused where the scheduler does not answer, or has no workers."""
        if not _ADDRESS.fullmatch(address):
            raise Misused("--scheduler", "cluster", f"`{address}` is no address of a scheduler", _EXAMPLE)
        try:
            from distributed import Client, KilledWorker  # noqa: PLC0415  (only for a cluster)
        except ImportError:
            mend = "pip install 'dosecal[cluster]'"
            raise Misused("--scheduler", "cluster", "this needs a package that is not installed (distributed)", mend) from None
        for name in list(logging.root.manager.loggerDict):
            if name.partition(".")[0] == "distributed":  # each has a level of its own; what there is to say, this command says
                logging.getLogger(name).setLevel(logging.CRITICAL)
        self.lost = (KilledWorker,)
        try:
            client: Any = Client
            self._client: Any = client(address, timeout=LONGEST_WAIT, set_as_default=False)
        except (OSError, ValueError, TypeError, RuntimeError) as error:  # the last: it demands encryption, or certificates are missing
            problem = f"the scheduler at {address} does not answer: {str(error).partition(chr(10))[0]}"
            raise Misused("--scheduler", "cluster", problem, _EXAMPLE) from None
        self.count = sum(self._client.nthreads().values())
        self._seen, self._there = monotonic(), True
        self._executor: Executor = self._client.get_executor()
        self._under_way: WeakSet[Future[Written]] = WeakSet()
        if not self.count:
            self._client.close()
            raise Misused("--scheduler", "cluster", f"the cluster at {address} has no workers", "start one: dask worker ADDRESS")

    def executor(self) -> Executor:
        return self

    def submit(self, work: Callable[[Job, Partition], Written], job: Job, partition: Partition, /) -> "Future[Written]":
        """As Executor."""
        future = self._executor.submit(work, job, partition)
        self._under_way.add(future)
        return future

    def look(self) -> None:
        if monotonic() - self._seen < _BETWEEN_LOOKS:
            return
        try:
            there = bool(self._client.nthreads())
        except (OSError, RuntimeError):  # it does not answer now
            there = False
        if there:
            self._seen = monotonic()
        elif monotonic() - self._seen > LONGEST_ABSENCE:
            self._there = False
            raise WorkerLost(f"for {LONGEST_ABSENCE} seconds, the cluster has had no workers", "start some: dask worker ADDRESS")

    def close(self) -> None:
        """A worker cannot be stopped from here, and what it wrote later could take the place of what a next run has written."""
        if self._there:
            wait(self._under_way, LONGEST_WAIT)
        self._client.close()


def _begin() -> None:
    """How a process begins: Ctrl-C reaches every process of a terminal, and the first one alone ends the run; with it, all end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_the_first, daemon=True).start()


def _end_with_the_first() -> None:
    """A killed first process would leave the others waiting for ever, with its lock on the folder in their hands."""
    first = multiprocessing.parent_process()
    if first is not None:
        first.join()
        os._exit(1)
