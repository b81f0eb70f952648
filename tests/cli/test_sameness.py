"""The same input gives the same bytes in every zone, locale, hash seed and year, under -O, and on a terminal that knows ASCII alone."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

REGIMEN = """format: dosecal/1
study: Müller 5 µm
source: protocol, version 1
months: calendar
doses:
  interféron: {give: 44 mcg SC, when: 3 times weekly for 12 weeks, days: Mon Wed Fri, at: 19:30}
labs: {Blutbild: {when: [day -7, every month from month 1 through month 3], window: ±3 days}}
"""
ASKED = ["regimen.yaml", "--start", "2026-03-02", "--timezone", "Europe/Berlin", "--id", "1042"]
COMMANDS = [
    ["validate", "regimen.yaml"],
    ["schedule", *ASKED],
    ["schedule", *ASKED, "--format", "csv"],
    ["schedule", *ASKED, "--format", "json"],
    ["schedule", *ASKED, "--format", "html"],
    ["ics", *ASKED],
    ["ics", *ASKED, "--audience", "site"],
    ["validate", "wrong.yaml"],
]
# Every command in one process: what they print, one after another.
ALL = """
import io, sys
from contextlib import redirect_stderr, redirect_stdout
if len(sys.argv) > 1:
    import datetime, time
    time.time = lambda: 4_000_000_000.0
    class Faked(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            raise AssertionError("the clock was asked")
        utcnow = today = now
    class FakedDate(datetime.date):
        @classmethod
        def today(cls):
            raise AssertionError("the calendar was asked")
    datetime.datetime, datetime.date = Faked, FakedDate
from dosecal.cli import main
for words in COMMANDS:
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline=""), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(words)
    sys.stdout.buffer.write(out.buffer.getvalue() + err.getvalue().encode() + b"exit %d\\n" % code)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("sameness")
    (made / "regimen.yaml").write_text(REGIMEN, encoding="utf-8")
    (made / "wrong.yaml").write_text(REGIMEN.replace("day -7", "day 0").replace("study", "studdy"), encoding="utf-8")
    return made


def everything(folder: Path, *flags: str, faked: bool = False, **environment: str) -> bytes:
    """What all commands print in a fresh interpreter with these variables."""
    code = f"COMMANDS = {COMMANDS!r}\n{ALL}"
    words = [sys.executable, *flags, "-c", code, *(["faked"] if faked else [])]
    ran = subprocess.run(words, cwd=folder, env=os.environ | environment, capture_output=True, check=True)
    return ran.stdout


@pytest.fixture(scope="module")
def usual(folder: Path) -> bytes:
    said = everything(folder, TZ="UTC", LC_ALL="C.UTF-8", PYTHONHASHSEED="0", PYTHONUTF8="1")
    assert said.count(b"exit 0\n") == len(COMMANDS) - 1
    assert b"error[day-zero]" in said
    assert b"44 micrograms subcutaneous" in said
    return said


def test_zone_locale_and_hash_seed_change_nothing(folder: Path, usual: bytes) -> None:
    assert everything(folder, TZ="Pacific/Kiritimati", LC_ALL="C", LANG="de_DE.UTF-8", PYTHONHASHSEED="4711", PYTHONUTF8="0") == usual


def test_the_date_is_never_asked_for(folder: Path, usual: bytes) -> None:
    assert everything(folder, faked=True) == usual


def test_nothing_rests_on_assertions(folder: Path, usual: bytes) -> None:
    assert everything(folder, "-OO") == usual


def test_a_terminal_that_knows_ascii_alone_is_no_reason_to_fail(folder: Path) -> None:
    environment = os.environ | {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for words in COMMANDS:
        ran = subprocess.run([sys.executable, "-m", "dosecal", *words], cwd=folder, env=environment, capture_output=True, check=False)
        assert ran.returncode == (1 if "wrong.yaml" in words else 0), ran.stderr
        assert b"Traceback" not in ran.stderr
