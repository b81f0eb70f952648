"""Diagnostics -> standard error, as text or as data."""

import sys
from collections.abc import Iterable
from contextlib import suppress

from dosecal.diagnostic import Diagnostic, render, visible
from dosecal.schedule import Schedule


def say(diagnostics: Iterable[Diagnostic]) -> None:
    """Print diagnostics to standard error, a blank line between them."""
    text = "\n\n".join(render(diagnostic) for diagnostic in diagnostics)
    if text and sys.stderr is not None:  # None: the caller has closed it
        with suppress(OSError):  # nobody can be told that nothing can be told; the exit code still says it
            print(text, file=sys.stderr, flush=True)


def say_line(text: str) -> None:
    """Print one line to standard error, what cannot be shown escaped."""
    if sys.stderr is not None:
        with suppress(OSError):
            print(visible(text), file=sys.stderr, flush=True)


def say_written(output: str | None, schedule: Schedule) -> None:
    """Say on standard error what stands in the file that was just written: `1042.ics: 345 events, 2026-01-05 to 2028-01-05`.

    Of a followed schedule it ends in `, 3 cancelled` where there are such. Nothing when it went to standard output.
    """
    if output is None or output == "-":
        return
    dates = [event.date for event in (*schedule.events, *(event for event in schedule.beyond if event.revision))]
    count = "1 event" if len(dates) == 1 else f"{len(dates):,} events"
    span = f", {min(dates)} to {max(dates)}" if dates else ""
    cancelled = sum(event.revision > 0 for event in schedule.absent)
    rest = f", {cancelled:,} cancelled" if cancelled else ""
    say_line(f"{output}: {count}{span}{rest}")


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
