"""YAML text -> nodes with positions: mappings, sequences and scalars that stay text; whatever YAML could guess is refused.

Only the events of the parser are used, so nothing is resolved: `no`, `12:30`, `010` and `2025-02-30` are text until a field says more.
"""

from itertools import islice
from typing import Final

import yaml
from msgspec import Struct

from dosecal.diagnostic import Diagnostic, Place, Refused
from dosecal.read.yaml_faults import yaml_fault

MAX_BYTES: Final = 1_000_000
MAX_DEPTH: Final = 20
MAX_NODES: Final = 60_000
"""Keys and values of a file: a record of three thousand entries has fewer."""
_FEW_PAGES: Final = "a regimen is a few pages of text: check that this is one"
MAX_FAULTS: Final = 100
"""How many errors of one file are listed: who has mended these sees the next."""


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
    lines = tuple(_decoded(file, data).replace("\r\n", "\n").split("\n"))
    _no_control_characters(file, lines)
    builder = _Builder(file, lines)
    try:
        for event in yaml.parse("\n".join(lines), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            builder.take(event)
    except yaml.YAMLError as error:
        raise Refused([*builder.faults, yaml_fault(file, lines, error)]) from None
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
        raise Refused([Diagnostic("too-large", message, _FEW_PAGES, place=Place(file))])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = len(data[data.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8", "replace")) + 1
        place = Place(file, line, column)
        message = f"the byte 0x{data[error.start]:02X} is not UTF-8 text"
        raise Refused([Diagnostic("not-utf-8", message, "save the file as UTF-8", place=place)]) from None


def _no_control_characters(file: str, lines: tuple[str, ...]) -> None:
    """Refuse what a reader cannot see and YAML or a terminal would act on: controls, other line ends, marks of text direction."""
    found = (
        (number, column, character)
        for number, line in enumerate(lines, 1)
        if not line.isprintable()
        for column, character in enumerate(line, 1)
        if not character.isprintable() and character not in _SPACES
    )
    faults = [
        Diagnostic(
            "control-character",
            f"the character U+{ord(character):04X} may not stand in a file",
            "save the file with the line ends LF or CR LF" if character in _LINE_ENDS else "delete it",
            place=Place(file, number, column, 1, lines[number - 1]),
        )
        for number, column, character in islice(found, MAX_FAULTS)
    ]
    if faults:
        raise Refused(faults)


_SPACES: Final = "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
"""The tab, and Unicode's other spaces (category Zs): fields and phrases judge them where they stand."""
_LINE_ENDS: Final = "\r\x0b\x0c\x85\u2028\u2029"


class _Open:
    """A mapping or sequence that is being filled."""

    def __init__(self, event: yaml.Event, *, mapping: bool) -> None:
        self.line, self.column = _start(event)
        self.mapping = mapping
        self.parts: list[Node] = []
        self.keys: dict[str, int] = {}

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
        self.nodes = 0
        self.root: Node | None = None
        self.documents = 0
        self.faults: list[Diagnostic] = []

    def take(self, event: yaml.Event) -> None:
        match event:
            case yaml.DocumentStartEvent():
                self.documents += 1
                if event.version or event.tags:
                    self._fault(event, "directive", "a line that begins with `%` gives orders to the parser", "leave it out")
                if self.documents == 2:  # noqa: PLR2004
                    self._fault(event, "second-document", "a second document begins here", "put it into a file of its own")
            case yaml.AliasEvent():
                self._fault(event, "alias", "`{}` stands for another part of the file", "write the part out")
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
        self.nodes += 1
        if self.nodes > MAX_NODES:
            message = f"the file holds more than {MAX_NODES:,} keys and values"
            raise Refused([Diagnostic("too-large", message, _FEW_PAGES, place=Place(self.file))])
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
            self._found(Diagnostic("key", "a key is a text, not a list or a group of keys", "write `key: value`", place=place))
        elif node.text == "<<":
            self._found(Diagnostic("merge-key", "`<<` copies keys from elsewhere", "write the keys out", place=place))
        elif "\u00a0" in node.text:
            message = "a no-break space stands in this key"
            self._found(Diagnostic("no-break-space", message, "write an ordinary space, or none before the key", place=place))
        elif node.text in parent.keys:
            message = f"the key `{node.text}` stands twice, first on line {parent.keys[node.text]}"
            self._found(Diagnostic("duplicate-key", message, "keep one of the two", place=place))
        else:
            parent.keys[node.text] = node.line

    def _no_extras(self, event: yaml.Event, anchor: str | None, tag: str | None) -> None:
        if anchor is not None:
            self._fault(event, "anchor", "`{}` names a part of the file", "write the part out wherever it is needed")
        if tag is not None:
            self._fault(event, "tag", "`{}` says how a value is to be read", "leave it out: every field knows what it holds")

    def _fault(self, event: yaml.Event, name: str, message: str, mend: str) -> None:
        """Refuse what begins at `event`, up to the next space: {} in `message` stands for it."""
        line, column = _start(event)
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        word = text[column - 1 :].split(" ", 1)[0]
        self._found(Diagnostic(name, message.format(word), mend, place=Place(self.file, line, column, max(len(word), 1), text)))

    def _found(self, fault: Diagnostic) -> None:
        self.faults.append(fault)
        if len(self.faults) >= MAX_FAULTS:
            raise Refused(self.faults)


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
