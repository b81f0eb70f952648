"""Where a regimen's name or path leads, and what a path that cannot be read is called."""

import os
import sys
from pathlib import Path

import pytest

from dosecal.read.files import Unreadable, published_names, read_bytes, regimen_path, same_content
from dosecal.read.nodes import MAX_BYTES

posix = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX files")


def refusal(path: Path) -> str:
    with pytest.raises(Unreadable) as refused:
        read_bytes(path)
    return refused.value.diagnostic.message


def test_a_path_that_cannot_be_read_is_called_what_it_is(tmp_path: Path) -> None:
    assert refusal(tmp_path / "missing.yaml") == "there is no such file"
    assert refusal(tmp_path) == "this is a folder, not a file"
    (tmp_path / "file").touch()
    assert "cannot be read" in refusal(tmp_path / "file" / "inner.yaml")
    assert "cannot be read" in refusal(tmp_path / ("x" * 400))
    assert "cannot be read" in refusal(Path("a\0b"))


@posix
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_of_somebody_else_is_called_so(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").touch(0o000)
    assert refusal(tmp_path / "secret.yaml") == "this file may not be read by you"


@posix
def test_an_endless_file_is_read_no_further_than_the_bound() -> None:
    assert len(read_bytes(Path("/dev/zero"))) == MAX_BYTES + 1


def test_the_published_regimens_are_known_by_name() -> None:
    assert "care-ms-ii" in published_names()
    assert Path(regimen_path("care-ms-ii")).read_text(encoding="utf-8").startswith("#")


def test_a_file_of_the_same_name_goes_before_a_published_regimen_and_a_folder_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "care-ms-ii").mkdir()
    assert Path(regimen_path("care-ms-ii")).parent.name == "regimens"
    (tmp_path / "care-ms-ii").rmdir()
    (tmp_path / "care-ms-ii").touch()
    assert regimen_path("care-ms-ii") == "care-ms-ii"


def test_a_name_that_is_neither_is_refused_with_the_nearest_or_with_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Unreadable) as near:
        regimen_path("care-ms-2")
    assert near.value.diagnostic.help == "did you mean `care-ms-ii`?"
    with pytest.raises(Unreadable) as far:
        regimen_path("x")
    assert "care-ms-ii" in str(far.value.diagnostic.help)


def test_two_paths_hold_the_same_if_they_are_one_file_or_have_the_same_bytes(tmp_path: Path) -> None:
    for name, text in {"one": "a", "same": "a", "other": "b"}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert same_content(tmp_path / "one", tmp_path / "one")
    assert same_content(tmp_path / "one", tmp_path / "same")
    assert not same_content(tmp_path / "one", tmp_path / "other")
    assert not same_content(tmp_path / "one", tmp_path / "missing")
    assert not same_content(tmp_path / "one", tmp_path)
