"""Several writers of one participant file, writers that are killed, and a writer who thinks before answering: nothing is ever lost."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from dosecal.chain import verified
from dosecal.cli import adding, locked, output
from tests.cli.running import DYING, SMALL, contents, good, run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX locks")

PARTICIPANT = 'participant: "1042"\nregimen: regimen.yaml\nday-1: 2026-01-05\nrecord: # in the order written\n# end\n'
FACTS = {"participant": "1042", "regimen": "regimen.yaml", "day-1": "2026-01-05"}
WORDS = ("record", "1042.yaml", "unscheduled", "call", "--on", "2026-01-06")
PART = ".1042.yaml.dosecal-part"
APPENDS = """
import sys
from dosecal.cli import main
for number in range(int(sys.argv[2])):
    code = main(["record", "1042.yaml", "unscheduled", "call", "--on", "2026-01-06", "--by", f"{sys.argv[1]} {number}", "--yes"])
    if code:
        sys.exit(code)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "regimen.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "1042.yaml").write_text(PARTICIPANT, encoding="utf-8")
    return tmp_path


def writers(folder: Path) -> list[str]:
    """Who wrote the entries, in their order; every file on the way has to be a whole one whose chain fits."""
    text = (folder / "1042.yaml").read_text(encoding="utf-8")
    record = yaml.load(text, Loader=yaml.BaseLoader)["record"] or []  # noqa: S506  (texts alone)
    assert verified(FACTS, record).broken is None
    assert verified(FACTS, record).unchained == ()
    assert text.startswith(PARTICIPANT.removesuffix("# end\n"))
    assert text.endswith("\n# end\n")
    return [entry["by"] for entry in record]


def started(*words: str, folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, *words], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def test_writers_at_the_same_moment_lose_nothing(folder: Path) -> None:
    each = 20
    processes = [started("-c", APPENDS, name, str(each), folder=folder) for name in ("A", "B", "C")]
    for process in processes:
        _, err = process.communicate()
        assert (process.returncode, err) == (0, b"")
    written = writers(folder)
    for name in ("A", "B", "C"):
        assert [by for by in written if by.startswith(name)] == [f"{name} {number}" for number in range(each)]
    assert len(written) == 3 * each
    assert set(contents(folder)) == {"1042.yaml", "regimen.yaml"}


def test_writers_killed_at_any_moment_leave_a_whole_file(folder: Path) -> None:
    chance = random.Random(4)  # noqa: S311
    for attempt in range(6):
        before = writers(folder)
        process = started("-c", APPENDS, f"killed {attempt}", "50", folder=folder)
        while process.poll() is None and len(writers(folder)) < len(before) + 2:
            time.sleep(0.01)
        time.sleep(chance.random() * 0.03)
        process.kill()
        process.communicate()
        after = writers(folder)
        assert len(after) >= len(before) + 2
        assert after[: len(before)] == before
        assert after[len(before) :] == [f"killed {attempt} {number}" for number in range(len(after) - len(before))]
    good(*WORDS, "--by", "last", "--yes", folder=folder)
    assert writers(folder)[-1] == "last"
    assert set(contents(folder)) == {"1042.yaml", "regimen.yaml"}


KILLED = (
    """
import os, pathlib, signal, sys
from dosecal.cli import main
step = int(sys.argv[1])
"""
    + DYING
    + """for name in ("open", "fsync", "fchmod", "fchown", "fstat", "close"):
    setattr(os, name, dying(getattr(os, name)))
pathlib.Path.replace = dying(pathlib.Path.replace)
sys.exit(main(sys.argv[2:]))
"""
)


@pytest.mark.parametrize("step", range(1, 13))
def test_a_writer_killed_at_a_chosen_moment_leaves_the_old_file_or_the_new_one(step: int, folder: Path) -> None:
    good(*WORDS, "--by", "first", "--yes", folder=folder)
    with started("-c", KILLED, str(step), *WORDS, "--by", "killed", "--yes", folder=folder) as process:
        process.communicate()
    assert process.returncode in (0, -signal.SIGKILL)
    kept = writers(folder)
    assert kept in (["first"], ["first", "killed"])
    good(*WORDS, "--by", "last", "--yes", folder=folder)
    assert writers(folder) == [*kept, "last"]
    assert set(contents(folder)) == {"1042.yaml", "regimen.yaml"}


def test_what_a_killed_writer_left_half_written_is_taken_over(folder: Path) -> None:
    (folder / PART).write_bytes(b"half" * 100_000)
    good(*WORDS, "--by", "JD", "--yes", folder=folder)
    assert writers(folder) == ["JD"]
    assert set(contents(folder)) == {"1042.yaml", "regimen.yaml"}


def test_a_file_that_changes_under_the_lock_is_read_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare, seen = adding.prepare, []

    def disturbed(wanted: adding.Wanted) -> adding.Prepared:
        prepared = prepare(wanted)
        if not seen:  # somebody's editor, which knows no lock
            seen.append(prepared)
            text = (folder / "1042.yaml").read_text(encoding="utf-8")
            by_hand = "  - {on: 2026-01-05, given: study drug, by: editor}\n"
            (folder / "1042.yaml").write_text(text.replace("# end", f"{by_hand}# end"), encoding="utf-8")
        return prepared

    monkeypatch.setattr(adding, "prepare", disturbed)
    good(*WORDS, "--by", "JD", "--yes", folder=folder)
    assert writers(folder) == ["editor", "JD"]


def test_a_file_that_never_rests_is_said_to_be_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare = adding.prepare

    def disturbed(wanted: adding.Wanted) -> adding.Prepared:
        prepared = prepare(wanted)
        with (folder / "1042.yaml").open("a", encoding="utf-8") as file:
            file.write("# more\n")
        return prepared

    monkeypatch.setattr(adding, "prepare", disturbed)
    refused = run(*WORDS, "--by", "JD", "--yes", folder=folder)
    assert (refused.code, "keeps changing" in refused.err) == (2, True)
    assert "JD" not in (folder / "1042.yaml").read_text(encoding="utf-8")


def test_a_disk_that_fails_leaves_the_file_as_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(folder)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(output.os, "fsync", full)
    refused = run(*WORDS, "--by", "JD", "--yes", folder=folder)
    assert refused.code == 2
    assert "the file could not be written, and is as it was: No space left on device" in refused.err
    assert contents(folder) == before


HOLDER = """
import fcntl, os, time
descriptor = os.open(".", os.O_RDONLY)
fcntl.flock(descriptor, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


def test_who_waits_too_long_for_another_writer_is_told_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locked, "_LONGEST_WAIT", 0.1)
    before = contents(folder)
    with subprocess.Popen([sys.executable, "-c", HOLDER], cwd=folder, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        refused = run(*WORDS, "--by", "JD", "--yes", folder=folder)
        other.kill()
    assert (refused.code, "another run of dosecal is writing in this folder" in refused.err) == (2, True)
    assert contents(folder) == before
    good(*WORDS, "--by", "JD", "--yes", folder=folder)


# -- on a terminal


class Terminal:
    """`dosecal record` on a terminal of its own."""

    def __init__(self, folder: Path) -> None:
        import pty  # noqa: PLC0415  (POSIX alone)

        self.ours, theirs = pty.openpty()
        words = [sys.executable, "-m", "dosecal", *WORDS, "--by", "JD"]
        self.process = subprocess.Popen(words, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        self.shown = ""

    def until(self, words: str) -> None:
        """Read on until `words` have been shown, or nothing more comes."""
        at = len(self.shown)
        while words not in self.shown[at:]:
            try:
                more = os.read(self.ours, 4096)
            except OSError:  # its other end is closed
                break
            self.shown += more.decode()

    def answer(self, words: str) -> None:
        os.write(self.ours, words.encode() + b"\n")

    def left(self) -> int:
        self.until("\0")
        os.close(self.ours)
        return self.process.wait()


def test_a_no_adds_nothing(folder: Path) -> None:
    before = contents(folder)
    for no in ("n", ""):
        terminal = Terminal(folder)
        terminal.until("Add this entry? [y/N]: ")
        terminal.answer(no)
        assert terminal.left() == 2
    assert contents(folder) == before


def test_a_yes_adds_the_entry_that_was_shown(folder: Path) -> None:
    terminal = Terminal(folder)
    terminal.until("Add this entry? [y/N]: ")
    assert "1042.yaml, entry 1: {on: 2026-01-06, unscheduled: call, by: JD}" in terminal.shown
    assert writers(folder) == []
    terminal.answer("y")
    assert terminal.left() == 0
    assert "entry 1 was added." in terminal.shown
    assert writers(folder) == ["JD"]


def test_others_write_while_one_thinks_and_the_changes_are_shown_again(folder: Path) -> None:
    terminal = Terminal(folder)
    terminal.until("Add this entry? [y/N]: ")
    good(*WORDS, "--by", "quick", "--yes", folder=folder)  # nobody waits for the answer
    terminal.answer("y")
    terminal.until("Add this entry? [y/N]: ")
    assert "was changed meanwhile" in terminal.shown
    assert "1042.yaml, entry 2: " in terminal.shown
    assert writers(folder) == ["quick"]
    terminal.answer("y")
    assert terminal.left() == 0
    assert writers(folder) == ["quick", "JD"]
