"""A roster table (CSV or Parquet, one row a participant) -> a Table: every row checked, each distinct set of cells once."""

import csv
import io
import os
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, takewhile
from typing import Final

from msgspec import Struct

from dosecal.diagnostic import Diagnostic, Place, Refused, nearest
from dosecal.read.cells import COLUMNS, Arms
from dosecal.read.csv_lines import MAX_LINE, cells_of, fault_of_line, lines_numbered, lines_of, place_in
from dosecal.read.files import FilePath
from dosecal.read.nodes import MAX_FAULTS
from dosecal.read.rows import Rows

_LIKE_A_NAME: Final = 0.7
FIRST_LINE: Final = 2
"""The line of the first participant of a CSV file: the header stands above."""


class Table(Struct, frozen=True, kw_only=True):
    """What a roster table says, all of it checked. Rows are numbered from 0, in the order of the table.

    `kinds` holds for each row the index of its cells in `choices`, which are those under read.cells.CELLS, "" where nothing stands.
    `own` holds the path of the participant file of each row that names one.
    """

    file: str
    header: tuple[str, ...]
    ids: list[str]
    kinds: "array[int]"
    choices: list[tuple[str, ...]]
    own: dict[int, str]

    def line(self, row: int) -> int:
        """A row's number as people count: its line in a CSV file, the header being line 1; its row in a Parquet file, from 1."""
        return row + (1 if is_parquet(self.file) else FIRST_LINE)

    def places(self, wanted: Sequence[tuple[int, str]]) -> list[Place]:
        """Where the cells of these rows and columns stand; of a column that the table does not have, the row's id."""
        indices = [(row, self.header.index(column if column in self.header else "id")) for row, column in wanted]
        if is_parquet(self.file):
            return [_cell_of_parquet(self.file, self.header, row, index) for row, index in indices]
        lines = lines_numbered(self.file, {row + FIRST_LINE for row, _ in wanted})
        return [place_in(self.file, row + FIRST_LINE, lines.get(row + FIRST_LINE, ""), index) for row, index in indices]


def is_parquet(path: FilePath) -> bool:
    """Whether the name of a table says that it is a Parquet file."""
    return os.fspath(path).lower().endswith(".parquet")


def read_table(path: FilePath, arms: Arms) -> Table:
    """The roster table in the file at `path`.

    `arms`: the names of the arms, each with the names of its items that are given on weekdays of choice; None is the name where the
    regimen has no arms; beside names, it says that an arm need not be named. Raises Unreadable, or Refused with every error of the file
    (the first hundred of them, and how many more).
    """
    return _from_parquet(os.fspath(path), arms) if is_parquet(path) else _from_csv(os.fspath(path), arms)


# -- CSV


def _from_csv(file: str, arms: Arms) -> Table:
    blocks = lines_of(file)
    lines = next(blocks, [])
    header = _header_of_csv(file, lines, arms)

    def locate(row: int, line: str, index: int, within: tuple[int, int] | None = None, /) -> Place:
        return place_in(file, row + FIRST_LINE, line, index, within)

    rows = Rows(file, header, arms, locate)
    try:
        _take_lines(rows, file, islice(lines, 1, None))
        for lines in takewhile(lambda _: not rows.faults.enough, blocks):
            _take_lines(rows, file, lines)
    except Refused as refused:
        rows.faults.add_all([(rows.next_row, fault) for fault in refused.diagnostics], len(refused.diagnostics))
    return _table_of(rows, file, header)


def _header_of_csv(file: str, lines: list[str], arms: Arms) -> tuple[str, ...]:
    """The names of the columns. Raises Refused."""
    if not lines or not any(lines):
        mend = "begin with the names of the columns: id,arm,day-1,timezone"
        raise Refused([Diagnostic("empty-file", "the file is empty", mend, place=Place(file))])
    line = lines[0]
    for sign, called in ((";", "semicolons"), ("\t", "tabs")):
        if sign in line and "," not in line and any(name.strip(' "') in COLUMNS for name in line.split(sign)):
            message, place = f"the cells are separated by {called}", Place(file, 1, line.index(sign) + 1, 1, line)
            raise Refused([Diagnostic("separator", message, "save the file as CSV with commas", place=place)])
    fault = fault_of_line(file, 1, line)
    cells = cells_of(file, 1, line) if fault is None else fault
    if isinstance(cells, Diagnostic):
        raise Refused([cells])
    names = tuple(cell.strip(" ") for cell in cells)
    return _checked_header(names, arms, lambda index: place_in(file, 1, line, index))


def _take_lines(rows: Rows, file: str, lines: Iterable[str]) -> None:
    take = rows.take
    for line in lines:
        if '"' not in line and len(line) <= MAX_LINE and line.isprintable():  # nearly every line
            take(line.split(","), line)
            continue
        number = rows.next_row + FIRST_LINE
        fault = fault_of_line(file, number, line)
        cells = cells_of(file, number, line) if fault is None else fault
        if isinstance(cells, Diagnostic):
            rows.leave_out(cells)
        else:
            take(cells, line)


# -- Parquet


def _from_parquet(file: str, arms: Arms) -> Table:
    from dosecal.read.parquet import batches_of, names_of, opened  # noqa: PLC0415  (an extra, and slow to import)

    source = opened(file)
    header = _checked_header(names_of(source), arms, lambda _index: Place(file))

    def locate(row: int, _line: str, index: int, _within: tuple[int, int] | None = None, /) -> Place:
        return _cell_of_parquet(file, header, row, index)

    rows = Rows(file, header, arms, locate)
    try:
        for batch in takewhile(lambda _: not rows.faults.enough, batches_of(file, source)):
            for cells in batch:
                rows.take(cells, "")
    except Refused as refused:
        rows.faults.add_all([(rows.next_row, fault) for fault in refused.diagnostics], len(refused.diagnostics))
    return _table_of(rows, file, header)


def _cell_of_parquet(file: str, header: Sequence[str], row: int, index: int) -> Place:
    """A cell in a file without lines."""
    return Place(f"{file}: row {row + 1}, column {header[index]}")


# -- both


def _checked_header(names: tuple[str, ...], arms: Arms, place: Callable[[int], Place]) -> tuple[str, ...]:
    """The names of the columns. Raises Refused with all that is wrong with them."""
    faults = list(_faults_of_header(names, arms, place))
    if faults:
        raise Refused(faults)
    return names


def _faults_of_header(names: tuple[str, ...], arms: Arms, place: Callable[[int], Place]) -> Iterator[Diagnostic]:
    needed = [column for column in ("id", "arm", "day-1", "timezone") if column != "arm" or None not in arms]
    if not any(nearest(name, COLUMNS, _LIKE_A_NAME) for name in names):
        message = "the first row does not name the columns"
        yield Diagnostic(
            "no-header",
            message,
            f"begin with a row of names, such as {'id,day-1,timezone' if set(arms) == {None} else 'id,arm,day-1,timezone'}",
            place=place(0),
        )
        return
    meant: set[str | None] = set(names)
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Diagnostic("duplicate-column", f"the column `{name}` stands twice", "keep one of the two", place=place(index))
        elif name == "arm" and set(arms) == {None}:
            yield Diagnostic("unknown-column", "the regimen has no arms", "delete the column `arm`", place=place(index))
        elif name not in COLUMNS:
            near = nearest(name, COLUMNS)
            mend = f"did you mean `{near}`?" if near else f"the columns are {', '.join(COLUMNS)}"
            message = f"there is no column `{name}`" if name else "a column has no name"
            yield Diagnostic("unknown-column", message, mend, place=place(index))
            meant.add(near)
    for column in needed:
        if column not in meant:
            mend = f"add `{column}` to the first row, and each participant's own below it"
            yield Diagnostic("missing-column", f"the column `{column}` is missing", mend, place=place(len(names)))


def _table_of(rows: Rows, file: str, header: tuple[str, ...]) -> Table:
    """The table of rows that have all been taken. Raises Refused."""
    table = Table(file=file, header=header, ids=rows.ids, kinds=rows.kinds, choices=rows.choices, own=rows.own)
    again = rows.twice()
    shown = list(islice(again.items(), MAX_FAULTS))
    places = table.places([(row, "id") for row, _ in shown])
    twice = [(row, _twice(table, row, first, place)) for (row, first), place in zip(shown, places, strict=True)]
    rows.faults.add_all(twice, len(again))
    if rows.faults.count:
        raise rows.faults.refused()
    if not rows.ids:
        message = "the table has no participants"
        raise Refused([Diagnostic("empty-file", message, "write one row for each participant", place=Place(file))])
    return table


def _twice(table: Table, row: int, first: int, place: Place) -> Diagnostic:
    """What is said of an id that stands in an earlier row too."""
    where = f"{'row' if is_parquet(table.file) else 'line'} {table.line(first):,}"
    message = f"the id `{table.ids[row]}` stands twice, first in {where}"
    if table.ids[row] != table.ids[first]:
        message = f"the id `{table.ids[row]}` differs from `{table.ids[first]}` in {where} only in capital letters"
    return Diagnostic("twice", message, "give each participant an id of their own", place=place)


# -- a table to begin with

_CARE_MS_II: Final[Arms] = {"alemtuzumab-12": (), "alemtuzumab-24": (), "interferon-beta-1a": ("interferon beta-1a",)}
_EXAMPLES: Final = (("2026-01-05", "Europe/Berlin"), ("2026-01-07", "America/Los_Angeles"), ("2026-02-02", "Australia/Sydney"))


def template_of(arms: Arms) -> str:
    """A table to begin with, as CSV: three participants of the arms, `arms` as in `read_table`; of CARE-MS II's where there are none."""
    arms = arms or _CARE_MS_II
    named = [arm for arm in arms if arm is not None]
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["id", *(["arm"] if named else []), "day-1", "timezone", "days", "times", "measures", "language"])
    for number, (day_1, zone) in enumerate(_EXAMPLES):
        arm = named[number % len(named)] if named else None
        # How many weekdays an item takes is the regimen's own: only those of the published one are known here.
        days = "Mon Wed Fri" if arms == _CARE_MS_II and len(arms.get(arm, ())) == 1 else ""
        rows.writerow([1001 + number, *([arm] if named else []), day_1, zone, days, "", "", ""])
    return text.getvalue()
