"""Refusals that know where they come from: each gets the path of what was being laid out."""

from types import TracebackType

from msgspec import Struct
from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic, Path, Refused
from dosecal.phrases.spell import spell
from dosecal.study_time import DateOutOfRangeError


class inside(Struct, frozen=True):  # noqa: N801  (it reads as what it does: `with inside(("when",)):`)
    """Every refusal from in here is about something below `path`, unless its path is whole already; `whole`: `path` begins at the file.

    One may be entered as often as one likes: it knows nothing but its path.
    """

    path: Path
    whole: bool = False

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if isinstance(error, DateOutOfRangeError):
            raise Refused([out_of_range(self.path)], located=self.whole) from None
        if isinstance(error, Refused) and not error.located:
            raise Refused([replace(one, path=(*self.path, *one.path)) for one in error.diagnostics], located=self.whole) from None


def out_of_range(path: Path) -> Diagnostic:
    """The refusal of what leads beyond the calendar that is reckoned with."""
    return Diagnostic(
        "date-range", "this leads to dates outside the years 1900 to 2200", "check the numbers, their units and Day 1", path=path
    )


def circle(waiting: list[tuple[str, Path]]) -> Diagnostic:
    """The refusal of things that wait for each other, the same one wherever in the circle it is found."""
    first = waiting.index(min(waiting))
    rotated = waiting[first:] + waiting[:first]
    row = " -> ".join(what for what, _ in (*rotated, rotated[0]))
    awaited = rotated[1 % len(rotated)][0].split("`")[1]
    return Diagnostic(
        "circle", f"these wait for each other: {row}", "let one of them have a date of its own", path=rotated[0][1], part=awaited
    )


def unbuilt(node: object, *path: str, mend: str = "see docs/language.md for what is") -> Diagnostic:
    """The refusal, by name, of a construct that this version does not lay out; `path` leads to it from the item."""
    words = spell(node)
    message = f"`{words}` is not laid out by this version of dosecal"
    return Diagnostic("not-built", message, mend, path=path, part=words)
