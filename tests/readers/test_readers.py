"""What happens to the tests that need ical.js or libical when it cannot be had: said plainly on a developer's machine, an error in CI."""

import shutil

import pytest

from tests.readers import ics, series


def nowhere(_: str) -> None:
    return None


def test_without_npm_a_test_is_left_out_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", nowhere)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"ical\.js needs node and npm, which are not on this machine"):
        ics._icaljs_folder.__wrapped__()


def test_without_npm_a_test_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", nowhere)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=r"ical\.js needs node and npm"):
        ics._icaljs_folder.__wrapped__()


def test_without_a_compiler_a_test_is_left_out_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", nowhere)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="libical needs a C compiler, which is not on this machine"):
        series._libical_program.__wrapped__()


def test_without_a_compiler_a_test_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", nowhere)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="libical needs a C compiler"):
        series._libical_program.__wrapped__()
