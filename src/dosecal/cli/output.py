"""Bytes -> standard output, or a file that is complete or not there: written beside its final name, synced, renamed."""

import os
import stat
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from dosecal.diagnostic import Diagnostic, Place

_STAMPS: Final = (
    b"\r\nPRODID:-//dosecal//",
    b'<meta name="generator" content="dosecal ',
    b'{"dosecal":',
    b"date,weekday,study_day,",
    b"dosecal ",
)
"""How a file shows that dosecal wrote it: a calendar, a page, data, a table of cells, a plain table (its last line)."""
_LOOK: Final = 4096


class Unwritable(Exception):  # noqa: N818  (as Refused)
    """A path cannot be written. `diagnostic` says so in one line."""

    def __init__(self, path: Path | str, problem: str, mend: str) -> None:
        self.diagnostic = Diagnostic("unwritable", problem, mend, place=Place(str(path)))
        super().__init__(problem)


def write_out(data: bytes, target: str | None, inputs: Iterable[Path], *, force: bool) -> None:
    """Write `data` to the file `target`, or to standard output for None and "-".

    An existing file is replaced only when dosecal wrote it, or with `force`; a link, folder, device or one of `inputs` never. Raises
    Unwritable.
    """
    if target is None or target == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    path = Path(target)
    _may_be_replaced(path, inputs, force=force)
    part = path.with_name(f".{path.name}.dosecal-part")
    try:
        _write_through(part, data)
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise Unwritable(path, f"the file could not be written: {error.strerror or error}", "make room, or name another place") from None
    _sync_folder(path.parent)


def _may_be_replaced(path: Path, inputs: Iterable[Path], *, force: bool) -> None:
    try:
        folder, state = path.parent.is_dir(), path.lstat()
    except FileNotFoundError:
        if not path.parent.is_dir():
            raise Unwritable(path, f"there is no folder `{path.parent}`", "make it first, or name another") from None
        return
    except (OSError, ValueError) as error:
        raise Unwritable(
            path, f"the file could not be written: {getattr(error, 'strerror', None) or error}", "name another place"
        ) from None
    del folder
    if stat.S_ISDIR(state.st_mode):
        raise Unwritable(path, "this is a folder", "name a file in it")
    if stat.S_ISLNK(state.st_mode):
        raise Unwritable(path, "this is a link to another place", "name the file itself")
    if not stat.S_ISREG(state.st_mode):
        raise Unwritable(path, "this is a device, not a file", "name a file")
    if any(_same(path, one) for one in inputs):
        raise Unwritable(path, "this is one of the files that were read", "name another file")
    if not force and not _ours(path):
        raise Unwritable(path, "there is a file of this name that dosecal did not write", "name another file, or add --force")


def _same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return False


def _ours(path: Path) -> bool:
    """Whether dosecal wrote the file, by its stamp; an empty file belongs to nobody."""
    try:
        with path.open("rb") as file:
            head = file.read(_LOOK)
            file.seek(max(0, path.stat().st_size - _LOOK))
            last_line = file.read().rstrip().rpartition(b"\n")[2]
    except OSError:
        return False
    return not head or any(stamp in head for stamp in _STAMPS[:2]) or head.startswith(_STAMPS[2:4]) or last_line.startswith(_STAMPS[4])


def _write_through(path: Path, data: bytes) -> None:
    """Create `path`, readable by its owner alone, and make sure that the bytes are on the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the new name last, where the system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
