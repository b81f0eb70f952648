"""A row of a roster and the participant's own file -> where the two say different things."""

from collections.abc import Iterator
from typing import Final

from dosecal.cohort.job import Row
from dosecal.diagnostic import Diagnostic
from dosecal.read.cells import CELLS
from dosecal.read.participant import ParticipantFile

_COMPARED: Final = ("arm", "day-1", "timezone", "language", "site")


def differences(row: Row, own: ParticipantFile) -> Iterator[Diagnostic]:
    """Where a row says otherwise than the participant's own file, which holds their facts."""
    one = own.participant
    said = {
        "arm": one.arm,
        "day-1": one.day_1.isoformat(),
        "timezone": one.zone.name if one.zone is not None else None,
        "language": one.language,
        "site": one.site,
    }
    if one.id != row.id:
        yield _differing("participant", one.id, "id", row.id, own)
    for column, cell in zip(CELLS, row.choices, strict=True):
        if cell and column not in _COMPARED:
            message = f"the roster says something under `{column}` of a participant who has a file"
            yield Diagnostic(
                "two-sources", message, "leave the cell empty: their file says it", place=own.document.place(own.document.root)
            )
        elif cell and cell != said[column]:
            yield _differing(column, said[column], column, cell, own)


def _differing(key: str, said: str | None, column: str, cell: str, own: ParticipantFile) -> Diagnostic:
    node = own.document.root.get(key)
    message = f"the participant file says `{said}`" if said is not None else f"the participant file does not say `{key}`"
    place = own.document.place(node if node is not None else own.document.root)
    return Diagnostic("other-row", f"{message}, and the roster's `{column}` is `{cell}`", "correct one of the two", place=place)
