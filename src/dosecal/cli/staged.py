"""Files' next contents, complete and on the disk under other names -> the files themselves, all replaced or none."""

import os
import stat
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

if sys.platform != "win32":  # there, two runs that write one file at one moment are not kept apart
    import fcntl

_FLAGS: Final = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


class Failed(Exception):  # noqa: N818  (as Refused)
    """A file could not be written, and none was."""

    def __init__(self, path: Path, error: OSError) -> None:
        self.path: Final = path
        self.why: Final = error.strerror or str(error)
        super().__init__(self.why)


class Changed(Exception):  # noqa: N818  (as Refused)
    """The file to be replaced is no longer what it was."""


class _Staged:
    """A file's next content, complete and on the disk under another name.

    The other name is always the same one, so that the next run takes over what a killed one left. Two runs at one moment are kept apart
    by a lock on it, which ends with its process. What raises (OSError, Changed) leaves nothing behind.
    """

    def __init__(self, path: Path, data: bytes, before: bytes | None = None) -> None:
        """`before`: the file is the next state of itself: it must still hold that (else Changed), and who may read it stays the same."""
        self.path: Final = path
        self._part: Final = path.with_name(f".{path.name}.dosecal-part")
        self._file: Final = os.fdopen(os.open(self._part, _FLAGS, 0o600), "r+b")
        try:
            _lock(self._file.fileno(), self._part)
        except BaseException:
            self._file.close()
            raise
        try:
            if before is not None:
                _take_over(self._file.fileno(), path, before)
            self._file.truncate()
            self._file.write(data)
            self._file.flush()
            os.fsync(self._file.fileno())
        except BaseException:
            self.drop()
            raise

    def land(self) -> None:
        """Give the file its own name, under the lock where the system renames open files."""
        if sys.platform == "win32":
            self._file.close()
        self._part.replace(self.path)
        self._file.close()

    def drop(self) -> None:
        """Take it away."""
        with suppress(OSError):  # closing writes what could not be written before
            self._file.close()
        with suppress(OSError):
            self._part.unlink()


def replace(path: Path, data: bytes, before: bytes | None = None) -> None:
    """Give the file `path` the content `data`, or leave it as it is; `before` as above. Raises Failed, Changed."""
    try:
        staged = _Staged(path, data, before)
        _land(staged)
    except OSError as error:
        raise Failed(path, error) from None
    _sync_folder(path.parent)


def replace_all(files: Mapping[Path, bytes]) -> None:
    """Give each file its content, or leave all as they are. Raises Failed.

    All are brought to the disk before the first one is renamed. Should the disk fail at a later one's renaming, the earlier ones get their
    former content back; a run that is killed just there leaves some old and some new, each complete, until it is repeated.
    """
    staged: list[_Staged] = []
    landed: list[tuple[Path, bytes | None]] = []
    path = None
    try:
        for path, data in files.items():
            staged.append(_Staged(path, data))
        several = len(staged) > 1
        while staged:
            path = staged[0].path
            former = path.read_bytes() if several and path.exists() else None
            staged[0].land()
            landed.append((staged.pop(0).path, former))
    except BaseException as error:
        for one in staged:
            one.drop()
        for done, former in landed:
            _give_back(done, former)
        if isinstance(error, OSError) and path is not None:
            raise Failed(path, error) from None
        raise
    for folder in {path.parent for path in files}:
        _sync_folder(folder)


def _land(staged: _Staged) -> None:
    try:
        staged.land()
    except BaseException:
        staged.drop()
        raise


def _give_back(path: Path, former: bytes | None) -> None:
    """Undo what was written, as well as a failing disk lets us."""
    with suppress(OSError, Failed):
        if former is None:
            path.unlink()
        else:
            replace(path, former)


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
    """Give the open file the group and permission bits of the one at `path`, and its owner if that is allowed. Raises OSError, Changed."""
    if path.read_bytes() != before:
        raise Changed
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
