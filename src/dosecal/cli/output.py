"""Bytes -> standard output, or a file that is complete or not there: written beside its final name, synced, renamed."""

import os
import re
import stat
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from dosecal.diagnostic import Diagnostic, Place

if TYPE_CHECKING:  # what only files need is imported when there is one: most commands write to standard output
    from pathlib import Path

if sys.platform != "win32":  # there, two runs that write one file at one moment are not kept apart
    import fcntl

_IN_THE_HEAD: Final = (b"\r\nPRODID:-//dosecal//", b'<meta name="generator" content="dosecal ')
_AT_THE_START: Final = (b'{"dosecal":', b"date,weekday,study_day,", b'{"content": "deviations", "dosecal":', b"participant,deviation,kind,")
_LAST_LINE: Final = rb"(deviations, )?dosecal \d+\.\d+"
"""How a file shows that dosecal wrote it: a calendar and a page; data and tables of cells; a plain table, by its last line."""
_CALENDAR_OF: Final = (rb"\r\nNAME:[^\r]*", rb"\r\nUID:[0-9a-f]{32}")
"""A calendar's name, and in its first UID the participant: what tells two calendars apart."""
_LOOK: Final = 4096
_CLOSED: Final = "it is closed"
_FLAGS: Final = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


class Unwritable(Exception):  # noqa: N818  (as Refused)
    """A path cannot be written. `diagnostic` says so in one line."""

    def __init__(self, path: "Path | str", problem: str, mend: str) -> None:
        self.diagnostic = Diagnostic("unwritable", problem, mend, place=Place(str(path)))
        super().__init__(problem)


def write_out(data: bytes, target: str | None, inputs: Iterable[str | os.PathLike[str]], *, force: bool) -> None:
    """Write `data` to the file `target`, or to standard output for None and "-".

    An existing file is replaced only when dosecal wrote it, or with `force`; a link, folder, device or one of `inputs` never. The file
    is readable by its owner alone. Raises Unwritable; OSError where standard output fails.
    """
    if target is None or target == "-":
        if sys.stdout is None:
            raise Unwritable("standard output", _CLOSED, "name a file with -o FILE")
        try:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            drop_stdout()
        return
    from pathlib import Path  # noqa: PLC0415

    path = Path(target)
    if target.endswith(("/", os.sep)):
        raise Unwritable(target, "this is a folder, not a file", "name a file in it")
    _may_be_replaced(path, data, inputs, force=force)
    try:
        _replace(path, data)
    except OSError as error:
        raise Unwritable(path, f"the file could not be written: {error.strerror or error}", "make room, or name another place") from None
    _sync_folder(path.parent)


def tell(text: str) -> None:
    """Print lines to standard output; letters that it cannot show are escaped. Raises Unwritable, OSError where it fails."""
    if sys.stdout is None:
        raise Unwritable("standard output", _CLOSED, "the exit code says it too")
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        print(text.encode(encoding, "backslashreplace").decode(encoding), flush=True)
    except BrokenPipeError:
        drop_stdout()


def drop_stdout() -> None:
    """Nobody reads on, as in `dosecal ... | head -1`: let what is left go nowhere instead of complaining."""
    with suppress(AttributeError, OSError, ValueError):  # standard output is closed, or no file (a test reads it)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _may_be_replaced(path: "Path", data: bytes, inputs: Iterable[str | os.PathLike[str]], *, force: bool) -> None:
    """Raises Unwritable where `path` cannot be written, or holds what must not be lost."""
    state = _state_of(path)
    if state is None:
        if not path.parent.is_dir():
            raise Unwritable(path, f"there is no folder `{path.parent}`", "make it first, or name another") from None
        return
    _refuse_no_file(path, state, "name a file; without -o, dosecal writes to standard output")
    if any(_same(path, one) for one in inputs):
        raise Unwritable(path, "this is one of the files that were read", "name another file")
    _refuse_protected(path, state)
    if not force:
        _refuse_another(path, data)


def refuse_unchangeable(target: str) -> None:
    """Raises Unwritable where the file `target` is there and may not be replaced by its next state; a missing one passes.

    Only a plain file of one name can: a link or a second name (hard link) would go on showing the old state.
    """
    from pathlib import Path  # noqa: PLC0415

    path = Path(target)
    state = _state_of(path)
    if state is None:
        return
    _refuse_no_file(path, state, "name a file")
    if state.st_nlink > 1:
        raise Unwritable(path, "this file has a second name (a hard link), which would keep the old state", "make it a copy of its own")
    _refuse_protected(path, state)
    if not os.access(path, os.W_OK):
        raise Unwritable(path, "this file may not be changed by you", "ask its owner for access")


def replace_if_unchanged(target: str, before: bytes, data: bytes) -> bool:
    """Give the plain file `target`, which held `before`, the content `data`; False, and nothing done, where it holds something else by now.

    It is replaced as a whole or not at all; permission bits and group stay as they are, access lists beyond them do not. Raises
    Unwritable.
    """
    from pathlib import Path  # noqa: PLC0415

    path = Path(target)
    refuse_unchangeable(target)
    try:
        _replace(path, data, before)
    except _Changed:
        return False
    except OSError as error:
        problem = f"the file could not be written, and is as it was: {error.strerror or error}"
        raise Unwritable(path, problem, "mend this, then repeat the command") from None
    _sync_folder(path.parent)
    return True


def _state_of(path: "Path") -> os.stat_result | None:
    """What stands at `path`, a link itself; None for nothing. Raises Unwritable."""
    try:
        return path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise Unwritable(path, f"the file could not be written: {reason}", "name another place") from None


def _refuse_no_file(path: "Path", state: os.stat_result, mend_device: str) -> None:
    if stat.S_ISDIR(state.st_mode):
        raise Unwritable(path, "this is a folder, not a file", "name a file in it")
    if stat.S_ISLNK(state.st_mode):
        raise Unwritable(path, "this is a link to another place", "name the file itself")
    if not stat.S_ISREG(state.st_mode):
        raise Unwritable(path, "this is a device, not a file", mend_device)


def _refuse_protected(path: "Path", state: os.stat_result) -> None:
    if not state.st_mode & stat.S_IWUSR:
        raise Unwritable(path, "this file is protected against writing", "name another file, or lift its protection")


def _refuse_another(path: "Path", data: bytes) -> None:
    """Raises Unwritable where the file at `path` is not an earlier state of what is to be written."""
    there = _kind_of(_content(path))
    if there is None:
        raise Unwritable(path, "there is a file of this name that dosecal did not write", "name another file, or add --force")
    if there and there != _kind_of(data):
        problem = "there is another schedule of this name: of another participant, for other readers, or in another format"
        raise Unwritable(path, problem, "name another file, or add --force")


def _same(path: "Path", other: str | os.PathLike[str]) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return False


def _content(path: "Path") -> bytes:
    """The beginning and the end of a file; nothing where it cannot be read."""
    try:
        with path.open("rb") as file:
            head = file.read(_LOOK)
            file.seek(max(len(head), path.stat().st_size - _LOOK))
            return head + file.read()
    except OSError:
        return b"?"


def _kind_of(content: bytes) -> bytes | None:
    """What dosecal wrote, by its stamp: a calendar with its name and whose it is, a page, data, cells, a plain table.

    Empty for an empty file, which belongs to nobody; None for what dosecal did not write.
    """
    if not content:
        return b""
    head = content[:_LOOK]
    if _IN_THE_HEAD[0] in head:
        return b"\n".join(found[0] for pattern in _CALENDAR_OF if (found := re.search(pattern, content)))
    if _IN_THE_HEAD[1] in head:
        return _IN_THE_HEAD[1]
    for stamp in _AT_THE_START:
        if head.startswith(stamp):
            return stamp
    last_line = content.rstrip().rpartition(b"\n")[2]
    found = re.match(_LAST_LINE, last_line)
    return b"a table" + (found[1] or b"") if found else None


class _Changed(Exception):  # noqa: N818  (as Refused)
    """The file to be replaced is no longer what it was."""


def _replace(path: "Path", data: bytes, before: bytes | None = None) -> None:
    """Give `path` the content `data`, or leave it as it is: written under another name, brought to the disk, renamed.

    The other name is always the same one, so that the next run takes over what a killed one left. Two runs at one moment are kept apart
    by a lock on it, which ends with its process. With `before`, the file is the next state of itself: it must still hold that (else
    _Changed is raised), and who may read it stays the same. Raises OSError. Where it raises, it leaves nothing behind.
    """
    part = path.with_name(f".{path.name}.dosecal-part")
    descriptor = os.open(part, _FLAGS, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        _lock(descriptor, part)
        try:
            if before is not None:
                _take_over(descriptor, path, before)
            file.truncate()
            file.write(data)
            file.flush()
            os.fsync(descriptor)
            if sys.platform != "win32":
                part.replace(path)  # under the lock
        except BaseException:
            with suppress(OSError):
                part.unlink()
            raise
    if sys.platform == "win32":
        part.replace(path)  # Windows renames no open file


def _lock(descriptor: int, part: "Path") -> None:
    """Make sure that this run alone writes to the open file, and that it is a plain file of its own. Raises OSError."""
    if sys.platform != "win32":
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OSError(None, "another run of dosecal is writing it") from None
        except OSError:  # a file system without locks
            pass
        os.fchmod(descriptor, 0o600)
    state = os.fstat(descriptor)
    with suppress(FileNotFoundError):
        if os.path.samestat(state, part.lstat()):  # else the other run has renamed it meanwhile, and this is its finished file
            if stat.S_ISREG(state.st_mode) and state.st_nlink == 1:
                return
            raise OSError(None, f"`{part.name}` is in its way")
    raise OSError(None, "another run of dosecal is writing it")


def _take_over(descriptor: int, path: "Path", before: bytes) -> None:
    """Give the open file the group and permission bits of the one at `path`, and its owner if that is allowed. Raises OSError, _Changed."""
    if path.read_bytes() != before:
        raise _Changed
    state = path.lstat()
    if sys.platform == "win32":
        return
    own = os.fstat(descriptor)
    if own.st_uid != state.st_uid:
        with suppress(OSError):  # only root gives files away; the bits for the group still let the former owner in
            os.fchown(descriptor, state.st_uid, -1)
    if own.st_gid != state.st_gid:
        os.fchown(descriptor, -1, state.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(state.st_mode))


def _sync_folder(folder: "Path") -> None:
    """Make the new name last, where the system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
