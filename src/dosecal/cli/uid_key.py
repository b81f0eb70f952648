"""A study's key file -> the key from which UIDs are made; what is no secret is refused, and nothing of it is ever printed."""

import os
import stat
import sys
from typing import TYPE_CHECKING, Final

from dosecal.diagnostic import Diagnostic, Place, Refused
from dosecal.read.files import Unreadable, read_bytes

if TYPE_CHECKING:
    from dosecal.write.uid import UidKey

SHORTEST: Final = 16
"""Bytes that a key has at least: 128 bits, as many as a participant's code has."""
_LONGEST: Final = 4096
_FEWEST_DIFFERENT: Final = 5
"""So many different bytes sixteen random digits have, but for once in a million."""
_MAKE_ONE: Final = 'make one: python3 -c "import secrets; print(secrets.token_hex(32))"'


def read_uid_key(path: str) -> "UidKey":
    """The key in the file at `path`. Raises Unreadable; Refused for a key that others can read or change, or that is no random one.

    On POSIX systems the file may be shared with its group, as a study's staff may need, but not with everyone.
    """
    try:
        state = os.stat(path)
    except (OSError, ValueError):
        state = None  # reading it says why
    if state is not None and not stat.S_ISREG(state.st_mode) and not stat.S_ISDIR(state.st_mode):
        raise Unreadable(Diagnostic("unreadable", "this is a device, not a file", "name a plain file", place=Place(path)))
    content = read_bytes(path)
    key = content.rstrip(b"\r\n")
    if len(key) < SHORTEST:
        raise _refused(path, f"a key has at least {SHORTEST} bytes, and here are {len(key)}", _MAKE_ONE)
    if len(key) > _LONGEST:
        raise _refused(path, f"a key has at most {_LONGEST:,} bytes: this is another file", "name the key file")
    if len(set(key)) < _FEWEST_DIFFERENT:
        raise _refused(path, "this key is not random: it has hardly two different bytes", _MAKE_ONE)
    if state is not None and sys.platform != "win32" and state.st_mode & (stat.S_IROTH | stat.S_IWOTH):
        raise _refused(path, "everyone on this machine may read or change this key", f"take that back: chmod o= {path}")
    from dosecal.write.uid import study_key  # noqa: PLC0415  (only who has a key needs it)

    return study_key(key)


def _refused(path: str, problem: str, mend: str) -> Refused:
    return Refused([Diagnostic("uid-key", problem, mend, place=Place(path))])
