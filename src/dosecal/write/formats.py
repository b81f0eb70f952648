"""Format name -> the module that writes it, and what there is to know about it; a module is loaded when it is asked for."""

from importlib import import_module
from typing import Final, Protocol, cast

from msgspec import Struct

from dosecal.schedule import Schedule


class Writer(Protocol):
    """Turns a schedule into the text of a file, ending in one newline. `fold`: runs of equal home doses stand on one line."""

    def __call__(self, schedule: Schedule, *, fold: bool = False) -> str: ...


class Format(Struct, frozen=True):
    """A format of the printed schedule: its module, whether it can fold, the suffix of its files, and its media type.

    The text is to be encoded as UTF-8 with its line ends left alone: those of csv are already CRLF (RFC 4180, section 2).
    """

    module: str
    can_fold: bool
    suffix: str
    media_type: str

    def writer(self) -> Writer:
        """The `write` function of the module, which is imported now."""
        return cast("Writer", import_module(self.module).write)


FORMATS: Final[dict[str, Format]] = {
    "table": Format("dosecal.write.table", can_fold=True, suffix=".txt", media_type="text/plain; charset=utf-8"),
    "csv": Format("dosecal.write.csv", can_fold=False, suffix=".csv", media_type="text/csv; charset=utf-8; header=present"),
    "json": Format("dosecal.write.json", can_fold=False, suffix=".json", media_type="application/json"),
    "html": Format("dosecal.write.html", can_fold=True, suffix=".html", media_type="text/html; charset=utf-8"),
}
