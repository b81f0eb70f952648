"""A schedule -> CSV (RFC 4180): one header line, one event a line, for spreadsheets and statistics; no cell can become a formula."""

import csv
import io
import re
from typing import Final

from dosecal.diagnostic import visible
from dosecal.dose import number_in_source
from dosecal.schedule import Event, Schedule
from dosecal.study_time import weekday_of
from dosecal.write.iso import clock_iso, minutes_of, moment_iso, offset_iso

COLUMNS: Final = (
    "date", "weekday", "study_day", "month", "time", "utc_offset", "kind", "item", "label", "amount", "unit", "route", "duration_min",
    "window_earliest", "window_latest", "phase", "flags", "key", "cycle", "product", "subject", "state", "due_date",
)  # fmt: skip
"""The columns, in an order that does not change; what is new is added at the end."""

# What a spreadsheet may take for a formula: at the start of a cell, after blanks, and after a semicolon, which is the separator where
# the comma is the decimal sign, so that a quoted comma-separated cell is split there (OWASP, "CSV Injection").
_FORMULA: Final = re.compile(r"(^|;)(\s*)(?=[-=+@＝＋－＠])")


def write(schedule: Schedule, *, fold: bool = False) -> str:
    """The schedule as CSV text with CRLF line ends. Raises ValueError for `fold`: data holds every event.

    Study days, months, amounts and durations are plain numbers (`-14` stays a number). An offset is written `UTC-05:00`: a bare
    `-05:00` is a negative time to a spreadsheet. Text that could begin a formula has an apostrophe before it, the spreadsheets'
    own mark for text, and a control character is shown escaped, so that every event is one line.
    """
    if fold:
        raise ValueError("csv holds every event and cannot fold")
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    rows.writerows(_cells(event) for event in schedule.events)
    return text.getvalue()


def harmless(text: str) -> str:
    """Text from an input file as a cell that is text to every spreadsheet: an apostrophe goes before what could begin a formula."""
    return _FORMULA.sub(r"\1\2'", visible(text))


def _cells(event: Event) -> tuple[str | int | float | None, ...]:
    """The cells of one event in the order of COLUMNS; None is an empty cell."""
    clock, window = event.clock, event.window
    amount = event.dose.amount if event.dose else None
    return (
        event.date.isoformat(),
        weekday_of(event.date),
        event.study_day,
        event.month,
        clock_iso(clock.local.time()) if clock else None,
        f"UTC{offset_iso(clock.utc_offset)}" if clock else None,
        event.kind,
        harmless(event.item),
        harmless(event.label),
        number_in_source(amount.value) if amount else None,
        amount.unit if amount else None,
        event.dose.route if event.dose and event.dose.shown != "nothing" else None,
        None if event.lasts is None else minutes_of(event.lasts),
        moment_iso(window.earliest) if window else None,
        moment_iso(window.latest) if window else None,
        harmless(event.phase or ""),
        harmless("; ".join(event.flags)),
        harmless(event.key),
        event.cycle,
        harmless(event.product or ""),
        harmless(event.subject or ""),
        event.state,
        event.due_date.isoformat(),
    )
