"""A schedule -> plain text in aligned columns: nothing is cut off, and a date stands once before all that falls on it."""

from collections.abc import Iterator
from typing import Final

from dosecal.schedule import Schedule
from dosecal.write.columns import aligned
from dosecal.write.rows import Day, absent_of, counts_of, days_of, heading_lines, heading_of, totals_of, versions_of

_HEADERS: Final = ("Date", "Weekday", "Study day", "Month", "Phase", "Time", "What", "Lasts", "Dose", "Window", "Notes")


def write(schedule: Schedule, *, fold: bool = False) -> str:
    """The schedule as text for a terminal, a printer or a mail. dosecal's own words are ASCII, so that any output can show them."""
    lines = heading_lines(heading_of(schedule))
    days = days_of(schedule, folded=fold, to=" to ")
    if days:
        lines += ["", *aligned([_HEADERS, *(row for day in days for row in _rows(day))])]
    lines += ["", counts_of(schedule.events), *(f"  {total}" for total in totals_of(schedule.events))]
    lines += [absent_of(schedule)] if schedule.absent else []
    return "\n".join([*lines, "", versions_of(schedule)]) + "\n"


def _rows(day: Day) -> Iterator[tuple[str, ...]]:
    """The day's lines as cells in the order of the headers; what a run folds stands in a line below its item."""
    date = (day.date, day.weekday, day.study_day, day.month)
    for line in day.lines:
        yield (*date, line.phase, line.time, line.what, line.lasts, line.dose, line.window, line.notes)
        date = ("", "", "", "")
        if line.run:
            yield (*date, "", "", f"  {line.run}", "", "", "", "")
