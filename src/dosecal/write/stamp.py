"""The content of a file -> what dosecal wrote there, by the stamp that each of its formats bears."""

import re
from typing import Final

from msgspec import Struct

LOOK: Final = 4096
"""So many octets of a file's beginning and of its end tell what it is."""
_CALENDAR: Final = b"\r\nPRODID:-//dosecal//"
_PAGE: Final = b'<meta name="generator" content="dosecal '
_AT_THE_START: Final = (b'{"dosecal":', b"date,weekday,study_day,", b'{"content": "deviations", "dosecal":', b"participant,deviation,kind,")
_LAST_LINE: Final = re.compile(rb"(deviations, )?dosecal \d+\.\d+")
"""How a file shows that dosecal wrote it: a calendar and a page; data and tables of cells; a plain table, by its last line."""
_NAME: Final = re.compile(rb"\r\nNAME:((?:[^\r]|\r\n )*)")
_PERSON: Final = re.compile(rb"\r\nUID:([0-9a-f]{32})")
_KEYED: Final = b"\r\nX-DOSECAL-UIDS:keyed\r\n"
_READERS: Final = re.compile(rb"\r\nX-DOSECAL-READERS:([a-z]+)\r\n")
_SERIES: Final = b"\r\nX-DOSECAL-SERIES:yes\r\n"


class Stamp(Struct, frozen=True):
    """What dosecal wrote: the format; of a calendar also what tells it from others.

    That is its name, whose it is (None: it has no event), whether a study's key made its UIDs, whether regular events are series, and for
    whom it is (empty: the participant).
    An empty file belongs to nobody: its format is empty.
    """

    format: bytes
    name: bytes = b""
    person: bytes | None = None
    keyed: bool = False
    series: bool = False
    readers: bytes = b""

    def precedes(self, new: "Stamp") -> bool:
        """Whether `new` is a later state of the same: of one participant, for the same readers, in one format, with UIDs of one kind."""
        whose = self.person == new.person or None in (self.person, new.person)
        return not self.format or (whose and self.kind == new.kind)

    @property
    def kind(self) -> tuple[bytes, bytes, bool, bool, bytes]:
        """What a later state of the same has in common with it, but for whose it is."""
        return self.format, self.name, self.keyed, self.series, self.readers


def stamp_of(content: bytes) -> Stamp | None:
    """The stamp of a whole file, or of its beginning and end (LOOK octets each); None for what dosecal did not write."""
    if not content:
        return Stamp(b"")
    head = content[:LOOK]
    if _CALENDAR in head:
        return calendar_stamp(content)
    if _PAGE in head:
        return Stamp(_PAGE)
    for start in _AT_THE_START:
        if head.startswith(start):
            return Stamp(start)
    found = _LAST_LINE.match(content.rstrip().rpartition(b"\n")[2])
    return Stamp(b"a table" + (found[1] or b"")) if found else None


def calendar_stamp(content: bytes) -> Stamp | None:
    """The stamp of a calendar; None for another file, and for a calendar that dosecal did not write."""
    if not content.startswith(b"BEGIN:VCALENDAR\r\n") or _CALENDAR not in content[:LOOK]:
        return None
    name, person, readers = _NAME.search(content), _PERSON.search(content), _READERS.search(content)
    whose = person[1] if person else None
    return Stamp(_CALENDAR, name[1] if name else b"", whose, _KEYED in content, _SERIES in content, readers[1] if readers else b"")
