"""The octets of a calendar -> what the calendars of all have in common whose schedule is the same but for their id."""

from datetime import date
from typing import Final

from msgspec import Struct

from dosecal.write.uid import person_code

ANYONE: Final = b"\x00"
"""Stands where the person code of a participant goes; no text of a calendar can hold it (mould.clean)."""
CALENDAR_END: Final = b"END:VCALENDAR\r\n"


class Stencil(Struct, frozen=True):
    """The octets around the person codes of a calendar."""

    study: str
    pieces: tuple[bytes, ...]

    def calendar_of(self, participant: str) -> bytes:
        """The calendar of the participant with this id: the very octets that `IcsWriter.write` gives."""
        return person_code(self.study, participant, date.min).encode().join(self.pieces)


def stencil_of(study: str, octets: bytes) -> Stencil:
    """The stencil of a calendar in which ANYONE stands for the person code."""
    return Stencil(study, tuple(octets.split(ANYONE)))
