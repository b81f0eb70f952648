"""The rows of a roster table, one after another -> ids, kinds and choices; each distinct set of cells is read once."""

import os
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Final, Protocol

from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic, Place, Refused
from dosecal.read.cells import CELLS, Arms, faults_of
from dosecal.read.csv_lines import hidden_character
from dosecal.read.ids import fault_of_id, well_formed
from dosecal.read.nodes import MAX_FAULTS

_REMEMBERED: Final = 1 << 15
_MOST_COUNTED: Final = 100_000
_MOST_KINDS: Final = 1000
"""Sets of cells that are wrong in different ways: to look for the nearest zone or arm takes its time."""
_PARTS: Final = 256


class Locate(Protocol):
    """The place of cell `index` of a row (from 0), or `within` its text (from which character, how many); `line` is the row's own."""

    def __call__(self, row: int, line: str, index: int, within: tuple[int, int] | None = None, /) -> Place: ...


class Faults:
    """What is wrong, with the row: the first MAX_FAULTS of them, and how many there are."""

    def __init__(self, file: str) -> None:
        self.file, self.count = file, 0
        self.enough = False  # counting further helps nobody
        self.kept: list[tuple[int, Diagnostic]] = []

    def add(self, row: int, found: Callable[[], Diagnostic]) -> None:
        """Count one, and keep it if it is among the first."""
        self.count += 1
        self.enough = self.enough or self.count >= _MOST_COUNTED
        if len(self.kept) < MAX_FAULTS:
            self.kept.append((row, found()))

    def add_all(self, shown: Sequence[tuple[int, Diagnostic]], count: int) -> None:
        """Add what was found all at once: the first of `count` faults, with their rows."""
        self.count += count
        self.kept += shown

    def refused(self) -> Refused:
        """All of them in the order of the rows, and a note of how many are not shown."""
        ordered = sorted(self.kept, key=lambda one: (one[0], one[1].place.column if one[1].place is not None else 0))
        shown = [found for _, found in ordered][:MAX_FAULTS]
        more = self.count - len(shown)
        if more:
            message = "1 more error follows" if more == 1 else f"{'at least ' if self.enough else ''}{more:,} more errors follow"
            shown.append(Diagnostic("more", message, "mend these and look again", severity="note", place=Place(self.file)))
        return Refused(shown)


class Rows:
    """Takes the rows of a table one by one; a row that is wrong leaves an empty id, so that places in `ids` are those in the table."""

    def __init__(self, file: str, header: tuple[str, ...], arms: Arms, locate: Locate) -> None:
        self.ids: list[str] = []
        self.kinds = array("L")
        self.choices: list[tuple[str, ...]] = []
        self.own: dict[int, str] = {}
        self.empty = 0  # rows without anything, which may stand at the end
        self._empty_line = ""  # the first of them
        self.faults = Faults(file)
        self._hashes = [array("q") for _ in range(_PARTS)]
        self._folder, self._header, self._arms, self._locate = os.path.dirname(file), header, arms, locate
        self._id_at = header.index("id")
        self._own_at = header.index("participant") if "participant" in header else None
        # The cells under CELLS, in that order; a column that the table does not have is the empty cell that `take` adds.
        self._pick = itemgetter(*(header.index(column) if column in header else len(header) for column in CELLS))
        # The index in `choices` of cells that are right as a whole, and of those that are right beside a participant file.
        self._whole: dict[tuple[str, ...], int] = {}
        self._partial: dict[tuple[str, ...], int] = {}
        self._wrong: dict[tuple[bool, tuple[str, ...]], list[Diagnostic]] = {}
        self._same: dict[str, str] = {}

    @property
    def next_row(self) -> int:
        """The number of the row that comes next, from 0."""
        return len(self.ids) + self.empty

    def take(self, cells: list[str], line: str) -> None:
        """One row, whose list is used up; `line` is its text, for places."""
        if len(cells) != len(self._header) or self.empty or not cells[self._id_at].strip(" "):
            if not any(cell.strip(" ") for cell in cells):
                self._empty_line = self._empty_line if self.empty else line
                self.empty += 1
                return
            self._close_gap()
            if len(cells) != len(self._header):
                self.leave_out(self._miscounted(cells, line))
                return
        cells.append("")
        identity = cells[self._id_at]
        kind = self._whole.get(self._pick(cells))
        if kind is None or well_formed(identity) is None or (self._own_at is not None and cells[self._own_at]):
            self._take_with_care(cells, line)
            return
        self._keep(identity, kind)

    def leave_out(self, fault: Diagnostic) -> None:
        """A row that cannot be read, and what is wrong with it."""
        self._close_gap()
        self.faults.add(len(self.ids), lambda: fault)
        self.ids.append("")
        self.kinds.append(0)

    def _keep(self, identity: str, kind: int) -> None:
        code = hash(identity.lower())  # the form of an id allows no letters but ASCII, which have no other folding or normal form
        self._hashes[code % _PARTS].append(code)
        self.ids.append(identity)
        self.kinds.append(kind)

    def _close_gap(self) -> None:
        """Something follows the empty rows."""
        if self.empty:
            message = "this row is empty" if self.empty == 1 else f"{self.empty:,} rows are empty, of which this is the first"
            first = len(self.ids)
            fault = Diagnostic(
                "empty-row", message, "delete it: the rows after it would be easy to miss", place=self._locate(first, self._empty_line, 0)
            )
            self.ids.extend([""] * self.empty)
            self.kinds.extend([0] * self.empty)
            self.empty = 0
            self.faults.add(first, lambda: fault)

    def _miscounted(self, cells: Sequence[str], line: str) -> Diagnostic:
        width = len(self._header)
        message = f"this row has {len(cells)} cell{'s' if len(cells) > 1 else ''}, the header {width}"
        mend = "put a text with a comma between quotes" if len(cells) > width else "write a comma for an empty cell too"
        return Diagnostic("cells", message, mend, place=self._locate(len(self.ids), line, min(width, len(cells))))

    # -- rows that are seen for the first time, wrong, or with a file of their own

    def _take_with_care(self, cells: Sequence[str], line: str) -> None:
        if self.faults.enough:
            self.ids.append("")
            self.kinds.append(0)
            return
        identity = cells[self._id_at].strip(" ")
        wrong = fault_of_id(identity)
        faults = [("id", wrong)] if wrong is not None else []
        own = cells[self._own_at].strip(" ") if self._own_at is not None else ""
        kind, found = self._kind(self._pick(cells), partial=bool(own))
        faults += [(CELLS[one.place.line - 1] if one.place is not None else "id", one) for one in found]
        if own:
            path = os.path.join(self._folder, own)
            self.own[len(self.ids)] = path
            missing = _fault_of_path(own, path)
            faults += [("participant", missing)] if missing is not None else []
        for column, fault in faults:
            self._add(line, column, fault)
        if wrong is None:
            self._keep(identity, kind)
        else:
            self.ids.append("")
            self.kinds.append(kind)

    def _add(self, line: str, column: str, fault: Diagnostic) -> None:
        """A fault of a cell: its place there, if any, becomes one in the row."""
        within = fault.place
        span = (within.column - 1, within.length) if within is not None else None
        row, index = len(self.ids), self._header.index(column) if column in self._header else self._id_at
        self.faults.add(row, lambda: replace(fault, place=self._locate(row, line, index, span)))

    def _kind(self, picked: tuple[str, ...], *, partial: bool) -> tuple[int, Sequence[Diagnostic]]:
        """The index of these cells in `choices`, or what is wrong with them."""
        known, other = (self._partial, self._whole) if partial else (self._whole, self._partial)
        kind = known.get(picked)
        if kind is not None:
            return kind, ()
        choices = tuple([self._one(cell.strip(" ")) if cell else "" for cell in picked])
        faults = self._faults_of(choices, partial=partial)
        if faults:
            return 0, faults
        kind = known.get(choices, other.get(choices))
        if kind is None:
            kind = len(self.choices)
            self.choices.append(choices)
        known[choices] = kind
        if picked != choices:
            known[picked] = kind
        return kind, ()

    def _one(self, cell: str) -> str:
        """The same text as one object, for the cells that stand in many rows."""
        return self._same.setdefault(cell, cell) if len(self._same) < _REMEMBERED else self._same.get(cell, cell)

    def _faults_of(self, choices: tuple[str, ...], *, partial: bool) -> Sequence[Diagnostic]:
        found = self._wrong.get((partial, choices))
        if found is None:
            found = faults_of(choices, self._arms, partial=partial)
            if found:
                self._wrong[partial, choices] = found
                self.faults.enough = self.faults.enough or len(self._wrong) >= _MOST_KINDS
        return found

    # -- at the end

    def twice(self) -> dict[int, int]:
        """The rows whose id stood in an earlier row, in any letters, each with the first such row."""
        doubted = {code for part in self._hashes if len(set(part)) < len(part) for code, count in Counter(part).items() if count > 1}
        if not doubted:
            return {}
        first: dict[str, int] = {}
        again: dict[int, int] = {}
        for row, identity in enumerate(self.ids):
            folded = identity.lower()
            if folded and hash(folded) in doubted and first.setdefault(folded, row) != row:
                again[row] = first[folded]
        return again


def _fault_of_path(own: str, path: str) -> Diagnostic | None:
    """What is wrong with a participant file, of which no more is asked here than that it is there."""
    hidden = hidden_character(own)
    if hidden is not None:
        return Diagnostic("control-character", f"the character U+{ord(own[hidden]):04X} may not stand in a file's name", "delete it")
    if os.path.isfile(path):
        return None
    if os.path.isdir(path):
        return Diagnostic("unreadable", f"`{own}` is a folder, not a file", "name a participant file in it")
    mend = "check the name: it begins in the folder of the roster"
    return Diagnostic("unreadable", f"there is no file `{own}`", mend)
