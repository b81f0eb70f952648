"""Every fault of a roster table: where it stands (line and column), its name, and what is said of it."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from dosecal.diagnostic import Diagnostic, Refused, render
from dosecal.read.cells import Arms
from dosecal.read.files import Unreadable
from dosecal.read.table import read_table
from tests.cli.running import posix

ARMS: Arms = {"verum": ("study drug",), "dummy": (), "two": ("study drug", "other: drug")}
HEAD = "id,arm,day-1,timezone"
ROW = "verum,2026-01-05,Europe/Berlin"


def faults(folder: Path, text: str | bytes, arms: Arms = ARMS) -> Sequence[Diagnostic]:
    path = folder / "r.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(Refused) as refused:
        read_table(str(path), arms)
    return refused.value.diagnostics


def said(found: Sequence[Diagnostic]) -> list[str]:
    """line:column+length name: message."""
    return [
        f"{one.place.line}:{one.place.column}+{one.place.length} {one.name}: {one.message}" if one.place else one.message for one in found
    ]


HEADERS = {
    "": "0:0+1 empty-file: the file is empty",
    "\n\n": "0:0+1 empty-file: the file is empty",
    f"{HEAD}\n": "0:0+1 empty-file: the table has no participants",
    f"{HEAD}\r\n,,,\r\n\r\n": "0:0+1 empty-file: the table has no participants",
    f"1001,{ROW}\n": "1:1+4 no-header: the first row does not name the columns",
    "sep=,\n": "1:1+4 no-header: the first row does not name the columns",
    "id;arm;day-1;timezone\n": "1:3+1 separator: the cells are separated by semicolons",
    "id\tarm\tday-1\ttimezone\n": "1:3+1 separator: the cells are separated by tabs",
    f"{HEAD},\n": "1:23+1 unknown-column: a column has no name",
    f"{HEAD},time\n": "1:23+4 unknown-column: there is no column `time`",
    '"id", arm ,day-1,timezone,"na ""me"""\n': '1:28+9 unknown-column: there is no column `na "me"`',
    f"{HEAD},id\n": "1:23+2 duplicate-column: the column `id` stands twice",
    "id,arm,day1,timezone\n": "1:8+4 unknown-column: there is no column `day1`",
    "id,arm,day-1\n": "1:13+1 missing-column: the column `timezone` is missing",
    "arm,day-1,timezone\n": "1:19+1 missing-column: the column `id` is missing",
    "id,day-1,timezone\n": "1:18+1 missing-column: the column `arm` is missing",
    f'{HEAD},"days\n': "1:23+1 quote: this quote is not closed on its line",
    f"{HEAD},da\x07ys\n": "1:25+1 control-character: the character U+0007 may not stand in a file",
}


@pytest.mark.parametrize("text", HEADERS)
def test_a_header_is_refused_where_it_is_wrong(text: str, tmp_path: Path) -> None:
    assert said(faults(tmp_path, text)) == [HEADERS[text]]


def test_a_misspelt_column_is_told_the_nearest_and_all_of_a_header_at_once(tmp_path: Path) -> None:
    found = faults(tmp_path, "ID,arms,day 1,horizont,zzz\n")
    assert [(one.name, one.help) for one in found[:4]] == [
        ("unknown-column", f"did you mean `{name}`?") for name in ("id", "arm", "day-1", "horizon")
    ]
    assert (found[4].help or "").startswith("the columns are id, arm, day-1, timezone, days")
    assert [one.message for one in found[5:]] == ["the column `timezone` is missing"]


def test_a_regimen_without_arms_has_no_column_for_them(tmp_path: Path) -> None:
    assert said(faults(tmp_path, f"{HEAD}\n", {None: ()})) == ["1:4+3 unknown-column: the regimen has no arms"]


ROWS = {
    # ids
    f",{ROW}": "2:1+1 no-value: the cell `id` is empty",
    f"a b,{ROW}": "2:2+1 id: ` ` may not stand in an id",
    f'"a/b",{ROW}': "2:3+1 id: `/` may not stand in an id",
    f"=1,{ROW}": "2:1+1 id: `=` may not stand in an id",
    f"é1,{ROW}": "2:1+1 id: `é` may not stand in an id",
    f"١,{ROW}": "2:1+1 id: `١` may not stand in an id",
    f"1\u00a0,{ROW}": "2:2+1 id: `U+00A0` may not stand in an id",
    f"1\u0308,{ROW}": "2:2+1 id: `\u0308` may not stand in an id",
    f"-1,{ROW}": "2:1+2 id: the id `-1` begins with `-`",
    f"con,{ROW}": "2:1+3 id: `con` is the name of a device on Windows, and no file there can be called so",
    f" Lpt9,{ROW}": "2:2+4 id: `Lpt9` is the name of a device on Windows, and no file there can be called so",
    f"1.00E+03,{ROW}": "2:1+8 id: `1.00E+03` is what a spreadsheet makes of a number, not an id",
    f"1001.0,{ROW}": "2:1+6 id: `1001.0` is what a spreadsheet makes of a number, not an id",
    f"{'x' * 65},{ROW}": "2:1+65 too-long: an id of more than 64 characters",
    # the line as a whole
    "1,verum,2026-01-05": "2:19+1 cells: this row has 3 cells, the header 4",
    "1": "2:2+1 cells: this row has 1 cell, the header 4",
    f"1,{ROW},,x": "2:34+1 cells: this row has 6 cells, the header 4",
    f'"1,{ROW}': "2:1+1 quote: this quote is not closed on its line",
    f'1,"verum"x,{ROW}': "2:10+1 quote: something stands after the closing quote",
    f'1,"ve""rum,{ROW}': "2:3+1 quote: this quote is not closed on its line",
    f"1\t,{ROW}": "2:2+1 control-character: the character U+0009 may not stand in a file",
    f"1,\x1b[1m{ROW}": "2:3+1 control-character: the character U+001B may not stand in a file",
    f"1,{ROW}\u202e": "2:33+1 control-character: the character U+202E may not stand in a file",
    f"1\r,{ROW}": "2:2+1 control-character: the character U+000D may not stand in a file",
    f"1,{ROW}{' ' * 10_000}": "2:10001+1 too-long: a line of more than 10,000 characters",
    # the arm
    "1,,2026-01-05,Europe/Berlin": "2:3+1 no-value: the cell `arm` is empty",
    "1,Verum,2026-01-05,Europe/Berlin": "2:3+5 arm: there is no arm `Verum`",
    '1,"""verum""",2026-01-05,Europe/Berlin': '2:4+9 arm: there is no arm `"verum"`',
    '1, "verum",2026-01-05,Europe/Berlin': '2:4+7 arm: there is no arm `"verum"`',
    # dates and zones
    "1,verum,,Europe/Berlin": "2:9+1 no-value: the cell `day-1` is empty",
    "1,verum,2026-01-05,": "2:20+1 no-value: the cell `timezone` is empty",
    "1,verum,05/01/2026,Europe/Berlin": "2:9+10 date: `05/01/2026` is not a date",
    "1,verum,46027,Europe/Berlin": "2:9+5 date: `46027` is not a date",
    "1,verum,2026-1-5,Europe/Berlin": "2:9+8 date: `2026-1-5` is not a date",
    "1,verum,2026-02-30,Europe/Berlin": "2:9+10 date: there is no date 2026-02-30",
    "1,verum,2206-01-05,Europe/Berlin": "2:9+10 date: the date 2206-01-05 lies outside the years 1900 to 2200",
    '1,verum,"2026-01-05",Berlin': "2:22+6 zone: there is no time zone `Berlin`",
}


@pytest.mark.parametrize("row", ROWS)
def test_a_row_is_refused_where_it_is_wrong(row: str, tmp_path: Path) -> None:
    for text in (f"{HEAD}\n{row}\n", f"{HEAD}\r\n{row}\r\n", f"\ufeff{HEAD}\n{row}\n2,{ROW}\n"):
        assert said(faults(tmp_path, text)) == [ROWS[row]]


CELLS = {
    ("days", "Monday"): "2:34+6 phrase: a list of weekdays cannot begin with `Monday`",
    ("days", '"Mon, Wed"'): "2:38+1 comma: lists are separated by spaces",
    ("days", "Mon Wed Tue"): "2:42+3 ascending: ",
    ("days", "study drg: Mon"): "2:34+9 days: `study drg` takes no choice of weekdays in this arm",
    ("days", "study drug: Mon; study drug: Tue"): "2:51+10 duplicate-key: the name `study drug` stands twice",
    ("days", "study drug: Mon;"): "2:50+1 no-value: nothing stands on one side of a `;`",
    ("days", "study drug:"): "2:45+1 no-value: there is no value here",
    ("days", ": Mon"): "2:34+5 not-keys: `days` are written as names with values",
    ("times", "07:30"): "2:34+5 not-keys: `times` are written as names with values",
    ("times", "breakfast 07:30"): "2:34+15 not-keys: `times` are written as names with values",
    ("times", "breakfast: 7:30"): "2:45+4 time: `7:30` is not a time of day",
    ("times", '"breakfast: 07:30; dinner: 6pm"'): "2:61+3 time: `6pm` is not a time of day",
    ("times", "a/b: 07:30"): "2:34+3 name: the name `a/b` holds `/` or `@`",
    ("measures", "weight: 70"): "2:42+2 no-unit: the number `70` has no unit",
    ("measures", "wieght: 70 kg"): "2:34+6 unknown-key: there is no measure `wieght`",
    ("measures", "height: 172 cm; weight: 700 kg"): "2:58+6 implausible: no participant has a weight of 700 kg",
    ("measures", "weight: 70 kg; weight: 71 kg"): "2:49+6 duplicate-key: the name `weight` stands twice",
    ("measures", "weight: 70 kg;;height: 172 cm"): "2:48+1 no-value: nothing stands on one side of a `;`",
    ("flags", "smoker; ;diabetes"): "2:42+1 no-value: nothing stands on one side of a `;`",
    ("language", "xx"): "2:34+2 language: there is no language `xx`",
    ("horizon", "31.12.2026"): "2:34+10 date: `31.12.2026` is not a date",
    ("horizon", "2025-12-31"): "2:34+10 horizon: the horizon 2025-12-31 lies before Day 1, 2026-01-05",
    ("birth-date", "2026-02-01"): "2:34+10 birth-date: the birth date 2026-02-01 lies after Day 1, 2026-01-05",
    ("birth-date", "29.2"): "2:34+4 date: `29.2` is not a date",
    ("first-dose", "24:00"): "2:34+5 time: `24:00` is not a time of day",
    ("site", "x" * 501): "2:34+501 too-long: a text of more than 500 characters",
    ("participant", "missing.yaml"): "2:34+12 unreadable: there is no file `missing.yaml`",
    ("participant", '" inner"'): "2:36+5 unreadable: `inner` is a folder, not a file",
}


@pytest.mark.parametrize(("column", "cell"), CELLS)
def test_a_cell_is_refused_where_it_is_wrong(column: str, cell: str, tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    found = said(faults(tmp_path, f"{HEAD},{column}\n1,{ROW},{cell}\n"))
    assert len(found) == 1
    assert found[0].startswith(CELLS[column, cell])


MENDS = {
    "05/01/2026": "day and month could be taken for each other: write year, month and day as in 2026-01-05",
    "5.1.26": "day and month could be taken for each other: write year, month and day as in 2026-01-05",
    "2026-1-5": "write the month and the day with two digits, as in 2026-01-05",
    "2026-01-5": "write the month and the day with two digits, as in 2026-01-05",
    "46027": "a spreadsheet counts days so: show the column as text or as YYYY-MM-DD there, as in 2026-01-05, and save it again",
    "2026-01-05 00:00:00": "write the date alone, without a time, as in 2026-01-05",
    "2026-02-30": "check the month and the day",
    "5 Jan 2026": "write year, month and day as in 2026-01-05",
}


@pytest.mark.parametrize("cell", MENDS)
def test_what_a_spreadsheet_makes_of_a_date_is_named_and_never_taken_for_one(cell: str, tmp_path: Path) -> None:
    assert [one.help for one in faults(tmp_path, f"{HEAD}\n1,verum,{cell},Europe/Berlin\n")] == [MENDS[cell]]


@pytest.mark.parametrize(
    ("arm", "cell", "message", "mend"),
    [
        ("dummy", "Mon Wed", "this arm has no item that is given on weekdays of the participant's choice", "leave the cell empty"),
        (
            "two",
            "Mon Wed",
            "this arm has 2 items that are given on weekdays of the participant's choice",
            "name the item, as in `study drug: Mon Wed; other: drug: Mon Wed`",
        ),
    ],
)
def test_weekdays_alone_are_for_an_arm_with_one_weekly_item(arm: str, cell: str, message: str, mend: str, tmp_path: Path) -> None:
    found = faults(tmp_path, f"{HEAD},days\n1,{arm},2026-01-05,Europe/Berlin,{cell}\n")
    assert [(one.name, one.message, one.help) for one in found] == [("days", message, mend)]


def test_ids_that_would_be_one_file_are_refused_with_the_line_of_the_first(tmp_path: Path) -> None:
    text = f"{HEAD}\nms-1,{ROW}\n007,{ROW}\n7,{ROW}\nMS-1,{ROW}\n 007 ,{ROW}\nms-1,{ROW}\n"
    assert said(faults(tmp_path, text)) == [
        "5:1+4 twice: the id `MS-1` differs from `ms-1` in line 2 only in capital letters",
        "6:2+3 twice: the id `007` stands twice, first in line 3",
        "7:1+4 twice: the id `ms-1` stands twice, first in line 2",
    ]


def test_an_empty_row_is_ignored_at_the_end_alone(tmp_path: Path) -> None:
    assert said(faults(tmp_path, f"{HEAD}\n\n1,{ROW}\n , ,,\n\n2,{ROW}\n\n,,,\n\n")) == [
        "2:1+1 empty-row: this row is empty",
        "4:1+1 empty-row: 2 rows are empty, of which this is the first",
    ]
    (tmp_path / "r.csv").write_text(f"{HEAD}\n1,{ROW}\n,,,\n \n\n", encoding="utf-8")
    assert read_table(tmp_path / "r.csv", ARMS).ids == ["1"]


BYTES = {
    f"{HEAD}\n1,{ROW}\n".encode("utf-16"): "0:0+1 not-utf-8: the file is UTF-16, not UTF-8 text",
    f"{HEAD}\n1,{ROW}\n".encode("utf-16-be"): "0:0+1 not-utf-8: the file is UTF-16, not UTF-8 text",
    f"{HEAD},site\n1,{ROW},Genf\n2,{ROW},Zürich\n".encode("latin-1"): "3:35+1 not-utf-8: the byte 0xFC is not UTF-8 text",
    b"PK\x03\x04xyz": "0:0+1 not-a-table: this is a workbook, not a CSV file",
    b"PAR1xyz": "0:0+1 not-a-table: this is a Parquet file, not a CSV file",
    f"{HEAD}\r1,{ROW}\r".encode(): "1:22+1 control-character: the character U+000D may not stand in a file",
    b"x" * 300_000: "1:10001+1 too-long: a line of more than 10,000 characters",
    f"{HEAD}\r1,{ROW}\r".encode() * 9000: "1:22+1 control-character: the character U+000D may not stand in a file",
}


@pytest.mark.parametrize("data", BYTES, ids=list(map(str, range(len(BYTES)))))
def test_what_is_no_csv_in_utf_8_is_called_what_it_is(data: bytes, tmp_path: Path) -> None:
    assert said(faults(tmp_path, data)) == [BYTES[data]]


def test_all_faults_come_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    rows = ["1,verum,x,Berlin", f"a b,{ROW}", f"1,{ROW}", "2,verum", f"3,{ROW}"]
    text = "\n".join([HEAD, *rows]).encode() + b"\n\xff"
    assert [found.partition("+")[0] for found in said(faults(tmp_path, text))] == ["2:9", "2:11", "3:2", "4:1", "5:8", "7:1"]


def test_the_first_hundred_are_shown_and_how_many_more(tmp_path: Path) -> None:
    text = f"{HEAD}\n" + f"1,{ROW}\n" * 2 + f"a b,{ROW}\n" * 4999
    found = faults(tmp_path, text)
    assert len(found) == 101
    assert said(found[:2]) == ["3:1+1 twice: the id `1` stands twice, first in line 2", "4:2+1 id: ` ` may not stand in an id"]
    assert render(found[-1]) == f"{tmp_path}/r.csv: note[more]: 4,900 more errors follow\nhelp: mend these and look again"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("x\n" * 300_000, 100_000),
        ("".join(f"{n},verum,2026-01-05,Europ/Berlin{n}\n" for n in range(30_000)), 1000),
    ],
    ids=["errors", "kinds of error"],
)
def test_counting_ends_where_it_helps_nobody(rows: str, expected: int, tmp_path: Path) -> None:
    *shown, last = faults(tmp_path, f"{HEAD}\n{rows}")
    found = re.fullmatch("at least ([0-9,]+) more errors follow", last.message)
    assert found is not None
    assert len(shown) == 100
    assert expected <= int(found[1].replace(",", "")) + 100 < expected * 1.4


@pytest.mark.parametrize("name", ["missing.csv", "missing.parquet", "inner.csv", "inner.parquet"])
def test_a_path_that_cannot_be_read_is_called_what_it_is(name: str, tmp_path: Path) -> None:
    if name.startswith("inner"):
        (tmp_path / name).mkdir()
    with pytest.raises(Unreadable) as unreadable:
        read_table(tmp_path / name, ARMS)
    expected = "there is no such file" if name.startswith("missing") else "this is a folder, not a file"
    assert unreadable.value.diagnostic.message == expected


@posix
def test_an_endless_file_is_answered() -> None:
    with pytest.raises(Refused):
        read_table("/dev/zero", ARMS)
