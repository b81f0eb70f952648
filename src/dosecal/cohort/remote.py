"""A cohort's files in a shared store, through fsspec: the store itself puts each object in its place whole, as S3, Google's and Azure's do.

Where a store does not (SFTP writes piece by piece), a run that is killed leaves a file that is not whole, until it is repeated.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from dosecal.cohort.store import Put, Stopped, left_foreign, replacing
from dosecal.diagnostic import Diagnostic


class Remote:
    """A folder of a shared store, by its address; fsspec has the doors to S3, Google Cloud Storage, Azure, SFTP and others."""

    def __init__(self, address: str) -> None:
        """Raises Stopped where no door leads there."""
        self.address: Final = address
        if "::" in address:  # a cache or an archive on the way: nobody knows when a file is complete at its end
            raise Stopped(address, "this is a detour: name the store itself, without `::`")

        def door() -> Any:
            from fsspec.core import url_to_fs  # noqa: PLC0415  (only for a shared store)

            return url_to_fs(address)

        self._files, self._root = _answered(address, door)

    def put(self, files: Iterable[tuple[str, bytes]], *, force: bool) -> list[Put]:
        """As Store."""
        done: list[Put] = []
        for name, data in files:
            there = self.content(name)
            if there is None:
                put = Put(changed=True)
            else:
                put = Put(changed=False) if there == data else replacing(self.address, there, data, force=force)
            if put.changed:
                self._pipe(name, data)
            done.append(put)
        return done

    def foreign(self, name: str, beginning: bytes, *, force: bool) -> Diagnostic | None:
        """As Store."""
        there = None if force else self.content(name)
        return None if not there or there.startswith(beginning) else left_foreign(self.address, name)

    def replace(self, name: str, pieces: Iterator[bytes]) -> None:
        """As Store."""
        self._pipe(name, b"".join(pieces))

    def _pipe(self, name: str, data: bytes) -> None:
        _answered(self.address, lambda: self._files.pipe_file(f"{self._root}/{name}", data))

    def content(self, name: str, size: int | None = None) -> bytes | None:
        """As Store."""
        del size

        def ask() -> bytes | None:
            try:
                there: bytes = self._files.cat_file(f"{self._root}/{name}")
            except FileNotFoundError:
                return None
            return there

        found: bytes | None = _answered(self.address, ask)
        return found

    def names(self) -> Iterator[str]:
        """As Store."""
        self._files.invalidate_cache()
        there = _answered(self.address, lambda: self._files.exists(self._root))
        listed = _answered(self.address, lambda: self._files.ls(self._root, detail=False)) if there else ()
        return (str(path).rpartition("/")[2] for path in listed)

    def settle(self) -> None:
        """As Store: a store that puts objects whole leaves nothing unfinished."""


def _answered(where: str, ask: Any) -> Any:
    """What a store answers. Raises Stopped for whatever it raises: each kind of store has exceptions of its own."""
    try:
        return ask()
    except ImportError as error:
        needed = "pip install 'dosecal[cluster]'" if error.name == "fsspec" else str(error)
        raise Stopped(where, f"this needs a package that is not installed: {needed}") from None
    except Exception as error:  # noqa: BLE001
        raise Stopped(where, f"{type(error).__name__}: {error}") from None
