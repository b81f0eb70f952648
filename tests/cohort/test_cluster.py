"""A cohort on a Dask cluster: a scheduler and workers in processes of their own, on this machine's own network, with one folder."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.running import contents, posix
from tests.cohort.making import MANY, finish, incomplete, make, parts, start, undisturbed

pytestmark = posix
PATIENCE = 60
"""Seconds for a process to start on a busy machine."""


def until(true: Callable[[], object], *processes: subprocess.Popen[str]) -> None:
    """Wait for something, or for one of the processes to end."""
    end = time.monotonic() + PATIENCE
    while not true() and all(process.poll() is None for process in processes):
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.01)


class Cluster:
    """A scheduler, and workers that work in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.workers, self.count = folder, list[subprocess.Popen[str]](), 0
        known = folder / "scheduler.json"
        self.scheduler = self._process("scheduler", "--port", "0", "--scheduler-file", str(known))
        until(lambda: known.exists() and known.read_text(encoding="utf-8").rstrip().endswith("}"), self.scheduler)
        self.address: str = json.loads(known.read_text(encoding="utf-8"))["address"]

    def _process(self, what: str, *words: str, log: str = "scheduler") -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "dask", what, *words, "--host", "127.0.0.1", "--no-dashboard"]
        with (self.folder / f"{log}.log").open("w", encoding="utf-8") as said:
            return subprocess.Popen(command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=said, stderr=said, text=True)

    def work(self, count: int) -> None:
        """Have so many workers, each known to the scheduler."""
        self.workers = [worker for worker in self.workers if worker.poll() is None]
        logs = []
        while len(self.workers) < count:
            self.count += 1
            options = ["--no-nanny", "--nthreads", "1", "--death-timeout", f"{PATIENCE}", "--local-directory", f"scratch-{self.count}"]
            self.workers.append(self._process("worker", self.address, *options, log=f"worker-{self.count}"))
            logs.append(self.folder / f"worker-{self.count}.log")
        until(lambda: all("Registered to:" in log.read_text(encoding="utf-8") for log in logs), *self.workers)

    def close(self) -> None:
        """End every process."""
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    yield made
    made.close()


@pytest.fixture
def cluster(shared: Cluster) -> Cluster:
    """A cluster with two workers."""
    shared.work(2)
    return shared


@pytest.fixture
def lone(tmp_path: Path) -> Iterator[Cluster]:
    """A scheduler without workers."""
    (tmp_path / "lone").mkdir()
    made = Cluster(tmp_path / "lone")
    yield made
    made.close()


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    folder = tmp_path_factory.mktemp("cohort")
    make(folder, MANY)
    return folder, undisturbed(folder)


def written(out: Path) -> int:
    return sum(1 for _ in out.glob("*.ics"))


def test_a_cluster_writes_what_one_process_writes_also_for_paths_that_begin_here(cluster: Cluster, tmp_path: Path) -> None:
    make(tmp_path, 30)
    (tmp_path / "own").mkdir()
    (tmp_path / "own/x1.yaml").write_text('participant: "x1"\nregimen: regimen.yaml\nday-1: 2026-02-02\n', encoding="utf-8")
    (tmp_path / "own/regimen.yaml").write_bytes((tmp_path / "regimen.yaml").read_bytes())
    rows = (tmp_path / "roster.csv").read_text(encoding="utf-8").splitlines()
    rows = [rows[0] + ",participant", *(f"{row}," for row in rows[1:]), "x1,,,own/x1.yaml", "x2,,,own/x1.yaml"]
    (tmp_path / "roster.csv").write_text("\n".join(rows), encoding="utf-8")
    assert finish(tmp_path, "-o", "here", "--jobs", "1")[0] == 1
    code, said = finish(tmp_path, "-o", "out", "--scheduler", cluster.address)
    assert code == 1, said
    assert "error[other-row]: x2: the participant file says `x1`" in said
    assert contents(tmp_path / "out") == contents(tmp_path / "here")
    assert "x1.ics" in contents(tmp_path / "out")


def test_a_worker_that_is_killed_loses_no_file(cluster: Cluster, cohort: tuple[Path, dict[str, bytes]], tmp_path: Path) -> None:
    folder, whole = cohort
    out = tmp_path / "out"
    with start(folder, "-o", str(out), "--scheduler", cluster.address) as process:
        until(lambda: written(out) > 50, process)
        cluster.workers[0].kill()
        assert process.poll() is None
        said = process.communicate(timeout=100)[1]
    assert process.returncode == 0, said
    assert contents(out) == whole
    assert "Traceback" not in said


def test_a_scheduler_that_is_gone_ends_the_run_which_goes_on_without_it(
    lone: Cluster, cohort: tuple[Path, dict[str, bytes]], tmp_path: Path
) -> None:
    folder, whole = cohort
    out = tmp_path / "out"
    code, said = finish(folder, "-o", str(out), "--scheduler", lone.address)
    assert (code, out.exists()) == (2, False)
    assert f"--scheduler: error[cluster]: the cluster at {lone.address} has no workers" in said
    lone.work(1)
    with start(folder, "-o", str(out), "--scheduler", lone.address) as process:
        until(lambda: written(out) > 50, process)
        lone.scheduler.kill()
        said = process.communicate(timeout=100)[1]
    assert process.returncode == 2, said
    assert "error[workers]: the scheduler is gone" in said
    assert "repeat the command, and it goes on from there" in said
    assert "Traceback" not in said
    lone.workers[0].kill()
    lone.workers[0].wait()
    assert incomplete(out, whole) == []
    assert finish(folder, "-o", str(out), "--jobs", "1")[0] == 0
    assert contents(out) == whole


def test_an_interrupted_run_lets_the_workers_finish_what_they_have_in_hand(cluster: Cluster, tmp_path: Path) -> None:
    make(tmp_path, 560)  # two partitions: what a worker wrote later could take the place of what a next run has written
    whole = undisturbed(tmp_path)
    out = tmp_path / "out"
    with start(tmp_path, "-o", str(out), "--scheduler", cluster.address) as process:
        until(lambda: written(out) > 5, process)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=100)[1]
    assert process.returncode == 2, said
    assert f"{out}: interrupted: " in said
    assert contents(out) == {name: content for name, content in whole.items() if name != "manifest.json"}


IMPATIENT = """
import sys
from dosecal.cli import cohort_workers, program
from dosecal.cohort import run
cohort_workers.LONGEST_WAIT, cohort_workers.LONGEST_ABSENCE, cohort_workers._BETWEEN_LOOKS, run.PATIENCE = 1, 0.5, 0.1, 0.1
sys.argv[1:1] = ["cohort", "regimen.yaml", "roster.csv"]
program()
"""


def test_a_cluster_whose_workers_are_all_gone_ends_the_run(cluster: Cluster, cohort: tuple[Path, dict[str, bytes]], tmp_path: Path) -> None:
    folder, whole = cohort
    out = tmp_path / "out"
    words = [sys.executable, "-c", IMPATIENT, "-o", str(out), "--scheduler", cluster.address]
    with subprocess.Popen(words, cwd=folder, stderr=subprocess.PIPE, text=True) as process:
        until(lambda: written(out) > 50, process)
        for worker in cluster.workers:
            worker.kill()
        said = process.communicate(timeout=100)[1]
    assert process.returncode == 2, said
    assert "error[workers]: for 0.5 seconds, the cluster has had no workers" in said
    assert (parts(out), incomplete(out, whole)) == ([], [])


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "tls://127.0.0.1:9"])
def test_a_scheduler_that_does_not_answer_is_one_clear_line_and_nothing_is_written(address: str, tmp_path: Path) -> None:
    make(tmp_path, 3)
    before = contents(tmp_path)
    words = [sys.executable, "-c", IMPATIENT, "-o", "out", "--scheduler", address]
    ran = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=PATIENCE)
    assert ran.returncode == 2, ran.stderr
    assert ran.stderr.startswith(f"--scheduler: error[cluster]: the scheduler at {address} does not answer: ")
    assert "Traceback" not in ran.stderr
    assert contents(tmp_path) == before
