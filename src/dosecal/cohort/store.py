"""Where a cohort's files go: a folder of this machine, or a shared store; each file is complete under its name or not there.

A folder: every file is written beside its final name, brought to the disk, then renamed; some at a time, so that the disk works on many
(`AT_ONCE`). A shared store (fsspec): the store itself puts an object in its place whole, as S3 and its kin do. What is there already is
read and compared: the same bytes are left untouched, another file is replaced only where it is an earlier state of the same.
"""

import errno
import filecmp
import os
import re
import secrets
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import BinaryIO, Final, Protocol

from msgspec import Struct

from dosecal.diagnostic import Diagnostic, Place
from dosecal.write.stamp import stamp_of

AT_ONCE: Final = 64
"""So many files are written before the first of them is synced; as many are open."""
PART: Final = re.compile(r"\.[A-Za-z0-9_-]{1,64}\.[a-z]{2,7}\.[0-9a-f]{8}\.dosecal-part")
"""The name of a file that is not complete: each attempt has its own, so that two attempts at one file never share it."""
_LOOK: Final = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


class Stopped(Exception):  # noqa: N818  (as Refused)
    """The store takes no more: a full disk, a folder that is gone. `diagnostic` says so in one line."""

    def __init__(self, where: str, why: str) -> None:
        self.why: Final = why
        self.diagnostic: Final = Diagnostic("unwritable", f"the files could not be written: {why}", place=Place(where))
        super().__init__(where, why)


class Put(Struct, frozen=True):
    """What became of a file: `changed` is False where the same bytes stood there already; `refused`: why it was left as it was."""

    changed: bool
    refused: Diagnostic | None = None


class Store(Protocol):
    """A place for the files of a cohort, by their names."""

    def put(self, files: Iterable[tuple[str, bytes]], *, force: bool) -> list[Put]:
        """Put files in their places, each taken when the one before is written: what became of each, in order.

        Raises Stopped; none of them is half written then.
        """

    def foreign(self, name: str, beginning: bytes, *, force: bool) -> Diagnostic | None:
        """Why what stands under a name may not be replaced by a file with this beginning; None: it may. Raises Stopped."""

    def replace(self, name: str, pieces: Iterator[bytes]) -> None:
        """Put one file in its place whatever stood there but the same bytes, piece by piece. Raises Stopped."""

    def content(self, name: str, size: int | None = None) -> bytes | None:
        """The content of a file; None where there is none. Raises Stopped.

        Empty for what is no plain file (a link, a folder, a device), and may be so for a file of another than this size.
        """

    def names(self) -> Iterator[str]:
        """The names of what is there. Raises Stopped."""

    def settle(self) -> None:
        """Make the names last, and take away what other attempts left unfinished."""


class Folder:
    """A folder of this machine."""

    def __init__(self, path: str) -> None:
        self.path: Final = path

    def put(self, files: Iterable[tuple[str, bytes]], *, force: bool) -> list[Put]:
        """As Store."""
        done: list[Put] = []
        mark, parts = _mark(), dict[str, int]()
        try:
            for name, data in files:
                done.append(self._found(name, data, force=force))
                if done[-1].changed:
                    self._begin(os.path.join(self.path, f".{name}{mark}"), (data,), parts)
                if len(parts) == AT_ONCE:
                    self._land(parts, mark)
            self._land(parts, mark)
        finally:
            _drop(parts)
        return done

    def _begin(self, part: str, pieces: Iterable[bytes], parts: dict[str, int]) -> None:
        """Write a file beside its final name, and leave it open."""
        try:
            parts[part] = descriptor = os.open(part, _NEW, 0o600)
            for piece in pieces:
                _write(descriptor, piece)
        except OSError as error:
            raise Stopped(self.path, error.strerror or str(error)) from None

    def _land(self, parts: dict[str, int], mark: str) -> None:
        """Bring files to the disk, then give each its name."""
        try:
            for descriptor in parts.values():
                os.fsync(descriptor)
            for part, descriptor in list(parts.items()):
                parts[part] = -1
                os.close(descriptor)
                os.replace(part, os.path.join(self.path, os.path.basename(part)[1 : -len(mark)]))
                del parts[part]
        except OSError as error:
            raise Stopped(self.path, error.strerror or str(error)) from None

    def _found(self, name: str, data: bytes, *, force: bool) -> Put:
        """What is to become of a file, by what stands in its place now."""
        try:
            with _plain_file(os.path.join(self.path, name)) as file:
                if file is None:
                    return _left(self.path, "what stands under this name is no plain file", "take it away")
                state = os.fstat(file.fileno())
                same_size = state.st_size == len(data)
                there = file.read() if same_size or not force else b""
        except FileNotFoundError:
            return Put(changed=True)
        except OSError as error:
            return _left(self.path, f"what stands under this name cannot be read: {error.strerror or error}", "take it away")
        if same_size and there == data:
            return Put(changed=False)
        if not state.st_mode & stat.S_IWUSR:
            return _left(self.path, "the file of this name is protected against writing", "lift its protection")
        return replacing(self.path, there, data, force=force)

    def foreign(self, name: str, beginning: bytes, *, force: bool) -> Diagnostic | None:
        """As Store."""
        try:
            with _plain_file(os.path.join(self.path, name)) as file:
                if file is None:
                    return _left(self.path, f"what stands there as {name} is no plain file", "take it away").refused
                if not os.fstat(file.fileno()).st_mode & stat.S_IWUSR:
                    return _left(self.path, f"the {name} there is protected against writing", "lift its protection").refused
                return None if force or file.read(len(beginning)) in (beginning, b"") else left_foreign(self.path, name)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Stopped(self.path, error.strerror or str(error)) from None

    def replace(self, name: str, pieces: Iterator[bytes]) -> None:
        """As Store."""
        mark, parts = _mark(), dict[str, int]()
        part = os.path.join(self.path, f".{name}{mark}")
        try:
            self._begin(part, pieces, parts)
            if not _same_content(part, os.path.join(self.path, name)):
                self._land(parts, mark)
        finally:
            _drop(parts)

    def content(self, name: str, size: int | None = None) -> bytes | None:
        """As Store."""
        path = os.path.join(self.path, name)
        try:
            with _plain_file(path) as file:
                if file is None or (size is not None and os.fstat(file.fileno()).st_size != size):
                    return b""
                return file.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Stopped(path, error.strerror or str(error)) from None

    def names(self) -> Iterator[str]:
        """As Store."""
        try:
            with os.scandir(self.path) as entries:
                yield from (entry.name for entry in entries)
        except OSError as error:
            raise Stopped(self.path, error.strerror or str(error)) from None

    def settle(self) -> None:
        """As Store."""
        for name in [name for name in self.names() if PART.fullmatch(name)]:
            with suppress(OSError):
                os.unlink(os.path.join(self.path, name))
        with suppress(OSError):
            descriptor = os.open(self.path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def place_of(folder: str) -> str:
    """A folder as people name it: the path for an address of this machine's own files, else the same."""
    return re.sub(r"\A(?:file|local)://", "", folder)


def is_remote(folder: str) -> bool:
    """Whether a folder (as place_of gives it) is the address of a shared store."""
    return re.match(r"[a-z][a-z0-9+.:-]*://", folder) is not None


@lru_cache(maxsize=2)
def store_of(folder: str) -> Store:
    """The store that a folder's path or address names. Raises Stopped."""
    if not is_remote(folder):
        return Folder(folder)
    from dosecal.cohort.remote import Remote  # noqa: PLC0415  (only for a shared store)

    return Remote(folder.rstrip("/"))


@contextmanager
def _plain_file(path: str) -> Iterator[BinaryIO | None]:
    """The file at a path, to be read; None for what is no plain file: a link (not followed), a folder, a device. Raises OSError."""
    try:
        descriptor = os.open(path, _LOOK)
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.EMLINK, errno.ENXIO):  # a link, on BSD, a socket
            raise
        yield None
        return
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            yield None
            return
        with open(descriptor, "rb", closefd=False) as file:
            yield file
    finally:
        os.close(descriptor)


def _mark() -> str:
    """How the part names of one attempt end."""
    return f".{secrets.token_hex(4)}.dosecal-part"


def _same_content(part: str, path: str) -> bool:
    with suppress(OSError):
        return filecmp.cmp(part, path, shallow=False)
    return False


def _write(descriptor: int, data: bytes) -> None:
    written = os.write(descriptor, data)
    while written < len(data):
        written += os.write(descriptor, memoryview(data)[written:])


def _drop(parts: Mapping[str, int]) -> None:
    """Close and take away what is not complete."""
    for part, descriptor in parts.items():
        with suppress(OSError):
            if descriptor >= 0:
                os.close(descriptor)
        with suppress(OSError):
            os.unlink(part)


def replacing(where: str, there: bytes, data: bytes, *, force: bool) -> Put:
    """Whether a file may take the place of another: of an earlier state of the same, or of anything where that is asked for."""
    if force:
        return Put(changed=True)
    stamp, new = stamp_of(there), stamp_of(data)
    if stamp is None:
        return _left(where, "there is a file of this name that dosecal did not write", "take it away, or add --force")
    if new is None or stamp.precedes(new):
        return Put(changed=True)
    problem = (
        "there is another file of this name: of another participant or study, for other readers, in another language or format, "
        "or with other UIDs (--compact and --uid-key-file change them)"
    )
    return _left(where, problem, "name another folder, or add --force")


def left_foreign(where: str, name: str) -> Diagnostic | None:
    """Why a file that is none of dosecal's stays."""
    return _left(where, f"there is a {name} that dosecal did not write", "name another folder, or add --force").refused


def _left(where: str, problem: str, mend: str) -> Put:
    """A file left as it was; the place is the folder, so that many with one reason are told as one."""
    return Put(changed=False, refused=Diagnostic("unwritable", problem, mend, place=Place(where)))
