"""A schedule -> plain text in aligned columns: nothing is cut off, and a date stands once before all that falls on it."""

from collections.abc import Iterator
from typing import Final
from unicodedata import combining, east_asian_width

from dosecal.schedule import Schedule
from dosecal.write.rows import Day, counts_of, days_of, heading_of, totals_of, versions_of

_HEADERS: Final = ("Date", "Weekday", "Study day", "Month", "Phase", "Time", "What", "Lasts", "Dose", "Window", "Notes")
_GAP: Final = "  "


def write(schedule: Schedule, *, fold: bool = False) -> str:
    """The schedule as text for a terminal, a printer or a mail. dosecal's own words are ASCII, so that any output can show them."""
    heading = heading_of(schedule)
    widest = max(len(name) for name, _ in heading) + 1
    lines = [f"{name + ':':<{widest}}{_GAP}{value}" for name, value in heading]
    days = days_of(schedule, folded=fold, to=" to ")
    if days:
        lines += ["", *_aligned([_HEADERS, *(row for day in days for row in _rows(day))])]
    lines += ["", counts_of(schedule.events), *(f"  {total}" for total in totals_of(schedule.events))]
    return "\n".join([*lines, "", versions_of(schedule)]) + "\n"


def _rows(day: Day) -> Iterator[tuple[str, ...]]:
    """The day's lines as cells in the order of the headers; what a run folds stands in a line below its item."""
    date = (day.date, day.weekday, day.study_day, day.month)
    for line in day.lines:
        yield (*date, line.phase, line.time, line.what, line.lasts, line.dose, line.window, line.notes)
        date = ("", "", "", "")
        if line.run:
            yield (*date, "", "", f"  {line.run}", "", "", "", "")


def _aligned(rows: list[tuple[str, ...]]) -> Iterator[str]:
    """The rows as lines; a column with nothing under its header is left out, and dates and study days end below each other."""
    columns = [column for column in zip(*rows, strict=True) if any(column[1:])]
    padded = [_padded(column) for column in columns]
    for cells in zip(*padded, strict=True):
        yield _GAP.join(cells).rstrip()


def _padded(column: tuple[str, ...]) -> list[str]:
    width = max(_width(cell) for cell in column)
    numbers_end_alike = column[0] == "Date"
    return [" " * (width - _width(cell)) + cell if numbers_end_alike else cell + " " * (width - _width(cell)) for cell in column]


def _width(text: str) -> int:
    """How many columns of a terminal `text` takes: an ideograph takes two, a combining mark none."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
