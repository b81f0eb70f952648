"""A disk that is full or fails under a cohort: one clear line, exit 2, nothing unfinished, and the run goes on when there is room."""

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dosecal.cohort import store
from tests.cli.running import LIMITED, contents, good, posix, run
from tests.cohort.making import COMMAND, finish, incomplete, make, parts, undisturbed

COHORT = ("cohort", "regimen.yaml", "roster.csv", "-o", "out", "--jobs", "1")
COUNT = 4


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make(tmp_path, COUNT)
    return tmp_path


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What an undisturbed run writes."""
    made = tmp_path_factory.mktemp("whole")
    make(made, COUNT)
    return undisturbed(made)


def said_full(err: str, out: str, why: str = "No space left on device") -> None:
    """One error, which says why and that the run can go on."""
    errors = [line for line in err.splitlines() if "error[" in line]
    assert errors == [f"{out}: error[unwritable]: the files could not be written: {why}"]
    assert "files are as they should be; repeat the command, and it goes on from there)" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("fails", ["open", "write", "fsync", "replace"])
@pytest.mark.parametrize("at", [1, 3, COUNT + 1])
def test_a_disk_that_fails_at_any_file_leaves_whole_files_and_nothing_unfinished(
    fails: str, at: int, folder: Path, whole: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = getattr(os, fails), 0

    def full(*arguments: object, **named: object) -> object:
        nonlocal calls
        writes = fails != "open" or (len(arguments) > 1 and int(str(arguments[1])) & os.O_CREAT)
        calls += bool(writes)
        if calls >= at and writes:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(*arguments, **named)

    with monkeypatch.context() as patched:
        patched.setattr(store.os, fails, full)
        ran = run(*COHORT, folder=folder)
    assert ran.code == 2
    said_full(ran.err, "out")
    assert (parts(folder / "out"), incomplete(folder / "out", whole)) == ([], [])
    assert not (folder / "out/manifest.json").exists()
    good(*COHORT, folder=folder)
    assert contents(folder / "out") == whole


def test_a_full_disk_that_takes_a_part_of_a_file_keeps_the_older_state(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good(*COHORT, folder=folder)
    before = contents(folder / "out")
    make(folder, COUNT + 1)
    (folder / "roster.csv").write_text((folder / "roster.csv").read_text(encoding="utf-8").replace("2026", "2027"), encoding="utf-8")
    room, real = 500, os.write

    def half(descriptor: int, data: bytes) -> int:
        nonlocal room
        if not room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = real(descriptor, bytes(data)[:room])
        room -= written
        return written

    with monkeypatch.context() as patched:
        patched.setattr(store.os, "write", half)
        ran = run(*COHORT, folder=folder)
    assert ran.code == 2
    said_full(ran.err, "out")
    assert contents(folder / "out") == before


@posix
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_workers_that_find_no_room_are_one_clear_line_too(jobs: str, tmp_path: Path) -> None:
    make(tmp_path, 600)
    before = contents(tmp_path)
    words = [sys.executable, "-c", LIMITED, *COMMAND[3:], "-o", "out", "--jobs", jobs]
    ran = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (2, "")
    said_full(ran.stderr, "out", "File too large")
    assert contents(tmp_path) == before


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 300 kB, where this process may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = sys.platform == "linux" and os.geteuid() == 0
    if mounted:
        command = ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(disk)]
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    if not mounted:
        pytest.skip("a file system can be mounted by root alone, and not in every container")
    yield disk
    subprocess.run(["umount", str(disk)], capture_output=True, check=True)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_full_disk_is_one_clear_line_and_the_run_goes_on_when_there_is_room(jobs: str, small_disk: Path, tmp_path: Path) -> None:
    make(tmp_path, 600)
    whole = undisturbed(tmp_path)
    out = small_disk / "out"
    # Room for two workers' first files at once, so that some have their names before it is full, and not for all.
    subprocess.run(["mount", "-o", "remount,size=1200k", str(small_disk)], capture_output=True, check=True)
    code, said = finish(tmp_path, "-o", str(out), "--jobs", jobs)
    assert code == 2
    said_full(said, str(out))
    assert (parts(out), incomplete(out, whole)) == ([], [])
    assert len(contents(out)) > 10
    command = ["mount", "-o", "remount,size=30m", str(small_disk)]
    subprocess.run(command, capture_output=True, check=True)
    code, said = finish(tmp_path, "-o", str(out), "--jobs", jobs)
    assert (code, contents(out)) == (0, whole), said


def test_what_other_runs_left_unfinished_takes_no_room(small_disk: Path, tmp_path: Path) -> None:
    make(tmp_path, 20)
    whole = undisturbed(tmp_path)
    out = small_disk / "out"
    out.mkdir()
    (out / ".00001.ics.0123abcd.dosecal-part").write_bytes(b"half" * 65_000)
    good("cohort", "regimen.yaml", "roster.csv", "-o", str(out), folder=tmp_path)
    assert contents(out) == whole
