"""A CSV file -> its lines, the cells of a line (RFC 4180), and where each cell stands in its line."""

import csv
import os
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from typing import Final

from msgspec import Struct

from dosecal.diagnostic import Diagnostic, Place, Refused
from dosecal.read.files import FilePath, Unreadable, read_blocks

MAX_LINE: Final = 10_000
"""Characters of one line."""
_BLOCK: Final = 1 << 18
_AS_UTF_8: Final = "save it as `CSV UTF-8`"
_BEGINNINGS: Final = {
    b"\xff\xfe": ("not-utf-8", "the file is UTF-16, not UTF-8 text", _AS_UTF_8),
    b"\xfe\xff": ("not-utf-8", "the file is UTF-16, not UTF-8 text", _AS_UTF_8),
    b"PK\x03\x04": ("not-a-table", "this is a workbook, not a CSV file", "save it as `CSV UTF-8` in the spreadsheet program"),
    b"\xd0\xcf\x11\xe0": ("not-a-table", "this is a workbook, not a CSV file", "save it as `CSV UTF-8` in the spreadsheet program"),
    b"PAR1": ("not-a-table", "this is a Parquet file, not a CSV file", "give it a name that ends in .parquet"),
}
_BOM: Final = b"\xef\xbb\xbf"


class Span(Struct, frozen=True):
    """Where a cell's text stands in its line (characters from 0, end exclusive); `exact`: letter by letter, without doubled quotes."""

    start: int
    end: int
    exact: bool = True


def lines_of(path: FilePath) -> Iterator[list[str]]:
    """The lines of a UTF-8 file, many at a time, without their ends (LF or CR LF). Raises Unreadable or Refused."""
    file = os.fspath(path)
    number, rest = 1, b""
    first = True
    for block in read_blocks(path, _BLOCK):
        begun = block if first else rest + block
        if first:
            _refuse_other_files(file, begun)
            begun, first = begun.removeprefix(_BOM), False
        whole, end, rest = begun.rpartition(b"\n")
        if end:
            lines = _decoded(file, number, whole).removesuffix("\r").replace("\r\n", "\n").split("\n")
            number += len(lines)
            yield lines
        if len(rest) > 4 * MAX_LINE:
            raise Refused([_too_long(file, number, rest[:_BLOCK].decode("utf-8", "replace"))])
    if rest:
        yield [_decoded(file, number, rest)]


def lines_numbered(path: FilePath, wanted: Collection[int]) -> dict[int, str]:
    """The lines with these numbers, from 1, as far as the file can be read again (a pipe cannot)."""
    found: dict[int, str] = {}
    number, last = 1, max(wanted, default=0)
    with suppress(Refused, Unreadable):
        for lines in lines_of(path) if wanted and os.path.isfile(path) else ():
            found |= {one: lines[one - number] for one in wanted if number <= one < number + len(lines)}
            number += len(lines)
            if number > last:
                break
    return found


def _refuse_other_files(file: str, data: bytes) -> None:
    for beginning, (name, message, mend) in _BEGINNINGS.items():
        if data.startswith(beginning):
            raise Refused([Diagnostic(name, message, mend, place=Place(file))])
    if b"\0" in data[:2]:
        raise Refused([Diagnostic("not-utf-8", "the file is UTF-16, not UTF-8 text", _AS_UTF_8, place=Place(file))])


def _decoded(file: str, number: int, data: bytes) -> str:
    """Lines as text; `number` is that of the first one. Raises Refused."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = number + data.count(b"\n", 0, error.start)
        before = data[data.rfind(b"\n", 0, error.start) + 1 : error.start]
        place = Place(file, line, len(before.decode("utf-8", "replace")) + 1)
        message = f"the byte 0x{data[error.start]:02X} is not UTF-8 text"
        raise Refused([Diagnostic("not-utf-8", message, _AS_UTF_8, place=place)]) from None


def fault_of_line(file: str, number: int, line: str) -> Diagnostic | None:
    """What is wrong with a line that nobody could see: its length, or its first character that is neither text nor a space."""
    if len(line) > MAX_LINE:
        return _too_long(file, number, line)
    hidden = hidden_character(line)
    if hidden is None:
        return None
    message = f"the character U+{ord(line[hidden]):04X} may not stand in a file"
    mend = "save the file with the line ends LF or CR LF" if line[hidden] in _LINE_ENDS else "delete it"
    return Diagnostic("control-character", message, mend, place=Place(file, number, hidden + 1, 1, line))


def hidden_character(text: str) -> int | None:
    """The place of the first control character, line end or mark of text direction; other spaces are judged by what they stand in."""
    if text.isprintable():
        return None
    return next((at for at, one in enumerate(text) if not one.isprintable() and (one in _CONTROLS or not one.isspace())), None)


_LINE_ENDS: Final = "\r\x0b\x0c\x85\u2028\u2029"
_CONTROLS: Final = "\t\n\x1c\x1d\x1e\x1f" + _LINE_ENDS
"""What Python takes for a space, and people cannot see."""


def _too_long(file: str, number: int, line: str) -> Diagnostic:
    if "\r" in line:
        message, mend = "the character U+000D may not stand in a file", "save the file with the line ends LF or CR LF"
        column = line.index("\r") + 1
        return Diagnostic("control-character", message, mend, place=Place(file, number, column, 1, line[: column + 40]))
    message = f"a line of more than {MAX_LINE:,} characters"
    mend = "a row takes one line: check the line ends, or put what is long into a participant file"
    return Diagnostic("too-long", message, mend, place=Place(file, number, MAX_LINE + 1, 1, line[: MAX_LINE + 40]))


def cells_of(file: str, number: int, line: str) -> list[str] | Diagnostic:
    """The cells of one line as the csv module reads them, or what is wrong with the quotes."""
    if '"' not in line:
        return line.split(",")
    try:
        return next(csv.reader([line], strict=True))
    except csv.Error:
        wrong = _walk(line)[1]
        if wrong < len(line) and (wrong == 0 or line[wrong - 1] == ","):
            message, mend = "this quote is not closed on its line", 'end the cell with `"`; a cell takes no more than one line'
        else:
            message, mend = "something stands after the closing quote", 'end the cell there; a quote inside a quoted cell is written `""`'
        return Diagnostic("quote", message, mend, place=Place(file, number, wrong + 1, 1, line))


def spans_of(line: str) -> list[Span]:
    """Where the text of each cell stands, without quotes and without the spaces around it; for lines that `cells_of` accepts."""
    return _walk(line)[0]


_CELL: Final = re.compile(r'"(?P<quoted>(?:[^"]++|"")*+)"|[^",][^,]*|')


def _walk(line: str) -> tuple[list[Span], int]:
    """The cells up to the end, or to the character with which a quoted cell goes wrong, and the place of that."""
    spans: list[Span] = []
    at = 0
    while True:
        match = _CELL.match(line, at)
        end = match.end() if match is not None else at
        group = "quoted" if match is not None and match["quoted"] is not None else 0
        start, stop = match.span(group) if match is not None else (at, at)
        text = line[start:stop]
        inner = text.strip(" ")
        start += len(text) - len(text.lstrip(" ")) if inner else 0
        spans.append(Span(start, start + len(inner), exact='""' not in inner or group == 0))
        if end == len(line):
            return spans, end
        if line[end] != ",":
            return spans, end
        at = end + 1


def place_in(file: str, number: int, line: str, index: int, within: tuple[int, int] | None = None) -> Place:
    """Where cell `index` of a line stands, from 0; `within`: the characters from the first number on (from 0), so many."""
    spans = spans_of(line)
    span = spans[index] if index < len(spans) else Span(len(line), len(line))
    start, length = within if within is not None and span.exact else (0, span.end - span.start)
    return Place(file, number, span.start + start + 1, max(length, 1), line)
