"""A cohort is the same bytes whatever the number of processes, the hash seed, the zone and the locale; how far it is, is told."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.cli.running import contents, posix, run
from tests.cohort.making import COMMAND, MANY, finish, make, undisturbed


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("sameness")
    make(made, MANY)
    return made


@pytest.fixture(scope="module")
def whole(folder: Path) -> dict[str, bytes]:
    return undisturbed(folder)


MACHINES = [
    (["--jobs", "2"], {"PYTHONHASHSEED": "1", "TZ": "Asia/Kathmandu", "LC_ALL": "C"}),
    (["--jobs", "3"], {"PYTHONHASHSEED": "77", "TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8"}),
    ([], {"PYTHONHASHSEED": "0", "PYTHONOPTIMIZE": "1", "PYTHONUTF8": "0", "LC_ALL": "POSIX", "SOURCE_DATE_EPOCH": "4000000000"}),
]


@pytest.mark.parametrize(("words", "environment"), MACHINES, ids=" ".join)
def test_neither_processes_nor_the_machine_change_a_byte(
    words: list[str], environment: dict[str, str], folder: Path, whole: dict[str, bytes], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    code, said = finish(folder, "-o", str(out), *words, **environment)
    assert code == 0, said
    assert contents(out) == whole


def test_the_order_of_the_rows_changes_the_manifest_alone(folder: Path, whole: dict[str, bytes], tmp_path: Path) -> None:
    rows = (folder / "roster.csv").read_text(encoding="utf-8").splitlines()[:41]
    (tmp_path / "regimen.yaml").write_bytes((folder / "regimen.yaml").read_bytes())
    (tmp_path / "roster.csv").write_text("\n".join([rows[0], *reversed(rows[1:])]), encoding="utf-8")
    assert run("cohort", "regimen.yaml", "roster.csv", "-o", "out", folder=tmp_path).code == 0
    there = contents(tmp_path / "out")
    assert there.pop("manifest.json").index(b"00039.ics") < 1000
    assert there == {name: whole[name] for name in there}
    assert len(there) == 40


def test_a_parquet_roster_gives_the_files_of_a_csv_one(folder: Path, whole: dict[str, bytes], tmp_path: Path) -> None:
    with (folder / "roster.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    columns = {name: [row[at] for row in rows[1:]] for at, name in enumerate(rows[0])}
    parquet.write_table(pa.table(columns), tmp_path / "roster.parquet")
    words = [sys.executable, "-m", "dosecal", "cohort", "regimen.yaml", str(tmp_path / "roster.parquet"), "-o", str(tmp_path / "out")]
    ran = subprocess.run([*words, "--jobs", "2"], cwd=folder, capture_output=True, text=True, check=False, timeout=100)
    assert ran.returncode == 0, ran.stderr
    assert contents(tmp_path / "out") | {"manifest.json": b""} == whole | {"manifest.json": b""}


# -- how far it is


def test_without_a_terminal_a_few_lines_tell_how_far_it_is(folder: Path, tmp_path: Path) -> None:
    ran = run("cohort", str(folder / "regimen.yaml"), str(folder / "roster.csv"), "-o", "out", "--jobs", "1", folder=tmp_path)
    lines = ran.err.splitlines()
    assert lines[:2] == [f"out: 512 of {MANY:,}", f"out: 1,024 of {MANY:,}"]
    assert len(lines) == 3
    assert lines[2].startswith(f"out: {MANY:,} participants: {MANY:,} written, 0 unchanged, ")
    assert "\r" not in ran.err
    assert "\x1b" not in ran.err


@posix
def test_on_a_terminal_a_bar_tells_how_far_it_is(folder: Path, tmp_path: Path) -> None:
    terminal, inside = os.openpty()
    command = [*COMMAND, "-o", str(tmp_path / "out"), "--jobs", "2"]
    with subprocess.Popen(command, cwd=folder, stderr=inside, env=os.environ | {"COLUMNS": "200", "TERM": "xterm"}) as process:
        os.close(inside)
        said = b""
        while block := _read(terminal):
            said += block
    os.close(terminal)
    assert process.returncode == 0
    text = said.decode()
    assert f"0/{MANY}" in text
    assert f"{MANY}/{MANY}" in text
    assert "\r" in text
    assert f"{MANY:,} participants: {MANY:,} written" in text.splitlines()[-1]
    assert f" of {MANY:,}\r\n" not in text


def _read(terminal: int) -> bytes:
    """What a terminal shows next; nothing when its other side is closed."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""
