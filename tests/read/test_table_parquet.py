"""A roster table as a Parquet file: the same rules, with rows and columns for places."""

import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from dosecal.diagnostic import Refused, render
from dosecal.read.cells import Arms
from dosecal.read.files import Unreadable
from dosecal.read.table import Table, read_table

ARMS: Arms = {"verum": ("study drug",), "dummy": ()}
SOUND: dict[str, Any] = {"id": ["1", "007"], "arm": ["verum"] * 2, "day-1": ["2026-01-05", "2026-01-06"], "timezone": ["UTC"] * 2}


def table(folder: Path, columns: dict[str, Any]) -> Table:
    path = folder / "r.Parquet"
    parquet.write_table(pa.table(columns), path)
    return read_table(path, ARMS)


def faults(folder: Path, columns: dict[str, Any]) -> list[str]:
    with pytest.raises(Refused) as refused:
        table(folder, columns)
    return [render(one).partition("\n")[0].removeprefix(f"{folder}/") for one in refused.value.diagnostics]


DATES = [date(2026, 1, 5), date(2026, 1, 6)]


@pytest.mark.parametrize(
    "columns",
    [
        SOUND,
        SOUND | {"day-1": pa.array(DATES, pa.date32())},
        SOUND | {"arm": pa.array(["verum"] * 2).dictionary_encode(), "id": pa.array(["1", "007"], pa.large_string())},
        SOUND | {"day-1": pa.array(DATES).dictionary_encode(), "site": pa.nulls(2), "participant": pa.array([None, ""], pa.string())},
    ],
    ids=["texts", "dates", "other texts", "dictionary of dates"],
)
def test_texts_and_dates_are_read_as_from_csv(columns: dict[str, Any], tmp_path: Path) -> None:
    read = table(tmp_path, columns)
    (tmp_path / "r.csv").write_text("id,arm,day-1,timezone\n1,verum,2026-01-05,UTC\n007,verum,2026-01-06,UTC\n", encoding="utf-8")
    other = read_table(tmp_path / "r.csv", ARMS)
    assert (read.ids, read.kinds, read.choices, read.own) == (other.ids, other.kinds, other.choices, other.own)
    assert (read.line(1), other.line(1)) == (2, 3)


def test_a_fault_has_its_row_and_column(tmp_path: Path) -> None:
    wrong = {"id": ["1", "1"], "arm": ["Verum", "verum"], "day-1": pa.array([date(1826, 1, 5), None]), "days": ["Mon\nTue", " "]}
    assert faults(tmp_path, SOUND | wrong) == [
        "r.Parquet: row 1, column days: error[control-character]: the character U+000A may not stand in a cell",
        "r.Parquet: row 2, column day-1: error[no-value]: the cell `day-1` is empty",
        "r.Parquet: row 2, column id: error[twice]: the id `1` stands twice, first in row 1",
    ]
    assert faults(tmp_path, SOUND | wrong | {"id": ["a\0b", "x"], "days": ["", "Monday"]}) == [
        "r.Parquet: row 1, column id: error[id]: `U+0000` may not stand in an id",
        "r.Parquet: row 1, column arm: error[arm]: there is no arm `Verum`",
        "r.Parquet: row 1, column day-1: error[date]: the date 1826-01-05 lies outside the years 1900 to 2200",
        "r.Parquet: row 2, column days: error[phrase]: a list of weekdays cannot begin with `Monday`",
        "r.Parquet: row 2, column day-1: error[no-value]: the cell `day-1` is empty",
    ]


def test_a_long_cell_is_refused(tmp_path: Path) -> None:
    assert faults(tmp_path, SOUND | {"site": ["x" * 10_001, ""]}) == [
        "r.Parquet: row 1, column site: error[too-long]: a cell of more than 10,000 characters"
    ]


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("id", [1, 2], "int64"),
        ("timezone", pa.array([b"UTC", b"UTC"]), "binary"),
        ("day-1", [datetime(2026, 1, 5), None], "timestamp[us]"),  # noqa: DTZ001  (as a data frame holds it)
        ("arm", pa.array(DATES), "date32[day]"),
        ("flags", [["smoker"], []], "list<element: string>"),
    ],
)
def test_a_column_of_another_type_is_refused(column: str, values: Any, said: str, tmp_path: Path) -> None:
    expected = f"r.Parquet: column {column}: error[column-type]: the column `{column}` holds {said}, not text"
    assert faults(tmp_path, SOUND | {column: values}) == [expected]


def test_columns_are_checked_as_in_a_header(tmp_path: Path) -> None:
    assert faults(tmp_path, {"ID": ["1"], "arm": ["verum"], "timezone": ["UTC"]}) == [
        "r.Parquet: error[unknown-column]: there is no column `ID`",
        "r.Parquet: error[missing-column]: the column `day-1` is missing",
    ]
    empty = {name: pa.array([], pa.string()) for name in SOUND}
    assert faults(tmp_path, empty) == ["r.Parquet: error[empty-file]: the table has no participants"]


def test_places_of_cells_are_rows_and_columns(tmp_path: Path) -> None:
    read = table(tmp_path, SOUND)
    assert [place.file.removeprefix(f"{tmp_path}/") for place in read.places([(1, "day-1"), (0, "horizon")])] == [
        "r.Parquet: row 2, column day-1",
        "r.Parquet: row 1, column id",
    ]


@pytest.mark.parametrize("data", [b"", b"id,arm\n", b"PAR1" + bytes(60) + b"PAR1"])
def test_what_is_no_parquet_is_called_so(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "r.parquet").write_bytes(data)
    with pytest.raises(Refused) as refused:
        read_table(tmp_path / "r.parquet", ARMS)
    assert [one.message for one in refused.value.diagnostics] == ["this is no Parquet file, or it is damaged"]


def test_a_file_damaged_inside_is_called_so(tmp_path: Path) -> None:
    path = tmp_path / "r.parquet"
    count = 3000
    columns = {"id": [f"{n:06}" for n in range(count)], **{name: values[:1] * count for name, values in SOUND.items() if name != "id"}}
    parquet.write_table(pa.table(columns), path, use_dictionary=False)
    data = path.read_bytes()
    path.write_bytes(data[:40] + b"\xff" * 2000 + data[2040:])
    with pytest.raises(Refused):
        read_table(path, ARMS)


def test_without_pyarrow_the_mend_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (tmp_path / "r.parquet").touch()
    with pytest.raises(Unreadable) as unreadable:
        read_table(tmp_path / "r.parquet", ARMS)
    assert unreadable.value.diagnostic.help == "install it: pip install 'dosecal[parquet]', or save the table as CSV"


def test_a_csv_file_is_read_without_pyarrow(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("id,arm,day-1,timezone\n1,verum,2026-01-05,UTC\n", encoding="utf-8")
    script = "import sys; from dosecal.read.table import read_table; read_table('r.csv', {'verum': ()}); print('pyarrow' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
