"""A diagnostic: what is wrong in a file, where, and how to mend it."""

from collections.abc import Iterable
from typing import Final, Literal

from msgspec import Struct

Severity = Literal["error", "warning", "note"]
Path = tuple[str | int, ...]
"""Where in the file's structure: ("doses", "alemtuzumab", "when", 0)."""


class Place(Struct, frozen=True):
    """A span of one line of a file: line and column from 1, length in characters, and the line itself."""

    file: str
    line: int = 0
    column: int = 0
    length: int = 1
    text: str = ""


class Diagnostic(Struct, frozen=True):
    """One thing that is wrong (or worth saying): `name` is stable and documented, `help` is the mend, never a question left open.

    `path` leads to the value in the file's structure, `part` is the words of the phrase there that it is about: who knows the file finds
    the `place` from them.
    """

    name: str
    message: str
    help: str | None = None
    severity: Severity = "error"
    place: Place | None = None
    path: Path = ()
    part: str | None = None


class Refused(Exception):  # noqa: N818  (it is an answer, not a failure)
    """The input is refused: one or more diagnostics, all that were found. `located`: their paths are whole already."""

    def __init__(self, diagnostics: Iterable[Diagnostic], *, located: bool = False) -> None:
        self.diagnostics: Final = tuple(diagnostics)
        self.located: Final = located
        super().__init__(self.diagnostics)  # as it is made, so that it can be sent to another process

    def __str__(self) -> str:
        return "; ".join(diagnostic.message for diagnostic in self.diagnostics)


class Misused(Exception):  # noqa: N818  (as Refused)
    """The command is wrong. `diagnostic` says so; in the place of a file it names the option or the command."""

    def __init__(self, where: str, name: str, problem: str, mend: str | None) -> None:
        self.diagnostic = Diagnostic(name, problem, mend, place=Place(where))
        super().__init__(where, name, problem, mend)  # as above

    def __str__(self) -> str:
        return self.diagnostic.message


def render(diagnostic: Diagnostic) -> str:
    """A diagnostic as lines of text: `file:line:column: error[name]: message`, the user's line with carets, `help:` with the mend."""
    place = diagnostic.place
    head = f"{diagnostic.severity}[{diagnostic.name}]: {visible(diagnostic.message)}"
    lines = [head]
    if place is not None:
        where = f"{visible(place.file)}:{place.line}:{place.column}" if place.line else visible(place.file)
        lines = [f"{where}: {head}"]
        if place.line and place.text.strip():
            lines += _excerpt(place)
    if diagnostic.help is not None:
        lines.append(f"help: {visible(diagnostic.help)}")
    return "\n".join(lines)


_WIDEST_EXCERPT: Final = 160


def _excerpt(place: Place) -> list[str]:
    """The line with carets under the span; a very long line is cut around the span, a control character is shown escaped."""
    start, end = place.column - 1, place.column - 1 + max(place.length, 1)
    first = max(0, min(start - 40, len(place.text) - _WIDEST_EXCERPT)) if len(place.text) > _WIDEST_EXCERPT else 0
    last = min(len(place.text), first + _WIDEST_EXCERPT)
    before, marked, after = (visible(place.text[a:b]) for a, b in ((first, start), (start, min(end, last)), (min(end, last), last)))
    dots = "..." if first else ""
    number = f"{place.line:>5} | "
    gutter = " " * (len(number) - 2) + "| "
    return [number + dots + before + marked + after, gutter + " " * len(dots + before) + "^" * max(len(marked), 1)]


def visible(text: str) -> str:
    """`text` with every character that could disturb a terminal (control, separator, bidirectional mark) shown escaped."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


_LONGEST_COMPARED: Final = 60
_MOST_COMPARISONS: Final = 150_000


def nearest(word: str, candidates: Iterable[str], likeness: float = 0.6) -> str | None:
    """The candidate that `word` was most likely meant to be, or None when none is alike enough (0: any, 1: only the word itself).

    Of very many candidates only those of the nearest lengths are looked at, and none for a very long word: a hint may not cost seconds.
    """
    from difflib import get_close_matches  # noqa: PLC0415  (needed only when something is wrong)

    if len(word) > _LONGEST_COMPARED:
        return None
    known = sorted({one for one in candidates if len(one) <= _LONGEST_COMPARED}, key=lambda one: (abs(len(one) - len(word)), one))
    folded = {candidate.casefold(): candidate for candidate in reversed(known[: _MOST_COMPARISONS // max(len(word), 1) ** 2])}
    close = get_close_matches(word.casefold(), sorted(folded), n=1, cutoff=likeness)
    return folded[close[0]] if close else None
