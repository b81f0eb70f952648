"""The command line: one module a command; the only place that reads, expands and writes."""

import gc

_ALLOCATIONS_BEFORE_COLLECTING = 100_000


def main(argv: list[str] | None = None) -> int:
    """Run `dosecal` with `argv` (without the program's name; None: the process's own) and return its exit code.

    0 good; 1 the content of an input file is wrong; 2 the command is wrong, or a path cannot be read or written; 3 dosecal is wrong.
    """
    gc.set_threshold(_ALLOCATIONS_BEFORE_COLLECTING)  # a command lives a tenth of a second: collecting while importing is a waste of it
    from dosecal.cli.app import run  # noqa: PLC0415  (after the threshold, so that the imports gain from it)

    return run(argv)
