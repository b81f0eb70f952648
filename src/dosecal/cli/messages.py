"""Diagnostics -> standard error, as text or as data; and the exception of a command that is wrong."""

import sys
from collections.abc import Iterable
from contextlib import suppress

from dosecal.diagnostic import Diagnostic, Place, render, visible


class Misused(Exception):  # noqa: N818  (as Refused)
    """The command is wrong. `diagnostic` says so; in place of a file it names the option or the command."""

    def __init__(self, where: str, name: str, problem: str, mend: str | None) -> None:
        self.diagnostic = Diagnostic(name, problem, mend, place=Place(where))
        super().__init__(problem)


def say(diagnostics: Iterable[Diagnostic]) -> None:
    """Print diagnostics to standard error, a blank line between them."""
    text = "\n\n".join(render(diagnostic) for diagnostic in diagnostics)
    if text and sys.stderr is not None:  # None: the caller has closed it
        with suppress(OSError):  # nobody can be told that nothing can be told; the exit code still says it
            print(text, file=sys.stderr, flush=True)


def tell(line: str) -> None:
    """Print a line to standard output, in whatever letters it has: others are shown escaped, as control characters are."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(visible(line).encode(encoding, "backslashreplace").decode(encoding))


def as_data(diagnostic: Diagnostic) -> dict[str, object]:
    """A diagnostic as JSON data: name, severity, message, and where known help, file, line, column, length."""
    data: dict[str, object] = {"name": diagnostic.name, "severity": diagnostic.severity, "message": diagnostic.message}
    if diagnostic.help is not None:
        data["help"] = diagnostic.help
    place = diagnostic.place
    if place is not None:
        data["file"] = place.file
        if place.line:
            data |= {"line": place.line, "column": place.column, "length": place.length}
    return data
