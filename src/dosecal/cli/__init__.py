"""The command line: one module a command; the only place that reads, expands and writes."""

import gc
import os
import sys
from contextlib import suppress
from typing import NoReturn

_ALLOCATIONS_BEFORE_COLLECTING = 100_000


def main(argv: list[str] | None = None) -> int:
    """Run `dosecal` with `argv` (without the program's name; None: the process's own) and return its exit code.

    0 good; 1 the content of an input file is wrong; 2 the command is wrong, or a path cannot be read or written; 3 dosecal is wrong.
    """
    gc.set_threshold(_ALLOCATIONS_BEFORE_COLLECTING)  # a command lives a tenth of a second: collecting while importing is a waste of it
    from dosecal.cli.app import run  # noqa: PLC0415  (after the threshold, so that the imports gain from it)

    return run(argv)


def program() -> NoReturn:
    """`dosecal` as a process of its own: as `main`, then leave at once.

    Everything is written and flushed by then; taking the interpreter apart piece by piece would cost a sixth of the command's time.
    """
    code = main()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # closed, or nobody reads on
            stream.flush()
    os._exit(code)
