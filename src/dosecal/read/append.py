"""A participant file and one new entry -> the file with the entry at the end of its `record`, every other byte as it was."""

import re
from typing import Final

import yaml
from msgspec import Struct

from dosecal.diagnostic import Diagnostic, Place, Refused
from dosecal.read.nodes import Document, read_document
from dosecal.read.plain import plain, texts_of

_BOM: Final = "\ufeff"
_DEPTH_OF_A_VALUE: Final = 2
_REMARK: Final = re.compile(r"( +)#")
_REST_OF_A_PART: Final = re.compile(r"\s*(,?)\s*(#.*)?\s*\Z")
_EMPTY: Final = re.compile(r"\s*\[ *\](?=\s*(#.*)?\s*\Z)")
_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+")
"""A line with its end; unlike for str.splitlines, only LF ends one."""


_At = tuple[int, int]
"""A line and a column, from 0."""


class Appended(Struct, frozen=True):
    """A file with its new entry: the bytes and the document, and where the entry's text begins (line and column from 1)."""

    data: bytes
    document: Document
    line: int
    column: int


class _Span(Struct):
    """Where a value stands: lines and columns from 0, the end not included. `parts` are the spans of a list's parts."""

    key: _At
    start: _At
    end: _At
    kind: str
    flow: bool = False
    parts: list[tuple[_At, _At]] = []


def append_entry(file: str, data: bytes, entry: str) -> Appended:
    """The file `data` with `entry`, a YAML mapping on one line, at the end of its `record`.

    Nothing that stands in the file is changed, but for the brackets of an empty list (`record: []`). A new line is indented like the list
    and ends like the line before it. Raises Refused where the file is not YAML as dosecal reads it, or is laid out so that the entry cannot
    be added without touching what is there: the mend says how to begin the list by hand.
    """
    before = read_document(file, data)
    lines = _LINE.findall(data.decode("utf-8"))
    span = _record_span("".join(lines).removeprefix(_BOM).replace("\r\n", "\n"))
    text, line, column = _placed(lines, span, before.root.column - 1, entry)
    changed = text.encode()
    if not _holds_exactly_one_more(file, before, changed, entry):
        raise Refused([_not_appended(before)])
    return Appended(changed, read_document(file, changed), line + 1, column + 1)


def _not_appended(document: Document) -> Diagnostic:
    key = next((key for key, _ in document.root.entries if key.text == "record"), None)
    message = "a new entry cannot be added to this `record` without changing what is there"
    mend = "write `record:` on a line of its own, its entries below, each on a line that begins with `- `"
    return Diagnostic("record-layout", message, mend, place=document.place(key) if key is not None else Place(document.file))


def _holds_exactly_one_more(file: str, before: Document, changed: bytes, entry: str) -> bool:
    """Whether the changed file reads as the one before with `entry` as the last of its record."""
    try:
        after = texts_of(read_document(file, changed).root)
        new = plain(read_document(file, f"entry: {entry}".encode()).root.entries[0][1])
    except Refused:
        return False
    was = texts_of(before.root)
    record = was.get("record", ())
    wanted = {**was, "record": (*(record if isinstance(record, tuple) else ()), new)}
    return isinstance(new, dict) and after == wanted and list(after) == list(wanted)


# -- where the record stands


def _record_span(text: str) -> _Span | None:
    """The span of the value under the root's key `record`; None where there is no such key."""
    depth, key, span, is_key = 0, None, None, False
    for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        opens = isinstance(event, yaml.CollectionStartEvent)
        closes = isinstance(event, yaml.CollectionEndEvent)
        if not (opens or closes or isinstance(event, yaml.ScalarEvent)):
            continue
        if span is not None:
            if _grow(span, depth, _start(event), _end(event), closes=closes):
                return span
        elif depth == 1 and not closes:
            is_key = not is_key
            if key is not None:
                span = _begun(key, event)
                if not opens:
                    return span
            elif is_key and isinstance(event, yaml.ScalarEvent) and event.value == "record":
                key = _start(event)
        depth += opens - closes
    return span


def _begun(key: _At, event: yaml.Event) -> _Span:
    """The span of a value that begins with `event`."""
    empty = isinstance(event, yaml.ScalarEvent) and not event.value and not event.style
    is_list = isinstance(event, yaml.SequenceStartEvent)
    flow = isinstance(event, yaml.SequenceStartEvent) and bool(event.flow_style)
    return _Span(key, _start(event), _end(event), "list" if is_list else "empty" if empty else "other", flow=flow, parts=[])


def _grow(span: _Span, depth: int, start: _At, end: _At, *, closes: bool) -> bool:
    """Take one more event into the span of a list; True where it ends the list."""
    if closes and depth == _DEPTH_OF_A_VALUE:
        span.end = end
        return True
    if depth == _DEPTH_OF_A_VALUE and not closes:
        span.parts.append((start, end))
    # A block's end is noticed late, after remarks: only what stands in it, and the closing sign of a flow collection, tells where it ends.
    elif span.parts and (not closes or end > start):
        span.parts[-1] = (span.parts[-1][0], end)
    return False


def _start(event: yaml.Event) -> _At:
    mark = event.start_mark
    return (mark.line, mark.column) if mark is not None else (0, 0)


def _end(event: yaml.Event) -> _At:
    mark = event.end_mark
    return (mark.line, mark.column) if mark is not None else (0, 0)


# -- the new text, with the line and column (from 0) of the entry in it


def _placed(lines: list[str], span: _Span | None, indent: int, entry: str) -> tuple[str, int, int]:
    if span is None:
        return _new_list(lines, indent, entry)
    if span.flow and span.parts:
        return _into_flow(lines, span, entry)
    if span.flow:
        return _into_brackets(lines, span, indent, entry)
    if span.kind == "list":
        return _below(lines, _last_line(lines, span.parts[-1]), span.start[1], entry)
    return _below(lines, span.key[0], indent + 2, entry)


def _new_list(lines: list[str], indent: int, entry: str) -> tuple[str, int, int]:
    """`record:` and the entry after the last line of the file."""
    end = _line_end(lines, len(lines) - 1)
    whole = "".join(lines)
    head = whole if whole.endswith("\n") else whole + end
    space = " " * indent
    return f"{head}{space}record:{end}{space}  - {entry}{end}", head.count("\n") + 1, indent + 4


def _below(lines: list[str], number: int, indent: int, entry: str) -> tuple[str, int, int]:
    """The entry as a new part of a list, after line `number` and the remarks indented like the list that follow it at once."""
    while number + 1 < len(lines) and (found := _REMARK.match(lines[number + 1])) and len(found[1]) >= max(indent, 1):
        number += 1
    end = _line_end(lines, number)
    head = "".join(lines[: number + 1])
    if not head.endswith("\n"):
        head += end
    return f"{head}{' ' * indent}- {entry}{end}" + "".join(lines[number + 1 :]), number + 1, indent + 2


def _into_brackets(lines: list[str], span: _Span, indent: int, entry: str) -> tuple[str, int, int]:
    """The first entry of `[]`: below the key where the brackets hold nothing at all, else between them."""
    line, column = span.start
    at = column + _shift(lines, line)
    text = lines[line]
    # Seen from the colon: a space before the brackets goes with them, unless a remark follows.
    before = len(text[:at].rstrip(" "))
    if line == span.key[0] == span.end[0] and (found := _EMPTY.match(text, before)):
        return _below([*lines[:line], text[:before] + text[found.end() :], *lines[line + 1 :]], line, indent + 2, entry)
    return _inserted(lines, line, at + 1, "", entry)


def _into_flow(lines: list[str], span: _Span, entry: str) -> tuple[str, int, int]:
    """The entry after the last part of a list in brackets: on a line of its own where that part has one, else beside it."""
    (first, first_column), (last, column) = span.parts[-1]
    at = column + _shift(lines, last)
    rest = _REST_OF_A_PART.match(lines[last], at)
    margin = lines[first][: first_column + _shift(lines, first)].removeprefix(_BOM)
    if margin.strip() or rest is None or last + 1 >= len(lines):
        return _inserted(lines, last, at, ", ", entry)
    comma = rest[1]
    parted = lines[last] if comma else lines[last][:at] + "," + lines[last][at:]
    head = "".join(lines[:last]) + parted
    return f"{head}{margin}{entry}{comma}{_line_end(lines, last)}" + "".join(lines[last + 1 :]), last + 1, len(margin)


def _inserted(lines: list[str], line: int, at: int, before: str, entry: str) -> tuple[str, int, int]:
    changed = lines[line][:at] + before + entry + lines[line][at:]
    column = at + len(before) - _shift(lines, line)
    return "".join([*lines[:line], changed, *lines[line + 1 :]]), line, column


def _last_line(lines: list[str], part: tuple[_At, _At]) -> int:
    """The number of the last line with something of a part; a text of several lines (`>`) ends behind its own."""
    (first, _), (last, column) = part
    if column == 0:
        last -= 1
    while last > first and not lines[last].strip():
        last -= 1
    return min(last, len(lines) - 1)


def _line_end(lines: list[str], number: int) -> str:
    """How line `number` ends, or where it has no end, the first line."""
    for line in (lines[number], lines[0]):
        if line.endswith("\n"):
            return "\r\n" if line.endswith("\r\n") else "\n"
    return "\n"


def _shift(lines: list[str], number: int) -> int:
    """How many signs of a line the parser does not count: a byte order mark at the beginning of the file."""
    return 1 if number == 0 and lines[0].startswith(_BOM) else 0
