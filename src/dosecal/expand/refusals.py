"""Refusals that know where they come from: each gets the path of what was being laid out."""

from collections.abc import Iterator
from contextlib import contextmanager

from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic, Path, Refused
from dosecal.phrases.spell import spell
from dosecal.study_time import DateOutOfRangeError


@contextmanager
def inside(path: Path, *, whole: bool = False) -> Iterator[None]:
    """Every refusal from in here is about something below `path`, unless its path is whole already; `whole`: `path` begins at the file."""
    try:
        yield
    except DateOutOfRangeError:
        message = "this leads to dates outside the years 1900 to 2200"
        raise Refused([Diagnostic("date-range", message, "check the numbers, their units and Day 1", path=path)], located=whole) from None
    except Refused as refused:
        if refused.located:
            raise
        raise Refused([replace(one, path=(*path, *one.path)) for one in refused.diagnostics], located=whole) from None


def unbuilt(node: object, *path: str, mend: str = "see docs/language.md for what is") -> Diagnostic:
    """The refusal, by name, of a construct that this version does not lay out; `path` leads to it from the item."""
    words = spell(node)
    message = f"`{words}` is not laid out by this version of dosecal"
    return Diagnostic("not-built", message, mend, path=path, part=words)
