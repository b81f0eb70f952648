"""Nodes -> typed values: each reader yields what is wrong and returns what it could read, so that all errors come out at once.

A reader of a value that is wrong yields an error and returns None (or leaves the part out); nothing read is used once there is an error.
"""

from collections.abc import Callable, Generator, Iterable
from datetime import date, time
from functools import partial
from typing import Final, Protocol, TypeVar

from dosecal.diagnostic import Diagnostic, Place, Refused, nearest
from dosecal.phrases.words import Names, Parsed, PhraseError
from dosecal.read.nodes import MAX_FAULTS, Document, Mapping, Node, Scalar, Sequence
from dosecal.study_time import FIRST_DATE, LAST_DATE

T = TypeVar("T")
Reading = Generator[Diagnostic, None, T]
T_co = TypeVar("T_co", covariant=True)


class Reader(Protocol[T_co]):
    """Reads one node: what it holds, or None where it is wrong (and has been said to be)."""

    def __call__(self, document: Document, node: Node, /) -> Generator[Diagnostic, None, T_co | None]: ...


MAX_TEXT: Final = 500


def run(reading: Reading[T | None]) -> T:
    """What `reading` returns. Raises Refused with every error that it yields, or the first MAX_FAULTS."""
    faults: list[Diagnostic] = []
    while True:
        try:
            faults.append(next(reading))
            if len(faults) == MAX_FAULTS:
                raise Refused(sorted(faults, key=_position))
        except StopIteration as stop:
            if faults:
                raise Refused(sorted(faults, key=_position)) from None
            result: T | None = stop.value
            if result is None:
                raise AssertionError("a reader gave neither a value nor an error") from None
            return result


def _position(fault: Diagnostic) -> tuple[int, int]:
    place = fault.place or Place("")
    return place.line, place.column


def keys_of(document: Document, node: Node, known: Iterable[str], what: str, required: Iterable[str] = ()) -> Reading[dict[str, Node]]:
    """The values of a mapping by key. `what` names it in messages ("a dose"). Unknown keys are refused with the nearest known one named."""
    known, required = tuple(known), tuple(required)
    if not isinstance(node, Mapping):
        shown = ", ".join(f"{key}: ..." for key in required or known[:1])
        yield Diagnostic("not-keys", f"{what} is written as keys with values", f"write `{{{shown}}}`", place=document.place(node))
        return {}
    found: dict[str, Node] = {}
    for key, value in node.entries:
        if key.text in known:
            found[key.text] = value
            continue
        yield _unknown_key(document, key, value, known, what)
    for key_name in required:
        if node.get(key_name) is None:
            yield Diagnostic("missing-key", f"{what} needs the key `{key_name}`", f"add `{key_name}: ...`", place=document.place(node))
    return found


def _unknown_key(document: Document, key: Scalar, value: Node, known: tuple[str, ...], what: str) -> Diagnostic:
    near = nearest(key.text, known)
    mend = f"did you mean `{near}`?" if near else f"its keys are {', '.join(known)}"
    if near is None and value == Scalar("", value.line, value.column, 1, exact=False) and value.line == key.line:
        mend = "a comma inside braces begins a new key: separate the parts of a phrase by spaces, as in `days 1 8 15`"
    return Diagnostic("unknown-key", f"{what} has no key `{key.text}`", mend, place=document.place(key))


def optional(document: Document, keys: dict[str, Node], key: str, reader: Reader[T]) -> Reading[T | None]:
    """What `reader` makes of the value under `key`; None when the key is not there."""
    node = keys.get(key)
    if node is None:
        return None
    return (yield from reader(document, node))


def many(document: Document, keys: dict[str, Node], key: str, reader: Reader[T]) -> Reading[tuple[T, ...]]:
    """What `reader` makes of each part of the list under `key`, or of the one value there; empty when the key is not there."""
    node = keys.get(key)
    return (yield from each(document, node, reader)) if node is not None else ()


def each(document: Document, node: Node, reader: Reader[T]) -> Reading[tuple[T, ...]]:
    if not isinstance(node, Sequence):
        value = yield from reader(document, node)
        return () if value is None else (value,)
    if not node.nodes:
        yield Diagnostic("empty-list", "the list is empty", "leave the key out, or name something", place=document.place(node))
    values: list[T] = []
    for part in node.nodes:
        value = yield from reader(document, part)
        if value is not None:
            values.append(value)
    return tuple(values)


def entries(document: Document, node: Node, what: str) -> Reading[tuple[tuple[Scalar, Node], ...]]:
    """The entries of a mapping whose keys are names."""
    if not isinstance(node, Mapping) or not node.entries:
        yield Diagnostic("not-keys", f"{what} are written as names with values", "for example `name: ...`", place=document.place(node))
        return ()
    kept: list[tuple[Scalar, Node]] = []
    for key, value in node.entries:
        if _after_comma(key, value):
            yield _decimal_comma(document, key)
        elif (yield from name_of(document, key)) is not None:
            kept.append((key, value))
    return tuple(kept)


def _after_comma(key: Scalar, value: Node) -> bool:
    """Whether a key is what stood after a comma that was meant as a decimal point: `{bsa: 1,73 m2}`."""
    return key.text[:1].isdigit() and isinstance(value, Scalar) and not value.text


def _decimal_comma(document: Document, key: Scalar) -> Diagnostic:
    message = f"a comma inside braces ends a value, and `{key.text}` has none of its own"
    return Diagnostic("comma", message, "write decimals with a point, as in 1.73", place=document.place(key))


def name_of(document: Document, key: Scalar) -> Reading[str | None]:
    """The name that a key declares. An event's key joins names with `/` and marks ties with `@`, so a name holds neither."""
    name = yield from text(document, key)
    if name is None:
        return None
    if "/" in name or "@" in name:
        yield Diagnostic("name", f"the name `{name}` holds `/` or `@`", "write `and`, `or` or a space instead", place=document.place(key))
        return None
    if name != key.text:
        yield Diagnostic("name", f"the name `{name}` has a space before or after it", "delete the space", place=document.place(key))
        return None
    return name


def text(document: Document, node: Node) -> Reading[str | None]:
    """A text of one to 500 characters on one line, without control characters and without spaces at its ends."""
    if not isinstance(node, Scalar):
        yield Diagnostic("not-text", "a text is expected here", "write one text, without brackets or braces", place=document.place(node))
        return None
    value = node.text
    if not value.strip():
        yield Diagnostic("no-value", "there is no value here", "write one, or leave the key out", place=document.place(node))
        return None
    if len(value) > MAX_TEXT:
        yield Diagnostic("too-long", f"a text of more than {MAX_TEXT} characters", "shorten it", place=document.place(node))
        return None
    bad = next((c for c in value if not c.isprintable() and c != "\u00a0"), None)
    if bad is not None:
        message = f"the character U+{ord(bad):04X} (control, line break or text direction) may not stand in a text"
        yield Diagnostic("control-character", message, "delete it", place=document.place(node))
        return None
    return value.strip()


def one_of(choices: Iterable[str], what: str, document: Document, node: Node) -> Reading[str | None]:
    """One of a few words."""
    value = yield from text(document, node)
    choices = tuple(choices)
    if value is None or value in choices:
        return value
    near = nearest(value, choices)
    mend = f"did you mean `{near}`?" if near else f"write one of: {', '.join(choices)}"
    yield Diagnostic("unknown-word", f"`{value}` is no {what}", mend, place=document.place(node))
    return None


def phrase(parse: Callable[[str, Names], Parsed[T]], names: Names) -> Reader[T]:
    """A reader of one phrase."""
    return partial(_phrase, parse, names)


def _phrase(parse: Callable[[str, Names], Parsed[T]], names: Names, document: Document, node: Node) -> Reading[T | None]:
    if not isinstance(node, Scalar):
        mend = "write one phrase; a comma inside braces begins a new key"
        yield Diagnostic("not-text", "a phrase is expected here", mend, place=document.place(node))
        return None
    if not node.text.strip():
        yield Diagnostic("no-value", "there is no value here", "write one, or leave the key out", place=document.place(node))
        return None
    try:
        return parse(node.text, names).tree
    except PhraseError as error:
        place = document.place(node, error.start, max(error.end, error.start + 1))
        yield Diagnostic(error.name, error.message, error.help, place=place)
        return None


def calendar_date(document: Document, node: Node) -> Reading[date | None]:
    """A date written YYYY-MM-DD, between 1900 and 2200."""
    value = yield from text(document, node)
    if value is None:
        return None
    result = date_from(value)
    if isinstance(result, date):
        return result
    yield Diagnostic("date", *result, place=document.place(node))
    return None


def date_from(value: str) -> date | tuple[str, str]:
    """The date that `value` says (YYYY-MM-DD, 1900-2200), or what is wrong with it and the mend."""
    parts = value.split("-")
    if [len(part) for part in parts] != [4, 2, 2] or not all(part.isascii() and part.isdigit() for part in parts):
        return f"`{value}` is not a date", "write year, month and day as in 2026-01-05"
    try:
        result = date.fromisoformat(value)
    except ValueError:
        return f"there is no date {value}", "check the month and the day"
    if not FIRST_DATE <= result <= LAST_DATE:
        return f"the date {value} lies outside the years 1900 to 2200", "check the year"
    return result


def clock_time(document: Document, node: Node) -> Reading[time | None]:
    """A wall-clock time written HH:MM, from 00:00 to 23:59."""
    value = yield from text(document, node)
    if value is None:
        return None
    hours, colon, minutes = value.partition(":")
    shaped = len(hours) == len(minutes) == 2 and colon and (hours + minutes).isascii() and (hours + minutes).isdigit()  # noqa: PLR2004
    if shaped and int(hours) < 24 and int(minutes) < 60:  # noqa: PLR2004
        return time(int(hours), int(minutes))
    yield Diagnostic("time", f"`{value}` is not a time of day", "write hours and minutes as in 07:30 or 19:00", place=document.place(node))
    return None


def whole_number(lowest: int, highest: int, document: Document, node: Node) -> Reading[int | None]:
    """A whole number from `lowest` to `highest`, both included."""
    value = yield from text(document, node)
    if value is None:
        return None
    if value.isascii() and value.isdigit() and str(int(value[:9])) == value and lowest <= int(value) <= highest:
        return int(value)
    yield Diagnostic(
        "number", f"`{value}` is not a whole number from {lowest} to {highest}", "write it in digits", place=document.place(node)
    )
    return None
