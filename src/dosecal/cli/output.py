"""Bytes -> standard output, or a file that is complete or not there: written beside its final name, synced, renamed."""

import os
import stat
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from dosecal.diagnostic import Diagnostic, Place

if TYPE_CHECKING:  # what only files need is imported when there is one: most commands write to standard output
    from pathlib import Path

_CLOSED: Final = "it is closed"


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
    if target is not None and target != "-":
        write_files({target: data}, inputs, force=force)
        return
    if sys.stdout is None:
        raise Unwritable("standard output", _CLOSED, "name a file with -o FILE")
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        drop_stdout()


def write_files(files: Mapping[str, bytes], inputs: Iterable[str | os.PathLike[str]], *, force: bool) -> None:
    """Write each file with its bytes, as `write_out` writes one: all of them or, where one cannot be written, none. Raises Unwritable."""
    from pathlib import Path  # noqa: PLC0415

    inputs = tuple(inputs)
    for target, data in files.items():
        if target.endswith(("/", os.sep)):
            raise Unwritable(target, "this is a folder, not a file", "name a file in it")
        _may_be_replaced(Path(target), data, inputs, force=force)
    from dosecal.cli.staged import Failed, replace_all  # noqa: PLC0415  (only who writes a file needs it)

    try:
        replace_all({Path(target): data for target, data in files.items()})
    except Failed as failed:
        problem = f"the file could not be written: {failed.why}"
        raise Unwritable(failed.path, problem, "make room, or name another place") from None


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

    from dosecal.cli.staged import Changed, Failed, replace  # noqa: PLC0415  (as above)

    path = Path(target)
    refuse_unchangeable(target)
    try:
        replace(path, data, before)
    except Changed:
        return False
    except Failed as failed:
        problem = f"the file could not be written, and is as it was: {failed.why}"
        raise Unwritable(path, problem, "mend this, then repeat the command") from None
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
    from dosecal.write.stamp import stamp_of  # noqa: PLC0415  (only who replaces a file needs it)

    there, new = stamp_of(_content(path)), stamp_of(data)
    mend = "name another file, or add --force"
    if there is None:
        raise Unwritable(path, "there is a file of this name that dosecal did not write", mend)
    if new is None or there.precedes(new):
        return
    if (there.format, there.name) == (new.format, new.name) and there.keyed != new.keyed:
        theirs, ours = ("with a study's key", "without") if there.keyed else ("without a study's key", "with one")
        problem = f"the UIDs of the calendar of this name were made {theirs}, these {ours}: who imports both has every event twice"
        raise Unwritable(path, problem, f"give --uid-key-file as before, {mend}" if there.keyed else mend)
    problem = "there is another schedule of this name: of another participant, for other readers, or in another format"
    raise Unwritable(path, problem, mend)


def _same(path: "Path", other: str | os.PathLike[str]) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return False


def _content(path: "Path") -> bytes:
    """The beginning and the end of a file; a mere `?` where it cannot be read."""
    from dosecal.write.stamp import LOOK  # noqa: PLC0415  (as above)

    try:
        with path.open("rb") as file:
            head = file.read(LOOK)
            file.seek(max(len(head), path.stat().st_size - LOOK))
            return head + file.read()
    except OSError:
        return b"?"
