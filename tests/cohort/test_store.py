"""A cohort in a shared store: the same bytes as in a folder, by the same rules; an address of this machine's files is a folder."""

import errno
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest

from dosecal.cohort import store
from dosecal.cohort.remote import Remote
from dosecal.cohort.store import Folder, Stopped, place_of, store_of
from tests.cli.running import contents, good, run
from tests.cohort.making import make, parts, undisturbed

COUNT = 40


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make(tmp_path, COUNT)
    return tmp_path


@pytest.fixture
def address() -> Iterator[str]:
    """A place in a store that lives in this process."""
    name = f"/{uuid.uuid4().hex}"
    yield f"memory:/{name}/out"
    store_of.cache_clear()
    files = fsspec.filesystem("memory")
    if files.exists(name):
        files.rm(name, recursive=True)


def objects(address: str) -> dict[str, bytes]:
    """What a store holds."""
    files, root = fsspec.core.url_to_fs(address)
    return {path.removeprefix(f"{root}/"): files.cat_file(path) for path in files.find(root)}


def test_a_shared_store_gets_the_bytes_of_a_folder(folder: Path, address: str) -> None:
    whole = undisturbed(folder)
    ran = run("cohort", "regimen.yaml", "roster.csv", "-o", address, folder=folder)
    assert ran.code == 0, ran.err
    assert objects(address) == whole
    again = run("cohort", "regimen.yaml", "roster.csv", "-o", f"{address}/", "--jobs", "1", folder=folder)
    assert (again.code, f"0 written, {COUNT} unchanged" in again.err) == (0, True)
    assert b"good: 40 files" in good("verify", address, folder=folder)
    assert set(contents(folder)) == {"regimen.yaml", "roster.csv", "undisturbed", *(f"undisturbed/{name}" for name in whole)}


def test_a_run_into_a_shared_store_goes_on_where_it_ended(folder: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, left, real = undisturbed(folder), 10, type(fsspec.filesystem("memory")).pipe_file

    def failing(self: Any, path: str, value: bytes, **more: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise PermissionError("the token has expired")
        real(self, path, value, **more)

    with monkeypatch.context() as patched:
        patched.setattr(type(fsspec.filesystem("memory")), "pipe_file", failing)
        ran = run("cohort", "regimen.yaml", "roster.csv", "-o", address, folder=folder)
    assert ran.code == 2
    assert f"{address}: error[unwritable]: the files could not be written: PermissionError: the token has expired" in ran.err
    there = objects(address)
    assert (len(there), there) == (10, {name: whole[name] for name in there})
    good("cohort", "regimen.yaml", "roster.csv", "-o", address, folder=folder)
    assert objects(address) == whole


def test_what_stands_in_a_shared_store_stays_by_the_rules_of_a_folder(folder: Path, address: str) -> None:
    whole = undisturbed(folder)
    fsspec.filesystem("memory").pipe_file(f"{address}/00003.ics", b"my notes\n")
    ran = run("cohort", "regimen.yaml", "roster.csv", "-o", address, folder=folder)
    assert ran.code == 1
    assert "error[unwritable]: 00003: there is a file of this name that dosecal did not write" in ran.err
    assert objects(address)["00003.ics"] == b"my notes\n"
    good("cohort", "regimen.yaml", "roster.csv", "-o", address, "--force", folder=folder)
    assert objects(address) == whole
    fsspec.filesystem("memory").pipe_file(f"{address}/manifest.json", b"{}")
    ran = run("cohort", "regimen.yaml", "roster.csv", "-o", address, folder=folder)
    assert (ran.code, objects(address)["manifest.json"]) == (2, b"{}")
    fsspec.filesystem("memory").pipe_file(f"{address}/00003.ics", b"changed")
    good("cohort", "regimen.yaml", "roster.csv", "-o", address, "--force", folder=folder)
    fsspec.filesystem("memory").pipe_file(f"{address}/00003.ics", b"changed")
    assert "00003.ics: error[changed-file]" in run("verify", address, folder=folder).err


def test_where_nobody_gets_a_file_a_shared_store_stays_empty(tmp_path: Path, address: str) -> None:
    make(tmp_path, 3, BY_WEIGHT)
    ran = run("cohort", "regimen.yaml", "roster.csv", "-o", address, folder=tmp_path)
    assert (ran.code, objects(address)) == (1, {})


BY_WEIGHT = """format: dosecal/1
study: Example
source: protocol, version 1
doses:
  study drug: {give: 1 mg/kg PO, when: every day for 3 days}
"""


@pytest.mark.parametrize("words", [["--jobs", "2"], ["--scheduler", "tcp://127.0.0.1:9"]], ids=" ".join)
def test_what_no_other_process_sees_is_refused_to_several(words: list[str], folder: Path, address: str) -> None:
    ran = run("cohort", "regimen.yaml", "roster.csv", "-o", address, *words, folder=folder)
    assert (ran.code, objects(address)) == (2, {})
    assert "what is in memory:// no other process sees" in ran.err


def test_more_participants_than_one_partition_has_still_reach_a_store_of_this_process(tmp_path: Path, address: str) -> None:
    make(tmp_path, 520)
    good("cohort", "regimen.yaml", "roster.csv", "-o", address, folder=tmp_path)
    assert len(objects(address)) == 521


def test_a_folder_keeps_no_part_of_what_it_replaces_or_cannot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = Folder(str(tmp_path))
    there.replace("manifest.json", iter([b"one", b"two"]))
    before = (tmp_path / "manifest.json").stat()
    there.replace("manifest.json", iter([b"onetwo"]))
    after = (tmp_path / "manifest.json").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert contents(tmp_path) == {"manifest.json": b"onetwo"}
    monkeypatch.setattr(store.os, "replace", _refusing)
    with pytest.raises(Stopped, match="Read-only"):
        there.replace("manifest.json", iter([b"other"]))
    assert contents(tmp_path) == {"manifest.json": b"onetwo"}


def _refusing(*_: object) -> None:
    raise OSError(errno.EROFS, os.strerror(errno.EROFS))


# -- addresses


@pytest.mark.parametrize("scheme", ["file://", "local://"])
def test_an_address_of_this_machines_files_is_a_folder_in_every_respect(scheme: str, folder: Path) -> None:
    whole = undisturbed(folder)
    out = folder / "out"
    out.mkdir()
    (out / ".00001.ics.0123abcd.dosecal-part").write_bytes(b"half")
    good("cohort", "regimen.yaml", "roster.csv", "-o", f"{scheme}{out}", "--jobs", "2", folder=folder)
    assert (contents(out), parts(out)) == (whole, [])
    assert out.stat().st_mode & 0o700 == 0o700
    assert b"good: 40 files" in good("verify", f"{scheme}{out}", folder=folder)


def test_an_address_is_told_from_a_path() -> None:
    assert (place_of("file:///a b"), place_of("local://a"), place_of("a://b"), place_of("a/file://b")) == (
        "/a b",
        "a",
        "a://b",
        "a/file://b",
    )
    store_of.cache_clear()
    assert type(store_of("some/folder")) is Folder
    assert type(store_of("memory://some/folder")) is Remote
    store_of.cache_clear()


@pytest.mark.parametrize(
    ("address", "why"), [("nowhere://out", "not known"), ("dir::file:///tmp", "detour"), ("filecache::memory://out", "detour")]
)
def test_an_address_that_leads_nowhere_is_one_clear_line(address: str, why: str, folder: Path) -> None:
    before = contents(folder)
    ran = run("cohort", "regimen.yaml", "roster.csv", "-o", address, folder=folder)
    assert (ran.code, ran.err.count("error[unwritable]"), why in ran.err) == (2, 1, True), ran.err
    assert contents(folder) == before


def test_a_store_whose_package_is_missing_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_address: str) -> None:
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr("fsspec.core.url_to_fs", missing)
    with pytest.raises(Stopped, match="this needs a package that is not installed: Install s3fs to access S3"):
        Remote("s3://bucket/folder")
