"""Files -> bytes, and where the published regimens are: the only place that opens an input file."""

import os
from pathlib import Path

from dosecal.diagnostic import Diagnostic, Place, nearest
from dosecal.read.nodes import MAX_BYTES


class Unreadable(Exception):  # noqa: N818  (as Refused)
    """A path cannot be read: missing, a folder, not allowed. `diagnostic` says so in one line."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(diagnostic.message)


def read_bytes(path: Path) -> bytes:
    """The content of the file at `path`, or its first MAX_BYTES + 1 bytes. Raises Unreadable."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        problem, mend = "there is no such file", "check the name and the folder"
    except IsADirectoryError:
        problem, mend = "this is a folder, not a file", "name a file in it"
    except PermissionError:
        problem, mend = "this file may not be read by you", "ask its owner for access"
    except (OSError, ValueError) as error:
        problem, mend = f"the file cannot be read: {getattr(error, 'strerror', None) or error}", "check the name and the folder"
    raise Unreadable(Diagnostic("unreadable", problem, mend, place=Place(str(path))))


def published_folder() -> Path:
    """The folder of the published regimens: inside the installed package, or beside `src` in a checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "regimens"
    return inside if inside.is_dir() else package.parent.parent / "regimens"


def published_names() -> tuple[str, ...]:
    """The names of the published regimens, in order of the alphabet."""
    folder = published_folder()
    return tuple(sorted(entry.stem for entry in folder.glob("*.yaml")))


def regimen_path(given: str) -> Path:
    """The file of a regimen given as a path or as the name of a published one. Raises Unreadable, with the published names, for neither."""
    path = Path(given)
    looks_like_path = os.sep in given or "/" in given or given.endswith((".yaml", ".yml"))
    if looks_like_path or path.is_file():
        return path
    names = published_names()
    if given in names:
        return published_folder() / f"{given}.yaml"
    if path.exists():  # a folder: reading it says so
        return path
    near = nearest(given, names)
    mend = f"did you mean `{near}`?" if near else f"the published regimens are {', '.join(names)}; a file of your own ends in .yaml"
    raise Unreadable(Diagnostic("unreadable", f"there is no file and no published regimen `{given}`", mend, place=Place(given)))


def same_content(first: Path, second: Path) -> bool:
    """Whether two paths lead to the same file, or to plain files with the same bytes."""
    try:
        return first.samefile(second) or (second.is_file() and read_bytes(first) == read_bytes(second))
    except (OSError, Unreadable):
        return False
