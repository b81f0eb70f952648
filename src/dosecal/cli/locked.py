"""One writer at a time: a lock on a folder, which ends with its process, however that ends."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Final

from dosecal.cli.output import Unwritable

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_LONGEST_WAIT: Final = 8.0
_PAUSE: Final = 0.01
_FLAGS: Final = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)


@contextmanager
def locked(target: str) -> Iterator[None]:
    """Keep other runs of dosecal from writing in the folder of the file `target`; waits up to 8 seconds. Raises Unwritable.

    A lock on the file itself would not do: every writer replaces it by another one. A file system without locks (some network folders)
    keeps nobody off here; there, replace_if_unchanged still notices a file that changed. On Windows the lock is that of a small file in
    the folder, `.dosecal-lock`; this is untested.
    """
    folder = os.path.dirname(target) or os.curdir
    try:
        descriptor = _opened(folder)
    except OSError as error:
        raise Unwritable(target, f"its folder cannot be opened: {error.strerror or error}", "ask its owner for access") from None
    try:
        until = monotonic() + _LONGEST_WAIT
        while not _taken(descriptor):
            if monotonic() > until:
                raise Unwritable(target, "another run of dosecal is writing in this folder", "repeat the command when it has ended")
            sleep(_PAUSE)
        yield
    finally:
        os.close(descriptor)


def _opened(folder: str) -> int:
    if sys.platform == "win32":
        return os.open(os.path.join(folder, ".dosecal-lock"), os.O_RDWR | os.O_CREAT)
    return os.open(folder, _FLAGS)


def _taken(descriptor: int) -> bool:
    """Whether the lock is ours now; also where the file system has none."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        pass
    return True
