"""YAML text -> nodes with positions: mappings, sequences and scalars that stay text; whatever YAML could guess is refused.

Only the events of the parser are used, so nothing is resolved: `no`, `12:30`, `010` and `2025-02-30` are text until a field says more.
"""

from collections.abc import Iterator
from typing import Final

import yaml
from msgspec import Struct

from dosecal.diagnostic import Diagnostic, Place, Refused

MAX_BYTES: Final = 1_000_000
MAX_DEPTH: Final = 20


class Scalar(Struct, frozen=True):
    """A text and where it stands (line and column from 1). `exact`: the source shows it letter by letter, from `column` on."""

    text: str
    line: int
    column: int
    length: int
    exact: bool = True


class Mapping(Struct, frozen=True):
    """Keys and values in the order of the file; no key twice."""

    entries: tuple[tuple[Scalar, "Node"], ...]
    line: int
    column: int

    def get(self, key: str) -> "Node | None":
        return next((value for name, value in self.entries if name.text == key), None)


class Sequence(Struct, frozen=True):
    """A list."""

    nodes: tuple["Node", ...]
    line: int
    column: int


Node = Scalar | Mapping | Sequence


class Document(Struct, frozen=True):
    """A file that has been read: its name as people gave it, its lines, and its one root node."""

    file: str
    lines: tuple[str, ...]
    root: Mapping

    def place(self, node: Node, start: int = 0, end: int | None = None) -> Place:
        """Where `node` stands; for a scalar that the source shows letter by letter, the characters from `start` to `end` of it."""
        return _place(self.file, self.lines, node, start, end)


def _place(file: str, lines: tuple[str, ...], node: Node, start: int = 0, end: int | None = None) -> Place:
    column, length = node.column, 1
    if isinstance(node, Scalar):
        length = node.length
        if node.exact:
            column = node.column + start
            length = max((len(node.text) if end is None else end) - start, 1)
    text = lines[node.line - 1] if 0 < node.line <= len(lines) else ""
    return Place(file=file, line=node.line, column=column, length=length, text=text)


def read_document(file: str, data: bytes) -> Document:
    """The nodes of the YAML file whose content is `data`. Raises Refused with everything that is wrong with it as YAML."""
    text = _decoded(file, data)
    lines = tuple(text.splitlines())
    builder = _Builder(file, lines)
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            builder.take(event)
    except yaml.YAMLError as error:
        raise Refused([*builder.faults, _yaml_fault(file, lines, error)]) from None
    root = builder.root
    if builder.faults:
        raise Refused(builder.faults)
    if root is None or (isinstance(root, Scalar) and not root.text):
        raise Refused([Diagnostic("empty-file", "the file is empty", "a regimen begins with `format: dosecal/1`", place=Place(file))])
    if not isinstance(root, Mapping):
        message = "the file is a list, not keys with values" if isinstance(root, Sequence) else "the file is a text, not keys with values"
        place = _place(file, lines, root)
        raise Refused([Diagnostic("not-keys", message, "a regimen begins with `format: dosecal/1`", place=place)])
    return Document(file, lines, root)


def _decoded(file: str, data: bytes) -> str:
    if len(data) > MAX_BYTES:
        message = f"the file is larger than {MAX_BYTES:,} bytes"
        raise Refused([Diagnostic("too-large", message, "a regimen is a few pages of text: check that this is one", place=Place(file))])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = len(data[data.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8", "replace")) + 1
        place = Place(file, line, column)
        message = f"the byte 0x{data[error.start]:02X} is not UTF-8 text"
        raise Refused([Diagnostic("not-utf-8", message, "save the file as UTF-8", place=place)]) from None


def _yaml_fault(file: str, lines: tuple[str, ...], error: yaml.YAMLError) -> Diagnostic:
    """The parser's complaint in plain words, at the character that caused it."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        bad = next(_unprintable(lines), None)
        if bad is None:
            return Diagnostic("not-yaml", "the file is not YAML", "see the language reference for how a file looks", place=Place(file))
        line, column, character = bad
        place = Place(file, line, column, 1, lines[line - 1])
        return Diagnostic("control-character", f"the character U+{ord(character):04X} may not stand in a file", "delete it", place=place)
    line, column = error.problem_mark.line + 1, error.problem_mark.column + 1
    for number in (line, line - 1):  # the parser notices a no-break space one line late
        at = lines[number - 1].find("\u00a0") if 0 < number <= len(lines) else -1
        if at >= 0:
            place = Place(file, number, at + 1, 1, lines[number - 1])
            return Diagnostic("no-break-space", "a no-break space stands here", "write an ordinary space", place=place)
    line = min(line, max(len(lines), 1))
    place = Place(file, line, column, 1, lines[line - 1] if lines else "")
    problem = error.problem or "it cannot be read"
    for needle, message, mend in _PROBLEMS:
        if needle in problem:
            return Diagnostic("not-yaml", message, mend, place=place)
    return Diagnostic(
        "not-yaml", f"this is not YAML: {problem}", "check the spaces at the line's start, and quotes and brackets", place=place
    )


_PROBLEMS: Final = (
    (
        "cannot start any token",
        "this character cannot stand here (a tab, or a sign that YAML reserves)",
        "indent with spaces; quote a text that begins with a sign",
    ),
    ("mapping values are not allowed", "a colon cannot stand here", "quote a text that holds `: `; check the spaces at the line's start"),
    ("could not find expected ':'", "a key without a colon", "write `key: value`"),
    ("did not find expected key", "a key is expected here", "check the spaces at the line's start: keys of one level begin in one column"),
    ("did not find expected ',' or", "a bracket or brace is not closed here", "close it, or put a comma between its parts"),
    ("undefined alias", "names that stand for other parts (*) are not used in dosecal files", "write the part out"),
)


def _unprintable(lines: tuple[str, ...]) -> Iterator[tuple[int, int, str]]:
    for number, line in enumerate(lines, 1):
        for column, character in enumerate(line, 1):
            if not character.isprintable() and character not in "\t\u00a0":
                yield number, column, character


class _Open:
    """A mapping or sequence that is being filled."""

    def __init__(self, event: yaml.Event, *, mapping: bool) -> None:
        self.line, self.column = _start(event)
        self.mapping = mapping
        self.parts: list[Node] = []

    def close(self) -> Node:
        if not self.mapping:
            return Sequence(tuple(self.parts), self.line, self.column)
        keys, values = self.parts[0::2], self.parts[1::2]
        entries = tuple((key, value) for key, value in zip(keys, values, strict=True) if isinstance(key, Scalar))
        return Mapping(entries, self.line, self.column)


class _Builder:
    """Takes the parser's events one by one; `root` is the first document's node, `faults` what dosecal does not accept in YAML."""

    def __init__(self, file: str, lines: tuple[str, ...]) -> None:
        self.file, self.lines = file, lines
        self.stack: list[_Open] = []
        self.root: Node | None = None
        self.documents = 0
        self.faults: list[Diagnostic] = []

    def take(self, event: yaml.Event) -> None:
        match event:
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents == 2:  # noqa: PLR2004
                    self._fault(event, "second-document", "a second document begins here", "put it into a file of its own")
            case yaml.AliasEvent():
                self._fault(event, "alias", f"the name *{event.anchor} stands for another part of the file", "write the part out")
                self._add(Scalar("", *_start(event), 1, exact=False))
            case yaml.ScalarEvent():
                self._no_extras(event, event.anchor, event.tag)
                self._add(_scalar(event))
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                self._no_extras(event, event.anchor, event.tag)
                self.stack.append(_Open(event, mapping=isinstance(event, yaml.MappingStartEvent)))
                if len(self.stack) > MAX_DEPTH:
                    self._fault(event, "too-deep", f"more than {MAX_DEPTH} levels inside one another", "a regimen needs about six")
                    raise Refused(self.faults)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                done = self.stack.pop()
                self._add(done.close())
            case _:
                pass

    def _add(self, node: Node) -> None:
        if not self.stack:
            if self.documents == 1:
                self.root = node
            return
        parent = self.stack[-1]
        if parent.mapping and len(parent.parts) % 2 == 0:
            self._key(node, parent)
        parent.parts.append(node)

    def _key(self, node: Node, parent: _Open) -> None:
        place = _place(self.file, self.lines, node)
        if not isinstance(node, Scalar):
            self.faults.append(Diagnostic("key", "a key is a text, not a list or a group of keys", "write `key: value`", place=place))
        elif node.text == "<<":
            self.faults.append(Diagnostic("merge-key", "`<<` copies keys from elsewhere", "write the keys out", place=place))
        elif any(isinstance(key, Scalar) and key.text == node.text for key in parent.parts[0::2]):
            message = f"the key `{node.text}` stands twice"
            self.faults.append(Diagnostic("duplicate-key", message, "keep one of the two", place=place))

    def _no_extras(self, event: yaml.Event, anchor: str | None, tag: str | None) -> None:
        if anchor is not None:
            self._fault(event, "anchor", f"&{anchor} names a part of the file", "write the part out wherever it is needed")
        if tag is not None:
            self._fault(event, "tag", f"{tag} says how a value is to be read", "leave it out: every field knows what it holds")

    def _fault(self, event: yaml.Event, name: str, message: str, mend: str) -> None:
        line, column = _start(event)
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        self.faults.append(Diagnostic(name, message, mend, place=Place(self.file, line, column, 1, text)))


def _start(event: yaml.Event) -> tuple[int, int]:
    """Line and column of an event's first character, from 1."""
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)


def _scalar(event: yaml.ScalarEvent) -> Scalar:
    line, column = _start(event)
    end = event.end_mark
    value: str = event.value
    length = end.column + 1 - column if end is not None and end.line + 1 == line else 0  # 0: more than one line
    quotes = 2 if event.style else 0
    if length == len(value) + quotes and value:
        return Scalar(value, line, column + quotes // 2, len(value))
    return Scalar(value, line, column, max(length, 1), exact=False)
