"""An older calendar and the present one -> the present one with only what a reader of the older one lacks.

Both are files that dosecal wrote, so their components are compared as octets: the same event is always folded in the same way. What changed
is a component whose UID (with its RECURRENCE-ID) the older file has not, or has with another content or SEQUENCE. DTSTAMP and LAST-MODIFIED
alone are no change: `--now` sets them anew. A series and its exceptions have one UID and are written together, since some readers take
what comes with a UID for the whole of it.
"""

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from dosecal.write.stamp import Stamp, calendar_stamp

_EDGE: Final = re.compile(rb"^(BEGIN|END):(VEVENT|VTODO)\r\n", re.MULTILINE)
_IDENTITY: Final = re.compile(rb"\r\n(UID|RECURRENCE-ID)[^\r]*")
_STAMPS: Final = re.compile(rb"\r\n(DTSTAMP|LAST-MODIFIED):[^\r]*")
_SEQUENCE: Final = re.compile(rb"\r\nSEQUENCE:(\d{1,9})\r\n")
_START: Final = re.compile(rb"\r\n(?:DTSTART|DUE)[^:\r]*:(\d{4})(\d\d)(\d\d)")
_WHEN: Final = re.compile(rb"\r\n(?:DTSTART|DTEND|DUE)[^\r]*")
_SUMMARY: Final = re.compile(rb"\r\nSUMMARY:((?:[^\r]|\r\n )*)")
_ESCAPED: Final = re.compile(r"\\(.)")
_END: Final = b"END:VCALENDAR\r\n"
_ZONE: Final = b"BEGIN:VTIMEZONE\r\n"

Identity = tuple[bytes, ...]
"""Which component: event or task, its UID, and its RECURRENCE-ID if it has one."""


class Update(Struct, frozen=True):
    """The calendar of what changed; how many components it has, and how many the whole present one.

    `gone`: what the older calendar has and the present one has not, as date and title. `older`: how many components have a lower SEQUENCE
    here than in the older calendar, so that its readers keep what they have; `unraised`: how many have another time at the same SEQUENCE,
    so that its readers may.
    """

    data: bytes
    changed: int
    total: int
    gone: tuple[str, ...]
    older: int
    unraised: int = 0


def older_stamp(content: bytes) -> Stamp | None:
    """Whose calendar an older file is; None where dosecal did not write it."""
    return calendar_stamp(_with_line_ends(content))


def changed_since(old: bytes, new: bytes) -> Update:
    """What a reader of `old` lacks of `new`; both are calendars that dosecal wrote, of one participant for the same readers.

    Where nothing changed, it is a calendar without events.
    """
    before = dict(_components(_with_line_ends(old)))
    after = dict(_components(new))
    changed = {_uid(one) for one, octets in after.items() if one not in before or _bare(before[one]) != _bare(octets)}
    kept = [octets for identity, octets in after.items() if _uid(identity) in changed]
    first = _EDGE.search(new)
    head = new[: first.start()] if first else new.removesuffix(_END)
    if not any(b";TZID=" in octets for octets in kept):
        head = head.partition(_ZONE)[0]
    return Update(
        b"".join((head, *kept, _END)),
        len(kept),
        len(after),
        tuple(_told(octets) for identity, octets in before.items() if identity not in after),
        sum(_sequence(octets) < _sequence(before[identity]) for identity, octets in after.items() if identity in before),
        sum(_unraised(before[identity], octets) for identity, octets in after.items() if identity in before),
    )


def _with_line_ends(content: bytes) -> bytes:
    """A file that went through a tool which knows only LF has its line ends again."""
    return content if b"\r\n" in content else content.replace(b"\n", b"\r\n")


def _components(calendar: bytes) -> Iterator[tuple[Identity, bytes]]:
    """Each event and task: which it is, and its octets. What is not closed is passed over."""
    begun: re.Match[bytes] | None = None
    for edge in _EDGE.finditer(calendar):
        if begun is not None and edge[1] == b"END" and edge[2] == begun[2]:
            octets = calendar[begun.start() : edge.end()]
            yield (edge[2], *sorted((found[0] for found in _IDENTITY.finditer(octets)), reverse=True)), octets  # UID, RECURRENCE-ID
        begun = edge if edge[1] == b"BEGIN" else None


def _uid(identity: Identity) -> Identity:
    return identity[:2]


def _bare(octets: bytes) -> bytes:
    return _STAMPS.sub(b"", octets)


def _sequence(octets: bytes) -> int:
    found = _SEQUENCE.search(octets)
    return int(found[1]) if found else 0


def _unraised(old: bytes, new: bytes) -> bool:
    """Whether a component has another time and the same SEQUENCE: something other than the record has changed it."""
    return _sequence(old) == _sequence(new) and _WHEN.findall(old) != _WHEN.findall(new)


def _told(octets: bytes) -> str:
    """A component in words: "2026-01-31 Injection"."""
    start, summary = _START.search(octets), _SUMMARY.search(octets)
    words = summary[1].replace(b"\r\n ", b"").decode("utf-8", "replace") if summary else ""
    title = _ESCAPED.sub(lambda escaped: " " if escaped[1] in "nN" else escaped[1], words)
    return " ".join((*([b"-".join(start.groups()).decode()] if start else []), title))
