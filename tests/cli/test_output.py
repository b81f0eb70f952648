"""A file under its final name is complete; what dosecal did not write is never lost; a failing disk is one clear line."""

import errno
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from dosecal.cli import output
from tests.cli.running import DYING, LIMITED, SMALL, contents, good, posix, run

ICS = ("ics", "regimen.yaml", "--start", "2026-01-05", "--id", "1042")
PART = ".calendar.ics.dosecal-part"
FORMATS = [["schedule", "--format", form] for form in ("table", "csv", "json", "html")] + [["ics"], ["ics", "--audience", "site"]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "regimen.yaml").write_text(SMALL, encoding="utf-8")
    return tmp_path


def test_a_file_holds_what_standard_output_would(folder: Path) -> None:
    said = run(*ICS, "-o", "calendar.ics", folder=folder)
    assert (said.code, said.out, said.err) == (0, b"", "calendar.ics: 5 events, 2026-01-05 to 2026-01-19\n")
    assert (folder / "calendar.ics").read_bytes() == good(*ICS, folder=folder) == good(*ICS, "-o", "-", folder=folder)
    assert set(contents(folder)) == {"calendar.ics", "regimen.yaml"}


@posix
def test_a_file_is_for_its_owner_alone(folder: Path) -> None:
    before = os.umask(0)
    try:
        good(*ICS, "-o", "calendar.ics", folder=folder)
    finally:
        os.umask(before)
    assert stat.S_IMODE((folder / "calendar.ics").stat().st_mode) == 0o600


@pytest.mark.parametrize("words", FORMATS, ids=" ".join)
def test_what_dosecal_wrote_is_replaced_by_the_same_command(words: list[str], folder: Path) -> None:
    command = [words[0], "regimen.yaml", "--start", "2026-01-05", "--id", "1042", *words[1:], "-o", "there"]
    good(*command, folder=folder)
    first = (folder / "there").read_bytes()
    good(*command, folder=folder)
    assert (folder / "there").read_bytes() == first
    good(*(word.replace("2026-01-05", "2026-01-12") for word in command), folder=folder)
    assert (folder / "there").read_bytes() != first


STRANGE = [b"my notes\n", b"BEGIN:VCALENDAR\r\nPRODID:-//Other//EN\r\n", b"date,what\n", b"\0" * 9000, b"notes\ndosecal is a good tool\n"]


@pytest.mark.parametrize("content", STRANGE)
def test_what_somebody_else_wrote_is_replaced_only_by_force(content: bytes, folder: Path) -> None:
    (folder / "calendar.ics").write_bytes(content)
    refused = run(*ICS, "-o", "calendar.ics", folder=folder)
    assert refused.code == 2
    assert "that dosecal did not write" in refused.err
    assert (folder / "calendar.ics").read_bytes() == content
    good(*ICS, "-o", "calendar.ics", "--force", folder=folder)
    assert (folder / "calendar.ics").read_bytes() == good(*ICS, folder=folder)


def test_an_empty_file_belongs_to_nobody(folder: Path) -> None:
    (folder / "calendar.ics").touch()
    good(*ICS, "-o", "calendar.ics", folder=folder)
    assert (folder / "calendar.ics").stat().st_size > 0


@posix
def test_links_folders_devices_inputs_and_protected_files_are_never_replaced_whatever_the_force(folder: Path) -> None:
    (folder / "ours.ics").write_bytes(good(*ICS, folder=folder))
    (folder / "link.ics").symlink_to("ours.ics")
    (folder / "dangling.ics").symlink_to("nowhere.ics")
    (folder / "folder.ics").mkdir()
    os.mkfifo(folder / "pipe.ics")
    os.link(folder / "regimen.yaml", folder / "hard-link.yaml")
    (folder / "protected.ics").write_bytes(good(*ICS, folder=folder))
    (folder / "protected.ics").chmod(0o444)
    names = ["link.ics", "dangling.ics", "folder.ics", "pipe.ics", "regimen.yaml", "hard-link.yaml", "protected.ics"]
    before = {name: os.lstat(folder / name).st_ino for name in names}
    for target in [*names, "/dev/null", ".", "..", "", "new/", "regimen.yaml/x.ics", "no/such/x.ics", "\0", "x" * 300]:
        refused = run(*ICS, "-o", target, "--force", folder=folder)
        assert refused.code == 2, target
        assert "error[unwritable]: " in refused.err, target
    assert {name: os.lstat(folder / name).st_ino for name in names} == before
    assert set(contents(folder)) == {"ours.ics", *names}


def test_a_participant_file_and_a_site_file_are_inputs_too(folder: Path) -> None:
    (folder / "1042.yaml").write_text('participant: "1042"\nregimen: regimen.yaml\nday-1: 2026-01-05\n', encoding="utf-8")
    (folder / "site.yaml").write_text("weekend: Sat Sun\n", encoding="utf-8")
    before = contents(folder)
    for target in ("regimen.yaml", "1042.yaml", "site.yaml"):
        words = ("ics", "regimen.yaml", "--participant", "1042.yaml", "--site", "site.yaml", "-o", target, "--force")
        assert "one of the files that were read" in run(*words, folder=folder).err
    assert contents(folder) == before


# -- a disk that fails


@pytest.mark.parametrize("fails", ["fsync", "replace"])
def test_a_disk_that_fails_leaves_the_old_file_and_nothing_else(fails: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good(*ICS, "-o", "calendar.ics", folder=folder)
    before = contents(folder)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(*((Path, "replace") if fails == "replace" else (output.os, "fsync")), full)
    refused = run("ics", "regimen.yaml", "--start", "2026-01-12", "--id", "1042", "-o", "calendar.ics", folder=folder)
    assert refused.code == 2
    assert refused.err == (
        "calendar.ics: error[unwritable]: the file could not be written: No space left on device\nhelp: make room, or name another place\n"
    )
    assert contents(folder) == before


@posix
def test_a_file_that_finds_no_room_is_one_clear_line(folder: Path) -> None:
    before = contents(folder)
    words = [sys.executable, "-c", LIMITED, *ICS, "-o", "calendar.ics"]
    ran = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.splitlines()[0] == "calendar.ics: error[unwritable]: the file could not be written: File too large"
    assert contents(folder) == before


# -- a run that is killed, and two runs at once

KILLED = (
    """
import os, pathlib, signal, sys
from dosecal.cli import main, output
step, name = int(sys.argv[1]), None
"""
    + DYING
    + """for name in ("open", "fsync", "fchmod", "fstat", "close"):
    setattr(output.os, name, dying(getattr(os, name)))
pathlib.Path.replace = dying(pathlib.Path.replace)
sys.exit(main(sys.argv[2:]))
"""
)


@posix
@pytest.mark.parametrize("step", range(1, 8))
def test_a_killed_run_leaves_the_old_file_or_the_new_one_and_the_next_run_cleans_up(step: int, folder: Path) -> None:
    old = good(*ICS, folder=folder)
    (folder / "calendar.ics").write_bytes(old)
    words = ["ics", "regimen.yaml", "--start", "2026-01-12", "--id", "1042"]
    new = good(*words, folder=folder)
    command = [sys.executable, "-c", KILLED, str(step), *words, "-o", "calendar.ics"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    assert ran.returncode in (0, -signal.SIGKILL)
    assert (folder / "calendar.ics").read_bytes() in (old, new)
    good(*words, "-o", "calendar.ics", folder=folder)
    assert (folder / "calendar.ics").read_bytes() == new
    assert set(contents(folder)) == {"calendar.ics", "regimen.yaml"}


@posix
def test_what_a_killed_run_left_half_written_is_taken_over(folder: Path) -> None:
    (folder / PART).write_bytes(b"half" * 100_000)
    good(*ICS, "-o", "calendar.ics", folder=folder)
    assert (folder / "calendar.ics").read_bytes() == good(*ICS, folder=folder)
    assert PART not in contents(folder)


@posix
@pytest.mark.parametrize("trap", ["symlink", "hard link", "pipe", "folder"])
def test_a_trap_under_the_temporary_name_harms_no_other_file(trap: str, folder: Path) -> None:
    (folder / "precious").write_bytes(b"precious")
    if trap == "symlink":
        (folder / PART).symlink_to("precious")
    elif trap == "hard link":
        os.link(folder / "precious", folder / PART)
    elif trap == "pipe":
        os.mkfifo(folder / PART)
    else:
        (folder / PART).mkdir()
    assert run(*ICS, "-o", "calendar.ics", folder=folder).code == 2
    assert (folder / "precious").read_bytes() == b"precious"
    assert not (folder / "calendar.ics").exists()


@posix
def test_a_second_run_at_the_same_moment_is_refused_and_disturbs_nothing(folder: Path) -> None:
    holder = (
        "import fcntl, os, sys, time\n"
        f"d = os.open({PART!r}, os.O_RDWR | os.O_CREAT, 0o600); fcntl.flock(d, fcntl.LOCK_EX); os.write(d, b'theirs')\n"
        "print('held', flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", holder], cwd=folder, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        refused = run(*ICS, "-o", "calendar.ics", folder=folder)
        assert (folder / PART).read_bytes() == b"theirs"
        other.kill()
    assert refused.code == 2
    assert "another run of dosecal is writing it" in refused.err
    good(*ICS, "-o", "calendar.ics", folder=folder)
    assert PART not in contents(folder)


# -- standard output


def dosecal(*words: str, then: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """`dosecal WORDS` in a shell, with `then` after it; the exit code is dosecal's own."""
    command = f'"$0" -m dosecal "$@" {then}; exit ${{PIPESTATUS[0]}}'
    return subprocess.run(["bash", "-c", command, sys.executable, *words], cwd=folder, capture_output=True, text=True, check=False)


@posix
@pytest.mark.parametrize("words", [ICS, ("validate", "regimen.yaml"), ("ics", "--help")], ids=["ics", "validate", "help"])
def test_a_reader_that_stops_early_is_no_error(words: tuple[str, ...], folder: Path) -> None:
    ran = dosecal(*words, then="| true", folder=folder)
    assert (ran.returncode, ran.stderr) == (0, "")


@posix
def test_an_error_keeps_its_exit_code_when_nobody_reads_the_rest(folder: Path) -> None:
    (folder / "wrong.yaml").write_text("format: dosecal/1\n", encoding="utf-8")
    assert dosecal("validate", "regimen.yaml", "wrong.yaml", then="| true", folder=folder).returncode == 1


@posix
@pytest.mark.parametrize("words", [ICS, ("validate", "regimen.yaml", "--format", "json")], ids=["ics", "validate"])
def test_a_full_disk_under_standard_output_is_one_clear_line(words: tuple[str, ...], folder: Path) -> None:
    ran = dosecal(*words, then="> /dev/full", folder=folder)
    assert ran.returncode == 2
    assert ran.stderr.splitlines()[0] == "error[output]: the output could not be written: No space left on device"
    assert len(ran.stderr.splitlines()) == 2


@posix
def test_closed_and_full_streams_never_end_in_a_traceback(folder: Path) -> None:
    closed = dosecal(*ICS, then=">&-", folder=folder)
    assert (closed.returncode, closed.stderr.splitlines()[0]) == (2, "standard output: error[unwritable]: it is closed")
    nowhere = dosecal("validate", "missing.yaml", then="2> /dev/full", folder=folder)
    assert (nowhere.returncode, nowhere.stdout) == (2, "")
