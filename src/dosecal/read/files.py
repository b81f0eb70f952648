"""Files -> bytes, and where the published regimens are: the only place that opens an input file."""

import os
from collections.abc import Iterator

from dosecal.diagnostic import Diagnostic, Place, nearest
from dosecal.read.nodes import MAX_BYTES

FilePath = str | os.PathLike[str]
"""Where a file is. Paths are plain texts here: pathlib would cost every command 4 ms, a thirtieth of its time."""


class Unreadable(Exception):  # noqa: N818  (as Refused)
    """A path cannot be read: missing, a folder, not allowed. `diagnostic` says so in one line."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(diagnostic)  # as it is made, so that it can be sent to another process

    def __str__(self) -> str:
        return self.diagnostic.message


def read_bytes(path: FilePath, most: int = MAX_BYTES) -> bytes:
    """The content of the file at `path`, or its first `most` + 1 bytes. Raises Unreadable."""
    return next(read_blocks(path, most + 1), b"")


def read_blocks(path: FilePath, size: int) -> Iterator[bytes]:
    """The content of the file at `path` in blocks of `size` bytes, the last one shorter. Raises Unreadable."""
    try:
        with open(path, "rb") as file:
            while block := file.read(size):
                yield block
    except FileNotFoundError:
        problem, mend = "there is no such file", "check the name and the folder"
    except IsADirectoryError:
        problem, mend = "this is a folder, not a file", "name a file in it"
    except PermissionError:
        problem, mend = "this file may not be read by you", "ask its owner for access"
    except (OSError, ValueError) as error:
        problem, mend = f"the file cannot be read: {getattr(error, 'strerror', None) or error}", "check the name and the folder"
    else:
        return
    raise Unreadable(Diagnostic("unreadable", problem, mend, place=Place(os.fspath(path))))


def published_folder() -> str:
    """The folder of the published regimens: inside the installed package, or beside `src` in a checkout."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    inside = os.path.join(package, "regimens")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(os.path.dirname(package)), "regimens")


def published_names() -> tuple[str, ...]:
    """The names of the published regimens, in order of the alphabet."""
    folder = published_folder()
    names = os.listdir(folder) if os.path.isdir(folder) else []
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))


def regimen_path(given: str) -> str:
    """The file of a regimen given as a path or as the name of a published one. Raises Unreadable, with the published names, for neither."""
    looks_like_path = os.sep in given or "/" in given or given.endswith((".yaml", ".yml"))
    if looks_like_path or os.path.isfile(given):
        return given
    names = published_names()
    if given in names:
        return os.path.join(published_folder(), f"{given}.yaml")
    if os.path.exists(given):  # a folder: reading it says so
        return given
    near = nearest(given, names)
    mend = f"did you mean `{near}`?" if near else f"the published regimens are {', '.join(names)}; a file of your own ends in .yaml"
    raise Unreadable(Diagnostic("unreadable", f"there is no file and no published regimen `{given}`", mend, place=Place(given)))


def same_content(first: FilePath, second: FilePath) -> bool:
    """Whether two paths lead to the same file, or to plain files with the same bytes."""
    try:
        return os.path.samefile(first, second) or (os.path.isfile(second) and read_bytes(first) == read_bytes(second))
    except (OSError, ValueError, Unreadable):
        return False
