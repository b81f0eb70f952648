"""A participant's id in a roster table: what may be one, since it becomes the name of a file on every system."""

import re
from typing import Final

from dosecal.diagnostic import Diagnostic, Place
from dosecal.read.participant import ID_LENGTH

well_formed: Final = re.compile(r"(?!(?i:CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])\Z)[A-Za-z0-9_][A-Za-z0-9_-]{0,63}\Z").match
"""Something for an id of 1 to 64 letters, digits, `_` and `-` that does not begin with `-` and is no device of Windows; else None."""
_LETTERS: Final = re.compile(r"[A-Za-z0-9_-]*")
_NUMBER: Final = re.compile(r"\d+(\.\d+)?[eE]\+?\d+|\d+\.0+|\d{1,3}(,\d{3})+")
_ID: Final = "an id becomes the name of a file: write letters from A to Z, digits, `_` and `-`"


def fault_of_id(identity: str) -> Diagnostic | None:
    """What is wrong with an id; the place is one in its cell (line 0, column from 1)."""
    if well_formed(identity) is not None:
        return None
    if not identity:
        return Diagnostic("no-value", "the cell `id` is empty", "write the participant's id")
    if len(identity) > ID_LENGTH:
        return Diagnostic("too-long", f"an id of more than {ID_LENGTH} characters", "shorten it")
    if _NUMBER.fullmatch(identity):
        mend = "show the column as text in the spreadsheet, write the id again and save it again"
        return Diagnostic("id", f"`{identity}` is what a spreadsheet makes of a number, not an id", mend)
    sound = _LETTERS.match(identity)
    at = sound.end() if sound is not None else 0
    if at < len(identity):
        shown = identity[at] if identity[at].isprintable() else f"U+{ord(identity[at]):04X}"
        return Diagnostic("id", f"`{shown}` may not stand in an id", _ID, place=Place("", 0, at + 1, 1))
    if identity.startswith("-"):
        mend = "begin it with a letter, a digit or `_`: an id becomes the name of a file"
        return Diagnostic("id", f"the id `{identity}` begins with `-`", mend)
    message = f"`{identity}` is the name of a device on Windows, and no file there can be called so"
    return Diagnostic("id", message, "write another id")
