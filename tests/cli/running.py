"""Run `dosecal` inside the test's own process: its exit code, the bytes of its standard output, its messages."""

import io
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import pytest

from dosecal.cli import main

SMALL = """format: dosecal/1
study: Example
source: protocol, version 1
doses:
  study drug: {give: 10 mg PO, when: every day for 3 days}
labs:
  blood test: {when: days 8 15}
"""
"""A regimen of five events."""

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX files")


LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
sys.dont_write_bytecode = True
from dosecal.cli import main
sys.exit(main(sys.argv[1:]))
"""
"""A program: `dosecal`, which finds room for no file of more than a thousand octets."""

DYING = """
def dying(real):
    def call(*arguments, **named):
        global step
        step -= 1
        if step == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **named)
    return call
"""
"""Of a program in which `step` is a number: `dying(call)` is the same call, but the step-th of all such calls kills the process."""


class Ran(NamedTuple):
    code: int
    out: bytes
    err: str


def run(*words: str, folder: Path) -> Ran:
    """`dosecal WORDS` with `folder` as the working folder."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
    err = io.StringIO()
    with chdir(folder), redirect_stdout(out), redirect_stderr(err):
        code = main(list(words))
    return Ran(code, out.buffer.getvalue(), err.getvalue())


def good(*words: str, folder: Path) -> bytes:
    """What a command prints that must succeed."""
    ran = run(*words, folder=folder)
    assert ran.code == 0, ran.err
    return ran.out


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder with its bytes; a folder or link without."""
    paths = sorted(folder.rglob("*"))
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() and not path.is_symlink() else b"" for path in paths}
