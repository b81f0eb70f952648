"""Diagnostics -> standard error, as text or as data."""

import sys
from collections.abc import Iterable

from dosecal.diagnostic import Diagnostic, render


def say(diagnostics: Iterable[Diagnostic]) -> None:
    """Print diagnostics to standard error, a blank line between them."""
    text = "\n\n".join(render(diagnostic) for diagnostic in diagnostics)
    if text:
        print(text, file=sys.stderr)


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
