"""Rows of cells -> lines of plain text in aligned columns; nothing is cut off."""

from collections.abc import Iterator, Sequence
from typing import Final
from unicodedata import combining, east_asian_width

_GAP: Final = "  "
_END_ALIKE: Final = ("Date",)
"""Headers of the columns whose cells end below each other: they begin with a number of one or two digits."""


def aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """The rows, the first of which holds the headers, as lines; a column with nothing under its header is left out."""
    columns = [column for column in zip(*rows, strict=True) if any(column[1:])]
    padded = [_padded(column) for column in columns]
    for cells in zip(*padded, strict=True):
        yield _GAP.join(cells).rstrip()


def _padded(column: tuple[str, ...]) -> list[str]:
    width = max(_width(cell) for cell in column)
    numbers_end_alike = column[0] in _END_ALIKE
    return [" " * (width - _width(cell)) + cell if numbers_end_alike else cell + " " * (width - _width(cell)) for cell in column]


def _width(text: str) -> int:
    """How many columns of a terminal `text` takes: an ideograph takes two, a combining mark none."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
