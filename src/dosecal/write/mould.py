"""A mould: an iCalendar component that icalendar renders once, with holes of fixed width into which each event's values are poured.

icalendar does what must not be done by hand, escaping and folding, once for each *distinct* component; an event then costs only the joining
of octets. These are the very octets that icalendar writes for the same event: a hole is exactly as wide as what is poured into it, neither
is ever escaped, and folding counts octets.

A hole is marked by control characters, one for each octet; no text can hold one, because `clean` has taken them all out. A fold may cut a
hole (CRLF and a space then stand inside it): it becomes two holes, each of which knows which part of its value it takes.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Final

from icalendar import Component
from icalendar.prop import vText
from msgspec import Struct

Fields = tuple[bytes, bytes, bytes, bytes, bytes, bytes, bytes]
"""What is poured in for one event: its start, its end, DTSTAMP, LAST-MODIFIED, its UID, SEQUENCE, the digits of its texts."""
START, END, STAMP, MODIFIED, UID, SEQUENCE, DIGITS = range(7)

Hole = tuple[int, int, int]
"""A field, and which of its octets a hole takes: from the first (included) to the last (excluded)."""

_MARKS: Final = "\x01\x02\x03\x04\x05\x06\x07"
_BACKSLASH: Final = "\x08"
"""Stands for a backslash that icalendar is not to see."""
_HOLES: Final = re.compile(rb"([\x01-\x07])\1*")
_CONTROLS: Final = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0xD800, 0xE000)])
_CONTROLS[ord("\n")] = "\n"
_CONTROLS[ord("\t")] = " "
_DIGITS_TO_HOLES: Final = str.maketrans(dict.fromkeys("0123456789", _MARKS[DIGITS]))
_NOT_DIGITS: Final = re.compile("[^0-9]+")


class Mould(Struct, frozen=True):
    """The octets before each hole and after the last one, the holes, and what picks their contents, in order, out of an event's fields."""

    pieces: tuple[bytes, ...]
    holes: "tuple[Hole, ...]"
    contents: Callable[[Fields], Sequence[bytes]]


def hole(field: int, width: int) -> str:
    """A hole of `width` octets in the value of a property."""
    return _MARKS[field] * width


def clean(words: str) -> str:
    """`words` without what no calendar text may hold: controls but the newline, U+2028, U+2029 (ics rule 2), lone surrogates.

    A tab becomes a space.
    """
    return words if words.isascii() and words.isprintable() else words.translate(_CONTROLS)


def text(words: str, parameters: dict[str, str] | None = None) -> vText:
    """Words, cleaned, as a TEXT value, which icalendar escapes (ics rule 3) whatever property it is added to."""
    return holed_text(clean(words), parameters)


def holed_text(words: str, parameters: dict[str, str] | None = None) -> vText:
    """As `text`, for clean words with holes."""
    # icalendar takes a backslash before a capital N for a newline: `rendered` puts the escaped backslash there.
    return vText(words.replace("\\N", 2 * _BACKSLASH + "N"), params=parameters)


def with_holes(words: str) -> str:
    """`words`, cleaned, with a hole for every digit: texts that differ in nothing but digits are cast in one mould."""
    return clean(words).translate(_DIGITS_TO_HOLES)


def digits(words: str) -> bytes:
    """The digits of `words`, which fill the holes of `with_holes(words)`."""
    return _NOT_DIGITS.sub("", words).encode("ascii")


def rendered(component: Component) -> bytes:
    """The component's octets, written by icalendar: escaped, folded, with CRLF."""
    octets: bytes = component.to_ical()
    return octets.replace(_BACKSLASH.encode(), b"\\")


def mould_of(component: Component) -> Mould:
    """The mould of a component whose values have holes; no field may be used twice, but the digits go on from hole to hole."""
    octets = rendered(component)
    pieces: list[bytes] = []
    holes: list[Hole] = []
    filled = [0] * len(_MARKS)
    at = 0
    for match in _HOLES.finditer(octets):
        field, width = octets[match.start()] - 1, match.end() - match.start()
        pieces.append(octets[at : match.start()])
        holes.append((field, filled[field], filled[field] + width))
        filled[field] += width
        at = match.end()
    return _mould([*pieces, octets[at:]], holes)


def poured(mould: Mould, values: Mapping[int, bytes]) -> Mould:
    """The mould with the holes of some fields filled for good: what is cast in it needs only the others."""
    pieces = [mould.pieces[0]]
    holes: list[Hole] = []
    for hole_, piece in zip(mould.holes, mould.pieces[1:], strict=True):
        field, first, last = hole_
        if field in values:
            pieces[-1] += values[field][first:last] + piece
        else:
            holes.append(hole_)
            pieces.append(piece)
    return _mould(pieces, holes)


def cast(moulds: Sequence[Mould], fields: Sequence[Fields]) -> bytes:
    """The octets of all events, one after another: the n-th is cast in the n-th mould from the n-th fields."""
    pieces: list[bytes] = []
    contents: list[bytes] = []
    for mould, values in zip(moulds, fields, strict=True):
        pieces += mould.pieces
        contents += mould.contents(values)
        contents.append(b"")  # a mould has one piece more than holes
    whole = [b""] * (2 * len(pieces))
    whole[::2] = pieces
    whole[1::2] = contents
    return b"".join(whole)


def _mould(pieces: Sequence[bytes], holes: Sequence[Hole]) -> Mould:
    return Mould(tuple(pieces), tuple(holes), _picker(holes))


def _picker(holes: Sequence[Hole]) -> Callable[[Fields], Sequence[bytes]]:
    """The holes' contents out of the fields: values as they are where no hole takes a mere part of one, which is fastest."""
    parted = {field for field, first, _ in holes if first}
    if len(holes) > 1 and not parted:
        return itemgetter(*(field for field, _, _ in holes))
    parts = [(field, slice(first, last)) for field, first, last in holes]
    return lambda fields: [fields[field][part] for field, part in parts]
