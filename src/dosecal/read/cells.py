"""The cells of one row of a roster table -> a Participant, by the rules and the readers of a participant file."""

import re
from collections.abc import Iterator
from collections.abc import Mapping as Values
from contextlib import suppress
from datetime import date
from functools import lru_cache
from typing import Any, Final

from msgspec.structs import replace

from dosecal.diagnostic import Diagnostic, Refused, nearest
from dosecal.participant import Participant
from dosecal.phrases.timing import parse_weekdays
from dosecal.phrases.words import Names, PhraseError
from dosecal.read.csv_lines import MAX_LINE, hidden_character
from dosecal.read.fields import Reading, calendar_date, run
from dosecal.read.nodes import Document, Mapping, Node, Scalar, Sequence
from dosecal.read.participant import in_order, person

CELLS: Final = (
    "arm", "day-1", "timezone", "days", "times", "measures", "language", "site", "horizon", "birth-date", "flags", "first-dose",
)  # fmt: skip
"""The columns that describe a participant, in the order of a row's choices; their meanings are those of a participant file's keys."""
COLUMNS: Final = ("id", *CELLS, "participant")
"""Every column that a roster table may have."""
ARM: Final = CELLS.index("arm")
DAY_1: Final = CELLS.index("day-1")
Arms = Values[str | None, tuple[str, ...]]
"""Names of arms, each with the names of its items that are given on weekdays of choice; None is the name where there are no arms."""
_NEEDED: Final = {"day-1": "write Study Day 1 as in 2026-01-05", "timezone": "write a zone of the IANA list, such as Europe/Berlin"}
_FIELDS: Final = {column: {"day-1": "day_1", "timezone": "zone"}.get(column, column.replace("-", "_")) for column in CELLS}
DATES: Final = ("day-1", "horizon", "birth-date")
"""The columns that hold dates."""
_EXAMPLES: Final = {
    "days": "study drug: Mon Wed Fri; other drug: Tue",
    "times": "breakfast: 07:30; dinner: 18:00",
    "measures": "weight: 70 kg; height: 172 cm",
}
_ROW: Final = Document("", (), Mapping((), 0, 0))
"""What the nodes made of cells stand in: a node's line is the number of its column in CELLS, its column the place in the cell, from 1."""


def by_day_1(choices: tuple[str, ...]) -> tuple[str, ...]:
    """The order in which choices that differ in Day 1 alone stand together."""
    return (*choices[:DAY_1], *choices[DAY_1 + 1 :], choices[DAY_1])


def participant_of(choices: tuple[str, ...], weekly: tuple[str, ...]) -> Participant:
    """The participant, without an id, whom the cells of one row describe.

    `choices` are the cells under CELLS, "" where nothing is said; `weekly` names the items of the arm that are given on weekdays of choice.
    Raises Refused with every error: the line of its place is the number of the cell in CELLS, the column the place in the cell, from 1.
    """
    participant, faults = _read(choices, weekly)
    faults += _missing(choices)
    if faults:
        raise Refused(faults)
    return participant


def _missing(choices: tuple[str, ...]) -> Iterator[Diagnostic]:
    for column, mend in _NEEDED.items():
        if not choices[CELLS.index(column)]:
            yield Diagnostic("no-value", f"the cell `{column}` is empty", mend, place=_ROW.place(_scalar(column, "")))


def faults_of(choices: tuple[str, ...], arms: Arms, *, partial: bool) -> list[Diagnostic]:
    """What is wrong with the cells of a row; `partial`: a participant file says the rest, and any cell may be empty."""
    arm = choices[ARM] or None
    text = "".join(choices)
    if len(text) > MAX_LINE or not text.isprintable():
        unseen = [fault for column, cell in zip(CELLS, choices, strict=True) for fault in _unseen(column, cell)]
        if unseen:
            return unseen
    wrong: list[Diagnostic] = []
    if arm not in arms and not (partial and arm is None):
        wrong.append(_no_arm(choices[ARM], arms))
    wrong += _read(choices, arms.get(arm))[1]
    return wrong if partial else wrong + list(_missing(choices))


def _unseen(column: str, cell: str) -> Iterator[Diagnostic]:
    """What nobody could see in a cell (that does not come from a line of text, which was looked at as a whole)."""
    hidden = hidden_character(cell)
    if hidden is not None:
        message = f"the character U+{ord(cell[hidden]):04X} may not stand in a cell"
        yield Diagnostic("control-character", message, "delete it", place=_ROW.place(_scalar(column, cell), hidden, hidden + 1))
    elif len(cell) > MAX_LINE:
        yield Diagnostic("too-long", f"a cell of more than {MAX_LINE:,} characters", "shorten it", place=_ROW.place(_scalar(column, "")))


def _no_arm(name: str, arms: Arms) -> Diagnostic:
    place = _ROW.place(_scalar("arm", name))
    names = ", ".join(one for one in arms if one is not None)
    if not name:
        return Diagnostic("no-value", "the cell `arm` is empty", f"name one of the arms: {names}", place=place)
    near = nearest(name, (one for one in arms if one is not None))
    mend = f"did you mean `{near}`?" if near else f"the arms are {names}"
    return Diagnostic("arm", f"there is no arm `{name}`", mend, place=place)


def _read(choices: tuple[str, ...], weekly: tuple[str, ...] | None) -> tuple[Participant, list[Diagnostic]]:
    found: dict[str, Any] = {"day_1": date.min}
    faults: list[Diagnostic] = []
    for column, cell in zip(CELLS, choices, strict=True):
        if not cell:
            continue
        try:
            found[_FIELDS[column]] = (";" in cell and _joined(column, cell)) or _value(column, cell, weekly if column == "days" else ())
        except Refused as refused:
            faults += refused.diagnostics
    participant = Participant(**found)
    if participant.horizon is not None or participant.birth_date is not None:
        nodes: dict[str, Node] = {column: _scalar(column, choices[CELLS.index(column)]) for column in ("horizon", "birth-date")}
        faults += in_order(_ROW, nodes, participant)
    return participant, faults


def _joined(column: str, cell: str) -> dict[str, Any] | None:
    """What a cell of several parts says, where each is right and no name stands twice: parts repeat more often than whole cells."""
    if column not in ("times", "measures"):
        return None
    parts = cell.split(";")
    with suppress(Refused):
        found = {name: value for part in parts for name, value in _value(column, part.strip(" "), ()).items()}
        return found if len(found) == len(parts) else None
    return None


# Cells repeat: 186,000 participants have some hundred first days, a dozen zones and a few thousand weights.
@lru_cache(maxsize=1 << 15)
def _value(column: str, cell: str, weekly: tuple[str, ...] | None) -> Any:
    """What one cell says. Raises Refused."""
    try:
        if column == "day-1":
            return run(calendar_date(_ROW, _scalar(column, cell)))
        return getattr(run(_described(column, cell, weekly)), _FIELDS[column])
    except Refused as refused:
        if column not in DATES:
            raise
        raise Refused([replace(one, help=_mend(cell) or one.help) for one in refused.diagnostics]) from None


def _described(column: str, cell: str, weekly: tuple[str, ...] | None) -> Reading[Participant | None]:
    """A participant of whom nothing but this cell is known."""
    node: Node | None
    if column == "days":
        node = yield from _chosen_days(cell, weekly)
    elif column in _EXAMPLES:
        node = yield from _named_values(column, cell)
    elif column == "flags":
        number = CELLS.index(column) + 1
        parts = tuple(_scalar(column, text, start) for text, start in _parts(cell))
        node = Sequence(parts, number, 1)
        for part in parts:
            if not part.text:
                yield _empty_part(part)
                return None
    else:
        node = _scalar(column, cell)
    return (yield from person(_ROW, {column: node}, None, date.min)) if node is not None else None


def _scalar(column: str, text: str, start: int = 0) -> Scalar:
    """A node for `text`, which begins at the character `start` of the cell, from 0."""
    return Scalar(text, CELLS.index(column) + 1, start + 1, max(len(text), 1))


def _parts(cell: str) -> list[tuple[str, int]]:
    """What stands between semicolons, without the spaces around it, and where each begins."""
    found: list[tuple[str, int]] = []
    start = 0
    for part in cell.split(";"):
        found.append((part.strip(" "), start + len(part) - len(part.lstrip(" "))))
        start += len(part) + 1
    return found


def _named_values(column: str, cell: str) -> Reading[Mapping | None]:
    """`weight: 70 kg; height: 172 cm` as names with values; no name twice."""
    found: dict[str, tuple[Scalar, Scalar]] = {}
    sound = True
    for part, start in _parts(cell):
        name, colon, value = part.partition(":")
        key = _scalar(column, name.rstrip(" "), start)
        if not part:
            yield _empty_part(key)
        elif not colon or not key.text or (column == "times" and key.text[-1].isdigit() and value.strip(" ").isdigit()):
            mend = f"for example `{_EXAMPLES[column]}`"
            yield Diagnostic(
                "not-keys", f"`{column}` are written as names with values", mend, place=_ROW.place(_scalar(column, part, start))
            )
        elif key.text in found:
            yield Diagnostic("duplicate-key", f"the name `{key.text}` stands twice", "keep one of the two", place=_ROW.place(key))
        else:
            text = value.strip(" ")
            indent = len(value) - len(value.lstrip(" ")) if text else 0
            found[key.text] = key, _scalar(column, text, start + len(name) + 1 + indent)
            continue
        sound = False
    return Mapping(tuple(found.values()), CELLS.index(column) + 1, 1) if sound else None


def _empty_part(node: Scalar) -> Diagnostic:
    return Diagnostic("no-value", "nothing stands on one side of a `;`", "delete the `;`, or write what is missing", place=_ROW.place(node))


def _chosen_days(cell: str, weekly: tuple[str, ...] | None) -> Reading[Mapping | None]:
    """`Mon Wed Fri` for the arm's one weekly item, or `item: Mon Wed Fri; other item: Tue`; only for items of the arm.

    `weekly` None: the arm is not known, and only the form of the cell is read.
    """
    number = CELLS.index("days") + 1
    whole = _scalar("days", cell)
    if weekly is not None and not weekly:
        message = "this arm has no item that is given on weekdays of the participant's choice"
        yield Diagnostic("days", message, "leave the cell empty", place=_ROW.place(whole))
        return None
    if ":" not in cell:
        try:
            parse_weekdays(cell, Names())
        except PhraseError as error:
            place = _ROW.place(whole, error.start, max(error.end, error.start + 1))
            yield Diagnostic(error.name, error.message, error.help, place=place)
            return None
        if weekly is None or len(weekly) == 1:
            item = weekly[0] if weekly is not None else "the weekly item"
            return Mapping(((Scalar(item, number, 1, len(cell), exact=False), whole),), number, 1)
        message = f"this arm has {len(weekly)} items that are given on weekdays of the participant's choice"
        example = "; ".join(f"{item}: {cell}" for item in weekly)
        yield Diagnostic("days", message, f"name the item, as in `{example}`", place=_ROW.place(whole))
        return None
    node = yield from _named_values("days", cell)
    for key, _ in node.entries if node is not None else ():
        if weekly is not None and key.text not in weekly:
            near = nearest(key.text, weekly)
            mend = f"did you mean `{near}`?" if near else f"the items that take one are {', '.join(weekly)}"
            yield Diagnostic("days", f"`{key.text}` takes no choice of weekdays in this arm", mend, place=_ROW.place(key))
    return node


_ACCIDENTS: Final[Values[str, str]] = {
    r"\d{1,2}[/.-]\d{1,2}[/.-](\d\d|\d{4})": "day and month could be taken for each other: write year, month and day as in 2026-01-05",
    r"\d{4}-(\d-\d{1,2}|\d\d-\d)": "write the month and the day with two digits, as in 2026-01-05",
    r"\d{5}(\.\d+)?": "a spreadsheet counts days so: show the column as text or as YYYY-MM-DD there, as in 2026-01-05, and save it again",
    r"\d{4}-\d\d-\d\d[ T].*": "write the date alone, without a time, as in 2026-01-05",
}
"""What spreadsheets make of dates, and the mend: none of it is taken for a date, since the same signs mean other days elsewhere."""


def _mend(cell: str) -> str | None:
    return next((mend for shape, mend in _ACCIDENTS.items() if re.fullmatch(shape, cell, re.ASCII)), None)
