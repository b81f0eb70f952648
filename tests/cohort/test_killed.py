"""A run that is killed, interrupted or loses a worker at any moment, and is repeated, ends with the bytes of an undisturbed one."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.running import DYING, contents, posix
from tests.cohort.making import MANY, finish, incomplete, make, parts, start, undisturbed

pytestmark = posix
KILLS = 7


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    folder = tmp_path_factory.mktemp("killed")
    make(folder, MANY)
    return folder, undisturbed(folder)


def until(true: Callable[[], object], process_ended: Callable[[], int | None]) -> None:
    """Wait for something that happens soon, or for the process to end."""
    for _ in range(6000):
        if true() or process_ended() is not None:
            return
        time.sleep(0.003)
    raise TimeoutError


def written(out: Path) -> int:
    return sum(1 for _ in out.glob("*.ics"))


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_run_killed_again_and_again_ends_as_an_undisturbed_one(jobs: str, cohort: tuple[Path, dict[str, bytes]], tmp_path: Path) -> None:
    folder, whole = cohort
    out = tmp_path / "out"
    chance, killed = random.Random(int(jobs)), 0  # noqa: S311  (a seed makes it repeatable)
    for _ in range(KILLS):
        enough = written(out) + chance.randint(1, 120)
        with start(folder, "-o", str(out), "--jobs", jobs) as process:
            until(lambda enough=enough: written(out) >= enough, process.poll)  # type: ignore[misc]
            process.kill()
        killed += process.returncode == -signal.SIGKILL
        assert incomplete(out, whole) == []
    assert killed > KILLS // 2
    code, said = finish(folder, "-o", str(out), "--jobs", jobs)
    assert (code, contents(out)) == (0, whole), said


def test_a_run_killed_at_each_of_its_steps_ends_as_an_undisturbed_one(tmp_path: Path) -> None:
    make(tmp_path, 1)
    whole = undisturbed(tmp_path)
    killed = 0
    for step in range(1, 40):
        ran = _stepping(tmp_path, step)
        code = ran.returncode
        assert code in (0, -signal.SIGKILL), ran.stderr
        assert incomplete(tmp_path / "out", whole) == []
        killed += code != 0
        if code == 0:
            break
        if step % 4 == 0:
            _take_away(tmp_path / "out")
    assert killed > 10
    assert finish(tmp_path, "-o", "out", "--jobs", "1")[0] == 0
    assert contents(tmp_path / "out") == whole


STEPPING = (
    """
import os, signal, sys
from dosecal.cli import main
from dosecal.cohort import store
step = int(sys.argv[1])
"""
    + DYING
    + """for name in ("open", "write", "fsync", "close", "replace", "unlink"):
    setattr(store.os, name, dying(getattr(os, name)))
sys.exit(main(sys.argv[2:]))
"""
)


def _stepping(folder: Path, step: int) -> subprocess.CompletedProcess[bytes]:
    """Kill the run before so many calls of the system; 0 where it has fewer."""
    words = [sys.executable, "-c", STEPPING, str(step), "cohort", "regimen.yaml", "roster.csv", "-o", "out", "--jobs", "1"]
    return subprocess.run(words, cwd=folder, capture_output=True, check=False)


def _take_away(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


# -- a run that loses a worker


def _children(pid: int) -> list[int]:
    """The processes that a process has started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            words = stat.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
            found += [int(stat.parent.name)] if int(words[1]) == pid else []
    return found


def _works(pid: int) -> bool:
    """Whether a process has not ended; one that has may keep its entry until its parent asks."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[0] not in "ZX"
    return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds the workers in /proc")
def test_a_run_that_loses_a_worker_goes_on_by_itself(cohort: tuple[Path, dict[str, bytes]], tmp_path: Path) -> None:
    folder, whole = cohort
    out = tmp_path / "out"
    with start(folder, "-o", str(out), "--jobs", "2") as process:
        until(lambda: written(out) > 50, process.poll)
        workers = _children(process.pid)
        os.kill(workers[0], signal.SIGKILL)
        said = process.communicate(timeout=100)[1]
    assert len(workers) == 2
    assert process.returncode == 0, said
    assert contents(out) == whole


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds the workers in /proc")
def test_workers_end_with_the_run_that_started_them(cohort: tuple[Path, dict[str, bytes]], tmp_path: Path) -> None:
    folder, _ = cohort
    out = tmp_path / "out"
    with start(folder, "-o", str(out), "--jobs", "2") as process:
        until(lambda: written(out) > 50, process.poll)
        workers = _children(process.pid)
        process.kill()
    assert (len(workers), process.returncode) == (2, -signal.SIGKILL)
    until(lambda: not any(map(_works, workers)), lambda: None)


# -- a run that is interrupted


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_an_interrupted_run_ends_soon_leaves_nothing_unfinished_and_goes_on_when_repeated(
    jobs: str, cohort: tuple[Path, dict[str, bytes]], tmp_path: Path
) -> None:
    folder, whole = cohort
    out = tmp_path / "out"
    with start(folder, "-o", str(out), "--jobs", jobs) as process:
        until(lambda: written(out) > 200, process.poll)  # of three workers, one has nothing to do by then
        os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C on a terminal, which every process of the run hears
        said = process.communicate(timeout=30)[1]
    assert process.returncode == 2, said
    assert "Traceback" not in said
    assert f"{out}: interrupted: " in said
    assert "repeat the command, and it goes on from there" in said
    assert (parts(out), incomplete(out, whole)) == ([], [])
    assert written(out) > 200
    assert not (out / "manifest.json").exists()
    code, said = finish(folder, "-o", str(out), "--jobs", jobs)
    assert (code, contents(out)) == (0, whole), said
