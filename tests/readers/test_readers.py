"""What happens to the tests that need ical.js or libical when it cannot be had: said plainly on a developer's machine, an error in CI."""

import shutil
import tempfile
from pathlib import Path

import pytest

from tests.readers import programs


def nowhere(_: str) -> None:
    return None


def test_without_npm_a_test_is_left_out_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", nowhere)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"ical\.js needs node and npm, which are not on this machine"):
        programs.icaljs_folder.__wrapped__()


def test_without_npm_a_test_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", nowhere)
    monkeypatch.setenv("CI", "true")
    monkeypatch.delenv("DOSECAL_WITHOUT_LIBICAL", raising=False)
    with pytest.raises(pytest.fail.Exception, match=r"ical\.js needs node and npm"):
        programs.icaljs_folder.__wrapped__()


def test_without_a_compiler_a_test_is_left_out_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", nowhere)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="libical needs a C compiler, which is not on this machine"):
        programs.libical_program.__wrapped__("read_ics.c")


def test_without_a_compiler_a_test_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", nowhere)
    monkeypatch.setenv("CI", "true")
    monkeypatch.delenv("DOSECAL_WITHOUT_LIBICAL", raising=False)
    with pytest.raises(pytest.fail.Exception, match="libical needs a C compiler"):
        programs.libical_program.__wrapped__("read_ics.c")


@pytest.mark.parametrize("in_ci", [False, True])
def test_what_libical_cannot_be_compiled_from_leaves_nothing_behind(in_ci: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "no.c").write_text("#include <libical/no_such_header.h>\n", encoding="ascii")
    monkeypatch.setattr(programs, "HERE", tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("CI", "true") if in_ci else monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("DOSECAL_WITHOUT_LIBICAL", raising=False)
    wanted = pytest.fail.Exception if in_ci else pytest.skip.Exception
    with pytest.raises(wanted, match="libical-dev cannot be had"):
        programs.libical_program.__wrapped__("no.c")
    assert [path.name for path in tmp_path.iterdir()] == ["no.c"]
